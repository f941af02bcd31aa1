//! Imports: what was brought in together can be taken back together.
//!
//! A moment may come with several imports, and by hand. It counts as long as one of them stands, so
//! that figures after an import was taken back are those of what remains.

use crate::aggregate::Aggregate;
use crate::id::{ImportId, InteractionId, PersonId};
use crate::text::Text;

/// The aggregate of one import. Its parts are journalled as they come.
#[derive(Debug)]
pub struct Import;

/// What happened to an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The recordings of this commit came with an import (in the journal, before them).
    Part {
        /// Which.
        id: ImportId,
        /// The member whose it is; `None` for a program that speaks for nobody.
        member: Option<PersonId>,
        /// What it is called; the first part says it.
        name: Option<Text>,
        /// Moments of it that were recorded before.
        again: Vec<InteractionId>,
    },
    /// It was taken back.
    Undone {
        /// Which.
        id: ImportId,
    },
    /// It had been taken back by mistake.
    Restored {
        /// Which.
        id: ImportId,
    },
}

/// Whether an import still stands.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// True while taken back.
    pub undone: bool,
}

/// Take an import back, or restore it. Its owner was looked up before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Undo {
    /// Which.
    pub id: ImportId,
    /// The member who asks; `None` for a program that speaks for nobody.
    pub by: Option<PersonId>,
    /// The member whose import it is.
    pub owner: Option<PersonId>,
    /// `false` restores it.
    pub undone: bool,
}

/// Why an import can't be taken back or restored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It is somebody else's.
    #[error("only its owner can take an import back")]
    NotTheOwner,
}

impl Aggregate for Import {
    const KIND: &'static str = "import";
    type State = State;
    type Command = Undo;
    type Event = Event;
    type Error = Error;

    fn decide(
        state: &State,
        Undo {
            id,
            by,
            owner,
            undone,
        }: Undo,
    ) -> Result<Vec<Event>, Error> {
        if by != owner {
            return Err(Error::NotTheOwner);
        }
        Ok(match (state.undone, undone) {
            (false, true) => vec![Event::Undone { id }],
            (true, false) => vec![Event::Restored { id }],
            _ => vec![],
        })
    }

    fn evolve(state: State, event: &Event) -> State {
        match event {
            Event::Part { .. } => state,
            Event::Undone { .. } => State { undone: true },
            Event::Restored { .. } => State { undone: false },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::given;

    const ANA: PersonId = PersonId::from_bytes([1; 16]);
    const BEN: PersonId = PersonId::from_bytes([2; 16]);
    const ID: ImportId = ImportId::from_bytes([3; 16]);

    fn undo(by: Option<PersonId>, undone: bool) -> Undo {
        Undo {
            id: ID,
            by,
            owner: Some(ANA),
            undone,
        }
    }

    #[test]
    fn an_import_is_taken_back_once_and_by_its_owner_alone() {
        let undone = Event::Undone { id: ID };
        given::<Import>(&[])
            .when(undo(Some(ANA), true))
            .then(std::slice::from_ref(&undone));
        given::<Import>(&[undone])
            .when(undo(Some(ANA), true))
            .then_nothing();
        for other in [Some(BEN), None] {
            given::<Import>(&[])
                .when(undo(other, true))
                .then_refused("only its owner can take an import back");
        }
    }

    #[test]
    fn an_import_that_was_taken_back_by_mistake_is_restored() {
        let (undone, restored) = (Event::Undone { id: ID }, Event::Restored { id: ID });
        given::<Import>(&[])
            .when(undo(Some(ANA), false))
            .then_nothing();
        given::<Import>(std::slice::from_ref(&undone))
            .when(undo(Some(ANA), false))
            .then(std::slice::from_ref(&restored));
        given::<Import>(&[undone.clone(), restored])
            .when(undo(Some(ANA), true))
            .then(&[undone]);
    }
}
