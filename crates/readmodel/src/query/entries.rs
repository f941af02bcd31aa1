//! Entries of people who have several.

use std::collections::HashMap;

use kith_domain::access::Principal;
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::text::folded;
use sea_orm::{DatabaseConnection, DbErr, EntityTrait};

use super::directory::Known;
use super::own;
use super::people::{BY_ID, called};
use crate::bulk::blob;
use crate::entity::{entry, identity, person};
use crate::lookup::Lookup;
use crate::projection::entries_of;

const BY_ENTRY: Lookup<1> = Lookup {
    select: "t.*",
    table: "identity",
    by: ["entry"],
    and: "",
};

/// The people into whom these entries were merged, by the entries.
pub(super) async fn of_entries(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    entries: &[PersonId],
) -> Result<HashMap<PersonId, person::Model>, DbErr> {
    let keys: Vec<_> = entries.iter().map(|id| [blob(id.as_bytes())]).collect();
    let merged: Vec<identity::Model> = BY_ENTRY.find(database, organisation, &keys).await?;
    if merged.is_empty() {
        return Ok(HashMap::new());
    }
    let keys: Vec<_> = merged.iter().map(|row| [blob(&row.person)]).collect();
    let people: Vec<person::Model> = BY_ID.find(database, organisation, &keys).await?;
    let people: HashMap<&[u8], &person::Model> =
        people.iter().map(|row| (row.id.as_slice(), row)).collect();
    let by_entry = merged.iter().filter_map(|row| {
        let person = people.get(row.person.as_slice())?;
        Some((PersonId::from_slice(&row.entry)?, (*person).clone()))
    });
    Ok(by_entry.collect())
}

/// An entry by itself, whosever it is.
pub async fn entry(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    id: PersonId,
) -> Result<Option<person::Model>, DbErr> {
    let key = (own(organisation), id.as_bytes().to_vec());
    let one_of_several = entry::Entity::find_by_id(key.clone()).one(database).await?;
    match one_of_several {
        Some(entry) => Ok(Some(alone(entry))),
        None => person::Entity::find_by_id(key).one(database).await,
    }
}

/// What an entry would be if it stood for itself.
#[must_use]
pub fn alone(entry: entry::Model) -> person::Model {
    let mut alone = person::Model {
        organisation: entry.organisation,
        id: entry.id,
        name: entry.name,
        sort_name: String::new(),
        external_key: entry.external_key,
        addresses: entry.addresses,
        company: entry.company,
        title: entry.title,
        affiliations: entry.affiliations,
        tags: entry.tags,
        words: None,
        version: entry.version,
        met: entry.met,
        entered_us: entry.entered_us,
        entered_by: entry.entered_by,
        fingerprint: entry.fingerprint,
    };
    alone.sort_name = folded(&called(&alone));
    alone
}

/// The entries of somebody, the one that names them first, each as the principal knows it.
pub async fn known(
    database: &DatabaseConnection,
    principal: &Principal,
    person: &person::Model,
) -> Result<Vec<person::Model>, DbErr> {
    let id = PersonId::from_slice(&person.id).unwrap_or_default();
    let entries = of(database, principal.organisation, id).await?;
    if entries.is_empty() {
        return Ok(vec![person.clone()]);
    }
    let known = Known::load(database, principal, &[id], false).await?;
    let mut entries: Vec<person::Model> = entries.into_iter().map(alone).collect();
    for entry in &mut entries {
        known.tell(id, PersonId::from_slice(&entry.id), entry);
    }
    Ok(entries)
}

/// The entries of somebody who has several, the one that names them first; none of anybody else.
pub async fn of(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<Vec<entry::Model>, DbErr> {
    entries_of(database, organisation, person).await
}
