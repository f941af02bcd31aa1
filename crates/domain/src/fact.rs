//! Facts: what is known of a person, with its source, date and visibility.

use crate::aggregate::Aggregate;
use crate::id::{FactId, PersonId};
use crate::text::Text;
use crate::time::Timestamp;

/// What a fact is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// What they care about.
    Interest,
    /// What they know or do well.
    Expertise,
    /// What would help them.
    Need,
    /// What they would give.
    Offer,
    /// What happened to them: a new post, a child, a prize.
    LifeEvent,
    /// How they like to be treated.
    Preference,
}

impl Kind {
    /// Every kind, in the order of [`Kind::index`].
    pub const ALL: [Self; 6] = [
        Self::Interest,
        Self::Expertise,
        Self::Need,
        Self::Offer,
        Self::LifeEvent,
        Self::Preference,
    ];

    /// The position in [`Kind::ALL`]; stored in rows, so it never changes.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The kind at a stored position.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }
}

/// The content of a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fact {
    /// Which.
    pub id: FactId,
    /// Of whom.
    pub person: PersonId,
    /// What it is about.
    pub kind: Kind,
    /// The fact, in a sentence.
    pub text: Text,
    /// Where it comes from, in a few words: "told me at the spring meeting".
    pub source: Option<Text>,
    /// The question that it answers, if it was asked one of [`questions`](crate::questions): its id there.
    pub question: Option<Text>,
    /// Whether only its author sees it.
    pub private: bool,
    /// Who noted it.
    pub author: PersonId,
    /// When it was noted.
    pub noted_at: Timestamp,
    /// The receipt of the request.
    pub fingerprint: [u8; 16],
}

/// The aggregate of one fact's end, which can be taken back. The adding is a rule-free creation in the journal.
#[derive(Debug)]
pub struct Life;

/// What happened to a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It was noted (in the journal).
    Added(Fact),
    /// It no longer holds, or should not have been noted.
    Removed {
        /// Which.
        id: FactId,
    },
    /// It had been removed by mistake.
    Restored {
        /// Which.
        id: FactId,
    },
}

/// Whether the fact was removed.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// True while removed.
    pub removed: bool,
}

/// Remove a fact, or take that back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Remove {
    /// Which.
    pub id: FactId,
    /// Who asks.
    pub by: PersonId,
    /// Who noted it, as looked up.
    pub author: PersonId,
    /// `false` restores it.
    pub removed: bool,
}

/// Why a fact can't be removed or restored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is somebody else's.
    #[error("only the member who noted a fact may remove it")]
    NotTheAuthor,
}

impl Aggregate for Life {
    const KIND: &'static str = "fact";
    type State = State;
    type Command = Remove;
    type Event = Event;
    type Error = Error;

    fn decide(
        state: &State,
        Remove {
            id,
            by,
            author,
            removed,
        }: Remove,
    ) -> Result<Vec<Event>, Error> {
        if by != author {
            return Err(Error::NotTheAuthor);
        }
        Ok(match (state.removed, removed) {
            (false, true) => vec![Event::Removed { id }],
            (true, false) => vec![Event::Restored { id }],
            _ => vec![],
        })
    }

    fn evolve(state: State, event: &Event) -> State {
        match event {
            Event::Added(_) => state,
            Event::Removed { .. } => State { removed: true },
            Event::Restored { .. } => State { removed: false },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::given;

    const ID: FactId = FactId::from_bytes([1; 16]);
    const ANA: PersonId = PersonId::from_bytes([2; 16]);
    const BEN: PersonId = PersonId::from_bytes([3; 16]);

    fn remove(by: PersonId, removed: bool) -> Remove {
        Remove {
            id: ID,
            by,
            author: ANA,
            removed,
        }
    }

    #[test]
    fn a_fact_is_removed_once_and_by_its_author_alone() {
        let removed = Event::Removed { id: ID };
        given::<Life>(&[])
            .when(remove(BEN, true))
            .then_refused("only the member who noted a fact may remove it");
        given::<Life>(&[])
            .when(remove(ANA, true))
            .then(std::slice::from_ref(&removed));
        given::<Life>(&[removed])
            .when(remove(ANA, true))
            .then_nothing();
    }

    #[test]
    fn a_fact_that_was_removed_by_mistake_is_restored_and_can_be_removed_again() {
        let (removed, restored) = (Event::Removed { id: ID }, Event::Restored { id: ID });
        given::<Life>(&[]).when(remove(ANA, false)).then_nothing();
        given::<Life>(std::slice::from_ref(&removed))
            .when(remove(ANA, false))
            .then(std::slice::from_ref(&restored));
        given::<Life>(&[removed.clone(), restored])
            .when(remove(ANA, true))
            .then(&[removed]);
    }
}
