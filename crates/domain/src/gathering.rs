//! Gatherings: a time, a place, who comes, and who of us goes.
//!
//! A gathering is a sheet of entries, and a change sets some of them to something else. What each entry was
//! before stays known, so that a change is taken back from the gathering's own past.
//!
//! Nothing here says *who* in the directory an attendee is, unless a member said so: the rest is an opinion
//! (`resolution`), worked out for whoever asks from what they may see.

mod content;
mod sheet;

use std::collections::BTreeMap;

pub use self::content::{Answer, Description, Details, Redefined, Session, Stay, may_last};
pub use self::sheet::{Entry, Key, State};
use crate::aggregate::Aggregate;
use crate::id::GatheringId;
use crate::time::DAY;

/// The most attendees of a gathering.
pub const MAX_ATTENDEES: usize = 5_000;
/// The most sessions of a gathering.
pub const MAX_SESSIONS: usize = 500;
/// The longest gathering, in microseconds.
pub const LONGEST: i64 = 60 * DAY;
/// The most topics of a gathering, of a session, or of an attendee.
pub const MAX_TOPICS: usize = 20;

/// About how many bytes the attendees of one change take at most in the log, those that it replaces among them: a
/// change and its way back fit into one commit each.
pub const MAX_BYTES: usize = 400 * 1024;

/// The aggregate of one gathering.
#[derive(Debug)]
pub struct Gathering;

/// An entry of a gathering was set. Those of one change have the same revision.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// Of which gathering.
    pub gathering: GatheringId,
    /// Counts changes, from 1.
    pub revision: u32,
    /// What was set.
    pub entry: Entry,
}

/// Change a gathering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub gathering: GatheringId,
    /// What is wanted.
    pub to: To,
}

/// What somebody wants of a gathering.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// That it exists.
    Plan(Details),
    /// That it is this.
    Redefine {
        /// What changes.
        change: Redefined,
        /// The revision of its details that the caller saw, if they insist on it.
        seen: Option<u32>,
    },
    /// That some of its entries are these; of several with one key the last counts.
    Set(Vec<Entry>),
    /// That what a change set is again as it was before.
    TakeBack {
        /// The change.
        revision: u32,
    },
}

/// Why a gathering is not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There is none, or it was taken back.
    #[error("there is no such gathering")]
    Unknown,
    /// The caller saw an older state of it, or somebody changed the same entry since.
    #[error("it was changed meanwhile")]
    Changed,
    /// It is cancelled: nobody comes, and nothing of it is planned any more.
    #[error("the gathering is cancelled")]
    Cancelled,
    /// Nobody with this id is on its list.
    #[error("no such attendee is on the list")]
    NotListed,
    /// It would end before it begins, or more than [`LONGEST`] later.
    #[error("a gathering must end after it begins, and at most 60 days later")]
    Length,
    /// It was planned by mistake, and has attendees, sessions or members who go.
    #[error("somebody goes, or is on its list: cancel it, or take these off first")]
    Used,
    /// It would replace more than [`MAX_BYTES`].
    #[error("too much is described anew at once: send the list in several parts")]
    TooMuch,
    /// More attendees than [`MAX_ATTENDEES`].
    #[error("a gathering has at most {MAX_ATTENDEES} attendees")]
    TooManyAttendees,
    /// More sessions than [`MAX_SESSIONS`].
    #[error("a gathering has at most {MAX_SESSIONS} sessions")]
    TooManySessions,
}

impl Aggregate for Gathering {
    const KIND: &'static str = "gathering";
    type State = State;
    type Command = Change;
    type Event = Event;
    type Error = Error;

    fn decide(state: &State, Change { gathering, to }: Change) -> Result<Vec<Event>, Error> {
        let entries = match to {
            To::Plan(details) => vec![Entry::Details(Some(details))],
            To::Redefine { change, seen } => vec![redefined(state, change, seen)?],
            To::Set(entries) => {
                may_be_set(state, &entries)?;
                entries
            }
            To::TakeBack { revision } => as_before(state, revision)?,
        };
        let entries = entries.into_iter().map(|entry| (entry.key(), entry));
        let mut changed: BTreeMap<Key, Entry> = entries.collect();
        changed.retain(|_, entry| !state.is(entry));
        if changed.is_empty() {
            return Ok(vec![]);
        }
        let replaced: usize = changed.keys().map(|key| state.bytes(*key)).sum();
        if replaced > MAX_BYTES {
            return Err(Error::TooMuch);
        }
        let revision = state.revision.saturating_add(1);
        let events = changed.into_values().map(|entry| Event {
            gathering,
            revision,
            entry,
        });
        let events: Vec<Event> = events.collect();
        must_fit(&events.iter().fold(state.clone(), Self::evolve))?;
        Ok(events)
    }

    fn evolve(mut state: State, event: &Event) -> State {
        state.set(event.revision, event.entry.clone());
        state
    }
}

/// What a gathering becomes.
fn redefined(state: &State, change: Redefined, seen: Option<u32>) -> Result<Entry, Error> {
    let was = state.details().ok_or(Error::Unknown)?;
    let entry = Entry::Details(Some(change.applied_to(was)?));
    // Who saw an older state of it, and wants what it is by now, has it.
    if !state.is(&entry) && seen.is_some_and(|seen| seen != state.set_by(Key::Details)) {
        return Err(Error::Changed);
    }
    Ok(entry)
}

/// Whether these entries, other than its details, may be what they are to become.
fn may_be_set(state: &State, entries: &[Entry]) -> Result<(), Error> {
    let details = state.details().ok_or(Error::Unknown)?;
    for entry in entries
        .iter()
        .filter(|entry| !state.is(entry) && !entry.is_nothing())
    {
        if details.cancelled {
            return Err(Error::Cancelled);
        }
        if let Entry::Answer(listed, ..) = entry
            && !state.has(Key::Attendee(*listed))
        {
            return Err(Error::NotListed);
        }
    }
    Ok(())
}

/// What the entries of a change were before it, if none is something else since.
fn as_before(state: &State, revision: u32) -> Result<Vec<Entry>, Error> {
    let before = state.before(revision);
    if before.is_empty() {
        return Err(Error::Unknown);
    }
    // Others have put their work into it: it is theirs too.
    let is_used = || state.count(|key| *key != Key::Details) > 0;
    if before.contains(&Entry::Details(None)) && state.has(Key::Details) && is_used() {
        return Err(Error::Used);
    }
    let stands_alone = |entry: &Entry| state.is(entry) || state.set_by(entry.key()) == revision;
    if before.iter().all(stands_alone) {
        Ok(before)
    } else {
        Err(Error::Changed)
    }
}

fn must_fit(state: &State) -> Result<(), Error> {
    if state.count(|key| matches!(key, Key::Attendee(_))) > MAX_ATTENDEES {
        return Err(Error::TooManyAttendees);
    }
    if state.count(|key| matches!(key, Key::Session(_))) > MAX_SESSIONS {
        return Err(Error::TooManySessions);
    }
    Ok(())
}

#[cfg(test)]
mod tests;
