//! What a row says of when its tie asks for attention: what the due policy proposes, held against
//! what the log says was told.
//!
//! It is worked out whenever one of its sources changes (contacts, members, follow-ups) and from
//! them alone, so that it does not depend on the way there or on the size of batches.

use std::collections::{BTreeMap, HashMap};

use kith_domain::due::{self, Moment, Past};
use kith_domain::followup::{Reason, Status};
use kith_domain::id::{FollowUpId, OrganisationId};
use kith_eventlog::identity;
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};

use super::{Pair, contacts};
use crate::bulk::blob;
use crate::lookup::Lookup;
use crate::projection::Members;

const TOLD: Lookup<1> = Lookup {
    select: "t.id, t.status",
    table: "follow_up",
    by: ["id"],
    and: "",
};

/// When a tie asks for attention.
#[derive(Debug, Default)]
pub(super) struct Asking {
    /// The moment to be told next; once all were told, the last one.
    pub(super) next: Option<Moment>,
    /// Whether there is nothing to tell: it was told, or a former one is told and still open. One
    /// open follow-up for a person is enough; the next waits until it is closed.
    pub(super) told: bool,
    moments: Vec<Moment>,
}

impl Asking {
    /// What a follow-up for this reason must rest on to still stand. One that was told stands until
    /// that changes, even if something else that its moment needs came to be known later.
    pub(super) fn basis(&self, reason: Reason) -> Option<i64> {
        let own = |moment: &&Moment| moment.reason == reason;
        self.moments.iter().find(own).map(|moment| moment.basis)
    }
}

/// When each of these ties asks for attention, in their order.
pub(super) async fn asking(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    ties: &BTreeMap<Pair, Past>,
    members: &Members,
) -> Result<Vec<Asking>, DbErr> {
    let mut asking = Vec::with_capacity(ties.len());
    for (pair, past) in ties {
        let moments = moments(database, organisation, *pair, past, members).await?;
        asking.push(Asking {
            moments,
            ..Asking::default()
        });
    }
    let id = |(member, person): Pair, moment: &Moment| {
        identity::due(organisation, member, person, moment.reason, moment.basis)
    };
    let mut ids = Vec::new();
    for (pair, tie) in ties.keys().zip(&asking) {
        // Of imported years nothing counts: no need to look for what was told.
        if tie.moments.iter().any(Moment::counts) {
            ids.extend(tie.moments.iter().map(|moment| id(*pair, moment)));
        }
    }
    let told = told(database, organisation, &ids).await?;
    for (pair, tie) in ties.keys().zip(&mut asking) {
        let status = |moment: &Moment| told.get(&id(*pair, moment)).copied();
        let is_open = |moment: &Moment| status(moment) == Some(Status::Open);
        tie.next = due::next(&tie.moments, |moment| status(moment).is_some());
        tie.told =
            tie.next.is_some_and(|next| status(&next).is_some()) || tie.moments.iter().any(is_open);
    }
    Ok(asking)
}

/// What the policy proposes. Ties between two members exist, but never prompt.
async fn moments(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    pair: Pair,
    past: &Past,
    members: &Members,
) -> Result<Vec<Moment>, DbErr> {
    if members.contains(pair.1) {
        return Ok(Vec::new());
    }
    let single_contacts = if past.may_climb() {
        contacts(database, organisation, pair, &members.identities).await?
    } else {
        Vec::new()
    };
    Ok(due::moments(
        past,
        &single_contacts,
        members.cares.of(pair, &members.identities),
    ))
}

#[derive(FromQueryResult)]
struct Told {
    id: Vec<u8>,
    status: i16,
}

/// Those of these due moments that the log says fell due, and what became of them. The row that is
/// replaced can't tell: a moment may pass out of it and come back, within one batch or over several.
async fn told(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    due: &[FollowUpId],
) -> Result<HashMap<FollowUpId, Status>, DbErr> {
    let keys: Vec<_> = due.iter().map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<Told> = TOLD.find(database, organisation, &keys).await?;
    let told = rows.iter().filter_map(|row| {
        let status = usize::try_from(row.status).ok();
        FollowUpId::from_slice(&row.id).zip(status.and_then(Status::from_index))
    });
    Ok(told.collect())
}
