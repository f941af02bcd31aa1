//! Entries of people: how one comes into the directory, and what its row and its searchable lists
//! hold.

use std::collections::{BTreeSet, HashMap, HashSet};

use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::person::Profile;
use kith_domain::text::{Text, folded, normalised_address};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Value,
};

use crate::bulk::{Rows, blob};
use crate::entity::{person, person_address, person_tag};
use crate::projection::Origin;

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
    "met",
    "entered_us",
    "entered_by",
    "fingerprint",
];

/// Somebody on their way into the directory.
pub(in crate::projection) struct Entry {
    origin: Origin,
    id: PersonId,
    profile: Profile,
    met: bool,
    fingerprint: [u8; 16],
}

impl Entry {
    pub(in crate::projection) fn new(
        origin: Origin,
        id: PersonId,
        profile: &Profile,
        met: bool,
        fingerprint: &[u8; 16],
    ) -> Self {
        Self {
            origin,
            id,
            profile: profile.clone(),
            met,
            fingerprint: *fingerprint,
        }
    }

    fn key(&self) -> Key {
        (
            self.origin.organisation.as_bytes().to_vec(),
            self.id.as_bytes().to_vec(),
        )
    }
}

/// Organisation and person.
pub(super) type Key = (Vec<u8>, Vec<u8>);

/// People on their way into the directory.
#[derive(Default)]
pub(in crate::projection) struct Added {
    entries: Vec<Entry>,
}

impl Added {
    pub(in crate::projection) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(in crate::projection) fn push(&mut self, entry: Entry) {
        self.entries.push(entry);
    }

    /// Of several entries of one id the first counts, and one that was made on purpose before one
    /// that came along with a moment. Answers whose entry was replaced by such a one.
    pub(in crate::projection) async fn write(
        self,
        database: &DatabaseTransaction,
    ) -> Result<Vec<(OrganisationId, PersonId)>, DbErr> {
        let mut place_of: HashMap<Key, usize> = HashMap::with_capacity(self.entries.len());
        let mut first: Vec<Entry> = Vec::with_capacity(self.entries.len());
        for entry in self.entries {
            let place = *place_of.entry(entry.key()).or_insert(first.len());
            match first.get_mut(place) {
                None => first.push(entry),
                Some(before) if before.met && !entry.met => *before = entry,
                Some(_) => {}
            }
        }
        let mut rows = Rows::new("person", PERSON);
        for entry in &first {
            let row = columns(&entry.profile);
            rows.push([
                blob(entry.origin.organisation.as_bytes()),
                blob(entry.id.as_bytes()),
                row.name.into(),
                row.sort_name.into(),
                row.external_key.into(),
                row.addresses.into(),
                row.company.into(),
                row.company_folded.into(),
                row.title.into(),
                row.tags.into(),
                0_i32.into(),
                entry.met.into(),
                entry.origin.recorded_us.into(),
                Value::Bytes(entry.origin.member.map(|id| id.as_bytes().to_vec())),
                blob(&entry.fingerprint),
            ]);
        }
        let new = rows
            .insert_new_returning(database, "organisation, id")
            .await?;
        let mut added: HashSet<Key> = HashSet::with_capacity(new.len());
        for row in new {
            added.insert((row.try_get("", "organisation")?, row.try_get("", "id")?));
        }
        let (mut lists, mut replaced) = (Lists::new(), Vec::new());
        for entry in &first {
            if added.contains(&entry.key()) {
                lists.push(entry.origin, entry.id, &entry.profile);
            } else if !entry.met && replace_met(database, entry).await? {
                replaced.push((entry.origin.organisation, entry.id));
            }
        }
        lists.write(database).await?;
        Ok(replaced)
    }
}

/// Whoever only came along so far is entered on purpose now. `false` for somebody who was before.
async fn replace_met(database: &DatabaseTransaction, entry: &Entry) -> Result<bool, DbErr> {
    let row = person::Entity::find_by_id(entry.key())
        .one(database)
        .await?;
    if row.is_none_or(|row| !row.met) {
        return Ok(false);
    }
    let how = person::ActiveModel {
        external_key: Set(clear(entry.profile.external_key.as_ref())),
        met: Set(false),
        entered_us: Set(entry.origin.recorded_us),
        entered_by: Set(entry.origin.member.map(|id| id.as_bytes().to_vec())),
        fingerprint: Set(entry.fingerprint.to_vec()),
        ..Default::default()
    };
    rewrite(database, entry.origin, entry.id, &entry.profile, how).await?;
    Ok(true)
}

/// Replaces what is known of somebody; `also` are the columns that no profile fills.
pub(super) async fn rewrite(
    database: &DatabaseTransaction,
    origin: Origin,
    id: PersonId,
    profile: &Profile,
    also: person::ActiveModel,
) -> Result<(), DbErr> {
    let organisation = origin.organisation.as_bytes().to_vec();
    let own = id.as_bytes().to_vec();
    let columns = columns(profile);
    let row = person::ActiveModel {
        organisation: Set(organisation.clone()),
        id: Set(own.clone()),
        name: Set(columns.name),
        sort_name: Set(columns.sort_name),
        addresses: Set(columns.addresses),
        company: Set(columns.company),
        company_folded: Set(columns.company_folded),
        title: Set(columns.title),
        tags: Set(columns.tags),
        ..also
    };
    row.update(database).await?;
    person_address::Entity::update_many()
        .col_expr(person_address::Column::Former, Value::from(true).into())
        .filter(person_address::Column::Organisation.eq(organisation.as_slice()))
        .filter(person_address::Column::Person.eq(own.as_slice()))
        .exec(database)
        .await?;
    person_tag::Entity::delete_many()
        .filter(person_tag::Column::Organisation.eq(organisation.as_slice()))
        .filter(person_tag::Column::Person.eq(own.as_slice()))
        .exec(database)
        .await?;
    let mut lists = Lists::new();
    lists.push(origin, id, profile);
    lists.write(database).await
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

pub(super) fn clear(text: Option<&Text>) -> Option<String> {
    text.and_then(Text::as_clear).map(ToOwned::to_owned)
}

pub(super) fn lines(texts: &[Text]) -> String {
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
