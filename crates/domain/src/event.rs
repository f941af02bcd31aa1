//! Every event that a commit may carry, as one type, and the commit itself.

use crate::id::{CommitId, KeyId, OrganisationId, PersonId};
use crate::time::Timestamp;
use crate::{
    access, exclusion, fact, followup, import, interaction, key, member, organisation, person,
    sharing,
};

/// One event of one organisation.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// Of an organisation.
    Organisation(organisation::Event),
    /// Of a membership.
    Member(member::Event),
    /// Of an API key.
    Key(key::Event),
    /// Of a person's entry.
    Person(person::Event),
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

/// The event belongs to another aggregate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the event belongs to another aggregate")]
pub struct NotThisKind;

impl From<organisation::Event> for Event {
    fn from(event: organisation::Event) -> Self {
        Self::Organisation(event)
    }
}

impl From<member::Event> for Event {
    fn from(event: member::Event) -> Self {
        Self::Member(event)
    }
}

impl From<key::Event> for Event {
    fn from(event: key::Event) -> Self {
        Self::Key(event)
    }
}

impl From<person::Event> for Event {
    fn from(event: person::Event) -> Self {
        Self::Person(event)
    }
}

impl From<fact::Event> for Event {
    fn from(event: fact::Event) -> Self {
        Self::Fact(event)
    }
}

impl From<interaction::Event> for Event {
    fn from(event: interaction::Event) -> Self {
        Self::Interaction(event)
    }
}

impl From<import::Event> for Event {
    fn from(event: import::Event) -> Self {
        Self::Import(event)
    }
}

impl From<followup::Event> for Event {
    fn from(event: followup::Event) -> Self {
        Self::FollowUp(event)
    }
}

impl From<sharing::Event> for Event {
    fn from(event: sharing::Event) -> Self {
        Self::Sharing(event)
    }
}

impl From<exclusion::Event> for Event {
    fn from(event: exclusion::Event) -> Self {
        Self::Exclusion(event)
    }
}

impl From<access::Exported> for Event {
    fn from(event: access::Exported) -> Self {
        Self::Exported(event)
    }
}

impl TryFrom<Event> for organisation::Event {
    type Error = NotThisKind;

    fn try_from(event: Event) -> Result<Self, NotThisKind> {
        if let Event::Organisation(event) = event {
            Ok(event)
        } else {
            Err(NotThisKind)
        }
    }
}

impl TryFrom<Event> for member::Event {
    type Error = NotThisKind;

    fn try_from(event: Event) -> Result<Self, NotThisKind> {
        if let Event::Member(event) = event {
            Ok(event)
        } else {
            Err(NotThisKind)
        }
    }
}

impl TryFrom<Event> for key::Event {
    type Error = NotThisKind;

    fn try_from(event: Event) -> Result<Self, NotThisKind> {
        if let Event::Key(event) = event {
            Ok(event)
        } else {
            Err(NotThisKind)
        }
    }
}

impl TryFrom<Event> for person::Event {
    type Error = NotThisKind;

    fn try_from(event: Event) -> Result<Self, NotThisKind> {
        if let Event::Person(event) = event {
            Ok(event)
        } else {
            Err(NotThisKind)
        }
    }
}

impl TryFrom<Event> for fact::Event {
    type Error = NotThisKind;

    fn try_from(event: Event) -> Result<Self, NotThisKind> {
        if let Event::Fact(event) = event {
            Ok(event)
        } else {
            Err(NotThisKind)
        }
    }
}

impl TryFrom<Event> for interaction::Event {
    type Error = NotThisKind;

    fn try_from(event: Event) -> Result<Self, NotThisKind> {
        if let Event::Interaction(event) = event {
            Ok(event)
        } else {
            Err(NotThisKind)
        }
    }
}

impl TryFrom<Event> for followup::Event {
    type Error = NotThisKind;

    fn try_from(event: Event) -> Result<Self, NotThisKind> {
        if let Event::FollowUp(event) = event {
            Ok(event)
        } else {
            Err(NotThisKind)
        }
    }
}

impl TryFrom<Event> for sharing::Event {
    type Error = NotThisKind;

    fn try_from(event: Event) -> Result<Self, NotThisKind> {
        if let Event::Sharing(event) = event {
            Ok(event)
        } else {
            Err(NotThisKind)
        }
    }
}

impl TryFrom<Event> for exclusion::Event {
    type Error = NotThisKind;

    fn try_from(event: Event) -> Result<Self, NotThisKind> {
        if let Event::Exclusion(event) = event {
            Ok(event)
        } else {
            Err(NotThisKind)
        }
    }
}

impl TryFrom<Event> for import::Event {
    type Error = NotThisKind;

    fn try_from(event: Event) -> Result<Self, NotThisKind> {
        if let Event::Import(event) = event {
            Ok(event)
        } else {
            Err(NotThisKind)
        }
    }
}
