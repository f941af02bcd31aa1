//! A member's pause: until when nothing new is told them.

use crate::aggregate::Aggregate;
use crate::id::PersonId;
use crate::time::Timestamp;

/// The aggregate of one member's pause.
#[derive(Debug)]
pub struct Pause;

/// What a member said of a pause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Until then nothing new is told; `None` ends the pause.
    Set {
        /// Whose.
        member: PersonId,
        /// Until when.
        until: Option<Timestamp>,
    },
}

/// The pause that holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct State {
    /// Until when.
    pub until: Option<Timestamp>,
}

/// Pause, or go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Set {
    /// Whose.
    pub member: PersonId,
    /// Until when; `None` goes on.
    pub until: Option<Timestamp>,
    /// When the request arrived.
    pub at: Timestamp,
}

/// Why a pause is not possible.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// A pause ends later than now.
    #[error("until must lie in the future")]
    NotInTheFuture,
}

impl Aggregate for Pause {
    const KIND: &'static str = "pause";
    type State = State;
    type Command = Set;
    type Event = Event;
    type Error = Error;

    fn decide(state: &State, Set { member, until, at }: Set) -> Result<Vec<Event>, Error> {
        if until.is_some_and(|until| until <= at) {
            return Err(Error::NotInTheFuture);
        }
        Ok(if state.until == until {
            vec![]
        } else {
            vec![Event::Set { member, until }]
        })
    }

    fn evolve(_: State, &Event::Set { until, .. }: &Event) -> State {
        State { until }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::given;

    const ANA: PersonId = PersonId::from_bytes([1; 16]);
    const NOW: Timestamp = Timestamp(100);

    fn set(until: Option<i64>) -> Set {
        Set {
            member: ANA,
            until: until.map(Timestamp),
            at: NOW,
        }
    }

    fn was_set(until: Option<i64>) -> Event {
        Event::Set {
            member: ANA,
            until: until.map(Timestamp),
        }
    }

    #[test]
    fn a_pause_holds_until_it_ends_or_is_ended() {
        given::<Pause>(&[])
            .when(set(Some(200)))
            .then(&[was_set(Some(200))]);
        given::<Pause>(&[was_set(Some(200))])
            .when(set(Some(200)))
            .then_nothing();
        given::<Pause>(&[was_set(Some(200))])
            .when(set(None))
            .then(&[was_set(None)]);
        given::<Pause>(&[]).when(set(None)).then_nothing();
    }

    #[test]
    fn a_pause_ends_in_the_future() {
        given::<Pause>(&[])
            .when(set(Some(100)))
            .then_refused("until must lie in the future");
    }
}
