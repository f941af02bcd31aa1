//! Every event that a commit may carry, as one type, and the commit itself.

use crate::id::{CommitId, KeyId, OrganisationId, PersonId};
use crate::time::Timestamp;
use crate::{
    access, care, comfort, exclusion, fact, followup, gathering, identity, import, interaction,
    key, member, organisation, pause, person, sharing, undo,
};

/// The events of all aggregates as one type, with the way there and back: every event of an aggregate is
/// an [`Event`], and some of those are its own.
macro_rules! events {
    ($($(#[$about:meta])* $kind:ident($own:ty),)*) => {
        /// One event of one organisation.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub enum Event {$(
            $(#[$about])*
            $kind($own),
        )*}

        $(
            impl From<$own> for Event {
                fn from(event: $own) -> Self {
                    Self::$kind(event)
                }
            }

            impl TryFrom<Event> for $own {
                type Error = NotThisKind;

                fn try_from(event: Event) -> Result<Self, NotThisKind> {
                    if let Event::$kind(event) = event {
                        Ok(event)
                    } else {
                        Err(NotThisKind)
                    }
                }
            }
        )*
    };
}

/// The event belongs to another aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the event belongs to another aggregate")]
pub struct NotThisKind;

events! {
    /// Of an organisation.
    Organisation(organisation::Event),
    /// Of a membership.
    Member(member::Event),
    /// Of an API key.
    Key(key::Event),
    /// Of a person's entry.
    Person(person::Event),
    /// Of who is one person.
    Identity(identity::Event),
    /// Of something known of a person.
    Fact(fact::Event),
    /// Of a recorded moment.
    Interaction(interaction::Event),
    /// Of an import.
    Import(import::Event),
    /// Of a follow-up.
    FollowUp(followup::Event),
    /// Of what a member shows others.
    Sharing(sharing::Event),
    /// Of whom a member leaves out.
    Exclusion(exclusion::Event),
    /// Of how a member cares for a tie.
    Care(care::Event),
    /// Of a member's pause.
    Pause(pause::Event),
    /// Of how much a member is comfortable with.
    Comfort(comfort::Event),
    /// Of a gathering.
    Gathering(gathering::Event),
    /// Of a change that was taken back.
    Undone(undo::Undone),
    /// Of a bulk export.
    Exported(access::Exported),
}

/// One command's outcome: one or more events of one organisation, appended together or not at all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Commit {
    /// Derived from organisation, principal, method and request id: a retry makes the same one.
    pub id: CommitId,
    /// Keyed hash of the clear request; the same id with another fingerprint is a misuse.
    pub fingerprint: [u8; 16],
    /// Whose events these are.
    pub organisation: OrganisationId,
    /// The key that asked; `None` for the scheduler.
    pub key: Option<KeyId>,
    /// The member that asked.
    pub member: Option<PersonId>,
    /// When the server accepted the command.
    pub recorded_at: Timestamp,
    /// What happened, in order.
    pub events: Vec<Event>,
}
