//! Ties, for their own member and for others.

use kith_domain::care::{Care, Word};
use kith_domain::due::Fold;
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::tie::{Contact, Slots, State};
use kith_domain::time::Timestamp;
use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, FromQueryResult, QueryFilter};

use super::directory::counts;
use super::own;
use super::people;
use crate::bulk::{blob, statement};
use crate::entity::{care, member as colleague, tie as row};
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
         WHERE tie.organisation = $1 AND tie.member = $2 AND {}",
        counts("tie")
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
