//! API keys: what a program or a member signs in with. Only a hash of the secret is kept.

use crate::access::Role;
use crate::aggregate::Aggregate;
use crate::id::{KeyId, PersonId};
use crate::text::Text;

/// The aggregate of one key.
#[derive(Debug)]
pub struct Key;

/// What happened to a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It was made.
    Created {
        /// Which.
        id: KeyId,
        /// What it may do.
        role: Role,
        /// The member it speaks for.
        member: Option<PersonId>,
        /// SHA-256 of the secret. The secret has 256 random bits, so a plain hash is enough.
        secret_hash: [u8; 32],
        /// What it is for, in its maker's words: shown in lists, never personal.
        label: Text,
    },
    /// It opens nothing any more.
    Revoked {
        /// Which.
        id: KeyId,
    },
}

/// A key's life.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum State {
    /// Not made.
    #[default]
    Absent,
    /// Opens.
    Active,
    /// Opens nothing.
    Revoked,
}

/// What somebody wants of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Make it.
    Create {
        /// Which.
        id: KeyId,
        /// What it may do.
        role: Role,
        /// The member it speaks for.
        member: Option<PersonId>,
        /// SHA-256 of the secret.
        secret_hash: [u8; 32],
        /// What it is for.
        label: Text,
    },
    /// Make it open nothing any more.
    Revoke {
        /// Which.
        id: KeyId,
    },
}

/// Why a key can't be made or revoked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// The id is taken.
    #[error("the key exists already")]
    Exists,
    /// There is no such key.
    #[error("the key does not exist")]
    Missing,
    /// A role that acts as a member needs one.
    #[error("a key of the role member needs a member")]
    MemberNeeded,
}

impl Aggregate for Key {
    const KIND: &'static str = "key";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Error = Error;

    fn decide(state: &State, command: Command) -> Result<Vec<Event>, Error> {
        match (state, command) {
            (
                State::Absent,
                Command::Create {
                    role: Role::Member,
                    member: None,
                    ..
                },
            ) => Err(Error::MemberNeeded),
            (
                State::Absent,
                Command::Create {
                    id,
                    role,
                    member,
                    secret_hash,
                    label,
                },
            ) => Ok(vec![Event::Created {
                id,
                role,
                member,
                secret_hash,
                label,
            }]),
            (State::Active | State::Revoked, Command::Create { .. }) => Err(Error::Exists),
            (State::Absent, Command::Revoke { .. }) => Err(Error::Missing),
            (State::Active, Command::Revoke { id }) => Ok(vec![Event::Revoked { id }]),
            (State::Revoked, Command::Revoke { .. }) => Ok(vec![]),
        }
    }

    fn evolve(_: State, event: &Event) -> State {
        match event {
            Event::Created { .. } => State::Active,
            Event::Revoked { .. } => State::Revoked,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::given;

    const ID: KeyId = KeyId::from_bytes([1; 16]);

    #[test]
    fn revoking_an_absent_key_is_refused_and_revoking_twice_changes_nothing() {
        let revoke = || Command::Revoke { id: ID };
        given::<Key>(&[])
            .when(revoke())
            .then_refused("the key does not exist");
        given::<Key>(&[Event::Revoked { id: ID }])
            .when(revoke())
            .then_nothing();
    }

    #[test]
    fn a_key_is_made_once() {
        let label = Text::from("import");
        let (role, secret_hash) = (Role::Service, [7; 32]);
        given::<Key>(&[])
            .when(Command::Create {
                id: ID,
                role,
                member: None,
                secret_hash,
                label: label.clone(),
            })
            .then_once(
                &[Event::Created {
                    id: ID,
                    role,
                    member: None,
                    secret_hash,
                    label,
                }],
                "the key exists already",
            );
    }

    #[test]
    fn a_member_key_speaks_for_a_member() {
        given::<Key>(&[])
            .when(Command::Create {
                id: ID,
                role: Role::Member,
                member: None,
                secret_hash: [0; 32],
                label: "".into(),
            })
            .then_refused("a key of the role member needs a member");
    }
}
