//! Who of the organisation knows whom, as far as each lets others see it.

use kith_domain::access::{Class, Principal, Resource, Sight, visible};
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::sharing::Level;
use kith_domain::tie::{self, Band, Contact, Slots, State};
use kith_domain::time::{DAY, Timestamp};
use sea_orm::{DatabaseConnection, DbErr};

use super::directory::counts;
use super::sharing::Shared;
use super::ties::as_of;
use crate::bulk::blob;
use crate::entity::tie as row;
use crate::lookup::Lookup;
use crate::projection::Identities;
use crate::projection::ties::{contacts, state};

/// Somebody who knows a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acquaintance {
    /// The member, unless they share without their name.
    pub member: Option<PersonId>,
    /// Whom they know.
    pub person: PersonId,
    /// How strong: of the principal's own ties now, of others as of the start of this week.
    pub band: Band,
}

/// The order of bands in "who knows": strongest first.
const STRENGTH: [Band; 6] = [
    Band::Strong,
    Band::Steady,
    Band::New,
    Band::Cooling,
    Band::Dormant,
    Band::Unknown,
];

/// The place of a band among others, 0 for the strongest.
pub(super) fn rank(band: Band) -> usize {
    let place = STRENGTH.iter().position(|other| *other == band);
    place.unwrap_or(STRENGTH.len())
}

/// The start of the week (Monday, UTC) that holds a moment.
fn start_of_week(now: Timestamp) -> Timestamp {
    // 1970-01-01 was a Thursday.
    let monday = (now.micros().div_euclid(DAY) + 3).div_euclid(7) * 7 - 3;
    Timestamp(monday * DAY)
}

/// Who knows any of these people, the principal among them, as far as the principal may see it: strongest
/// first, named ones first among equals.
pub async fn of(
    database: &DatabaseConnection,
    principal: &Principal,
    people: &[PersonId],
    default: Level,
    now: Timestamp,
) -> Result<Vec<Acquaintance>, DbErr> {
    let organisation = principal.organisation;
    let and = format!(" AND {}", counts("t"));
    let with = Lookup {
        select: "t.*",
        table: "tie",
        by: ["person"],
        and: &and,
    };
    let keys: Vec<_> = people.iter().map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<row::Model> = with.find(database, organisation, &keys).await?;
    let ends =
        |row: &row::Model| PersonId::from_slice(&row.member).zip(PersonId::from_slice(&row.person));
    let ties = rows.iter().filter_map(ends);
    let shared = Shared::load(database, organisation, default, ties).await?;
    let identities = Identities::load(database, organisation).await?;
    let week = start_of_week(now);
    let mut known = Vec::new();
    for row in rows {
        let Some((member, person)) = ends(&row) else {
            continue;
        };
        let is_own = principal.member == Some(member);
        let level = shared.level(member, person);
        let sight = visible(principal, Resource::Tie { member, level }, Class::Strength);
        if sight == Sight::Nothing {
            continue;
        }
        let (state, moment) = if is_own {
            (state(&row), now)
        } else {
            let tie = (member, person);
            let then = before(database, organisation, tie, &row, week, &identities).await?;
            (then, week)
        };
        let Some(reading) = tie::read(&tie::V1, &state, moment, tie::STANDARD_HORIZON) else {
            continue;
        };
        known.push(Acquaintance {
            member: (sight == Sight::Full).then_some(member),
            person,
            band: reading.band,
        });
    }
    // Anonymous ones among equals in no order that could tell them apart.
    known.sort_by_key(|a| (rank(a.band), a.member.is_none(), a.member, a.person));
    Ok(known)
}

/// Who else than the principal knows any of these people.
pub async fn others(
    database: &DatabaseConnection,
    principal: &Principal,
    people: &[PersonId],
    default: Level,
    now: Timestamp,
) -> Result<Vec<Acquaintance>, DbErr> {
    let mut known = of(database, principal, people, default, now).await?;
    known.retain(|one| one.member.is_none() || one.member != principal.member);
    Ok(known)
}

/// What a tie was at a moment: what it is, unless there was a contact since.
async fn before(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    tie: (PersonId, PersonId),
    row: &row::Model,
    moment: Timestamp,
    identities: &Identities,
) -> Result<State, DbErr> {
    let now = state(row);
    if now.last().is_some_and(|last| last <= moment) {
        return Ok(now);
    }
    let contacts = contacts(database, organisation, tie, identities).await?;
    let contacts: Vec<Contact> = contacts.into_iter().map(|known| known.contact).collect();
    Ok(as_of(&contacts, moment, Slots::Day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_week_starts_on_monday() {
        // 2026-11-22 is a Sunday, 2026-11-16 the Monday before.
        let sunday = Timestamp::from_seconds(1_795_305_600 + 3_600);
        assert_eq!(
            start_of_week(sunday),
            Timestamp::from_seconds(1_795_305_600 - 6 * 86_400)
        );
        let monday = Timestamp::from_seconds(1_795_305_600 - 6 * 86_400);
        assert_eq!(start_of_week(monday), monday);
    }
}
