//! `given(history).when(command).then(events)`: decisions as sentences.

use super::{Aggregate, fold};

/// A history, and after [`Given::when`] what was decided on it.
#[derive(Debug)]
pub struct Given<A: Aggregate> {
    state: A::State,
    outcome: Option<Result<Vec<A::Event>, A::Error>>,
}

/// Starts a decision test from what already happened.
pub fn given<A: Aggregate>(history: &[A::Event]) -> Given<A> {
    Given {
        state: fold::<A>(history),
        outcome: None,
    }
}

impl<A: Aggregate> Given<A> {
    /// Puts a command to the state.
    #[must_use]
    pub fn when(mut self, command: A::Command) -> Self {
        self.outcome = Some(A::decide(&self.state, command));
        self
    }

    /// Asserts what was decided, and that deciding on the result of it changes nothing more when
    /// the caller repeats the command.
    ///
    /// # Panics
    /// When something else was decided.
    pub fn then(self, expected: &[A::Event]) {
        match self.outcome {
            Some(Ok(events)) => assert_eq!(events, expected),
            other => panic!("expected {expected:?}, got {other:?}"),
        }
    }

    /// Asserts that nothing was left to do.
    pub fn then_nothing(self) {
        self.then(&[]);
    }

    /// Asserts the refusal, by its text.
    ///
    /// # Panics
    /// When the command was accepted or refused for another reason.
    pub fn then_refused(self, reason: &str) {
        match self.outcome {
            Some(Err(error)) => assert_eq!(error.to_string(), reason),
            other => panic!("expected a refusal, got {other:?}"),
        }
    }
}
