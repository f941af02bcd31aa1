//! Ties, for their own member and for others.

use kith_domain::access::{Class, Principal, Resource, Sight, visible};
use kith_domain::care::{Care, Word};
use kith_domain::due::Fold;
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::sharing::Level;
use kith_domain::tie::{self, Band, Contact, Slots, State};
use kith_domain::time::{DAY, Timestamp};
use sea_orm::sea_query::Expr;
use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, FromQueryResult, QueryFilter};

use super::directory::COUNTS;
use super::own;
use super::people;
use super::sharing::Rules;
use crate::bulk::{blob, statement};
use crate::entity::{care, member as colleague, person, tie as row};
use crate::projection::people::addresses_ever;
use crate::projection::ties::{contacts, state};
use crate::projection::{Identities, care_of};

/// A tie of the asking member's own.
#[derive(Debug, Clone)]
pub struct Own {
    /// The other end.
    pub person: PersonId,
    /// Its folded state.
    pub state: State,
    /// Whether it is more than mail that nobody answered.
    pub is_answered: bool,
    /// When to get in touch, if anything says so.
    pub due: Option<Timestamp>,
    /// What the member decided about being reminded.
    pub care: Word,
    /// Whether they marked it as important.
    pub is_important: bool,
}

#[derive(FromQueryResult)]
struct OwnRow {
    #[sea_orm(nested)]
    tie: row::Model,
    care_word: Option<i16>,
    care_important: Option<bool>,
}

impl OwnRow {
    fn tie(&self) -> Option<Own> {
        let person = PersonId::from_slice(&self.tie.person)?;
        let word = self.care_word.and_then(|word| usize::try_from(word).ok());
        Some(Own {
            person,
            state: state(&self.tie),
            is_answered: self.tie.answered,
            due: self.tie.due_us.map(Timestamp),
            care: word.and_then(Word::from_index).unwrap_or_default(),
            is_important: self.care_important.unwrap_or_default(),
        })
    }
}

/// Ties of a member that count, with what they decided about them.
async fn own_ties(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
    person: Option<PersonId>,
) -> Result<Vec<Own>, DbErr> {
    let mut sql = format!(
        "SELECT tie.*, care.word AS care_word, care.important AS care_important FROM tie \
         LEFT JOIN care ON care.organisation = tie.organisation AND care.member = tie.member \
          AND care.person = tie.person AND care.holds \
         WHERE tie.organisation = $1 AND tie.member = $2 AND {COUNTS}"
    );
    let mut values = vec![blob(organisation.as_bytes()), blob(member.as_bytes())];
    if let Some(person) = person {
        sql.push_str(" AND tie.person = $3");
        values.push(blob(person.as_bytes()));
    }
    let backend = database.get_database_backend();
    let rows = OwnRow::find_by_statement(statement(backend, sql, values));
    let rows = rows.all(database).await?;
    Ok(rows.iter().filter_map(OwnRow::tie).collect())
}

/// One tie of a member.
pub async fn find(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
    person: PersonId,
) -> Result<Option<Own>, DbErr> {
    let found = own_ties(database, organisation, member, Some(person)).await?;
    Ok(found.into_iter().next())
}

/// All ties of a member: a range of the primary key.
pub async fn of_member(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
) -> Result<Vec<Own>, DbErr> {
    own_ties(database, organisation, member, None).await
}

/// All contacts of a tie, in the order of time.
pub async fn history(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
    person: PersonId,
) -> Result<Vec<Contact>, DbErr> {
    let identities = Identities::load(database, organisation).await?;
    let contacts = contacts(database, organisation, (member, person), &identities).await?;
    Ok(contacts.into_iter().map(|known| known.contact).collect())
}

/// One tie of a member as of a moment: folded from what had happened by then, and due next as seen
/// from there.
pub async fn find_as_of(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
    person: PersonId,
    moment: Timestamp,
) -> Result<Option<Own>, DbErr> {
    let mut fold = Fold::default();
    let identities = Identities::load(database, organisation).await?;
    for known in contacts(database, organisation, (member, person), &identities).await? {
        if known.contact.at <= moment {
            fold.record(&known, Slots::Day);
        }
    }
    if fold.state().is_empty() {
        return Ok(None);
    }
    let entry = people::find(database, organisation, person).await?;
    if !fold.is_answered() && entry.is_some_and(|entry| entry.met) {
        return Ok(None);
    }
    let key = (own(organisation), own_id(person));
    let is_member = colleague::Entity::find_by_id(key)
        .one(database)
        .await?
        .is_some();
    let cared = cared(database, organisation, member, person).await?;
    // What was decided later was not decided then.
    let now = cared.as_ref().map(care_of).unwrap_or_default();
    let then = if now.since <= moment {
        now
    } else {
        Care::default()
    };
    let next = if is_member {
        None
    } else {
        fold.next(then, moment)
    };
    Ok(Some(Own {
        person,
        state: *fold.state(),
        is_answered: fold.is_answered(),
        due: next.map(|next| next.at),
        care: now.word,
        is_important: cared.is_some_and(|row| row.important),
    }))
}

/// What holds of what a member decided about a person.
async fn cared(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
    person: PersonId,
) -> Result<Option<care::Model>, DbErr> {
    care::Entity::find()
        .filter(care::Column::Organisation.eq(own(organisation)))
        .filter(care::Column::Member.eq(own_id(member)))
        .filter(care::Column::Person.eq(own_id(person)))
        .filter(care::Column::Holds.eq(true))
        .one(database)
        .await
}

/// Word and mark that hold of a person because they were said of another of their entries than this one.
pub async fn cared_elsewhere(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
    entry: PersonId,
) -> Result<Option<(Word, bool)>, DbErr> {
    let identities = Identities::load(database, organisation).await?;
    let person = identities.person_of(entry);
    let held = cared(database, organisation, member, person).await?;
    let elsewhere = held.filter(|row| row.entry != own_id(entry));
    Ok(elsewhere.map(|row| (care_of(&row).word, row.important)))
}

fn own_id(id: PersonId) -> Vec<u8> {
    id.as_bytes().to_vec()
}

/// Folds contacts up to and including a moment.
#[must_use]
pub fn as_of(contacts: &[Contact], moment: Timestamp, slots: Slots) -> State {
    let mut state = State::default();
    for contact in contacts.iter().filter(|contact| contact.at <= moment) {
        state.record(contact, slots);
    }
    state
}

/// Somebody who knows a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acquaintance {
    /// The member, unless they share without their name.
    pub member: Option<PersonId>,
    /// How strong, as of the start of this week.
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

/// The start of the week (Monday, UTC) that holds a moment.
fn start_of_week(now: Timestamp) -> Timestamp {
    // 1970-01-01 was a Thursday.
    let monday = (now.micros().div_euclid(DAY) + 3).div_euclid(7) * 7 - 3;
    Timestamp(monday * DAY)
}

/// Who else in the organisation knows a person, as far as they share it, strongest first.
pub async fn who_knows(
    database: &DatabaseConnection,
    principal: &Principal,
    person: &person::Model,
    default: Level,
    now: Timestamp,
    limit: usize,
) -> Result<Vec<Acquaintance>, DbErr> {
    let organisation = principal.organisation;
    let rules = Rules::load(database, organisation, default).await?;
    let other = PersonId::from_slice(&person.id).unwrap_or_default();
    let addresses = addresses_ever(database, organisation, &[other]).await?;
    let addresses = addresses.get(&other).map_or(&[][..], Vec::as_slice);
    let week = start_of_week(now);
    let rows = row::Entity::find()
        .filter(row::Column::Organisation.eq(own(organisation)))
        .filter(row::Column::Person.eq(person.id.clone()))
        .filter(Expr::cust(COUNTS))
        .all(database)
        .await?;
    let identities = Identities::load(database, organisation).await?;
    let mut known = Vec::new();
    for row in rows {
        let Some(member) = PersonId::from_slice(&row.member) else {
            continue;
        };
        let level = rules.level(member, other, addresses);
        let sight = visible(principal, Resource::Tie { member, level }, Class::Strength);
        if principal.member == Some(member) || sight == Sight::Nothing {
            continue;
        }
        let contacts = contacts(database, organisation, (member, other), &identities).await?;
        let contacts: Vec<Contact> = contacts.into_iter().map(|known| known.contact).collect();
        let then = as_of(&contacts, week, Slots::Day);
        let Some(reading) = tie::read(&tie::V1, &then, week, tie::STANDARD_HORIZON) else {
            continue;
        };
        let member = (sight == Sight::Full).then_some(member);
        known.push(Acquaintance {
            member,
            band: reading.band,
        });
    }
    // Anonymous ones among equals in no order that could tell them apart.
    let rank = |band| STRENGTH.iter().position(|b| *b == band);
    known.sort_by_key(|a| (rank(a.band), a.member.is_none(), a.member));
    known.truncate(limit);
    Ok(known)
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
