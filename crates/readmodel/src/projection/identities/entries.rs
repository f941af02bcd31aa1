//! What several entries of one person say together.
//!
//! The row `person` of the entry that names them says it; what each says by itself is kept beside
//! (`entry`), as long as there are several. A field that the naming entry leaves open is another's; lists
//! are those of all. Nothing of an entry ever moves into another: whoever is unmerged has what they had,
//! and whoever is erased leaves nothing behind in others.

use std::collections::HashSet;

use kith_domain::affiliation;
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::identity::Event;
use kith_domain::person::{Change, Profile};
use kith_domain::text::{Text, folded, normalised_address};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel,
};

use super::Identities;
use crate::bulk::{blob, statement};
use crate::entity::{entry, person_change};
use crate::projection::Origin;
use crate::projection::people::{self, Entry, Standing, clear, lines, texts};

/// The columns of an entry: `person` has them all.
const COLUMNS: &str = "organisation, id, name, external_key, addresses, company, title, affiliations, tags, \
                       version, met, entered_us, entered_by, fingerprint";

/// Keeps what an entry says by itself, before it is one of several.
pub(super) async fn keep(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    id: PersonId,
) -> Result<(), DbErr> {
    let sql = format!(
        "INSERT INTO entry ({COLUMNS}) SELECT {COLUMNS} FROM person \
         WHERE organisation = $1 AND id = $2 ON CONFLICT DO NOTHING"
    );
    let values = vec![blob(organisation.as_bytes()), blob(id.as_bytes())];
    let backend = database.get_database_backend();
    let done = database.execute_raw(statement(backend, sql, values)).await;
    done.map(drop)
}

/// The entries of somebody who has several, the one that names them first and the others as they were
/// entered; none of anybody else.
pub(crate) async fn of(
    database: &impl ConnectionTrait,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<Vec<entry::Model>, DbErr> {
    let sql = "SELECT e.* FROM entry e LEFT JOIN identity i ON i.organisation = e.organisation \
                AND i.entry = e.id \
               WHERE e.organisation = $1 AND (e.id = $2 OR i.person = $2) \
               ORDER BY i.person IS NOT NULL, e.entered_us, e.id";
    let values = vec![blob(organisation.as_bytes()), blob(person.as_bytes())];
    let backend = database.get_database_backend();
    entry::Entity::find()
        .from_raw_sql(statement(backend, sql, values))
        .all(database)
        .await
}

fn profile_of(row: &entry::Model) -> Profile {
    let text = |text: &Option<String>| text.clone().map(Text::Clear);
    Profile {
        name: text(&row.name),
        addresses: texts(&row.addresses),
        external_key: text(&row.external_key),
        company: text(&row.company),
        title: text(&row.title),
        affiliations: texts(&row.affiliations),
        tags: texts(&row.tags),
    }
}

/// What entries say together; the first names the person.
fn together(rows: &[entry::Model]) -> Profile {
    let text = |of: fn(&entry::Model) -> &Option<String>| {
        rows.iter().find_map(|row| of(row).clone()).map(Text::Clear)
    };
    // Two spellings of one line are one.
    let list = |of: fn(&entry::Model) -> &String, key: fn(&str) -> String| {
        let mut seen = HashSet::new();
        let lines = rows.iter().flat_map(|row| of(row).lines());
        let each_once = lines.filter(|line| seen.insert(key(line)));
        each_once.map(Text::from).collect()
    };
    Profile {
        name: text(|row| &row.name),
        external_key: text(|row| &row.external_key),
        company: text(|row| &row.company),
        title: text(|row| &row.title),
        addresses: list(|row| &row.addresses, normalised_address),
        affiliations: list(|row| &row.affiliations, affiliation::key),
        tags: list(|row| &row.tags, folded),
    }
}

/// Writes what the entries of a person say together. An entry that stands for itself is a person's own.
pub(super) async fn settle(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    person: PersonId,
    identities: &Identities,
) -> Result<(), DbErr> {
    if identities.is_gone(person) {
        return people::remove(database, organisation, person).await;
    }
    let rows = of(database, organisation, person).await?;
    let Some(first) = rows.first() else {
        return people::remove(database, organisation, person).await;
    };
    // Who was entered on purpose by one entry is so by all.
    let entered = rows.iter().find(|row| !row.met).unwrap_or(first);
    let standing = Standing {
        version: first.version,
        met: entered.met,
        entered_us: entered.entered_us,
        entered_by: entered.entered_by.clone(),
        fingerprint: entered.fingerprint.clone(),
    };
    let profile = together(&rows);
    people::write(database, organisation, person, &profile, &standing).await?;
    let mut lists = people::Lists::new();
    for row in &rows {
        let id = PersonId::from_slice(&row.id).unwrap_or_default();
        lists.push_addresses(organisation, (id, person), &texts(&row.addresses));
    }
    lists.push_profile(organisation, person, &profile);
    lists.write(database).await?;
    if !identities.is_of_several(person) {
        let key = (organisation.as_bytes().to_vec(), person.as_bytes().to_vec());
        entry::Entity::delete_by_id(key).exec(database).await?;
    }
    Ok(())
}

/// Somebody enters the directory by one of several entries. Of several events with one id the first counts,
/// and one that was made on purpose before one that came along with a moment.
pub(in crate::projection) async fn added(
    database: &DatabaseTransaction,
    new: &Entry,
    identities: &Identities,
) -> Result<(), DbErr> {
    let (organisation, id) = (new.organisation(), new.id());
    let mut tellings = people::Tellings::new();
    new.tell(identities.person_of(id), &mut tellings);
    tellings.write(database).await?;
    let key = (organisation.as_bytes().to_vec(), id.as_bytes().to_vec());
    let known = find(database, organisation, id).await?;
    let standing = new.standing(known.as_ref().map_or(0, |row| row.version));
    if known.is_some_and(|row| !row.met || standing.met) {
        return Ok(());
    }
    let profile = new.profile();
    let row = entry::ActiveModel {
        organisation: Set(key.0),
        id: Set(key.1),
        name: Set(clear(profile.name.as_ref())),
        external_key: Set(clear(profile.external_key.as_ref())),
        addresses: Set(lines(&profile.addresses)),
        company: Set(clear(profile.company.as_ref())),
        title: Set(clear(profile.title.as_ref())),
        affiliations: Set(lines(&profile.affiliations)),
        tags: Set(lines(&profile.tags)),
        version: Set(standing.version),
        met: Set(standing.met),
        entered_us: Set(standing.entered_us),
        entered_by: Set(standing.entered_by),
        fingerprint: Set(standing.fingerprint),
    };
    use entry::Column;
    let overwrite = OnConflict::columns([Column::Organisation, Column::Id])
        .update_columns([
            Column::Name,
            Column::ExternalKey,
            Column::Addresses,
            Column::Company,
            Column::Title,
            Column::Affiliations,
            Column::Tags,
            Column::Met,
            Column::EnteredUs,
            Column::EnteredBy,
            Column::Fingerprint,
        ])
        .to_owned();
    let insert = entry::Entity::insert(row).on_conflict(overwrite);
    insert.exec_without_returning(database).await?;
    settle(database, organisation, identities.person_of(id), identities).await
}

/// One of several entries was changed.
pub(in crate::projection) async fn changed(
    database: &DatabaseTransaction,
    origin: Origin,
    id: PersonId,
    version: u32,
    change: &Change,
    identities: &Identities,
) -> Result<(), DbErr> {
    let organisation = origin.organisation;
    let Some(known) = find(database, organisation, id).await? else {
        return Ok(());
    };
    let before = profile_of(&known);
    let after = change.applied_to(before.clone());
    people::note(database, origin, id, &before, &after).await?;
    let mut row = known.into_active_model();
    row.name = Set(clear(after.name.as_ref()));
    row.company = Set(clear(after.company.as_ref()));
    row.title = Set(clear(after.title.as_ref()));
    row.addresses = Set(lines(&after.addresses));
    row.affiliations = Set(lines(&after.affiliations));
    row.tags = Set(lines(&after.tags));
    row.version = Set(version as i32);
    row.update(database).await?;
    settle(database, organisation, identities.person_of(id), identities).await
}

async fn find(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    id: PersonId,
) -> Result<Option<entry::Model>, DbErr> {
    let key = (organisation.as_bytes().to_vec(), id.as_bytes().to_vec());
    entry::Entity::find_by_id(key).one(database).await
}

/// One of several entries is a member's.
pub(in crate::projection) async fn joined(
    database: &DatabaseTransaction,
    origin: Origin,
    id: PersonId,
    identities: &Identities,
) -> Result<(), DbErr> {
    let organisation = origin.organisation;
    let known = find(database, organisation, id).await?;
    let Some(known) = known.filter(|row| row.met) else {
        return Ok(());
    };
    let mut row = known.into_active_model();
    row.met = Set(false);
    row.entered_us = Set(origin.recorded_us);
    row.entered_by = Set(origin.member.map(|id| id.as_bytes().to_vec()));
    row.update(database).await?;
    settle(database, organisation, identities.person_of(id), identities).await
}

/// One of several entries was made by mistake: see [`people::taken_out`].
pub(in crate::projection) async fn taken_out(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    (id, version): (PersonId, u32),
    is_member: bool,
    identities: &Identities,
) -> Result<(), DbErr> {
    let Some(known) = find(database, organisation, id).await? else {
        return Ok(());
    };
    let profile = profile_of(&known);
    let mut row = known.into_active_model();
    row.version = Set(version as i32);
    if !is_member {
        let handle = people::handle(&profile);
        row.met = Set(true);
        row.name = Set(clear(handle.name.as_ref()));
        row.company = Set(None);
        row.title = Set(None);
        row.affiliations = Set(String::new());
        row.tags = Set(String::new());
    }
    row.update(database).await?;
    settle(database, organisation, identities.person_of(id), identities).await
}

/// Keeps among the changes of a person which entry was merged into theirs, by its id: whoever it means may
/// be erased.
pub(super) async fn note(
    database: &DatabaseTransaction,
    origin: Origin,
    person: PersonId,
    event: Event,
) -> Result<(), DbErr> {
    let (before, after) = match event {
        Event::Merged { gone, .. } => (None, Some(gone.to_string())),
        Event::Unmerged { gone } => (Some(gone.to_string()), None),
    };
    let row = person_change::ActiveModel {
        organisation: Set(origin.organisation.as_bytes().to_vec()),
        person: Set(person.as_bytes().to_vec()),
        position: Set(origin.position),
        field: Set("entries".to_owned()),
        member: Set(origin.member.map(|id| id.as_bytes().to_vec())),
        at_us: Set(origin.recorded_us),
        before: Set(before),
        after: Set(after),
    };
    let keep = OnConflict::new().do_nothing().to_owned();
    let insert = person_change::Entity::insert(row).on_conflict(keep);
    insert.exec_without_returning(database).await.map(drop)
}
