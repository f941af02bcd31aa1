//! The directory in the order of names.
//!
//! Somebody who came along has another name for each who sees them, so that a page is read from two lists in
//! that order: the names that are everybody's, and those that moments gave. What remains is who stands
//! there under the name by which the principal knows them.

use std::collections::{BTreeSet, HashMap};

use kith_domain::access::Principal;
use kith_domain::date::Date;
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::search::Wanted;
use kith_domain::text::folded;
use sea_orm::sea_query::{Expr, ExprTrait, LikeExpr, Query};
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect,
};

use super::companies::working_at;
use super::directory::{STANDS, seen};
use super::people::{BY_ID, having_address};
use super::search::{Source, found};
use super::{like_escaped, own};
use crate::bulk::blob;
use crate::entity::{member, person, person_tag, telling};

/// How a person may be asked for: all filters given must hold.
#[derive(Debug, Clone, Default)]
pub struct Filter {
    /// Part of a name, in any case, with or without accents.
    pub name: Option<String>,
    /// Words of what is known of them.
    pub words: Option<Wanted>,
    /// An exact address.
    pub address: Option<String>,
    /// A company at which they work on [`Self::day`], in any case.
    pub company: Option<String>,
    /// The present day.
    pub day: Date,
    /// A label, in any case.
    pub tag: Option<String>,
    /// Only members.
    pub members_only: bool,
}

/// A place in the order of names.
pub type Place = (String, PersonId);

/// Rows looked at together at most, when most of them are hidden.
const LARGEST_LOOK: u64 = 2_000;

/// People of the principal's directory by name, above a place in that order.
pub async fn list(
    database: &DatabaseConnection,
    principal: &Principal,
    filter: &Filter,
    after: Option<&Place>,
    limit: u64,
) -> Result<Vec<person::Model>, DbErr> {
    let mut after = after.cloned();
    let mut people = Vec::new();
    let mut look = limit;
    // Who sees whom is decided row by row, so that a page may take several looks.
    loop {
        let organisation = principal.organisation;
        let (places, rows) = page(database, organisation, filter, after.as_ref(), look).await?;
        let is_last = (places.len() as u64) < look;
        look = (look * 2).clamp(limit, std::cmp::max(limit, LARGEST_LOOK));
        after = places.last().cloned();
        let mut known: HashMap<PersonId, person::Model> = HashMap::with_capacity(rows.len());
        for row in seen(database, principal, rows).await? {
            known.insert(PersonId::from_slice(&row.id).unwrap_or_default(), row);
        }
        for (name, id) in places {
            if known.get(&id).is_some_and(|row| row.sort_name == name) {
                people.extend(known.remove(&id));
            }
        }
        if is_last || people.len() as u64 >= limit {
            people.truncate(limit as usize);
            return Ok(people);
        }
    }
}

/// Places at which people stand in anybody's directory, and these people.
async fn page(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    filter: &Filter,
    after: Option<&Place>,
    limit: u64,
) -> Result<(Vec<Place>, Vec<person::Model>), DbErr> {
    let (mut rows, told) = tokio::try_join!(
        everybodys(database, organisation, filter, after, limit),
        told(database, organisation, filter, after, limit)
    )?;
    let place = |name: &str, id: &[u8]| {
        (
            name.to_owned(),
            PersonId::from_slice(id).unwrap_or_default(),
        )
    };
    let names = rows.iter().map(|row| place(&row.sort_name, &row.id));
    let mut places: BTreeSet<Place> = names.collect();
    places.extend(told.iter().map(|(name, id)| place(name, id)));
    let places: Vec<Place> = places.into_iter().take(limit as usize).collect();
    let there: BTreeSet<PersonId> = rows
        .iter()
        .filter_map(|row| PersonId::from_slice(&row.id))
        .collect();
    let missing: BTreeSet<PersonId> = places.iter().map(|(_, id)| *id).collect();
    let missing = missing.difference(&there);
    let missing: Vec<_> = missing.map(|id| [blob(id.as_bytes())]).collect();
    if !missing.is_empty() {
        let found: Vec<person::Model> = BY_ID.find(database, organisation, &missing).await?;
        rows.extend(found);
    }
    Ok((places, rows))
}

/// Folds part of a name into a pattern.
pub(super) fn part(name: &str) -> LikeExpr {
    LikeExpr::new(format!("%{}%", like_escaped(&folded(name)))).escape('\\')
}

/// Whatever stands behind a place in the order of these columns.
fn behind<C: ColumnTrait>(sort_name: C, id: C, (name, last): &Place) -> Condition {
    let same_name = Condition::all()
        .add(sort_name.eq(name.as_str()))
        .add(id.gt(last.as_bytes().to_vec()));
    Condition::any()
        .add(sort_name.gt(name.as_str()))
        .add(same_name)
}

/// By the names that rows have.
async fn everybodys(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    filter: &Filter,
    after: Option<&Place>,
    limit: u64,
) -> Result<Vec<person::Model>, DbErr> {
    use person::Column;
    let mut find = person::Entity::find()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(Expr::cust(STANDS));
    if let Some(name) = &filter.name {
        find = find.filter(Expr::col(Column::SortName).like(part(name)));
    }
    if let Some(wanted) = &filter.words {
        let backend = database.get_database_backend();
        let is_found = found(backend, organisation, Source::Person, "person", wanted);
        find = find.filter(Expr::cust(is_found));
    }
    if let Some(company) = &filter.company {
        find = find.filter(Column::Id.in_subquery(working_at(organisation, company, filter.day)));
    }
    if let Some(address) = &filter.address {
        find = find.filter(Column::Id.in_subquery(having_address(organisation, address)));
    }
    if let Some(tag) = &filter.tag {
        let mut having = Query::select();
        having
            .column(person_tag::Column::Person)
            .from(person_tag::Entity)
            .and_where(person_tag::Column::Organisation.eq(own(organisation)))
            .and_where(person_tag::Column::Tag.eq(folded(tag)));
        find = find.filter(Column::Id.in_subquery(having));
    }
    if filter.members_only {
        let mut members = Query::select();
        members
            .column(member::Column::Id)
            .from(member::Entity)
            .and_where(member::Column::Organisation.eq(own(organisation)));
        find = find.filter(Column::Id.in_subquery(members));
    }
    if let Some(after) = after {
        find = find.filter(behind(Column::SortName, Column::Id, after));
    }
    find.order_by_asc(Column::SortName)
        .order_by_asc(Column::Id)
        .limit(limit)
        .all(database)
        .await
}

/// By the names that moments gave.
async fn told(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    filter: &Filter,
    after: Option<&Place>,
    limit: u64,
) -> Result<Vec<(String, Vec<u8>)>, DbErr> {
    use telling::Column;
    // Whoever came along is no member, and has neither company nor label.
    if filter.company.is_some() || filter.tag.is_some() || filter.members_only {
        return Ok(Vec::new());
    }
    let met = format!(
        "EXISTS (SELECT 1 FROM person WHERE person.organisation = telling.organisation \
          AND person.id = telling.person AND person.met AND {STANDS})"
    );
    let mut find = telling::Entity::find()
        .select_only()
        .column(Column::SortName)
        .column(Column::Person)
        .distinct()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(Expr::cust(met));
    if let Some(name) = &filter.name {
        find = find.filter(Expr::col(Column::SortName).like(part(name)));
    }
    if let Some(wanted) = &filter.words {
        let backend = database.get_database_backend();
        // Each word in the name that was told, or in what everybody may know.
        for word in wanted.each() {
            let by = |source, row| found(backend, organisation, source, row, &word);
            let by_name = by(Source::Telling, "telling");
            let by_handle = format!(
                "EXISTS (SELECT 1 FROM person WHERE person.organisation = telling.organisation \
                  AND person.id = telling.person AND {})",
                by(Source::Person, "person")
            );
            let any = Condition::any().add(Expr::cust(by_name));
            find = find.filter(any.add(Expr::cust(by_handle)));
        }
    }
    if let Some(address) = &filter.address {
        find = find.filter(Column::Person.in_subquery(having_address(organisation, address)));
    }
    if let Some(after) = after {
        find = find.filter(behind(Column::SortName, Column::Person, after));
    }
    find.order_by_asc(Column::SortName)
        .order_by_asc(Column::Person)
        .limit(limit)
        .into_tuple()
        .all(database)
        .await
}
