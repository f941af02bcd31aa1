//! The directory.

use std::collections::{BTreeSet, HashMap, HashSet};

use kith_domain::access::{Class, Principal, Resource, Sight, visible};
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::text::{folded, normalised_address};
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::directory::{STANDS, seen};
use super::entries::of_entries;
use super::{like_escaped, own};
use crate::bulk::blob;
use crate::entity::{entry, fact, member, person, person_address, person_tag};
use crate::lookup::Lookup;
use crate::projection::people::addresses_ever;

/// How a person may be asked for: all filters given must hold.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Part of a name, in any case, with or without accents.
    pub name: Option<String>,
    /// An exact address.
    pub address: Option<String>,
    /// A company, in any case.
    pub company: Option<String>,
    /// A label, in any case.
    pub tag: Option<String>,
    /// Only members.
    pub members_only: bool,
}

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
    let found = named(database, principal.organisation, ids).await?;
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
    let entry = entry::Entity::find()
        .filter(entry::Column::Organisation.eq(own(principal.organisation)))
        .filter(entry::Column::ExternalKey.eq(reference.trim()))
        .order_by_asc(entry::Column::Id)
        .one(database)
        .await?;
    match entry.and_then(|row| PersonId::from_slice(&row.id)) {
        Some(id) => see(database, principal, id).await,
        None => Ok(None),
    }
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
fn having_address(organisation: OrganisationId, address: &str) -> SelectStatement {
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

/// The entries that have these addresses, which are normalised. Of several, the first id.
pub async fn by_addresses(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    addresses: &[&str],
) -> Result<HashMap<String, PersonId>, DbErr> {
    let keys: Vec<_> = addresses.iter().map(|&address| [address.into()]).collect();
    let rows: Vec<person_address::Model> = BY_ADDRESS.find(database, organisation, &keys).await?;
    let mut people = HashMap::with_capacity(rows.len());
    for row in rows {
        if let Some(entry) = PersonId::from_slice(&row.entry) {
            let first = people.entry(row.address).or_insert(entry);
            *first = entry.min(*first);
        }
    }
    Ok(people)
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

/// The rows of these people, or of those whose entries these are, by the ids that are given.
pub async fn named(
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

/// Rows looked at together at most, when most of them are hidden.
const LARGEST_LOOK: u64 = 2_000;

/// People of the principal's directory by name, above a place in that order.
pub async fn list(
    database: &DatabaseConnection,
    principal: &Principal,
    filter: &Filter,
    after: Option<&(String, PersonId)>,
    limit: u64,
) -> Result<Vec<person::Model>, DbErr> {
    let mut after = after.cloned();
    let mut people = Vec::new();
    let mut look = limit;
    // Who sees whom is decided row by row, so that a page may take several looks.
    loop {
        let organisation = principal.organisation;
        let rows = page(database, organisation, filter, after.as_ref(), look).await?;
        let is_last = (rows.len() as u64) < look;
        look = (look * 2).clamp(limit, std::cmp::max(limit, LARGEST_LOOK));
        after = rows.last().map(|last| {
            let id = PersonId::from_slice(&last.id).unwrap_or_default();
            (last.sort_name.clone(), id)
        });
        people.extend(seen(database, principal, rows).await?);
        if is_last || people.len() as u64 >= limit {
            people.truncate(limit as usize);
            return Ok(people);
        }
    }
}

/// People who stand in anybody's directory.
async fn page(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    filter: &Filter,
    after: Option<&(String, PersonId)>,
    limit: u64,
) -> Result<Vec<person::Model>, DbErr> {
    let mut find =
        person::Entity::find().filter(person::Column::Organisation.eq(own(organisation)));
    find = find.filter(Expr::cust(STANDS));
    if let Some(name) = &filter.name {
        let pattern = format!("%{}%", like_escaped(&folded(name)));
        let like = LikeExpr::new(pattern).escape('\\');
        find = find.filter(Expr::col(person::Column::SortName).like(like));
    }
    if let Some(company) = &filter.company {
        find = find.filter(person::Column::CompanyFolded.eq(folded(company)));
    }
    if let Some(address) = &filter.address {
        let having = having_address(organisation, address);
        find = find.filter(person::Column::Id.in_subquery(having));
    }
    if let Some(tag) = &filter.tag {
        let mut having = Query::select();
        having
            .column(person_tag::Column::Person)
            .from(person_tag::Entity)
            .and_where(person_tag::Column::Organisation.eq(own(organisation)))
            .and_where(person_tag::Column::Tag.eq(folded(tag)));
        find = find.filter(person::Column::Id.in_subquery(having));
    }
    if filter.members_only {
        let mut members = Query::select();
        members
            .column(member::Column::Id)
            .from(member::Entity)
            .and_where(member::Column::Organisation.eq(own(organisation)));
        find = find.filter(person::Column::Id.in_subquery(members));
    }
    if let Some((name, id)) = after {
        let later_name = person::Column::SortName.gt(name.as_str());
        let same_name = Condition::all()
            .add(person::Column::SortName.eq(name.as_str()))
            .add(person::Column::Id.gt(id.as_bytes().to_vec()));
        find = find.filter(Condition::any().add(later_name).add(same_name));
    }
    find.order_by_asc(person::Column::SortName)
        .order_by_asc(person::Column::Id)
        .limit(limit)
        .all(database)
        .await
}

/// The fact with this id.
pub async fn fact(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    id: kith_domain::id::FactId,
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
    let sees = |row: &fact::Model| {
        let author = PersonId::from_slice(&row.author).unwrap_or_default();
        let resource = Resource::Fact {
            author,
            private: row.private,
        };
        visible(principal, resource, Class::Content) == Sight::Full
    };
    Ok(rows.into_iter().filter(sees).take(1_000).collect())
}
