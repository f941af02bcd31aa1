//! Who is one person: entries of the directory that turned out to mean the same human being.
//!
//! A merge moves nothing. It says that one entry belongs to the person of another, and whoever reads takes
//! both for one; so taking a merge back restores exactly what was. All merges of an organisation are one
//! aggregate: only so can racing ones never close a circle.

use std::collections::BTreeMap;

use crate::aggregate::Aggregate;
use crate::id::PersonId;

/// The most entries of one person.
pub const MAX_ENTRIES: usize = 20;

/// The aggregate of all merges of an organisation.
#[derive(Debug)]
pub struct Identity;

/// What happened to the entries of people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// Two entries mean one person.
    Merged {
        /// The entry that names them from now on.
        kept: PersonId,
        /// The entry that belongs to it.
        gone: PersonId,
    },
    /// They do not after all. What was merged into the entry before stays with it.
    Unmerged {
        /// The entry that stands for itself again.
        gone: PersonId,
    },
}

/// Which entry belongs to which.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    kept: BTreeMap<PersonId, PersonId>,
}

impl State {
    /// The entry that names the person to whom this one belongs: itself, unless it was merged.
    #[must_use]
    pub fn person_of(&self, entry: PersonId) -> PersonId {
        let mut person = entry;
        while let Some(kept) = self.kept.get(&person) {
            person = *kept;
        }
        person
    }

    /// All entries of the same person, this one among them.
    #[must_use]
    pub fn entries_with(&self, entry: PersonId) -> Vec<PersonId> {
        let person = self.person_of(entry);
        let gone = self.kept.keys().copied();
        let own = gone.filter(|gone| self.person_of(*gone) == person);
        std::iter::once(person).chain(own).collect()
    }

    /// The entries that others were merged into.
    pub fn kept(&self) -> impl Iterator<Item = PersonId> {
        self.kept.values().copied()
    }

    /// Whether this entry was merged into another.
    #[must_use]
    pub fn is_gone(&self, entry: PersonId) -> bool {
        self.kept.contains_key(&entry)
    }
}

/// What somebody found out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Command {
    /// Two entries mean one person.
    Merge {
        /// The one to keep.
        kept: PersonId,
        /// The one to merge into it.
        gone: PersonId,
    },
    /// An entry means somebody else after all.
    Unmerge {
        /// Which.
        gone: PersonId,
    },
}

/// Why entries can't be merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Both names mean the same entry.
    #[error("they are one person already")]
    Itself,
    /// The one to keep belongs to the other already.
    #[error(
        "they are one person already, and it is the other entry that was kept; unmerge them first"
    )]
    OtherWayRound,
    /// The one to merge belongs to somebody else already.
    #[error("the entry was merged into another one meanwhile; unmerge it first")]
    Elsewhere,
    /// One person has at most [`MAX_ENTRIES`] entries.
    #[error("a person has at most {MAX_ENTRIES} entries")]
    TooMany,
}

impl Aggregate for Identity {
    const KIND: &'static str = "identity";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Error = Error;

    fn decide(state: &State, command: Command) -> Result<Vec<Event>, Error> {
        match command {
            Command::Unmerge { gone } if state.is_gone(gone) => Ok(vec![Event::Unmerged { gone }]),
            Command::Unmerge { .. } => Ok(vec![]),
            Command::Merge { kept, gone } if kept == gone => Err(Error::Itself),
            Command::Merge { kept, gone } => {
                let is_one = state.person_of(kept) == state.person_of(gone);
                match (is_one, state.is_gone(gone)) {
                    (true, true) => Ok(vec![]),
                    (true, false) => Err(Error::OtherWayRound),
                    (false, true) => Err(Error::Elsewhere),
                    (false, false) => {
                        let entries =
                            state.entries_with(kept).len() + state.entries_with(gone).len();
                        if entries > MAX_ENTRIES {
                            return Err(Error::TooMany);
                        }
                        Ok(vec![Event::Merged { kept, gone }])
                    }
                }
            }
        }
    }

    fn evolve(mut state: State, event: &Event) -> State {
        match *event {
            // Whatever a log says: an entry never comes to belong to itself.
            Event::Merged { kept, gone } if state.person_of(kept) != state.person_of(gone) => {
                state.kept.entry(gone).or_insert(kept);
            }
            Event::Merged { .. } => {}
            Event::Unmerged { gone } => {
                state.kept.remove(&gone);
            }
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::given;

    const ANA: PersonId = PersonId::from_bytes([1; 16]);
    const ANNA: PersonId = PersonId::from_bytes([2; 16]);
    const ANN: PersonId = PersonId::from_bytes([3; 16]);

    fn merge(kept: PersonId, gone: PersonId) -> Command {
        Command::Merge { kept, gone }
    }

    fn merged(kept: PersonId, gone: PersonId) -> Event {
        Event::Merged { kept, gone }
    }

    #[test]
    fn two_entries_become_one_person_once() {
        given::<Identity>(&[])
            .when(merge(ANA, ANNA))
            .then(&[merged(ANA, ANNA)]);
        given::<Identity>(&[merged(ANA, ANNA)])
            .when(merge(ANA, ANNA))
            .then_nothing();
    }

    #[test]
    fn of_two_racing_merges_the_second_is_told_why_not() {
        given::<Identity>(&[merged(ANA, ANNA)])
            .when(merge(ANNA, ANA))
            .then_refused(
                "they are one person already, and it is the other entry that was kept; \
                 unmerge them first",
            );
        given::<Identity>(&[merged(ANA, ANNA)])
            .when(merge(ANN, ANNA))
            .then_refused("the entry was merged into another one meanwhile; unmerge it first");
        given::<Identity>(&[])
            .when(merge(ANA, ANA))
            .then_refused("they are one person already");
    }

    #[test]
    fn no_circle_is_closed_over_a_third() {
        given::<Identity>(&[merged(ANA, ANNA), merged(ANNA, ANN)])
            .when(merge(ANN, ANA))
            .then_refused(
                "they are one person already, and it is the other entry that was kept; \
                 unmerge them first",
            );
    }

    #[test]
    fn an_entry_that_stands_for_itself_again_keeps_what_was_merged_into_it() {
        let state = [
            merged(ANNA, ANN),
            merged(ANA, ANNA),
            Event::Unmerged { gone: ANNA },
        ];
        let state = crate::aggregate::fold::<Identity>(&state);
        assert_eq!(state.person_of(ANN), ANNA);
        assert_eq!(state.person_of(ANNA), ANNA);
        assert_eq!(state.entries_with(ANN), [ANNA, ANN]);
        assert_eq!(state.entries_with(ANA), [ANA]);
        given::<Identity>(&[merged(ANA, ANNA)])
            .when(Command::Unmerge { gone: ANNA })
            .then(&[Event::Unmerged { gone: ANNA }]);
        given::<Identity>(&[])
            .when(Command::Unmerge { gone: ANNA })
            .then_nothing();
    }

    #[test]
    fn a_person_has_twenty_entries_at_most() {
        let gone = |n: u8| PersonId::from_bytes([n + 10; 16]);
        let full: Vec<Event> = (1..MAX_ENTRIES as u8)
            .map(|n| merged(ANA, gone(n)))
            .collect();
        given::<Identity>(&full)
            .when(merge(ANA, ANN))
            .then_refused("a person has at most 20 entries");
    }
}
