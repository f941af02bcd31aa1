//! How members care for ties, their pauses, and what they are comfortable with.

use std::collections::{BTreeSet, HashMap};

use kith_domain::care::{self, Care, Word};
use kith_domain::comfort::{self, Habits};
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::pause;
use kith_domain::time::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use super::people::clear;
use super::ties::Pair;
use super::{Erased, Identities, Origin};
use crate::bulk::{blob, statement};
use crate::entity::care as row;
use crate::entity::comfort as comfort_row;
use crate::entity::pause as pause_row;

/// What the members of an organisation decided about their ties, by member and entry, with the commit that
/// said it last.
#[derive(Debug, Default)]
pub(crate) struct Cares(HashMap<Pair, (Care, i64)>);

impl Cares {
    pub(crate) async fn load(
        database: &impl ConnectionTrait,
        organisation: OrganisationId,
    ) -> Result<Self, DbErr> {
        let rows = row::Entity::find()
            .filter(row::Column::Organisation.eq(organisation.as_bytes().as_slice()))
            .all(database)
            .await?;
        let known = rows.iter().filter_map(|row| {
            let pair = PersonId::from_slice(&row.member).zip(PersonId::from_slice(&row.entry))?;
            Some((pair, (of_row(row), row.position)))
        });
        Ok(Self(known.collect()))
    }

    /// What holds of a tie: of what was said of several entries of the person, the last.
    pub(super) fn of(&self, (member, person): Pair, identities: &Identities) -> Care {
        let said = |entry| {
            self.0
                .get(&(member, entry))
                .map(|&(care, at)| (at, entry, care))
        };
        let last = if identities.is_of_several(person) {
            let entries = identities.entries_of(person).into_iter();
            entries
                .filter_map(said)
                .max_by_key(|&(at, entry, _)| (at, entry))
        } else {
            said(person)
        };
        last.map(|(_, _, care)| care).unwrap_or_default()
    }

    /// Whoever was erased is nobody about whom anything was decided.
    pub(super) fn forget(&mut self, entries: &BTreeSet<PersonId>) {
        self.0.retain(|(_, entry), _| !entries.contains(entry));
    }

    /// Something was decided. Answers the tie that this is about.
    pub(super) async fn set(
        &mut self,
        database: &DatabaseTransaction,
        origin: Origin,
        &care::Event::Set {
            member,
            person: entry,
            word,
            important,
        }: &care::Event,
        identities: &Identities,
    ) -> Result<Pair, DbErr> {
        let person = identities.person_of(entry);
        let before = self.0.get(&(member, entry)).map(|(care, _)| *care);
        let before = before.unwrap_or_default();
        let since = if before.word == word {
            // Only the mark is another.
            before.since
        } else {
            Timestamp(origin.recorded_us)
        };
        let row = row::ActiveModel {
            organisation: Set(origin.organisation.as_bytes().to_vec()),
            member: Set(member.as_bytes().to_vec()),
            entry: Set(entry.as_bytes().to_vec()),
            person: Set(person.as_bytes().to_vec()),
            word: Set(word.index() as i16),
            important: Set(important),
            since_us: Set(since.micros()),
            position: Set(origin.position),
            holds: Set(true),
        };
        use row::Column;
        let overwrite = OnConflict::columns([Column::Organisation, Column::Member, Column::Entry])
            .update_columns([
                Column::Word,
                Column::Important,
                Column::SinceUs,
                Column::Position,
                Column::Holds,
            ])
            .to_owned();
        let insert = row::Entity::insert(row).on_conflict(overwrite);
        insert.exec_without_returning(database).await?;
        if identities.is_of_several(entry) {
            holds(database, origin.organisation, person).await?;
        }
        let said = (Care { word, since }, origin.position);
        self.0.insert((member, entry), said);
        Ok((member, person))
    }
}

/// Of what a member decided about several entries of one person, the last holds.
pub(super) async fn holds(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<(), DbErr> {
    let sql = "UPDATE care SET holds = NOT EXISTS (SELECT 1 FROM care later \
                WHERE later.organisation = care.organisation AND later.member = care.member \
                 AND later.person = care.person \
                 AND (later.position, later.entry) > (care.position, care.entry)) \
               WHERE organisation = $1 AND person = $2";
    let values = vec![blob(organisation.as_bytes()), blob(person.as_bytes())];
    let backend = database.get_database_backend();
    let done = database.execute_raw(statement(backend, sql, values)).await;
    done.map(drop)
}

/// What a row says.
pub(crate) fn of_row(row: &row::Model) -> Care {
    let word = usize::try_from(row.word).ok().and_then(Word::from_index);
    Care {
        word: word.unwrap_or_default(),
        since: Timestamp(row.since_us),
    }
}

/// A pause was begun, moved or ended.
pub(super) async fn pause(
    database: &DatabaseTransaction,
    origin: Origin,
    pause::Event::Set { member, until }: &pause::Event,
) -> Result<(), DbErr> {
    let organisation = origin.organisation.as_bytes().to_vec();
    let member = member.as_bytes().to_vec();
    let Some(until) = until else {
        let ended = pause_row::Entity::delete_by_id((organisation, member));
        return ended.exec(database).await.map(drop);
    };
    let row = pause_row::ActiveModel {
        organisation: Set(organisation),
        member: Set(member),
        until_us: Set(until.micros()),
    };
    use pause_row::Column;
    let overwrite = OnConflict::columns([Column::Organisation, Column::Member])
        .update_column(Column::UntilUs)
        .to_owned();
    let insert = pause_row::Entity::insert(row).on_conflict(overwrite);
    insert.exec_without_returning(database).await.map(drop)
}

/// A member said what they are comfortable with. Nothing is kept of one who was erased.
pub(super) async fn comfort(
    database: &DatabaseTransaction,
    origin: Origin,
    event: &comfort::Event,
    erased: &Erased,
) -> Result<(), DbErr> {
    let comfort::Event::Set {
        member, profile, ..
    } = event;
    let organisation = origin.organisation.as_bytes().to_vec();
    let id = member.as_bytes().to_vec();
    let profile = profile.as_ref().filter(|_| !erased.contains(*member));
    let Some((profile, habits)) = profile.and_then(|p| Some((p, p.habits.as_clear()?))) else {
        let gone = comfort_row::Entity::delete_by_id((organisation, id));
        return gone.exec(database).await.map(drop);
    };
    let read: Habits = habits.parse().unwrap_or_default();
    let row = comfort_row::ActiveModel {
        organisation: Set(organisation),
        member: Set(id),
        habits: Set(habits.to_owned()),
        per_week: Set(read.prompts.per_week.into()),
        per_day: Set(read.prompts.per_day.into()),
        days: Set(read.days()),
        own_words: Set(clear(profile.own_words.as_ref())),
        since_us: Set(origin.recorded_us),
    };
    use comfort_row::Column;
    let overwrite = OnConflict::columns([Column::Organisation, Column::Member])
        .update_columns([
            Column::Habits,
            Column::PerWeek,
            Column::PerDay,
            Column::Days,
            Column::OwnWords,
            Column::SinceUs,
        ])
        .to_owned();
    let insert = comfort_row::Entity::insert(row).on_conflict(overwrite);
    insert.exec_without_returning(database).await.map(drop)
}
