//! Organisations: the tenants, listed in the system organisation.

use crate::aggregate::Aggregate;
use crate::id::OrganisationId;
use crate::sharing::Level;
use crate::text::Text;

/// The aggregate of one organisation.
#[derive(Debug)]
pub struct Organisation;

/// What happened to an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// It was created. Its shard is recorded here and looked up ever after, so that it can move.
    Created {
        /// Which.
        id: OrganisationId,
        /// The shard that holds its events.
        shard: u16,
        /// Its name.
        name: Text,
        /// What members share of a tie unless they say otherwise.
        sharing: Level,
    },
    /// What members share by default was changed.
    SharingSet {
        /// Which organisation.
        id: OrganisationId,
        /// The new default.
        level: Level,
    },
    /// It was erased, for ever. Said twice: in the system organisation, where its name goes, and among its own
    /// events, where everything else goes, and nothing that comes later counts.
    Erased {
        /// Which organisation.
        id: OrganisationId,
    },
}

/// Nothing, or the organisation's default.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// What members share by default, once the organisation exists.
    pub sharing: Option<Level>,
    /// Whether it was erased.
    pub is_erased: bool,
}

/// What somebody wants of an organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Create it.
    Create {
        /// Its new id.
        id: OrganisationId,
        /// The shard chosen for it.
        shard: u16,
        /// Its name.
        name: String,
        /// The default of what members share.
        sharing: Level,
    },
    /// Change what members share by default.
    SetSharing {
        /// Which organisation.
        id: OrganisationId,
        /// The new default.
        level: Level,
    },
    /// Erase it. Its own events do not say that it was created.
    Erase {
        /// Which organisation.
        id: OrganisationId,
    },
}

/// Why an organisation can't be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// It was created already.
    #[error("the organisation exists already")]
    Exists,
    /// There is no such organisation.
    #[error("the organisation does not exist")]
    Missing,
    /// It was erased.
    #[error("the organisation was erased")]
    Erased,
}

impl Aggregate for Organisation {
    const KIND: &'static str = "organisation";
    type State = State;
    type Command = Command;
    type Event = Event;
    type Error = Error;

    fn decide(state: &State, command: Command) -> Result<Vec<Event>, Error> {
        match (state.sharing, command) {
            (_, Command::Erase { .. }) if state.is_erased => Ok(vec![]),
            (_, Command::Erase { id }) => Ok(vec![Event::Erased { id }]),
            (_, Command::Create { .. }) if state.is_erased => Err(Error::Exists),
            _ if state.is_erased => Err(Error::Erased),
            (Some(_), Command::Create { .. }) => Err(Error::Exists),
            (
                None,
                Command::Create {
                    id,
                    shard,
                    name,
                    sharing,
                },
            ) => Ok(vec![Event::Created {
                id,
                shard,
                name: Text::Clear(name),
                sharing,
            }]),
            (None, Command::SetSharing { .. }) => Err(Error::Missing),
            (Some(now), Command::SetSharing { level, .. }) if now == level => Ok(vec![]),
            (Some(_), Command::SetSharing { id, level }) => {
                Ok(vec![Event::SharingSet { id, level }])
            }
        }
    }

    fn evolve(mut state: State, event: &Event) -> State {
        match event {
            Event::Created { sharing, .. } => state.sharing = Some(*sharing),
            Event::SharingSet { level, .. } => state.sharing = Some(*level),
            Event::Erased { .. } => state.is_erased = true,
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::given;

    const ID: OrganisationId = OrganisationId::from_bytes([1; 16]);

    fn created() -> Event {
        Event::Created {
            id: ID,
            shard: 0,
            name: Text::from("Guild"),
            sharing: Level::Anonymous,
        }
    }

    #[test]
    fn an_organisation_is_created_once() {
        let create = Command::Create {
            id: ID,
            shard: 0,
            name: "Guild".into(),
            sharing: Level::Anonymous,
        };
        given::<Organisation>(&[])
            .when(create)
            .then_once(&[created()], "the organisation exists already");
    }

    #[test]
    fn an_organisation_is_erased_once_and_for_ever_whether_it_is_known_that_it_was_created() {
        let erased = Event::Erased { id: ID };
        for past in [vec![], vec![created()]] {
            given::<Organisation>(&past)
                .when(Command::Erase { id: ID })
                .then(std::slice::from_ref(&erased));
        }
        given::<Organisation>(std::slice::from_ref(&erased))
            .when(Command::Erase { id: ID })
            .then_nothing();
        let level = Level::Named;
        given::<Organisation>(&[created(), erased])
            .when(Command::SetSharing { id: ID, level })
            .then_refused("the organisation was erased");
    }

    #[test]
    fn setting_the_default_that_holds_already_changes_nothing() {
        given::<Organisation>(&[created()])
            .when(Command::SetSharing {
                id: ID,
                level: Level::Anonymous,
            })
            .then_nothing();
    }
}
