//! The shape of every decision in Kith.

#[cfg(any(test, feature = "test-util"))]
mod given;
#[cfg(any(test, feature = "test-util"))]
pub use given::{Decided, Given, given};

/// One kind of thing that changes by decisions, and whose past decides what may happen next.
///
/// All functions are pure and synchronous: time, ids and looked-up facts arrive inside the
/// command. `execute` (in `kith-eventlog`) reads the past, folds it with [`evolve`](Self::evolve),
/// asks [`decide`](Self::decide) and appends the answer; a conflicting writer makes it start over.
///
/// **Invariants** (held to by `tests/decision_laws.rs`, and by every given/when/then test):
/// - Deciding twice changes nothing: once what was decided is part of the state, `decide` answers the
///   same command with `Ok(vec![])`. A creation may refuse it instead. What replaces content that
///   the state does not hold may say it again under its next number.
/// - `evolve` never fails and never panics, whatever the order of events.
///
/// A *request* that is sent again never comes this far: `execute` finds its commit and answers what
/// was recorded. The first invariant is for the same wish in another request.
pub trait Aggregate {
    /// The token of this aggregate in log subjects: `kith.<nn>.<org>.<KIND>.<id>`.
    const KIND: &'static str;
    /// What the past amounts to. `Default` is the state before the first event.
    type State: Default + Clone + PartialEq + std::fmt::Debug;
    /// What somebody wants.
    type Command: Clone;
    /// What happened.
    type Event: Clone + PartialEq + std::fmt::Debug;
    /// Why it may not happen.
    type Error: std::error::Error + Send + Sync + 'static;

    /// What happens when `command` meets `state`.
    fn decide(state: &Self::State, command: Self::Command)
    -> Result<Vec<Self::Event>, Self::Error>;

    /// The state after `event`.
    #[must_use]
    fn evolve(state: Self::State, event: &Self::Event) -> Self::State;
}

/// Folds a history into a state.
pub fn fold<'e, A: Aggregate>(events: impl IntoIterator<Item = &'e A::Event>) -> A::State
where
    A::Event: 'e,
{
    events.into_iter().fold(A::State::default(), A::evolve)
}
