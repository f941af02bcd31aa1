//! How a member cares for a tie: what they decided about being reminded of it.
//!
//! A decision is the member's alone: nobody else sees it, and no figure moves by it.

use crate::aggregate::Aggregate;
use crate::id::PersonId;
use crate::time::Timestamp;

/// What a member decided about a tie.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Word {
    /// Nothing yet: its rhythm reminds, but not of what had passed when Kith learnt of it.
    #[default]
    Undecided,
    /// Keep it alive. One that faded before Kith learnt of it asks for attention at once.
    Tend,
    /// Leave it alone: neither rhythm nor ladder remind. What was promised still does.
    Quiet,
    /// Never remind of this person, of nothing.
    Never,
}

impl Word {
    /// All words, in the order of their numbers in rows.
    pub const ALL: [Self; 4] = [Self::Undecided, Self::Tend, Self::Quiet, Self::Never];

    /// The number of this word in rows.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The word with this number.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }
}

/// A word, and when it was said.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Care {
    /// What was decided.
    pub word: Word,
    /// When.
    pub since: Timestamp,
}

/// The aggregate of one member's care for one person, named by both ids.
#[derive(Debug)]
pub struct Tending;

/// What a member said of a tie.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// From now on this holds.
    Set {
        /// Who decided.
        member: PersonId,
        /// About whom.
        person: PersonId,
        /// What.
        word: Word,
        /// Whether the tie is marked as important.
        important: bool,
    },
}

/// What holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct State {
    /// What was decided.
    pub word: Word,
    /// Whether the tie is marked as important.
    pub important: bool,
}

/// Decide about a tie. What is `None` stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Set {
    /// Who decides.
    pub member: PersonId,
    /// About whom.
    pub person: PersonId,
    /// What.
    pub word: Option<Word>,
    /// Whether the tie is to be marked as important.
    pub important: Option<bool>,
}

/// The id of the aggregate.
#[must_use]
pub fn id(member: PersonId, person: PersonId) -> String {
    format!("{member}-{person}")
}

impl Aggregate for Tending {
    const KIND: &'static str = "care";
    type State = State;
    type Command = Set;
    type Event = Event;
    type Error = std::convert::Infallible;

    fn decide(state: &State, set: Set) -> Result<Vec<Event>, Self::Error> {
        let wanted = State {
            word: set.word.unwrap_or(state.word),
            important: set.important.unwrap_or(state.important),
        };
        Ok(if wanted == *state {
            vec![]
        } else {
            vec![Event::Set {
                member: set.member,
                person: set.person,
                word: wanted.word,
                important: wanted.important,
            }]
        })
    }

    fn evolve(
        _: State,
        &Event::Set {
            word, important, ..
        }: &Event,
    ) -> State {
        State { word, important }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::given;

    const ANA: PersonId = PersonId::from_bytes([1; 16]);
    const BEN: PersonId = PersonId::from_bytes([2; 16]);

    fn set(word: Option<Word>, important: Option<bool>) -> Set {
        Set {
            member: ANA,
            person: BEN,
            word,
            important,
        }
    }

    fn was_set(word: Word, important: bool) -> Event {
        Event::Set {
            member: ANA,
            person: BEN,
            word,
            important,
        }
    }

    #[test]
    fn a_word_leaves_the_mark_alone_and_the_mark_the_word() {
        given::<Tending>(&[])
            .when(set(Some(Word::Tend), None))
            .then(&[was_set(Word::Tend, false)]);
        given::<Tending>(&[was_set(Word::Tend, false)])
            .when(set(None, Some(true)))
            .then(&[was_set(Word::Tend, true)]);
        given::<Tending>(&[was_set(Word::Tend, true)])
            .when(set(Some(Word::Quiet), None))
            .then(&[was_set(Word::Quiet, true)]);
    }

    #[test]
    fn what_holds_already_is_not_said_again() {
        given::<Tending>(&[])
            .when(set(Some(Word::Undecided), Some(false)))
            .then_nothing();
        given::<Tending>(&[was_set(Word::Never, false)])
            .when(set(Some(Word::Never), None))
            .then_nothing();
    }
}
