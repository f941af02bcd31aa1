//! Interactions after they were recorded: a revision for each correction and restoration, and an end.

use std::collections::HashSet;

use kith_domain::id::InteractionId;
use kith_domain::interaction::{Moment, Participant};
use kith_domain::text::Text;
use kith_domain::time::Timestamp;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
};

use super::{New, insert, kind_of, pairs, unpack};
use crate::bulk::{blob, statement};
use crate::entity::interaction;
use crate::projection::{Members, Origin, ties};

/// The revision that holds, ended at this position.
async fn end_current(
    database: &DatabaseTransaction,
    origin: Origin,
    id: InteractionId,
    members: &Members,
) -> Result<Option<(interaction::Model, Vec<Participant>)>, DbErr> {
    let current = interaction::Entity::find()
        .filter(interaction::Column::Organisation.eq(origin.organisation.as_bytes().as_slice()))
        .filter(interaction::Column::Id.eq(id.as_bytes().as_slice()))
        .filter(interaction::Column::ToPosition.is_null())
        .one(database)
        .await?;
    let Some(current) = current else {
        return Ok(None);
    };
    let backend = database.get_database_backend();
    let key = || vec![blob(origin.organisation.as_bytes()), blob(id.as_bytes())];
    let mut values = key();
    values.push(origin.position.into());
    let end = "UPDATE interaction SET to_position = $3 \
               WHERE organisation = $1 AND id = $2 AND to_position IS NULL";
    database
        .execute_raw(statement(backend, end, values))
        .await?;
    let people = members.identities.people(unpack(&current.participants));
    for participant in &people {
        let mut values = key();
        values.extend([current.at_us.into(), blob(participant.person.as_bytes())]);
        let remove = "DELETE FROM participation \
                      WHERE organisation = $1 AND interaction = $2 AND at_us = $3 AND person = $4";
        database
            .execute_raw(statement(backend, remove, values))
            .await?;
    }
    Ok(Some((current, people)))
}

pub(in crate::projection) async fn correct(
    database: &DatabaseTransaction,
    origin: Origin,
    id: InteractionId,
    revision: u32,
    moment: &Moment,
    members: &Members,
) -> Result<(), DbErr> {
    let Some((before, took_part)) = end_current(database, origin, id, members).await? else {
        return Ok(());
    };
    let kind = kind_of(before.kind)?;
    let known = known_since(database, origin, id, moment).await?;
    let recorded_us = known.unwrap_or(origin.recorded_us);
    let mut new = New::revised(origin, &before, revision, moment.clone(), recorded_us);
    new.settle(members);
    let mut affected: HashSet<_> = pairs(&took_part, kind, members).collect();
    affected.extend(pairs(&new.people, moment.kind, members));
    insert::insert(database, origin.organisation, &[new]).await?;
    ties::refold(database, origin.organisation, affected, members).await
}

/// Since when ties know of these contacts: other words change none, and what is corrected back to what it
/// was is known since it was.
async fn known_since(
    database: &DatabaseTransaction,
    origin: Origin,
    id: InteractionId,
    moment: &Moment,
) -> Result<Option<i64>, DbErr> {
    let revisions = interaction::Entity::find()
        .filter(interaction::Column::Organisation.eq(origin.organisation.as_bytes().as_slice()))
        .filter(interaction::Column::Id.eq(id.as_bytes().as_slice()))
        .filter(interaction::Column::AtUs.eq(moment.at.micros()))
        .order_by_asc(interaction::Column::Revision)
        .all(database)
        .await?;
    for row in revisions {
        if kind_of(row.kind)? == moment.kind
            && row.found == moment.found
            && unpack(&row.participants) == moment.participants
        {
            return Ok(Some(row.recorded_us));
        }
    }
    Ok(None)
}

pub(in crate::projection) async fn retract(
    database: &DatabaseTransaction,
    origin: Origin,
    id: InteractionId,
    members: &Members,
) -> Result<(), DbErr> {
    let Some((before, took_part)) = end_current(database, origin, id, members).await? else {
        return Ok(());
    };
    let affected = pairs(&took_part, kind_of(before.kind)?, members).collect();
    ties::refold(database, origin.organisation, affected, members).await
}

/// What was retracted by mistake stands again as it was. Ties know of it since they did.
pub(in crate::projection) async fn restore(
    database: &DatabaseTransaction,
    origin: Origin,
    id: InteractionId,
    revision: u32,
    members: &Members,
) -> Result<(), DbErr> {
    let last = interaction::Entity::find()
        .filter(interaction::Column::Organisation.eq(origin.organisation.as_bytes().as_slice()))
        .filter(interaction::Column::Id.eq(id.as_bytes().as_slice()))
        .order_by_desc(interaction::Column::Revision)
        .one(database)
        .await?;
    let Some(last) = last.filter(|row| row.to_position.is_some()) else {
        return Ok(());
    };
    let moment = moment_of(&last)?;
    let mut new = New::revised(origin, &last, revision, moment, last.recorded_us);
    new.settle(members);
    let affected = pairs(&new.people, new.moment.kind, members).collect();
    insert::insert(database, origin.organisation, &[new]).await?;
    ties::refold(database, origin.organisation, affected, members).await
}

/// What a row says of its moment.
pub(crate) fn moment_of(row: &interaction::Model) -> Result<Moment, DbErr> {
    let text = |text: &Option<String>| text.clone().map(Text::Clear);
    Ok(Moment {
        kind: kind_of(row.kind)?,
        at: Timestamp(row.at_us),
        duration_s: row.duration_s as u32,
        participants: unpack(&row.participants),
        channel: text(&row.channel),
        note: text(&row.note),
        subject: text(&row.subject),
        found: row.found,
    })
}
