//! Companies, and who of the organisation knows somebody there.

use std::collections::{BTreeMap, HashMap, HashSet};

use kith_domain::access::Principal;
use kith_domain::date::{Date, day_of};
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::sharing::Level;
use kith_domain::text::folded;
use kith_domain::tie::Band;
use kith_domain::time::Timestamp;
use sea_orm::sea_query::{Expr, ExprTrait, Query, SelectStatement};
use sea_orm::{
    ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::acquaintances::{self, Acquaintance, rank};
use super::listing::part;
use super::own;
use crate::entity::person_company::{self as row, Column};
use crate::lookup::Lookup;

/// What holds of a row of a person who works there on a day.
fn holds_on(table: &str, day: Date) -> String {
    format!(
        "({table}.since IS NULL OR {table}.since <= '{day}') \
         AND ({table}.until IS NULL OR {table}.until >= '{day}')"
    )
}

/// What holds of a row of somebody outside, who stands in everybody's directory: members open doors, they
/// are none.
fn is_outside(table: &str) -> String {
    format!(
        "EXISTS (SELECT 1 FROM person WHERE person.organisation = {table}.organisation \
          AND person.id = {table}.person AND NOT person.met) \
         AND NOT EXISTS (SELECT 1 FROM member WHERE member.organisation = {table}.organisation \
          AND member.id = {table}.person)"
    )
}

/// The ids of those who work at a company on a day.
pub(super) fn working_at(
    organisation: OrganisationId,
    company: &str,
    day: Date,
) -> SelectStatement {
    let mut working = Query::select();
    working
        .column(Column::Person)
        .from(row::Entity)
        .and_where(Column::Organisation.eq(own(organisation)))
        .and_where(Column::Company.eq(folded(company)))
        .and_where(Expr::cust(holds_on("person_company", day)));
    working
}

/// Which companies are asked for.
#[derive(Debug, Clone)]
pub struct Question<'a> {
    /// Part of a name, in any case, with or without accents.
    pub name: Option<&'a str>,
    /// Only those behind this one, which is folded.
    pub after: Option<&'a str>,
    /// At most so many.
    pub limit: u64,
    /// As of when.
    pub now: Timestamp,
    /// How much others see of a tie of which nothing is said.
    pub default: Level,
}

/// A company of the directory, as far as a principal may know who knows somebody there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Company {
    /// Its name, folded: what the list is sorted by.
    pub folded: String,
    /// Its name as most of its people have it.
    pub name: String,
    /// People of the directory who work there and are no members.
    pub people: usize,
    /// The strongest tie with any of them.
    pub strongest: Band,
    /// The principal's own strongest.
    pub own: Band,
    /// The members who have such a tie and share it with their name, and the principal.
    pub members: usize,
    /// The most who share a tie with any one of them without their name. Whether they are the same with
    /// another person is nobody's business.
    pub unnamed: usize,
    /// All these ties.
    pub ties: usize,
    /// Those of them that are quieter than their rhythm, or silent for long.
    pub fading: usize,
}

/// Companies at which somebody works who stands in everybody's directory, by name.
pub async fn list(
    database: &DatabaseConnection,
    principal: &Principal,
    question: &Question<'_>,
) -> Result<Vec<Company>, DbErr> {
    let organisation = principal.organisation;
    let day = day_of(question.now);
    let mut find = row::Entity::find()
        .select_only()
        .column(Column::Company)
        .distinct()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(Expr::cust(holds_on("person_company", day)))
        .filter(Expr::cust(is_outside("person_company")));
    if let Some(name) = question.name {
        find = find.filter(Expr::col(Column::Company).like(part(name)));
    }
    if let Some(after) = question.after {
        find = find.filter(Column::Company.gt(after));
    }
    let companies: Vec<String> = find
        .order_by_asc(Column::Company)
        .limit(question.limit)
        .into_tuple()
        .all(database)
        .await?;
    let rows = people_of(database, organisation, &companies, day).await?;
    let people: HashSet<PersonId> = rows.iter().filter_map(person_of).collect();
    let people: Vec<PersonId> = people.into_iter().collect();
    let (default, now) = (question.default, question.now);
    let known = acquaintances::of(database, principal, &people, default, now).await?;
    let mut ties: HashMap<PersonId, Vec<Acquaintance>> = HashMap::new();
    for one in known {
        ties.entry(one.person).or_default().push(one);
    }
    let mut by_company: BTreeMap<String, Vec<row::Model>> = BTreeMap::new();
    for row in rows {
        by_company.entry(row.company.clone()).or_default().push(row);
    }
    let view = |(folded, rows): (String, Vec<row::Model>)| view(principal, folded, &rows, &ties);
    Ok(by_company.into_iter().map(view).collect())
}

/// Those who work at a company on a day, stand in everybody's directory and are no members.
pub async fn people(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    company: &str,
    day: Date,
) -> Result<Vec<PersonId>, DbErr> {
    let rows = people_of(database, organisation, &[folded(company)], day).await?;
    Ok(rows.iter().filter_map(person_of).collect())
}

fn person_of(row: &row::Model) -> Option<PersonId> {
    PersonId::from_slice(&row.person)
}

async fn people_of(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    companies: &[String],
    day: Date,
) -> Result<Vec<row::Model>, DbErr> {
    let and = format!(" AND {} AND {}", holds_on("t", day), is_outside("t"));
    let of_companies = Lookup {
        select: "t.*",
        table: "person_company",
        by: ["company"],
        and: &and,
    };
    let keys: Vec<_> = companies
        .iter()
        .map(|name| [name.as_str().into()])
        .collect();
    of_companies.find(database, organisation, &keys).await
}

fn view(
    principal: &Principal,
    folded: String,
    rows: &[row::Model],
    ties: &HashMap<PersonId, Vec<Acquaintance>>,
) -> Company {
    let mut spellings: BTreeMap<&str, usize> = BTreeMap::new();
    for row in rows {
        *spellings.entry(&row.name).or_default() += 1;
    }
    // Of several that are as frequent, the first by its letters.
    let name = spellings
        .iter()
        .max_by_key(|(name, count)| (**count, std::cmp::Reverse(**name)));
    let people = rows.iter().filter_map(person_of);
    let of_each: Vec<&[Acquaintance]> = people
        .filter_map(|person| ties.get(&person).map(Vec::as_slice))
        .collect();
    let all = || of_each.iter().copied().flatten();
    let mine = all().filter(|one| one.member.is_some() && one.member == principal.member);
    let members: HashSet<PersonId> = all().filter_map(|one| one.member).collect();
    let unnamed = of_each
        .iter()
        .map(|ties| ties.iter().filter(|one| one.member.is_none()).count());
    Company {
        name: name.map(|(name, _)| (*name).to_owned()).unwrap_or_default(),
        people: rows.len(),
        strongest: strongest(all()),
        own: strongest(mine),
        members: members.len(),
        unnamed: unnamed.max().unwrap_or_default(),
        ties: all().count(),
        fading: all()
            .filter(|one| matches!(one.band, Band::Cooling | Band::Dormant))
            .count(),
        folded,
    }
}

fn strongest<'a>(ties: impl Iterator<Item = &'a Acquaintance>) -> Band {
    let bands = ties.map(|one| one.band);
    bands
        .min_by_key(|band| rank(*band))
        .unwrap_or(Band::Unknown)
}
