//! The directory.

use std::collections::{BTreeSet, HashMap, HashSet};

use kith_domain::access::{Class, Principal, Resource, Sight, visible};
use kith_domain::affiliation::{Affiliation, stays};
use kith_domain::date::Date;
use kith_domain::fact::Kind;
use kith_domain::id::{FactId, OrganisationId, PersonId};
use kith_domain::text::{Text, folded, normalised_address};
use sea_orm::sea_query::{Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::directory::{seen, told};
use super::entries::of_entries;
use super::own;
use crate::bulk::blob;
use crate::entity::{entry, fact, person, person_address, telling};
use crate::lookup::Lookup;
use crate::projection::people::addresses_ever;

/// What a list shows of a person who has no name.
#[must_use]
pub fn called(row: &person::Model) -> String {
    let address = row.addresses.lines().next().map(ToOwned::to_owned);
    row.name
        .clone()
        .or(address)
        .or_else(|| row.external_key.clone())
        .unwrap_or_default()
}

/// External key, else address, else id: how exports name a person.
#[must_use]
pub fn exported_as(row: &person::Model) -> String {
    let address = row.addresses.lines().next().map(ToOwned::to_owned);
    let id = || {
        PersonId::from_slice(&row.id)
            .unwrap_or_default()
            .to_string()
    };
    row.external_key.clone().or(address).unwrap_or_else(id)
}

/// Every company at which somebody works or worked.
#[must_use]
pub fn companies(row: &person::Model) -> Vec<String> {
    let worked = Affiliation::all(row.affiliations.lines()).map(|one| one.company);
    row.company.iter().cloned().chain(worked).collect()
}

/// Whether somebody works at a company on a day.
#[must_use]
pub fn works_at(row: &person::Model, company: &str, day: Date) -> bool {
    let named = row.company.as_deref().map(Text::from);
    let affiliations: Vec<Text> = row.affiliations.lines().map(Text::from).collect();
    let stays = stays(named.as_ref(), &affiliations);
    stays
        .get(&folded(company))
        .is_some_and(|stay| stay.holds_on(day))
}

/// Everybody of an organisation, in whosever directory they stand, in no order.
pub async fn all(
    database: &DatabaseConnection,
    organisation: OrganisationId,
) -> Result<Vec<person::Model>, DbErr> {
    person::Entity::find()
        .filter(person::Column::Organisation.eq(own(organisation)))
        .all(database)
        .await
}

/// The person with this id, or with the entry that has it, in whosever directory they stand.
pub async fn find(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    id: PersonId,
) -> Result<Option<person::Model>, DbErr> {
    let key = (own(organisation), id.as_bytes().to_vec());
    let found = person::Entity::find_by_id(key).one(database).await?;
    if found.is_some() {
        return Ok(found);
    }
    let found = of_entries(database, organisation, &[id]).await?;
    Ok(found.into_values().next())
}

/// The person with this id, if they stand in the principal's directory.
pub async fn see(
    database: &DatabaseConnection,
    principal: &Principal,
    id: PersonId,
) -> Result<Option<person::Model>, DbErr> {
    let found = find(database, principal.organisation, id).await?;
    let seen = seen(database, principal, found.into_iter().collect()).await?;
    Ok(seen.into_iter().next())
}

/// Those of these people who stand in the principal's directory.
pub async fn see_all(
    database: &DatabaseConnection,
    principal: &Principal,
    ids: &[PersonId],
) -> Result<HashSet<PersonId>, DbErr> {
    let found = known(database, principal.organisation, ids).await?;
    let rows: Vec<person::Model> = found.values().cloned().collect();
    let seen = seen(database, principal, rows).await?;
    let seen: HashSet<&[u8]> = seen.iter().map(|row| row.id.as_slice()).collect();
    let is_seen = |(_, row): &(PersonId, person::Model)| seen.contains(row.id.as_slice());
    let ids = found.into_iter().filter(is_seen);
    Ok(ids.map(|(id, _)| id).collect())
}

/// The person of the principal's directory behind an id, an address or an external key, in this
/// order. Of several people, the one with the first id.
pub async fn resolve(
    database: &DatabaseConnection,
    principal: &Principal,
    reference: &str,
) -> Result<Option<person::Model>, DbErr> {
    if let Ok(id) = reference.parse()
        && let Some(found) = see(database, principal, id).await?
    {
        return Ok(Some(found));
    }
    let people = || {
        person::Entity::find()
            .filter(person::Column::Organisation.eq(own(principal.organisation)))
            .order_by_asc(person::Column::Id)
    };
    let has_address = having_address(principal.organisation, reference);
    let by_address = people().filter(person::Column::Id.in_subquery(has_address));
    let by_key = people().filter(person::Column::ExternalKey.eq(reference.trim()));
    for find in [by_address, by_key] {
        let found = find.all(database).await?;
        if let Some(first) = seen(database, principal, found).await?.into_iter().next() {
            return Ok(Some(first));
        }
    }
    // One of several entries may have a key of its own.
    let entries = entry::Entity::find()
        .filter(entry::Column::Organisation.eq(own(principal.organisation)))
        .filter(entry::Column::ExternalKey.eq(reference.trim()))
        .order_by_asc(entry::Column::Id)
        .all(database)
        .await?;
    for id in entries
        .iter()
        .filter_map(|row| PersonId::from_slice(&row.id))
    {
        let found = see(database, principal, id).await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

/// Everybody whom an id, an address or an external key means, in whosever directory they stand.
pub async fn owners(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    reference: &str,
) -> Result<Vec<PersonId>, DbErr> {
    let id = |row: &person::Model| PersonId::from_slice(&row.id).unwrap_or_default();
    if let Ok(parsed) = reference.parse()
        && let Some(found) = find(database, organisation, parsed).await?
    {
        return Ok(vec![id(&found)]);
    }
    let key = reference.trim();
    let mut owners = BTreeSet::new();
    let with_key = entry::Entity::find()
        .filter(entry::Column::Organisation.eq(own(organisation)))
        .filter(entry::Column::ExternalKey.eq(key))
        .all(database)
        .await?;
    for entry in with_key {
        let entry = PersonId::from_slice(&entry.id).unwrap_or_default();
        let found = find(database, organisation, entry).await?;
        owners.extend(found.iter().map(id));
    }
    let has_address = having_address(organisation, reference);
    let any = Condition::any()
        .add(person::Column::Id.in_subquery(has_address))
        .add(person::Column::ExternalKey.eq(key));
    let rows = person::Entity::find()
        .filter(person::Column::Organisation.eq(own(organisation)))
        .filter(any)
        .all(database)
        .await?;
    owners.extend(rows.iter().map(id));
    Ok(owners.into_iter().collect())
}

/// The ids of those who have an address.
pub(super) fn having_address(organisation: OrganisationId, address: &str) -> SelectStatement {
    let mut having = Query::select();
    having
        .column(person_address::Column::Person)
        .from(person_address::Entity)
        .and_where(person_address::Column::Organisation.eq(own(organisation)))
        .and_where(person_address::Column::Address.eq(normalised_address(address)))
        .and_where(person_address::Column::Former.eq(false));
    having
}

const BY_ADDRESS: Lookup<1> = Lookup {
    select: "t.*",
    table: "person_address",
    by: ["address"],
    and: " AND NOT t.former",
};

const TELLING: Lookup<1> = Lookup {
    select: "t.*",
    table: "telling",
    by: ["entry"],
    and: "",
};

/// The entries that have these addresses, which are normalised. Of several, the first id; but somebody who
/// came along stands behind whoever was entered on purpose, since not everybody knows of them.
pub async fn by_addresses(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    addresses: &[&str],
) -> Result<HashMap<String, PersonId>, DbErr> {
    let keys: Vec<_> = addresses.iter().map(|&address| [address.into()]).collect();
    let rows: Vec<person_address::Model> = BY_ADDRESS.find(database, organisation, &keys).await?;
    let mut owners: HashMap<String, BTreeSet<PersonId>> = HashMap::with_capacity(rows.len());
    for row in rows {
        if let Some(entry) = PersonId::from_slice(&row.entry) {
            owners.entry(row.address).or_default().insert(entry);
        }
    }
    let shared = owners.values().filter(|entries| entries.len() > 1);
    let shared: Vec<PersonId> = shared.flatten().copied().collect();
    let rows = if shared.is_empty() {
        HashMap::new()
    } else {
        known(database, organisation, &shared).await?
    };
    let has_come_along = |id: &PersonId| rows.get(id).is_some_and(|row| row.met);
    let first = |(address, entries): (String, BTreeSet<PersonId>)| {
        let of_all = entries.iter().find(|id| !has_come_along(id));
        Some((address, *of_all.or_else(|| entries.first())?))
    };
    Ok(owners.into_iter().filter_map(first).collect())
}

/// Who was told the names of these entries: pairs of an entry and a member.
pub async fn told_to(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    entries: &[PersonId],
) -> Result<Vec<(PersonId, PersonId)>, DbErr> {
    let keys: Vec<_> = entries.iter().map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<telling::Model> = TELLING.find(database, organisation, &keys).await?;
    let ids = rows
        .iter()
        .filter_map(|row| PersonId::from_slice(&row.entry).zip(PersonId::from_slice(&row.member)));
    Ok(ids.collect())
}

/// Every address that these people have or had.
pub async fn addresses_of_all(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    people: &[PersonId],
) -> Result<HashMap<PersonId, BTreeSet<String>>, DbErr> {
    let rows = addresses_ever(database, organisation, people).await?;
    let own = |rows: Vec<person_address::Model>| rows.into_iter().map(|row| row.address).collect();
    Ok(rows.into_iter().map(|(id, rows)| (id, own(rows))).collect())
}

/// Every address that somebody has or had.
pub async fn addresses_of(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<Vec<String>, DbErr> {
    let rows = addresses_ever(database, organisation, &[person]).await?;
    let rows = rows.into_values().flatten();
    Ok(rows.map(|row| row.address).collect())
}

/// The entry that has this address. Of several, the first id.
pub async fn by_address(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    address: &str,
) -> Result<Option<PersonId>, DbErr> {
    let address = normalised_address(address);
    let mut people = by_addresses(database, organisation, &[&address]).await?;
    Ok(people.remove(&address))
}

pub(super) const BY_ID: Lookup<1> = Lookup {
    select: "t.*",
    table: "person",
    by: ["id"],
    and: "",
};

/// These people, or those whose entries these are, by the ids that are given, each as the principal knows
/// them: for ids that the principal has from what is theirs.
pub async fn named(
    database: &DatabaseConnection,
    principal: &Principal,
    ids: &[PersonId],
) -> Result<HashMap<PersonId, person::Model>, DbErr> {
    let mut named = known(database, principal.organisation, ids).await?;
    told(database, principal, &mut named).await?;
    Ok(named)
}

/// The rows of these people, or of those whose entries these are, by the ids that are given, in whosever
/// directory they stand.
pub async fn known(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    ids: &[PersonId],
) -> Result<HashMap<PersonId, person::Model>, DbErr> {
    let keys: Vec<_> = ids.iter().map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<person::Model> = BY_ID.find(database, organisation, &keys).await?;
    let by_id = rows
        .into_iter()
        .filter_map(|row| Some((PersonId::from_slice(&row.id)?, row)));
    let mut named: HashMap<PersonId, person::Model> = by_id.collect();
    let is_missing = |id: &PersonId| !named.contains_key(id);
    let rest: Vec<PersonId> = ids.iter().copied().filter(is_missing).collect();
    if !rest.is_empty() {
        named.extend(of_entries(database, organisation, &rest).await?);
    }
    Ok(named)
}

/// The fact with this id.
pub async fn fact(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    id: FactId,
) -> Result<Option<fact::Model>, DbErr> {
    let key = (own(organisation), id.as_bytes().to_vec());
    fact::Entity::find_by_id(key).one(database).await
}

/// Facts of a person that the principal sees, newest first.
pub async fn facts(
    database: &DatabaseConnection,
    principal: &Principal,
    person: PersonId,
) -> Result<Vec<fact::Model>, DbErr> {
    let rows = fact::Entity::find()
        .filter(fact::Column::Organisation.eq(own(principal.organisation)))
        .filter(fact::Column::Person.eq(person.as_bytes().to_vec()))
        .filter(fact::Column::RemovedUs.is_null())
        .order_by_desc(fact::Column::NotedUs)
        .order_by_asc(fact::Column::Id)
        .all(database)
        .await?;
    Ok(rows
        .into_iter()
        .filter(|row| sees(principal, row))
        .take(1_000)
        .collect())
}

/// Facts of all these people that the principal sees, the newest first.
pub async fn facts_of_all(
    database: &DatabaseConnection,
    principal: &Principal,
    people: &[PersonId],
) -> Result<HashMap<PersonId, Vec<fact::Model>>, DbErr> {
    const OF_PERSON: Lookup<1> = Lookup {
        select: "t.*",
        table: "fact",
        by: ["person"],
        and: " AND t.removed_us IS NULL AND t.text IS NOT NULL",
    };
    let keys: Vec<_> = people.iter().map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<fact::Model> = OF_PERSON
        .find(database, principal.organisation, &keys)
        .await?;
    let mut facts: HashMap<PersonId, Vec<fact::Model>> = HashMap::new();
    for row in rows.into_iter().filter(|row| sees(principal, row)) {
        if let Some(person) = PersonId::from_slice(&row.person) {
            facts.entry(person).or_default().push(row);
        }
    }
    for rows in facts.values_mut() {
        rows.sort_by(|a, b| (b.noted_us, &a.id).cmp(&(a.noted_us, &b.id)));
    }
    Ok(facts)
}

/// What people need and offer, as far as the principal sees it, the newest first; of people whom the principal may
/// not see too.
pub async fn wishes(
    database: &DatabaseConnection,
    principal: &Principal,
    limit: u64,
) -> Result<Vec<fact::Model>, DbErr> {
    let kinds = [Kind::Need, Kind::Offer].map(|kind| kind.index() as i16);
    let shown = Condition::any()
        .add(fact::Column::Private.eq(false))
        .add_option(
            principal
                .member
                .map(|member| fact::Column::Author.eq(member.as_bytes().to_vec())),
        );
    fact::Entity::find()
        .filter(fact::Column::Organisation.eq(own(principal.organisation)))
        .filter(fact::Column::Kind.is_in(kinds))
        .filter(fact::Column::RemovedUs.is_null())
        .filter(fact::Column::Text.is_not_null())
        .filter(shown)
        .order_by_desc(fact::Column::NotedUs)
        .order_by_asc(fact::Column::Id)
        .limit(limit)
        .all(database)
        .await
}

/// Whether the principal sees a fact.
fn sees(principal: &Principal, row: &fact::Model) -> bool {
    let author = PersonId::from_slice(&row.author).unwrap_or_default();
    let resource = Resource::Fact {
        author,
        private: row.private,
    };
    visible(principal, resource, Class::Content) == Sight::Full
}

/// The facts of a person that one request noted, by its receipt, removed or not.
pub async fn noted_with(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    person: PersonId,
    fingerprint: &[u8; 16],
) -> Result<Vec<FactId>, DbErr> {
    let rows = fact::Entity::find()
        .filter(fact::Column::Organisation.eq(own(organisation)))
        .filter(fact::Column::Person.eq(person.as_bytes().to_vec()))
        .filter(fact::Column::Fingerprint.eq(fingerprint.to_vec()))
        .order_by_asc(fact::Column::Id)
        .all(database)
        .await?;
    let ids = rows.iter().filter_map(|row| FactId::from_slice(&row.id));
    Ok(ids.collect())
}
