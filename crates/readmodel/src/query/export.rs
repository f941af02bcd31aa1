//! Every tie at once, as of a moment, under a named formula.

use std::collections::{BTreeMap, HashMap};

use kith_domain::access::{Class, Principal, Resource, Sight, visible};
use kith_domain::care::Care;
use kith_domain::due::{Fold, Known};
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::sharing::Level;
use kith_domain::tie::{self, Profile, Reading};
use kith_domain::time::Timestamp;
use sea_orm::{DatabaseConnection, DbErr};

use super::people;
use super::sharing::Shared;
use crate::entity::person;
use crate::projection::Members;
use crate::projection::ties::every_contact;

/// One exported tie.
#[derive(Debug, Clone)]
pub struct Row {
    /// External key, else address, else id of the member.
    pub member: String,
    /// External key, else address, else id of the person.
    pub person: String,
    /// Its figures.
    pub reading: Reading,
    /// When to get in touch next as of then; none under a formula that does not count in days.
    pub due: Option<Timestamp>,
}

/// What to export.
#[derive(Debug, Clone, Copy)]
pub struct Question {
    /// Whose ties: one member's own, or all that are not private.
    pub member: Option<PersonId>,
    /// Fold interactions up to and including this moment.
    pub as_of: Timestamp,
    /// Horizon in the profile's slots.
    pub horizon: f64,
    /// The formula.
    pub profile: &'static Profile,
    /// The organisation's default of what members share.
    pub default: Level,
}

type Folded = BTreeMap<(PersonId, PersonId), Fold>;

/// The ties, ordered by member and person as they are named.
pub async fn ties(
    database: &DatabaseConnection,
    principal: &Principal,
    question: &Question,
) -> Result<Vec<Row>, DbErr> {
    let organisation = principal.organisation;
    let members = Members::load(database, organisation).await?;
    let folded = fold(database, organisation, &members, question).await?;
    let left_out = members.left_out(database, organisation, folded.keys().copied());
    let left_out = left_out.await?;
    let mut ids: Vec<PersonId> = folded
        .keys()
        .flat_map(|(member, person)| [*member, *person])
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let names: HashMap<PersonId, person::Model> =
        people::known(database, organisation, &ids).await?;
    let pairs = folded.keys().copied();
    let shared = Shared::load(database, organisation, question.default, pairs).await?;
    let mut rows = Vec::with_capacity(folded.len());
    for ((member, person), fold) in &folded {
        let (Some(own), Some(other)) = (names.get(member), names.get(person)) else {
            continue;
        };
        let is_staged = other.met && !fold.is_answered();
        if is_staged || left_out.contains(&(*member, *person)) {
            continue;
        }
        let level = shared.level(*member, *person);
        if question.member.is_none() && level == Level::Private {
            continue;
        }
        if question.member.is_some() {
            let resource = Resource::Tie {
                member: *member,
                level,
            };
            if visible(principal, resource, Class::Metadata) != Sight::Full {
                continue;
            }
        }
        let (state, as_of) = (fold.state(), question.as_of);
        let reading = tie::read(question.profile, state, as_of, question.horizon);
        let Some(reading) = reading else { continue };
        // The due policy is pinned to days, and ties between two members never prompt. What members
        // decided about being reminded is nobody else's business, and none of an export's.
        let asks = question.profile.slots == tie::Slots::Day && !members.contains(*person);
        let next = if asks {
            fold.next(Care::default(), as_of)
        } else {
            None
        };
        rows.push(Row {
            member: people::exported_as(own),
            person: people::exported_as(other),
            reading,
            due: next.map(|next| next.at),
        });
    }
    rows.sort_by(|a, b| (&a.member, &a.person).cmp(&(&b.member, &b.person)));
    Ok(rows)
}

async fn fold(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    members: &Members,
    question: &Question,
) -> Result<Folded, DbErr> {
    let wanted = |member: PersonId| match question.member {
        Some(one) => member == one,
        None => members.contains(member),
    };
    let mut folded = Folded::new();
    let slots = question.profile.slots;
    let fold = |pair, known: &Known| folded.entry(pair).or_default().record(known, slots);
    every_contact(
        database,
        organisation,
        members,
        question.as_of,
        wanted,
        fold,
    )
    .await?;
    Ok(folded)
}
