//! Holds the season to what the demo promises: `screen` to what Ana sees, `whole` to the rest.

mod screen;
mod whole;

use std::collections::BTreeMap;

use kith_domain::id::PersonId;
use kith_domain::interaction::{self, Part, Participant};
use kith_domain::tie::{Contact, Slots, State};
use kith_domain::time::Timestamp;

use super::directory::is_member;
use super::{Moment, Season};

/// The seed of `kith up --demo`.
const SEED: u64 = 2026;

/// A Monday after the holidays, a Tuesday in summer, a Tuesday in late autumn.
const NOWS: [&str; 3] = [
    "2026-01-05T09:30:00Z",
    "2026-07-14T16:12:45Z",
    "2027-11-30T00:05:00Z",
];

fn at(text: &str) -> Timestamp {
    let moment: jiff::Timestamp = text.parse().unwrap();
    Timestamp(moment.as_microsecond())
}

fn id(index: usize) -> PersonId {
    let mut bytes = [0; 16];
    bytes[..8].copy_from_slice(&(index as u64).to_le_bytes());
    PersonId::from_bytes(bytes)
}

fn index(id: PersonId) -> usize {
    let bytes = id.as_bytes();
    usize::from(bytes[0]) + 256 * usize::from(bytes[1])
}

fn participants(moment: &Moment) -> Vec<Participant> {
    let started = moment.initiator.map(|one| (one, Part::Initiator));
    let part = if started.is_some() {
        Part::Recipient
    } else {
        Part::Attendee
    };
    let others = moment.others.iter().map(|one| (*one, part));
    started
        .into_iter()
        .chain(others)
        .map(|(one, part)| Participant {
            person: id(one),
            part,
        })
        .collect()
}

/// The contacts of every tie, by (member, person), as the product would fold them.
fn contacts(season: &Season) -> BTreeMap<(usize, usize), Vec<Contact>> {
    let mut ties: BTreeMap<_, Vec<Contact>> = BTreeMap::new();
    for moment in &season.moments {
        let all = participants(moment);
        let touched = interaction::touches(moment.kind, &all, |one| is_member(index(one)));
        for touch in touched {
            let tie = (index(touch.member), index(touch.person));
            ties.entry(tie).or_default().push(Contact {
                at: moment.at,
                direction: touch.direction,
                kind: moment.kind,
            });
        }
    }
    ties
}

fn folded(contacts: &[Contact]) -> State {
    let mut state = State::default();
    for contact in contacts {
        state.record(contact, Slots::Day);
    }
    state
}
