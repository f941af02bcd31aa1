//! How members care for ties, and their pauses.

use std::collections::HashMap;

use kith_domain::care::{self, Care, Word};
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::pause;
use kith_domain::time::Timestamp;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use super::Origin;
use super::ties::Pair;
use crate::entity::care as row;
use crate::entity::pause as pause_row;

/// What the members of an organisation decided about their ties; undecided ones are not kept.
#[derive(Debug, Default)]
pub(crate) struct Cares(HashMap<Pair, Care>);

impl Cares {
    pub(crate) async fn load(
        database: &impl ConnectionTrait,
        organisation: OrganisationId,
    ) -> Result<Self, DbErr> {
        let rows = row::Entity::find()
            .filter(row::Column::Organisation.eq(organisation.as_bytes().as_slice()))
            .filter(row::Column::Word.ne(Word::Undecided.index() as i16))
            .all(database)
            .await?;
        let known = rows.iter().filter_map(|row| {
            let pair = PersonId::from_slice(&row.member).zip(PersonId::from_slice(&row.person))?;
            Some((pair, of_row(row)))
        });
        Ok(Self(known.collect()))
    }

    pub(super) fn of(&self, pair: Pair) -> Care {
        self.0.get(&pair).copied().unwrap_or_default()
    }

    /// Something was decided. Answers the tie that this is about.
    pub(super) async fn set(
        &mut self,
        database: &DatabaseTransaction,
        origin: Origin,
        &care::Event::Set {
            member,
            person,
            word,
            important,
        }: &care::Event,
    ) -> Result<Pair, DbErr> {
        let before = self.of((member, person));
        let since = if before.word == word {
            // Only the mark is another.
            before.since
        } else {
            Timestamp(origin.recorded_us)
        };
        let row = row::ActiveModel {
            organisation: Set(origin.organisation.as_bytes().to_vec()),
            member: Set(member.as_bytes().to_vec()),
            person: Set(person.as_bytes().to_vec()),
            word: Set(word.index() as i16),
            important: Set(important),
            since_us: Set(since.micros()),
        };
        use row::Column;
        let overwrite = OnConflict::columns([Column::Organisation, Column::Member, Column::Person])
            .update_columns([Column::Word, Column::Important, Column::SinceUs])
            .to_owned();
        let insert = row::Entity::insert(row).on_conflict(overwrite);
        insert.exec_without_returning(database).await?;
        if word == Word::Undecided {
            self.0.remove(&(member, person));
        } else {
            self.0.insert((member, person), Care { word, since });
        }
        Ok((member, person))
    }
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
