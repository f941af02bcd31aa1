//! Promises and due moments.
//!
//! What becomes of a follow-up decides what its tie asks for next, so each change answers the tie
//! that it concerns. A promise concerns none: it has a time of its own.

use kith_domain::followup::{Due, Event, Promise, Reason, Status};
use kith_domain::id::{FollowUpId, PersonId};
use kith_domain::text::Text;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait};

use super::ties::Pair;
use super::{Identities, Members, Origin};
use crate::bulk::{blob, statement};
use crate::entity::follow_up::{ActiveModel, Entity, Model};

pub(super) async fn apply(
    database: &DatabaseTransaction,
    origin: Origin,
    event: &Event,
    members: &Members,
) -> Result<Option<Pair>, DbErr> {
    match event {
        Event::PromiseMade(promise) => {
            promised(database, origin, promise, members).await?;
            Ok(None)
        }
        Event::FellDue(due) => fell_due(database, origin, due, &members.identities).await,
        Event::Completed { id, .. } => close(database, origin, *id, Status::Done).await,
        Event::Dismissed { id, .. } => close(database, origin, *id, Status::Dismissed).await,
        Event::Reopened { id, .. } => close(database, origin, *id, Status::Open).await,
        Event::Snoozed { id, until } => {
            let row = ActiveModel {
                due_us: Set(until.micros()),
                ..named(origin, *id)
            };
            row.update(database).await.map(|_| None)
        }
    }
}

fn named(origin: Origin, id: FollowUpId) -> ActiveModel {
    ActiveModel {
        organisation: Set(origin.organisation.as_bytes().to_vec()),
        id: Set(id.as_bytes().to_vec()),
        ..Default::default()
    }
}

async fn promised(
    database: &DatabaseTransaction,
    origin: Origin,
    promise: &Promise,
    members: &Members,
) -> Result<(), DbErr> {
    let person = members.identities.person_of(promise.person);
    // What was promised to somebody who was erased is gone.
    let text = promise.text.as_ref();
    let text = text.filter(|_| !members.erased.contains(promise.person));
    let row = ActiveModel {
        member: Set(promise.member.as_bytes().to_vec()),
        person: Set(person.as_bytes().to_vec()),
        entry: Set(promise.person.as_bytes().to_vec()),
        reason: Set(Reason::Promise.index() as i16),
        basis: Set(0),
        mine: Set(promise.mine),
        text: Set(text.and_then(Text::as_clear).map(ToOwned::to_owned)),
        due_us: Set(promise.due_at.micros()),
        status: Set(Status::Open.index() as i16),
        told_due_us: Set(None),
        told_position: Set(None),
        told_us: Set(None),
        made_us: Set(promise.made_at.micros()),
        fingerprint: Set(promise.fingerprint.to_vec()),
        ..named(origin, promise.id)
    };
    let keep = OnConflict::new().do_nothing().to_owned();
    Entity::insert(row)
        .on_conflict(keep)
        .exec_without_returning(database)
        .await
        .map(drop)
}

/// Of several that tell of one due moment the first counts; a later moment (after a snooze) is
/// told again.
async fn fell_due(
    database: &DatabaseTransaction,
    origin: Origin,
    due: &Due,
    identities: &Identities,
) -> Result<Option<Pair>, DbErr> {
    let person = identities.person_of(due.person);
    let backend = database.get_database_backend();
    let sql = "INSERT INTO follow_up (organisation, id, member, person, entry, reason, basis, mine, text, \
               due_us, status, told_due_us, told_position, told_us, made_us, fingerprint) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, NULL, $9, 0, $9, $10, $11, $11, $12) \
               ON CONFLICT (organisation, id) DO UPDATE \
               SET told_due_us = excluded.told_due_us, told_position = excluded.told_position, \
                told_us = excluded.told_us \
               WHERE follow_up.told_due_us IS NULL \
               OR follow_up.told_due_us < excluded.told_due_us";
    let values = vec![
        blob(origin.organisation.as_bytes()),
        blob(due.id.as_bytes()),
        blob(due.member.as_bytes()),
        blob(person.as_bytes()),
        blob(due.person.as_bytes()),
        (due.reason.index() as i16).into(),
        due.basis.into(),
        false.into(),
        due.due_at.micros().into(),
        origin.position.into(),
        origin.recorded_us.into(),
        blob(&[]),
    ];
    database
        .execute_raw(statement(backend, sql, values))
        .await?;
    Ok((due.reason != Reason::Promise).then_some((due.member, person)))
}

async fn close(
    database: &DatabaseTransaction,
    origin: Origin,
    id: FollowUpId,
    status: Status,
) -> Result<Option<Pair>, DbErr> {
    let row = ActiveModel {
        status: Set(status.index() as i16),
        ..named(origin, id)
    };
    row.update(database).await.map(|row| tie_of(&row))
}

fn tie_of(row: &Model) -> Option<Pair> {
    let is_promise = row.reason == Reason::Promise.index() as i16;
    let pair = PersonId::from_slice(&row.member).zip(PersonId::from_slice(&row.person));
    pair.filter(|_| !is_promise)
}
