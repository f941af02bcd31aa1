//! Follow-ups: reasons to get in touch, each with a due time.
//!
//! A promise is made by a person; every other follow-up is *found* by the scheduler when a due
//! moment passes. From then on both live the same life: open, snoozed, done or dismissed.

use crate::aggregate::Aggregate;
use crate::id::{FollowUpId, PersonId};
use crate::text::Text;
use crate::time::Timestamp;

/// Why one should get in touch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Reason {
    /// Something was promised.
    Promise,
    /// The tie is fading, judged against its own rhythm.
    Fading,
    /// The first weeks decide: second, third or fourth contact.
    Ladder,
}

impl Reason {
    /// Every reason, in the order of [`Reason::index`].
    pub const ALL: [Self; 3] = [Self::Promise, Self::Fading, Self::Ladder];

    /// The position in [`Reason::ALL`]; stored in rows and ids, so it never changes.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The reason at a stored position.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }
}

/// A promise: "I'll send you the paper", either way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// The follow-up's id, derived from the request.
    pub id: FollowUpId,
    /// Whose follow-up it is.
    pub member: PersonId,
    /// With whom.
    pub person: PersonId,
    /// True when the member promised, false when the person did.
    pub mine: bool,
    /// What was promised.
    pub text: Option<Text>,
    /// When it falls due.
    pub due_at: Timestamp,
    /// When it was made.
    pub made_at: Timestamp,
    /// The receipt of the request.
    pub fingerprint: [u8; 16],
}

/// A due moment that the scheduler found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Due {
    /// `DueId`: derived from member, person, reason and basis, so that a second finder makes the
    /// same one.
    pub id: FollowUpId,
    /// Whose follow-up it is.
    pub member: PersonId,
    /// With whom.
    pub person: PersonId,
    /// Why.
    pub reason: Reason,
    /// What it rests on: the anchor slot of the tie ([`Reason::Fading`]), or the slot of the first
    /// encounter, meeting or introduction × 4 + step ([`Reason::Ladder`]). Never a float. 0 for a promise, which names itself.
    pub basis: i64,
    /// When it fell due.
    pub due_at: Timestamp,
}

/// The aggregate of one follow-up's later life.
#[derive(Debug)]
pub struct FollowUp;

/// What happened to a follow-up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Something was promised (in the journal).
    PromiseMade(Promise),
    /// A due moment passed (in the journal); of several the first counts.
    FellDue(Due),
    /// It was done.
    Completed {
        /// Which.
        id: FollowUpId,
        /// When.
        at: Timestamp,
    },
    /// Not now.
    Snoozed {
        /// Which.
        id: FollowUpId,
        /// When it is due instead.
        until: Timestamp,
    },
    /// Not at all.
    Dismissed {
        /// Which.
        id: FollowUpId,
        /// When.
        at: Timestamp,
    },
    /// It is open after all.
    Reopened {
        /// Which.
        id: FollowUpId,
        /// When.
        at: Timestamp,
    },
}

impl Event {
    /// Which follow-up it happened to.
    #[must_use]
    pub const fn id(&self) -> FollowUpId {
        match self {
            Self::PromiseMade(promise) => promise.id,
            Self::FellDue(due) => due.id,
            Self::Completed { id, .. }
            | Self::Snoozed { id, .. }
            | Self::Dismissed { id, .. }
            | Self::Reopened { id, .. } => *id,
        }
    }
}

/// Where a follow-up stands.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Status {
    /// Waiting to be acted on.
    #[default]
    Open,
    /// Acted on.
    Done,
    /// Put aside for good.
    Dismissed,
}

impl Status {
    /// Every status, in the order of [`Status::index`].
    pub const ALL: [Self; 3] = [Self::Open, Self::Done, Self::Dismissed];

    /// The position in [`Status::ALL`]; stored in rows, so it never changes.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The status at a stored position.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }
}

/// What is known from the follow-up's own subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Where it stands.
    pub status: Status,
    /// Until when it sleeps, if it was snoozed.
    pub until: Option<Timestamp>,
}

/// What a member wants of a follow-up of theirs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Which.
    pub id: FollowUpId,
    /// What to do with it.
    pub to: To,
    /// When the request arrived.
    pub at: Timestamp,
}

/// What one can do with a follow-up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum To {
    /// It was done.
    Complete,
    /// Not now, but then.
    Snooze(Timestamp),
    /// Not at all.
    Dismiss,
    /// Open after all.
    Reopen,
    /// Due when it was before it was snoozed, even if that has passed.
    Wake(Timestamp),
}

/// Why a follow-up can't be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Only an open one can be snoozed.
    #[error("the follow-up is closed; reopen it first")]
    Closed,
    /// A snooze must end later than now.
    #[error("until must lie in the future")]
    NotInTheFuture,
}

impl Aggregate for FollowUp {
    const KIND: &'static str = "followup";
    type State = State;
    type Command = Change;
    type Event = Event;
    type Error = Error;

    fn decide(state: &State, Change { id, to, at }: Change) -> Result<Vec<Event>, Error> {
        let event = match (to, state.status) {
            (To::Complete, Status::Done)
            | (To::Dismiss, Status::Dismissed)
            | (To::Reopen, Status::Open) => return Ok(vec![]),
            (To::Complete, _) => Event::Completed { id, at },
            (To::Dismiss, _) => Event::Dismissed { id, at },
            (To::Reopen, _) => Event::Reopened { id, at },
            (To::Snooze(_) | To::Wake(_), Status::Done | Status::Dismissed) => {
                return Err(Error::Closed);
            }
            (To::Snooze(until), Status::Open) if until <= at => return Err(Error::NotInTheFuture),
            (To::Snooze(until) | To::Wake(until), Status::Open) if state.until == Some(until) => {
                return Ok(vec![]);
            }
            (To::Snooze(until) | To::Wake(until), Status::Open) => Event::Snoozed { id, until },
        };
        Ok(vec![event])
    }

    fn evolve(mut state: State, event: &Event) -> State {
        match event {
            Event::PromiseMade(_) | Event::FellDue(_) => {}
            Event::Completed { .. } => state.status = Status::Done,
            Event::Dismissed { .. } => state.status = Status::Dismissed,
            Event::Reopened { .. } => state = State::default(),
            Event::Snoozed { until, .. } => state.until = Some(*until),
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::given;

    const ID: FollowUpId = FollowUpId::from_bytes([1; 16]);
    const NOW: Timestamp = Timestamp(100);

    fn change(to: To) -> Change {
        Change {
            id: ID,
            to,
            at: NOW,
        }
    }

    #[test]
    fn a_done_follow_up_is_not_done_again_and_can_be_reopened() {
        let done = Event::Completed { id: ID, at: NOW };
        given::<FollowUp>(&[])
            .when(change(To::Complete))
            .then(std::slice::from_ref(&done));
        given::<FollowUp>(std::slice::from_ref(&done))
            .when(change(To::Complete))
            .then_nothing();
        given::<FollowUp>(&[done])
            .when(change(To::Reopen))
            .then(&[Event::Reopened { id: ID, at: NOW }]);
    }

    #[test]
    fn a_snooze_ends_in_the_future_and_a_closed_follow_up_does_not_sleep() {
        given::<FollowUp>(&[])
            .when(change(To::Snooze(NOW)))
            .then_refused("until must lie in the future");
        given::<FollowUp>(&[Event::Dismissed { id: ID, at: NOW }])
            .when(change(To::Snooze(Timestamp(200))))
            .then_refused("the follow-up is closed; reopen it first");
    }

    #[test]
    fn a_follow_up_that_is_woken_is_due_when_it_was_even_if_that_has_passed() {
        let snoozed = |until| Event::Snoozed {
            id: ID,
            until: Timestamp(until),
        };
        given::<FollowUp>(&[snoozed(200)])
            .when(change(To::Wake(Timestamp(50))))
            .then(&[snoozed(50)]);
        given::<FollowUp>(&[Event::Completed { id: ID, at: NOW }])
            .when(change(To::Wake(Timestamp(50))))
            .then_refused("the follow-up is closed; reopen it first");
    }
}
