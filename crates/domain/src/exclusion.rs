//! Whom a member leaves out: Kith keeps no tie with them for this member, of the past or to come.
//!
//! Their moments stay recorded, so that a word that is taken back gives the tie back as it would be.

use crate::aggregate::Aggregate;
use crate::id::PersonId;
use crate::sharing::Target;

/// The aggregate of one member's exclusions.
#[derive(Debug)]
pub struct Exclusion;

/// A member left somebody out, or no longer does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// From now on, and for all that was.
    Set {
        /// Whose ties.
        member: PersonId,
        /// With whom.
        target: Target,
        /// `false` takes the word back.
        excluded: bool,
    },
}

/// Who is left out.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    targets: Vec<Target>,
}

/// Leave somebody out, or no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Set {
    /// Whose ties.
    pub member: PersonId,
    /// With whom.
    pub target: Target,
    /// `false` takes the word back.
    pub excluded: bool,
}

/// Why somebody can't be left out.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// One member leaves out at most [`MAX_TARGETS`] people, addresses and domains.
    #[error("a member leaves out at most {MAX_TARGETS} people, addresses and domains")]
    TooMany,
}

/// The most people, addresses and domains that one member leaves out.
pub const MAX_TARGETS: usize = 1_000;

impl Aggregate for Exclusion {
    const KIND: &'static str = "exclusion";
    type State = State;
    type Command = Set;
    type Event = Event;
    type Error = Error;

    fn decide(
        state: &State,
        Set {
            member,
            target,
            excluded,
        }: Set,
    ) -> Result<Vec<Event>, Error> {
        if state.targets.contains(&target) == excluded {
            return Ok(vec![]);
        }
        if excluded && state.targets.len() >= MAX_TARGETS {
            return Err(Error::TooMany);
        }
        Ok(vec![Event::Set {
            member,
            target,
            excluded,
        }])
    }

    fn evolve(
        mut state: State,
        Event::Set {
            target, excluded, ..
        }: &Event,
    ) -> State {
        state.targets.retain(|own| own != target);
        if *excluded {
            state.targets.push(target.clone());
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::given;

    const ANA: PersonId = PersonId::from_bytes([1; 16]);

    fn set(number: usize, excluded: bool) -> Set {
        Set {
            member: ANA,
            target: Target::Domain(format!("{number}.example").as_str().into()),
            excluded,
        }
    }

    fn was_set(number: usize, excluded: bool) -> Event {
        let Set { member, target, .. } = set(number, excluded);
        Event::Set {
            member,
            target,
            excluded,
        }
    }

    #[test]
    fn whoever_is_left_out_stays_so_until_the_word_is_taken_back() {
        given::<Exclusion>(&[])
            .when(set(1, true))
            .then(&[was_set(1, true)]);
        given::<Exclusion>(&[was_set(1, true)])
            .when(set(1, true))
            .then_nothing();
        given::<Exclusion>(&[was_set(1, true)])
            .when(set(1, false))
            .then(&[was_set(1, false)]);
        given::<Exclusion>(&[]).when(set(1, false)).then_nothing();
    }

    #[test]
    fn a_thousand_and_no_more_are_left_out() {
        let all: Vec<Event> = (0..MAX_TARGETS).map(|n| was_set(n, true)).collect();
        let told = "a member leaves out at most 1000 people, addresses and domains";
        given::<Exclusion>(&all)
            .when(set(MAX_TARGETS, true))
            .then_refused(told);
        given::<Exclusion>(&all).when(set(3, true)).then_nothing();
    }
}
