//! What may happen to an interaction after it was recorded: correction, retraction, restoration.

use super::{Invalid, Moment, Recorded};
use crate::aggregate::Aggregate;
use crate::id::{InteractionId, PersonId};
use crate::time::Timestamp;

/// The aggregate of one interaction. Its subject holds only what came after the recording, which
/// is a rule-free creation in the journal; the creation facts travel in the command.
#[derive(Debug)]
pub struct Interaction;

/// What happened to an interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It was recorded (in the journal).
    Recorded(Recorded),
    /// It was recorded wrongly and is now this.
    Corrected {
        /// Which.
        id: InteractionId,
        /// The revision this makes; the recording is revision 1.
        revision: u32,
        /// Who corrected it.
        author: PersonId,
        /// What it is now.
        moment: Moment,
    },
    /// It did not happen, or should not have been recorded.
    Retracted {
        /// Which.
        id: InteractionId,
        /// Who retracted it.
        author: PersonId,
    },
    /// It had been retracted by mistake, and is again what it was.
    Restored {
        /// Which.
        id: InteractionId,
        /// The revision this makes, with the content of the last one.
        revision: u32,
        /// Who restored it.
        author: PersonId,
    },
}

/// What is known from the interaction's own subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Corrections and restorations so far: each made a revision.
    pub corrections: u32,
    /// Whether it was retracted.
    pub retracted: bool,
}

/// What somebody wants of a recorded interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Replace what was recorded.
    Correct {
        /// Which.
        id: InteractionId,
        /// Who asks; the zero id for a program that speaks for nobody.
        author: PersonId,
        /// The member who recorded it, as looked up; `None` for a program that spoke for nobody,
        /// whose recordings are everybody's who may see to them.
        recorder: Option<PersonId>,
        /// What it should be.
        moment: Moment,
        /// When the request arrived.
        received: Timestamp,
    },
    /// Take it back.
    Retract {
        /// Which.
        id: InteractionId,
        /// Who asks; the zero id for a program that speaks for nobody.
        author: PersonId,
        /// The member who recorded it, as looked up; `None` for a program that spoke for nobody,
        /// whose recordings are everybody's who may see to them.
        recorder: Option<PersonId>,
    },
    /// Take back that it was taken back.
    Restore {
        /// Which.
        id: InteractionId,
        /// Who asks; the zero id for a program that speaks for nobody.
        author: PersonId,
        /// The member who recorded it, as looked up.
        recorder: Option<PersonId>,
    },
}

/// Why an interaction can't be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Only whoever recorded it may change it.
    #[error("only the member who recorded an interaction may change it")]
    NotTheRecorder,
    /// It is gone already.
    #[error("the interaction was retracted")]
    Retracted,
    /// The new content is not possible.
    #[error(transparent)]
    Invalid(#[from] Invalid),
}

impl Aggregate for Interaction {
    const KIND: &'static str = "interaction";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Error = Error;

    fn decide(state: &State, command: Command) -> Result<Vec<Event>, Error> {
        match command {
            Command::Correct {
                id,
                author,
                recorder,
                moment,
                received,
            } => {
                if recorder.is_some_and(|recorder| author != recorder) {
                    return Err(Error::NotTheRecorder);
                }
                if state.retracted {
                    return Err(Error::Retracted);
                }
                moment.check(received)?;
                let revision = state.corrections.saturating_add(2);
                Ok(vec![Event::Corrected {
                    id,
                    revision,
                    author,
                    moment,
                }])
            }
            Command::Retract {
                author, recorder, ..
            }
            | Command::Restore {
                author, recorder, ..
            } if recorder.is_some_and(|recorder| author != recorder) => Err(Error::NotTheRecorder),
            Command::Retract { .. } if state.retracted => Ok(vec![]),
            Command::Retract { id, author, .. } => Ok(vec![Event::Retracted { id, author }]),
            Command::Restore { .. } if !state.retracted => Ok(vec![]),
            Command::Restore { id, author, .. } => Ok(vec![Event::Restored {
                id,
                revision: state.corrections.saturating_add(2),
                author,
            }]),
        }
    }

    fn evolve(mut state: State, event: &Event) -> State {
        match event {
            Event::Recorded(_) => {}
            Event::Corrected { .. } => state.corrections += 1,
            Event::Retracted { .. } => state.retracted = true,
            Event::Restored { .. } => {
                state.corrections += 1;
                state.retracted = false;
            }
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::given;
    use crate::interaction::{Kind, Part, Participant};

    const ID: InteractionId = InteractionId::from_bytes([1; 16]);
    const ANA: PersonId = PersonId::from_bytes([2; 16]);
    const BEN: PersonId = PersonId::from_bytes([3; 16]);

    fn call() -> Moment {
        Moment {
            kind: Kind::Call,
            at: Timestamp(5),
            duration_s: 60,
            participants: vec![
                Participant {
                    person: ANA,
                    part: Part::Initiator,
                },
                Participant {
                    person: BEN,
                    part: Part::Recipient,
                },
            ],
            channel: None,
            note: None,
            subject: None,
            found: false,
        }
    }

    fn correct(author: PersonId) -> Command {
        Command::Correct {
            id: ID,
            author,
            recorder: Some(ANA),
            moment: call(),
            received: Timestamp(9),
        }
    }

    fn retract() -> Command {
        Command::Retract {
            id: ID,
            author: ANA,
            recorder: Some(ANA),
        }
    }

    #[test]
    fn each_correction_makes_the_next_revision() {
        let second = Event::Corrected {
            id: ID,
            revision: 2,
            author: ANA,
            moment: call(),
        };
        let third = Event::Corrected {
            id: ID,
            revision: 3,
            author: ANA,
            moment: call(),
        };
        given::<Interaction>(&[])
            .when(correct(ANA))
            .then_each_time(&[second], &[third]);
    }

    #[test]
    fn nobody_but_the_recorder_changes_an_interaction() {
        given::<Interaction>(&[])
            .when(correct(BEN))
            .then_refused("only the member who recorded an interaction may change it");
    }

    #[test]
    fn retracting_twice_changes_nothing_and_a_retracted_moment_stays_gone() {
        let retracted = Event::Retracted {
            id: ID,
            author: ANA,
        };
        given::<Interaction>(&[])
            .when(retract())
            .then(std::slice::from_ref(&retracted));
        given::<Interaction>(std::slice::from_ref(&retracted))
            .when(retract())
            .then_nothing();
        given::<Interaction>(&[retracted])
            .when(correct(ANA))
            .then_refused("the interaction was retracted");
    }

    #[test]
    fn what_was_retracted_by_mistake_is_restored_as_a_revision_of_its_own() {
        let restore = Command::Restore {
            id: ID,
            author: ANA,
            recorder: Some(ANA),
        };
        let retracted = Event::Retracted {
            id: ID,
            author: ANA,
        };
        let restored = Event::Restored {
            id: ID,
            revision: 2,
            author: ANA,
        };
        given::<Interaction>(&[])
            .when(restore.clone())
            .then_nothing();
        given::<Interaction>(std::slice::from_ref(&retracted))
            .when(restore)
            .then(std::slice::from_ref(&restored));
        let corrected = Event::Corrected {
            id: ID,
            revision: 3,
            author: ANA,
            moment: call(),
        };
        let history = [retracted, restored];
        assert_eq!(
            Interaction::decide(
                &crate::aggregate::fold::<Interaction>(&history),
                correct(ANA)
            ),
            Ok(vec![corrected])
        );
    }
}
