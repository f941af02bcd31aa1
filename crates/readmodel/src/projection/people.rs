//! People and facts.

mod entries;
mod rows;
mod tellings;

use std::collections::HashMap;

use kith_domain::fact::Fact;
use kith_domain::id::{FactId, OrganisationId, PersonId};
use kith_domain::person::{Change, Profile};
use kith_domain::search::indexed;
use kith_domain::text::Text;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, Value,
};

use super::Origin;
use crate::bulk::blob;
use crate::entity;
use crate::entity::person_address;
use crate::lookup::Lookup;
pub(super) use entries::{Added, Entry};
use rows::rewrite;
pub(super) use rows::{Lists, Standing, clear, lines, remove, write};
pub(super) use tellings::{Tellings, handle};

const OF_PERSON: Lookup<1> = Lookup {
    select: "t.*",
    table: "person_address",
    by: ["person"],
    and: "",
};

/// Every address that these people have or had, in no order.
pub(crate) async fn addresses_ever(
    database: &impl ConnectionTrait,
    organisation: OrganisationId,
    people: &[PersonId],
) -> Result<HashMap<PersonId, Vec<person_address::Model>>, DbErr> {
    let keys: Vec<_> = people.iter().map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<person_address::Model> = OF_PERSON.find(database, organisation, &keys).await?;
    let mut addresses: HashMap<_, Vec<_>> = HashMap::with_capacity(people.len());
    for row in rows {
        if let Some(person) = PersonId::from_slice(&row.person) {
            addresses.entry(person).or_default().push(row);
        }
    }
    Ok(addresses)
}

pub(super) fn texts(lines: &str) -> Vec<Text> {
    lines.lines().map(Text::from).collect()
}

pub(super) async fn change(
    database: &DatabaseTransaction,
    origin: Origin,
    id: PersonId,
    version: u32,
    change: &Change,
) -> Result<(), DbErr> {
    let Some((before, standing)) = find(database, origin.organisation, id).await? else {
        return Ok(());
    };
    let standing = Standing {
        version: version as i32,
        ..standing
    };
    let after = change.applied_to(before.clone());
    note(database, origin, id, &before, &after).await?;
    rewrite(database, origin.organisation, id, &after, &standing).await
}

/// The profile of somebody of one entry, and what their row holds beside.
async fn find(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    id: PersonId,
) -> Result<Option<(Profile, Standing)>, DbErr> {
    let key = (organisation.as_bytes().to_vec(), id.as_bytes().to_vec());
    let row = entity::person::Entity::find_by_id(key)
        .one(database)
        .await?;
    Ok(row.map(parts))
}

fn parts(row: entity::person::Model) -> (Profile, Standing) {
    let text = |text: Option<String>| text.map(Text::Clear);
    let profile = Profile {
        name: text(row.name),
        addresses: texts(&row.addresses),
        external_key: text(row.external_key),
        company: text(row.company),
        title: text(row.title),
        affiliations: texts(&row.affiliations),
        tags: texts(&row.tags),
    };
    let standing = Standing {
        version: row.version,
        met: row.met,
        entered_us: row.entered_us,
        entered_by: row.entered_by,
        fingerprint: row.fingerprint,
    };
    (profile, standing)
}

/// Keeps what a change made of each field.
pub(super) async fn note(
    database: &DatabaseTransaction,
    origin: Origin,
    id: PersonId,
    before: &Profile,
    after: &Profile,
) -> Result<(), DbErr> {
    let list = |texts: &[Text]| Some(lines(texts)).filter(|lines| !lines.is_empty());
    let of = |profile: &Profile| {
        [
            ("name", clear(profile.name.as_ref())),
            ("addresses", list(&profile.addresses)),
            ("company", clear(profile.company.as_ref())),
            ("title", clear(profile.title.as_ref())),
            ("affiliations", list(&profile.affiliations)),
            ("tags", list(&profile.tags)),
        ]
    };
    for ((field, before), (_, after)) in of(before).into_iter().zip(of(after)) {
        if before == after {
            continue;
        }
        let row = entity::person_change::ActiveModel {
            organisation: Set(origin.organisation.as_bytes().to_vec()),
            person: Set(id.as_bytes().to_vec()),
            position: Set(origin.position),
            field: Set(field.to_owned()),
            member: Set(origin.member.map(|id| id.as_bytes().to_vec())),
            at_us: Set(origin.recorded_us),
            before: Set(before),
            after: Set(after),
        };
        let keep = OnConflict::new().do_nothing().to_owned();
        let insert = entity::person_change::Entity::insert(row).on_conflict(keep);
        insert.exec_without_returning(database).await?;
    }
    Ok(())
}

/// A member stands in everybody's directory, however they came into it: by whose moment is not told.
pub(super) async fn joined(
    database: &DatabaseTransaction,
    origin: Origin,
    id: PersonId,
) -> Result<(), DbErr> {
    use entity::person::Column;
    let by = origin.member.map(|id| id.as_bytes().to_vec());
    entity::person::Entity::update_many()
        .col_expr(Column::Met, Value::from(false).into())
        .col_expr(Column::EnteredUs, Value::from(origin.recorded_us).into())
        .col_expr(Column::EnteredBy, Value::Bytes(by).into())
        .filter(Column::Organisation.eq(origin.organisation.as_bytes().as_slice()))
        .filter(Column::Id.eq(id.as_bytes().as_slice()))
        .filter(Column::Met.eq(true))
        .exec(database)
        .await
        .map(drop)
}

pub(super) async fn fact(
    database: &DatabaseTransaction,
    origin: Origin,
    fact: &Fact,
    person: PersonId,
) -> Result<(), DbErr> {
    let row = entity::fact::ActiveModel {
        organisation: Set(origin.organisation.as_bytes().to_vec()),
        id: Set(fact.id.as_bytes().to_vec()),
        person: Set(person.as_bytes().to_vec()),
        entry: Set(fact.person.as_bytes().to_vec()),
        kind: Set(fact.kind.index() as i16),
        text: Set(clear(Some(&fact.text))),
        source: Set(clear(fact.source.as_ref())),
        question: Set(clear(fact.question.as_ref())),
        private: Set(fact.private),
        words: Set(indexed(
            [Some(&fact.text), fact.source.as_ref()]
                .into_iter()
                .flatten()
                .filter_map(Text::as_clear),
        )),
        author: Set(fact.author.as_bytes().to_vec()),
        noted_us: Set(fact.noted_at.micros()),
        removed_us: Set(None),
        fingerprint: Set(fact.fingerprint.to_vec()),
    };
    let keep = OnConflict::new().do_nothing().to_owned();
    let insert = entity::fact::Entity::insert(row).on_conflict(keep);
    insert.exec_without_returning(database).await.map(drop)
}

/// When a fact ended; `None` if it holds after all. Of several ends the first counts.
pub(super) async fn end_fact(
    database: &DatabaseTransaction,
    origin: Origin,
    id: FactId,
    removed_us: Option<i64>,
) -> Result<(), DbErr> {
    use entity::fact::Column;
    let ended = sea_orm::sea_query::Expr::value(Value::from(removed_us));
    let mut update = entity::fact::Entity::update_many()
        .col_expr(Column::RemovedUs, ended)
        .filter(Column::Organisation.eq(origin.organisation.as_bytes().as_slice()))
        .filter(Column::Id.eq(id.as_bytes().as_slice()));
    if removed_us.is_some() {
        update = update.filter(Column::RemovedUs.is_null());
    }
    update.exec(database).await.map(drop)
}

/// Somebody was entered by mistake. A member stands in everybody's directory all the same; of anybody else
/// the [`handle`] stays.
pub(super) async fn taken_out(
    database: &DatabaseTransaction,
    origin: Origin,
    id: PersonId,
    version: u32,
    is_member: bool,
) -> Result<(), DbErr> {
    let organisation = origin.organisation;
    let Some((profile, standing)) = find(database, organisation, id).await? else {
        return Ok(());
    };
    let standing = Standing {
        version: version as i32,
        met: !is_member,
        ..standing
    };
    let profile = if is_member { profile } else { handle(&profile) };
    rewrite(database, organisation, id, &profile, &standing).await
}
