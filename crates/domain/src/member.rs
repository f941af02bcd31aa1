//! Members: the people who sign in. A member has the id of its person.

use crate::aggregate::Aggregate;
use crate::id::PersonId;

/// The aggregate of one membership.
#[derive(Debug)]
pub struct Member;

/// What happened to a membership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The person became a member. Ties from it are built from everything already recorded.
    Added {
        /// Who.
        id: PersonId,
    },
}

/// Whether the person is a member.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// True once added.
    pub exists: bool,
}

/// Make this person a member. Already done when it is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Add {
    /// Who.
    pub id: PersonId,
}

impl Aggregate for Member {
    const KIND: &'static str = "member";
    type State = State;
    type Command = Add;
    type Event = Event;
    type Error = std::convert::Infallible;

    fn decide(state: &State, Add { id }: Add) -> Result<Vec<Event>, Self::Error> {
        Ok(if state.exists {
            vec![]
        } else {
            vec![Event::Added { id }]
        })
    }

    fn evolve(_: State, Event::Added { .. }: &Event) -> State {
        State { exists: true }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::given;

    #[test]
    fn becoming_a_member_twice_changes_nothing() {
        let id = PersonId::from_bytes([1; 16]);
        given::<Member>(&[])
            .when(Add { id })
            .then(&[Event::Added { id }]);
        given::<Member>(&[Event::Added { id }])
            .when(Add { id })
            .then_nothing();
    }
}
