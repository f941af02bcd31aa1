//! What a member shows others of a tie.

use crate::aggregate::Aggregate;
use crate::id::PersonId;
use crate::text::Text;

/// How much of the *strength* of a tie others in the organisation see. Ordered from open to
/// closed: the tightest word that applies wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// The member's name and the band.
    Named,
    /// "Someone here", and the band.
    Anonymous,
    /// Nothing: the tie enters no answer that another principal can obtain.
    Private,
}

impl Level {
    /// Every level, from open to closed, in the order of [`Level::index`].
    pub const ALL: [Self; 3] = [Self::Named, Self::Anonymous, Self::Private];

    /// The position in [`Level::ALL`]; stored in rows, so it never changes.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The level at a stored position.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }
}

/// What a member's word about sharing is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Target {
    /// One tie: the person at its other end.
    Person(PersonId),
    /// Everyone who has this address.
    Address(Text),
    /// Everyone who has an address at this domain.
    Domain(Text),
}

/// The aggregate of one member's words about sharing.
#[derive(Debug)]
pub struct Sharing;

/// A member said what others may see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// From now on `target` is shared at `level`; `None` takes the word back.
    Set {
        /// Whose ties.
        member: PersonId,
        /// Which of them.
        target: Target,
        /// How much others see.
        level: Option<Level>,
    },
}

/// The words in force, one per target.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    words: Vec<(Target, Level)>,
}

/// What a member wants others to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// Whose ties.
    pub member: PersonId,
    /// Which of them.
    pub target: Target,
    /// How much others see; `None` takes the word back.
    pub level: Option<Level>,
}

/// Why a word about sharing is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// One member keeps at most [`MAX_WORDS`] of them.
    #[error("a member keeps at most {MAX_WORDS} sharing rules")]
    TooMany,
}

/// The most sharing rules of one member.
pub const MAX_WORDS: usize = 1_000;

impl Aggregate for Sharing {
    const KIND: &'static str = "sharing";
    type State = State;
    type Command = Set;
    type Event = Event;
    type Error = Error;

    fn decide(
        state: &State,
        Set {
            member,
            target,
            level,
        }: Set,
    ) -> Result<Vec<Event>, Error> {
        let now = state
            .words
            .iter()
            .find(|(t, _)| *t == target)
            .map(|(_, level)| *level);
        if now == level {
            return Ok(vec![]);
        }
        if now.is_none() && state.words.len() >= MAX_WORDS {
            return Err(Error::TooMany);
        }
        Ok(vec![Event::Set {
            member,
            target,
            level,
        }])
    }

    fn evolve(mut state: State, Event::Set { target, level, .. }: &Event) -> State {
        state.words.retain(|(t, _)| t != target);
        if let Some(level) = level {
            state.words.push((target.clone(), *level));
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::given;

    const ANA: PersonId = PersonId::from_bytes([1; 16]);
    const BEN: PersonId = PersonId::from_bytes([2; 16]);

    fn set(level: Option<Level>) -> Set {
        Set {
            member: ANA,
            target: Target::Person(BEN),
            level,
        }
    }

    fn was_set(level: Option<Level>) -> Event {
        Event::Set {
            member: ANA,
            target: Target::Person(BEN),
            level,
        }
    }

    #[test]
    fn a_word_holds_until_it_is_taken_back() {
        let private = Some(Level::Private);
        given::<Sharing>(&[])
            .when(set(private))
            .then(&[was_set(private)]);
        given::<Sharing>(&[was_set(private)])
            .when(set(private))
            .then_nothing();
        given::<Sharing>(&[was_set(private)])
            .when(set(None))
            .then(&[was_set(None)]);
        given::<Sharing>(&[]).when(set(None)).then_nothing();
    }
}
