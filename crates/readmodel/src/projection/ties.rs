//! Ties: states folded by the domain's own code, merged into their rows.

mod refold;

use std::collections::{BTreeMap, HashMap, HashSet};

use kith_domain::due;
use kith_domain::id::{FollowUpId, OrganisationId, PersonId};
use kith_domain::interaction::{Moment, Touch};
use kith_domain::tie::{Contact, Slots, State};
use kith_domain::time::Timestamp;
use kith_eventlog::identity;
use sea_orm::{DatabaseTransaction, DbErr, FromQueryResult};

use crate::bulk::{Rows, blob};
use crate::entity::tie;
use crate::lookup::Lookup;

pub(crate) use refold::contacts;
pub(super) use refold::{refold, refold_around};

/// Member and person.
type Pair = (PersonId, PersonId);

const KEY_COLUMNS: usize = 3;
const TIE: &[&str] = &[
    "organisation",
    "member",
    "person",
    "anchor",
    "day",
    "week",
    "month",
    "first_us",
    "last_in_us",
    "last_out_us",
    "n_in",
    "n_out",
    "per_kind",
    "recorded_us",
    "ladder_from_us",
    "due_us",
    "due_reason",
    "due_basis",
    "due_told",
];
const BY_PAIR: Lookup<2> = Lookup {
    select: "t.*",
    table: "tie",
    by: ["member", "person"],
    and: "",
};
const TOLD: Lookup<1> = Lookup {
    select: "t.id",
    table: "follow_up",
    by: ["id"],
    and: " AND t.told_due_us IS NOT NULL",
};

/// All that a row keeps of a tie's past. Everything in it merges.
#[derive(Debug, Clone, PartialEq)]
struct Known {
    state: State,
    recorded: Timestamp,
    ladder_from: Option<Timestamp>,
}

impl Known {
    fn of(contact: &Contact, recorded: Timestamp) -> Self {
        let ladder_from = contact.kind.starts_ladder().then_some(contact.at);
        Self {
            state: State::of(contact, Slots::Day),
            recorded,
            ladder_from,
        }
    }

    fn merge(&mut self, other: &Self) {
        self.state.merge(&other.state);
        self.recorded = self.recorded.min(other.recorded);
        self.ladder_from = match (self.ladder_from, other.ladder_from) {
            (Some(one), Some(two)) => Some(one.min(two)),
            (one, two) => one.or(two),
        };
    }
}

/// The state that a row keeps.
#[must_use]
pub(crate) fn state(row: &tie::Model) -> State {
    let mut per_kind = [0; 8];
    for (count, bytes) in per_kind.iter_mut().zip(row.per_kind.chunks_exact(4)) {
        *count = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
    }
    State {
        anchor: row.anchor,
        day: row.day as u64,
        week: row.week as u64,
        month: row.month as u64,
        first: Some(Timestamp(row.first_us)),
        last_in: row.last_in_us.map(Timestamp),
        last_out: row.last_out_us.map(Timestamp),
        n_in: row.n_in as u32,
        n_out: row.n_out as u32,
        per_kind,
    }
}

/// A follow-up that fell due.
#[derive(FromQueryResult)]
struct Told {
    id: Vec<u8>,
}

/// What a batch adds to ties.
#[derive(Debug, Default)]
pub(super) struct Touched {
    deltas: BTreeMap<Pair, Known>,
}

impl Touched {
    pub(super) fn add(&mut self, touch: Touch, moment: &Moment, recorded: Timestamp) {
        let contact = Contact {
            at: moment.at,
            direction: touch.direction,
            kind: moment.kind,
        };
        self.fold((touch.member, touch.person), &contact, recorded);
    }

    fn fold(&mut self, pair: Pair, contact: &Contact, recorded: Timestamp) {
        let delta = Known::of(contact, recorded);
        self.deltas
            .entry(pair)
            .and_modify(|known| known.merge(&delta))
            .or_insert(delta);
    }

    /// Merges the deltas into the rows.
    pub(super) async fn merge(
        mut self,
        database: &DatabaseTransaction,
        organisation: OrganisationId,
        members: &HashSet<PersonId>,
    ) -> Result<(), DbErr> {
        let pairs: Vec<Pair> = self.deltas.keys().copied().collect();
        let before = load(database, organisation, &pairs).await?;
        for (pair, row) in &before {
            let known = Known {
                state: state(row),
                recorded: Timestamp(row.recorded_us),
                ladder_from: row.ladder_from_us.map(Timestamp),
            };
            self.deltas
                .entry(*pair)
                .and_modify(|delta| delta.merge(&known));
        }
        write(database, organisation, &self.deltas, members).await
    }
}

/// The rows of these ties.
async fn load(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    pairs: &[Pair],
) -> Result<HashMap<Pair, tie::Model>, DbErr> {
    let keys: Vec<_> = pairs
        .iter()
        .map(|(member, person)| [blob(member.as_bytes()), blob(person.as_bytes())])
        .collect();
    let rows: Vec<tie::Model> = BY_PAIR.find(database, organisation, &keys).await?;
    let by_pair = rows.into_iter().filter_map(|row| {
        let ids = PersonId::from_slice(&row.member).zip(PersonId::from_slice(&row.person));
        ids.map(|pair| (pair, row))
    });
    Ok(by_pair.collect())
}

async fn write(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    ties: &BTreeMap<Pair, Known>,
    members: &HashSet<PersonId>,
) -> Result<(), DbErr> {
    let mut due = Vec::with_capacity(ties.len());
    for (pair, known) in ties {
        let next = next_due(database, organisation, *pair, known, members).await?;
        due.push(next.map(|next| {
            let (member, person) = *pair;
            let id = identity::due(organisation, member, person, next.reason, next.basis);
            (next, id)
        }));
    }
    let told = told(
        database,
        organisation,
        due.iter().flatten().map(|(_, id)| *id),
    )
    .await?;
    let mut rows = Rows::new("tie", TIE);
    for (((member, person), known), due) in ties.iter().zip(due) {
        let told = due.is_some_and(|(_, id)| told.contains(&id));
        let next = due.map(|(next, _)| next);
        let state = &known.state;
        let per_kind: Vec<u8> = state
            .per_kind
            .iter()
            .flat_map(|n| n.to_be_bytes())
            .collect();
        rows.push([
            blob(organisation.as_bytes()),
            blob(member.as_bytes()),
            blob(person.as_bytes()),
            state.anchor.into(),
            (state.day as i64).into(),
            (state.week as i64).into(),
            (state.month as i64).into(),
            state.first.unwrap_or_default().micros().into(),
            state.last_in.map(Timestamp::micros).into(),
            state.last_out.map(Timestamp::micros).into(),
            i64::from(state.n_in).into(),
            i64::from(state.n_out).into(),
            blob(&per_kind),
            known.recorded.micros().into(),
            known.ladder_from.map(Timestamp::micros).into(),
            next.map(|next| next.at.micros()).into(),
            next.map(|next| next.reason.index() as i16).into(),
            next.map(|next| next.basis).into(),
            i16::from(told).into(),
        ]);
    }
    rows.upsert(database, KEY_COLUMNS).await
}

/// Those of these due moments that the log says fell due. The row that is replaced can't tell: a
/// moment may pass out of it and come back, within one batch or over several.
async fn told(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    due: impl Iterator<Item = FollowUpId>,
) -> Result<HashSet<FollowUpId>, DbErr> {
    let keys: Vec<_> = due.map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<Told> = TOLD.find(database, organisation, &keys).await?;
    let ids = rows
        .iter()
        .filter_map(|row| FollowUpId::from_slice(&row.id));
    Ok(ids.collect())
}

/// Ties between two members exist, but never prompt.
async fn next_due(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    pair: Pair,
    known: &Known,
    members: &HashSet<PersonId>,
) -> Result<Option<due::Next>, DbErr> {
    if members.contains(&pair.1) {
        return Ok(None);
    }
    let single_contacts: Vec<Contact> = if due::may_climb(&known.state, known.ladder_from) {
        let contacts = contacts(database, organisation, pair).await?;
        contacts.into_iter().map(|(contact, _)| contact).collect()
    } else {
        Vec::new()
    };
    Ok(due::next(&known.state, &single_contacts, known.recorded))
}
