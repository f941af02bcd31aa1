//! The shape of every decision in Kith.

#[cfg(any(test, feature = "test-util"))]
mod given;
#[cfg(any(test, feature = "test-util"))]
pub use given::{Given, given};

/// One kind of thing that changes by decisions, and whose past decides what may happen next.
///
/// All functions are pure and synchronous: time, ids and looked-up facts arrive inside the
/// command. `execute` (in `kith-eventlog`) reads the past, folds it with [`evolve`](Self::evolve),
/// asks [`decide`](Self::decide) and appends the answer; a conflicting writer makes it start over.
///
/// **Invariants** (checked by the given/when/then tests beside each aggregate):
/// - `decide` answers `Ok(vec![])` when the command is already done: deciding twice changes nothing.
/// - `evolve` never fails and never panics, whatever the order of events.
pub trait Aggregate {
    /// The token of this aggregate in log subjects: `kith.<nn>.<org>.<KIND>.<id>`.
    const KIND: &'static str;
    /// What the past amounts to. `Default` is the state before the first event.
    type State: Default + Clone + PartialEq + std::fmt::Debug;
    /// What somebody wants.
    type Command;
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
