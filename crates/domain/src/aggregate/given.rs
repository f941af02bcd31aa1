//! `given(history).when(command).then(events)`: decisions as sentences.

use super::{Aggregate, fold};

/// A history.
#[derive(Debug)]
pub struct Given<A: Aggregate> {
    state: A::State,
}

/// What was decided on a history.
#[derive(Debug)]
pub struct Decided<A: Aggregate> {
    state: A::State,
    command: A::Command,
    outcome: Result<Vec<A::Event>, A::Error>,
}

/// Starts a decision test from what already happened.
pub fn given<A: Aggregate>(history: &[A::Event]) -> Given<A> {
    Given {
        state: fold::<A>(history),
    }
}

impl<A: Aggregate> Given<A> {
    /// Puts a command to the state.
    #[must_use]
    pub fn when(self, command: A::Command) -> Decided<A> {
        Decided {
            outcome: A::decide(&self.state, command.clone()),
            state: self.state,
            command,
        }
    }
}

impl<A: Aggregate> Decided<A> {
    /// Asserts what was decided, and that the same command then changes nothing more.
    ///
    /// # Panics
    /// When something else was decided, now or the second time.
    #[track_caller]
    pub fn then(self, expected: &[A::Event]) {
        self.then_each_time(expected, &[]);
    }

    /// Asserts that nothing was left to do.
    #[track_caller]
    pub fn then_nothing(self) {
        self.then(&[]);
    }

    /// Asserts what was decided, and that the same command is then refused, by the refusal's text:
    /// for what happens once, such as a creation.
    ///
    /// # Panics
    /// When something else was decided, now or the second time.
    #[track_caller]
    pub fn then_once(self, expected: &[A::Event], reason: &str) {
        self.decided_again(expected).then_refused(reason);
    }

    /// Asserts what was decided, and what the same command then decides: for what replaces content
    /// that the state does not hold, and so says it again under its next number.
    ///
    /// # Panics
    /// When something else was decided, now or the second time.
    #[track_caller]
    pub fn then_each_time(self, expected: &[A::Event], next: &[A::Event]) {
        self.decided_again(expected).accepted(next);
    }

    /// Asserts the refusal, by its text.
    ///
    /// # Panics
    /// When the command was accepted or refused for another reason.
    #[track_caller]
    pub fn then_refused(self, reason: &str) {
        match self.outcome {
            Err(error) => assert_eq!(error.to_string(), reason),
            Ok(events) => panic!("expected a refusal, got {events:?}"),
        }
    }

    #[track_caller]
    fn accepted(&self, expected: &[A::Event]) {
        match &self.outcome {
            Ok(events) => assert_eq!(events, expected),
            Err(error) => panic!("expected {expected:?}, got the refusal '{error}'"),
        }
    }

    /// The same command on top of what it decided.
    #[track_caller]
    fn decided_again(self, expected: &[A::Event]) -> Self {
        self.accepted(expected);
        let state = expected.iter().fold(self.state, A::evolve);
        Given { state }.when(self.command)
    }
}
