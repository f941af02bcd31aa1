//! Which people stand in the directory that somebody sees: `access::in_directory` over rows.

use std::collections::{HashMap, HashSet};

use kith_domain::access::{Principal, in_directory};
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::sharing::Level;
use sea_orm::{DatabaseConnection, DbErr, FromQueryResult};

use super::keys;
use super::sharing::Rules;
use crate::bulk::blob;
use crate::entity::person;
use crate::lookup::Lookup;
use crate::projection::people::addresses_ever;

/// What holds of a row `tie` that counts as one: a tie of nothing but unanswered mail, found in a
/// mailbox, to somebody whom nobody entered on purpose, is staged.
pub(super) const COUNTS: &str = "(tie.answered OR NOT EXISTS (SELECT 1 FROM person met \
     WHERE met.organisation = tie.organisation AND met.id = tie.person AND met.met))";

/// What holds of a row `person` who stands in somebody's directory: whose, [`seen`] says.
pub(super) const STANDS: &str = "(NOT person.met OR EXISTS (SELECT 1 FROM tie \
     WHERE tie.organisation = person.organisation AND tie.person = person.id AND tie.answered))";

#[derive(FromQueryResult)]
struct Answered {
    member: Vec<u8>,
    person: Vec<u8>,
}

const ANSWERED: Lookup<1> = Lookup {
    select: "t.member, t.person",
    table: "tie",
    by: ["person"],
    and: " AND t.answered",
};

/// Those of these people who stand in the principal's directory, in the same order.
pub(super) async fn seen(
    database: &DatabaseConnection,
    principal: &Principal,
    mut people: Vec<person::Model>,
) -> Result<Vec<person::Model>, DbErr> {
    let id = |row: &person::Model| PersonId::from_slice(&row.id).unwrap_or_default();
    let met: Vec<PersonId> = people.iter().filter(|row| row.met).map(id).collect();
    if met.is_empty() {
        return Ok(people);
    }
    let ties = answered(database, principal.organisation, &met).await?;
    let members = |person: &PersonId| ties.get(person).map_or(&[][..], Vec::as_slice);
    // An own tie decides alone, and needs no word about sharing.
    let is_own = |person: &PersonId| {
        let me = principal.member.as_ref();
        me.is_some_and(|me| members(person).contains(me))
    };
    let others: Vec<PersonId> = met.into_iter().filter(|person| !is_own(person)).collect();
    let mut shown: HashSet<PersonId> = HashSet::new();
    if !others.is_empty() {
        let addresses = addresses_ever(database, principal.organisation, &others).await?;
        let found = keys::organisation(database, principal.organisation).await?;
        let default = found.map_or(Level::Private, |organisation| organisation.sharing);
        let rules = Rules::load(database, principal.organisation, default).await?;
        shown.extend(others.into_iter().filter(|person| {
            let addresses = addresses.get(person).map_or(&[][..], Vec::as_slice);
            let members = members(person).iter();
            let shared = members.map(|&member| (member, rules.level(member, *person, addresses)));
            in_directory(principal, shared)
        }));
    }
    people.retain(|row| {
        let person = id(row);
        !row.met || is_own(&person) || shown.contains(&person)
    });
    Ok(people)
}

/// The members who have more than unanswered mail with these people.
async fn answered(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    people: &[PersonId],
) -> Result<HashMap<PersonId, Vec<PersonId>>, DbErr> {
    let keys: Vec<_> = people.iter().map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<Answered> = ANSWERED.find(database, organisation, &keys).await?;
    let mut members: HashMap<_, Vec<_>> = HashMap::with_capacity(people.len());
    for row in rows {
        let ids = PersonId::from_slice(&row.person).zip(PersonId::from_slice(&row.member));
        if let Some((person, member)) = ids {
            members.entry(person).or_default().push(member);
        }
    }
    Ok(members)
}
