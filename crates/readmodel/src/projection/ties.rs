//! Ties: states folded by the domain's own code, merged into their rows.

mod asking;
mod refold;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kith_domain::due::{Known, Past};
use kith_domain::followup::Reason;
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::interaction::{Moment, Touch};
use kith_domain::tie::{Contact, Slots, State};
use kith_domain::time::Timestamp;
use sea_orm::{DatabaseTransaction, DbErr};

use crate::bulk::{Rows, blob};
use crate::entity::tie;
use crate::lookup::Lookup;
use crate::projection::Members;

pub(crate) use refold::{contacts, every_contact};
pub(super) use refold::{refold, refold_around};

/// Member and person.
pub(super) type Pair = (PersonId, PersonId);

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
    "answered",
    "known_us",
    "ladder_from_us",
    "fading_basis",
    "ladder_basis",
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

/// The past that a row keeps.
fn past(row: &tie::Model) -> Past {
    Past {
        state: state(row),
        known: Timestamp(row.known_us),
        ladder_from: row.ladder_from_us.map(Timestamp),
        answered: row.answered,
    }
}

/// What a batch adds to ties.
#[derive(Debug, Default)]
pub(super) struct Touched {
    deltas: BTreeMap<Pair, Past>,
}

impl Touched {
    pub(super) fn add(&mut self, touch: Touch, moment: &Moment, since: Timestamp) {
        let contact = Contact {
            at: moment.at,
            direction: touch.direction,
            kind: moment.kind,
        };
        let known = Known {
            contact,
            since,
            found: moment.found,
        };
        self.fold((touch.member, touch.person), &known);
    }

    fn fold(&mut self, pair: Pair, known: &Known) {
        let past = self.deltas.entry(pair).or_default();
        past.merge(&Past::of(known, Slots::Day));
    }

    /// Merges the deltas into the rows.
    pub(super) async fn merge(
        mut self,
        database: &DatabaseTransaction,
        organisation: OrganisationId,
        members: &Members,
    ) -> Result<(), DbErr> {
        let before = load(database, organisation, self.deltas.keys()).await?;
        for (pair, row) in &before {
            self.deltas
                .entry(*pair)
                .and_modify(|delta| delta.merge(&past(row)));
        }
        write(database, organisation, &self.deltas, members).await
    }
}

/// Follow-ups of these ties changed: what was told, or what is still open.
pub(super) async fn follow_up(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    pairs: &BTreeSet<Pair>,
    members: &Members,
) -> Result<(), DbErr> {
    let rows = load(database, organisation, pairs.iter()).await?;
    let ties = rows.iter().map(|(pair, row)| (*pair, past(row))).collect();
    write(database, organisation, &ties, members).await
}

/// The rows of these ties.
async fn load(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    pairs: impl Iterator<Item = &Pair>,
) -> Result<HashMap<Pair, tie::Model>, DbErr> {
    let keys: Vec<_> = pairs
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
    ties: &BTreeMap<Pair, Past>,
    members: &Members,
) -> Result<(), DbErr> {
    let asking = asking::asking(database, organisation, ties, members).await?;
    let mut rows = Rows::new("tie", TIE);
    for (((member, person), past), asking) in ties.iter().zip(asking) {
        let next = asking.next;
        let state = &past.state;
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
            past.answered.into(),
            past.known.micros().into(),
            past.ladder_from.map(Timestamp::micros).into(),
            asking.basis(Reason::Fading).into(),
            asking.basis(Reason::Ladder).into(),
            next.map(|next| next.at.micros()).into(),
            next.map(|next| next.reason.index() as i16).into(),
            next.map(|next| next.basis).into(),
            i16::from(asking.told).into(),
        ]);
    }
    rows.upsert(database, KEY_COLUMNS).await
}
