//! People and facts.

use std::collections::{BTreeSet, HashSet};

use kith_domain::fact::Fact;
use kith_domain::id::{FactId, PersonId};
use kith_domain::person::{Change, Profile};
use kith_domain::text::{Text, folded, normalised_address};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Value,
};

use super::Origin;
use crate::bulk::{Rows, blob};
use crate::entity;

const PERSON: &[&str] = &[
    "organisation",
    "id",
    "name",
    "sort_name",
    "external_key",
    "addresses",
    "company",
    "company_folded",
    "title",
    "tags",
    "version",
    "fingerprint",
];

/// People on their way into the directory.
pub(super) struct Added {
    people: Vec<(Origin, PersonId, Profile, [u8; 16])>,
}

impl Added {
    pub(super) fn new() -> Self {
        Self { people: Vec::new() }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.people.is_empty()
    }

    pub(super) fn push(
        &mut self,
        from: Origin,
        id: PersonId,
        profile: &Profile,
        receipt: &[u8; 16],
    ) {
        self.people.push((from, id, profile.clone(), *receipt));
    }

    /// Of several additions of one id the first counts.
    pub(super) async fn write(self, database: &DatabaseTransaction) -> Result<(), DbErr> {
        let mut seen = HashSet::new();
        let first: Vec<_> = self
            .people
            .into_iter()
            .filter(|(origin, id, ..)| seen.insert((origin.organisation, *id)))
            .collect();
        let mut rows = Rows::new("person", PERSON);
        for (origin, id, profile, fingerprint) in &first {
            let row = columns(profile);
            rows.push([
                blob(origin.organisation.as_bytes()),
                blob(id.as_bytes()),
                row.name.into(),
                row.sort_name.into(),
                row.external_key.into(),
                row.addresses.into(),
                row.company.into(),
                row.company_folded.into(),
                row.title.into(),
                row.tags.into(),
                0_i32.into(),
                blob(fingerprint),
            ]);
        }
        let new = rows
            .insert_new_returning(database, "organisation, id")
            .await?;
        let mut added: HashSet<(Vec<u8>, Vec<u8>)> = HashSet::with_capacity(new.len());
        for row in new {
            added.insert((row.try_get("", "organisation")?, row.try_get("", "id")?));
        }
        let mut lists = Lists::new();
        for (origin, id, profile, _) in &first {
            let key = (
                origin.organisation.as_bytes().to_vec(),
                id.as_bytes().to_vec(),
            );
            if added.contains(&key) {
                lists.push(*origin, *id, profile);
            }
        }
        lists.write(database).await
    }
}

/// The searchable addresses and tags of people. An erased text is in neither.
struct Lists {
    addresses: Rows,
    tags: Rows,
}

impl Lists {
    fn new() -> Self {
        Self {
            addresses: Rows::new(
                "person_address",
                &["organisation", "address", "person", "domain", "former"],
            ),
            tags: Rows::new("person_tag", &["organisation", "tag", "person"]),
        }
    }

    fn push(&mut self, origin: Origin, id: PersonId, profile: &Profile) {
        let organisation = || blob(origin.organisation.as_bytes());
        let clear = profile.addresses.iter().filter_map(Text::as_clear);
        // Two spellings of one address are one row.
        let addresses: BTreeSet<String> = clear.map(normalised_address).collect();
        for address in addresses {
            let domain = address
                .rsplit_once('@')
                .map_or("", |(_, domain)| domain)
                .to_owned();
            self.addresses.push([
                organisation(),
                address.into(),
                blob(id.as_bytes()),
                domain.into(),
                false.into(),
            ]);
        }
        for tag in profile.tags.iter().filter_map(Text::as_clear) {
            self.tags
                .push([organisation(), folded(tag).into(), blob(id.as_bytes())]);
        }
    }

    async fn write(self, database: &DatabaseTransaction) -> Result<(), DbErr> {
        // A former address may come back.
        self.addresses.upsert(database, 3).await?;
        self.tags.insert_new(database).await
    }
}

/// The columns that a profile fills.
struct Columns {
    name: Option<String>,
    sort_name: String,
    external_key: Option<String>,
    addresses: String,
    company: Option<String>,
    company_folded: Option<String>,
    title: Option<String>,
    tags: String,
}

fn clear(text: Option<&Text>) -> Option<String> {
    text.and_then(Text::as_clear).map(ToOwned::to_owned)
}

fn lines(texts: &[Text]) -> String {
    texts
        .iter()
        .filter_map(Text::as_clear)
        .collect::<Vec<_>>()
        .join("\n")
}

fn columns(profile: &Profile) -> Columns {
    let name = clear(profile.name.as_ref());
    let external_key = clear(profile.external_key.as_ref());
    let address = clear(profile.addresses.first());
    let called = name.as_ref().or(address.as_ref()).or(external_key.as_ref());
    let company = clear(profile.company.as_ref());
    Columns {
        sort_name: called.map(String::as_str).map(folded).unwrap_or_default(),
        company_folded: company.as_deref().map(folded),
        addresses: lines(&profile.addresses),
        title: clear(profile.title.as_ref()),
        tags: lines(&profile.tags),
        name,
        external_key,
        company,
    }
}

fn texts(lines: &str) -> Vec<Text> {
    lines.lines().map(Text::from).collect()
}

pub(super) async fn change(
    database: &DatabaseTransaction,
    origin: Origin,
    id: PersonId,
    version: u32,
    change: &Change,
) -> Result<(), DbErr> {
    let key = (
        origin.organisation.as_bytes().to_vec(),
        id.as_bytes().to_vec(),
    );
    let Some(row) = entity::person::Entity::find_by_id(key.clone())
        .one(database)
        .await?
    else {
        return Ok(());
    };
    let text = |text: Option<String>| text.map(Text::Clear);
    let before = Profile {
        name: text(row.name),
        addresses: texts(&row.addresses),
        external_key: text(row.external_key),
        company: text(row.company),
        title: text(row.title),
        tags: texts(&row.tags),
    };
    let profile = change.applied_to(before);
    let columns = columns(&profile);
    let row = entity::person::ActiveModel {
        organisation: Set(key.0.clone()),
        id: Set(key.1.clone()),
        name: Set(columns.name),
        sort_name: Set(columns.sort_name),
        addresses: Set(columns.addresses),
        company: Set(columns.company),
        company_folded: Set(columns.company_folded),
        title: Set(columns.title),
        tags: Set(columns.tags),
        version: Set(version as i32),
        ..Default::default()
    };
    row.update(database).await?;

    use entity::{person_address, person_tag};
    person_address::Entity::update_many()
        .col_expr(person_address::Column::Former, Value::from(true).into())
        .filter(person_address::Column::Organisation.eq(key.0.as_slice()))
        .filter(person_address::Column::Person.eq(key.1.as_slice()))
        .exec(database)
        .await?;
    person_tag::Entity::delete_many()
        .filter(person_tag::Column::Organisation.eq(key.0.as_slice()))
        .filter(person_tag::Column::Person.eq(key.1.as_slice()))
        .exec(database)
        .await?;
    let mut lists = Lists::new();
    lists.push(origin, id, &profile);
    lists.write(database).await
}

pub(super) async fn fact(
    database: &DatabaseTransaction,
    origin: Origin,
    fact: &Fact,
) -> Result<(), DbErr> {
    let row = entity::fact::ActiveModel {
        organisation: Set(origin.organisation.as_bytes().to_vec()),
        id: Set(fact.id.as_bytes().to_vec()),
        person: Set(fact.person.as_bytes().to_vec()),
        kind: Set(fact.kind.index() as i16),
        text: Set(clear(Some(&fact.text))),
        source: Set(clear(fact.source.as_ref())),
        private: Set(fact.private),
        author: Set(fact.author.as_bytes().to_vec()),
        noted_us: Set(fact.noted_at.micros()),
        removed: Set(false),
        fingerprint: Set(fact.fingerprint.to_vec()),
    };
    let keep = OnConflict::new().do_nothing().to_owned();
    let insert = entity::fact::Entity::insert(row).on_conflict(keep);
    insert.exec_without_returning(database).await.map(drop)
}

pub(super) async fn remove_fact(
    database: &DatabaseTransaction,
    origin: Origin,
    id: FactId,
) -> Result<(), DbErr> {
    let removed = sea_orm::sea_query::Expr::value(Value::from(true));
    entity::fact::Entity::update_many()
        .col_expr(entity::fact::Column::Removed, removed)
        .filter(entity::fact::Column::Organisation.eq(origin.organisation.as_bytes().as_slice()))
        .filter(entity::fact::Column::Id.eq(id.as_bytes().as_slice()))
        .exec(database)
        .await
        .map(drop)
}
