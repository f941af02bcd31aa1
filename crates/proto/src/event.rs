//! Stored commits: domain events to protobuf and back.
//!
//! Personal texts are sealed on the way in and opened on the way out by whoever calls: this module
//! knows *which* fields hold them and *whose* keys they need ([`Scope`]), not how keys are kept.
//! Walking an event with a [`Seal`] or an [`Open`] that only takes notes tells which keys to fetch.
//!
//! One exhaustive `match` per direction turns every stored event into today's. A stored field that
//! changes its meaning is upcast there, and its old bytes stay in `tests/golden/` for ever.

mod caring;
mod gatherings;
mod governance;
mod moments;
mod people;

use bytes::Bytes;
use kith_domain::event::{Commit, Event};
use kith_domain::id::{InteractionId, PersonId};
use kith_domain::text::Text;
use kith_domain::time::Timestamp;
use prost::Message;

use crate::kith::event::v1 as wire;

/// Whose keys a text needs. Destroying any one of them destroys the text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope<'a> {
    /// The organisation's.
    Organisation,
    /// One person's.
    Person(PersonId),
    /// Those of everyone who took part, in the order of their ids.
    Participants(InteractionId, &'a [PersonId]),
}

/// Which field of an event a text is in: part of what its seal is bound to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Protobuf field number.
    pub number: u16,
    /// Position in a repeated field, else 0.
    pub index: u16,
}

/// Turns clear texts of a commit into sealed ones, event by event.
pub trait Seal {
    /// The texts that follow are in the event at this index.
    fn begin(&mut self, event: usize);

    /// The sealed form of `words`.
    fn seal(&mut self, scope: Scope<'_>, field: Field, words: &str) -> Bytes;
}

/// Turns sealed texts of a commit back into clear ones, event by event.
pub trait Open {
    /// The texts that follow are in the event at this index.
    fn begin(&mut self, event: usize);

    /// The words of `sealed`, or [`Text::Erased`] when a key is gone. `None` when the bytes are
    /// damaged or belong elsewhere.
    fn open(&mut self, scope: Scope<'_>, field: Field, sealed: &[u8]) -> Option<Text>;
}

/// Why stored bytes can't be read as a commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// The bytes are no protobuf of this schema.
    #[error("the commit is not readable")]
    Malformed,
    /// A field is missing or has a value that this schema doesn't allow.
    #[error("the stored field {0} is not valid")]
    Field(&'static str),
    /// A newer writer stored an event that this version doesn't know and may not skip.
    #[error("the commit holds an event of a newer version")]
    UnknownEvent,
    /// A sealed text doesn't open with keys that exist.
    #[error("a sealed text is damaged")]
    Damaged,
}

/// The header of a stored commit, readable without any key.
#[derive(Debug, Clone, PartialEq)]
pub struct Stored(wire::Commit);

impl Stored {
    /// Reads stored bytes.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        wire::Commit::decode(bytes)
            .map(Self)
            .map_err(|_| DecodeError::Malformed)
    }

    /// The stored bytes.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        self.0.encode_to_vec().into()
    }

    /// The commit's id.
    pub fn id(&self) -> Result<kith_domain::id::CommitId, DecodeError> {
        id(
            &self.0.commit_id,
            "commit_id",
            kith_domain::id::CommitId::from_slice,
        )
    }

    /// The fingerprint of the request that made it.
    pub fn fingerprint(&self) -> Result<[u8; 16], DecodeError> {
        fingerprint(&self.0.fingerprint)
    }

    /// The organisation it belongs to.
    pub fn organisation(&self) -> Result<kith_domain::id::OrganisationId, DecodeError> {
        let from = kith_domain::id::OrganisationId::from_slice;
        id(&self.0.organisation_id, "organisation_id", from)
    }

    /// Seals a commit.
    pub fn seal(commit: &Commit, seal: &mut impl Seal) -> Self {
        let events = commit.events.iter().enumerate().map(|(index, event)| {
            seal.begin(index);
            encode(event, seal)
        });
        Self(wire::Commit {
            commit_id: bytes(commit.id.as_bytes()),
            fingerprint: bytes(&commit.fingerprint),
            organisation_id: bytes(commit.organisation.as_bytes()),
            key_id: commit
                .key
                .map_or_else(Bytes::new, |key| bytes(key.as_bytes())),
            member_id: commit
                .member
                .map_or_else(Bytes::new, |member| bytes(member.as_bytes())),
            recorded_at_us: commit.recorded_at.micros(),
            events: events.collect(),
        })
    }

    /// Opens a commit. Events that this version doesn't know and may ignore are left out.
    pub fn open(&self, open: &mut impl Open) -> Result<Commit, DecodeError> {
        let stored = &self.0;
        let mut events = Vec::with_capacity(stored.events.len());
        for (index, event) in stored.events.iter().enumerate() {
            open.begin(index);
            match &event.body {
                Some(body) => events.push(decode(body, open)?),
                None if event.may_ignore => {}
                None => return Err(DecodeError::UnknownEvent),
            }
        }
        Ok(Commit {
            id: self.id()?,
            fingerprint: self.fingerprint()?,
            organisation: self.organisation()?,
            key: optional_id(&stored.key_id, "key_id", kith_domain::id::KeyId::from_slice)?,
            member: optional_id(&stored.member_id, "member_id", PersonId::from_slice)?,
            recorded_at: Timestamp(stored.recorded_at_us),
            events,
        })
    }
}

fn encode(event: &Event, seal: &mut impl Seal) -> wire::Event {
    let body = match event {
        Event::Organisation(event) => governance::encode_organisation(event, seal),
        Event::Member(event) => governance::encode_member(event),
        Event::Key(event) => governance::encode_key(event, seal),
        Event::Sharing(event) => governance::encode_sharing(event, seal),
        Event::Import(event) => governance::encode_import(event, seal),
        Event::Exclusion(event) => governance::encode_exclusion(event, seal),
        Event::Exported(event) => governance::encode_exported(event),
        Event::Person(event) => people::encode_person(event, seal),
        Event::Identity(event) => people::encode_identity(*event),
        Event::Fact(event) => people::encode_fact(event, seal),
        Event::Interaction(event) => moments::encode_interaction(event, seal),
        Event::FollowUp(event) => moments::encode_follow_up(event, seal),
        Event::Care(event) => caring::encode_care(event),
        Event::Pause(event) => caring::encode_pause(event),
        Event::Comfort(event) => caring::encode_comfort(event, seal),
        Event::Gathering(event) => gatherings::encode(event, seal),
        Event::Undone(event) => governance::encode_change_undone(*event),
    };
    wire::Event {
        body: Some(body),
        may_ignore: false,
    }
}

fn decode(body: &wire::event::Body, open: &mut impl Open) -> Result<Event, DecodeError> {
    use wire::event::Body;
    Ok(match body {
        Body::OrganisationCreated(b) => governance::decode_created(b, open)?.into(),
        Body::OrganisationSharingSet(b) => governance::decode_default_sharing(b)?.into(),
        Body::OrganisationErased(b) => governance::decode_organisation_erased(b)?.into(),
        Body::MemberAdded(b) => governance::decode_member(b)?.into(),
        Body::KeyCreated(b) => governance::decode_key(b, open)?.into(),
        Body::KeyRevoked(b) => governance::decode_revoked(b)?.into(),
        Body::SharingSet(b) => governance::decode_sharing(b, open)?.into(),
        Body::ImportPart(b) => governance::decode_part(b, open)?.into(),
        Body::ImportUndone(b) => governance::decode_undone(b)?.into(),
        Body::ExclusionSet(b) => governance::decode_exclusion(b, open)?.into(),
        Body::TiesExported(b) => governance::decode_exported(b)?.into(),
        Body::PersonAdded(b) => people::decode_added(b, open)?.into(),
        Body::PersonChanged(b) => people::decode_changed(b, open)?.into(),
        Body::FactAdded(b) => people::decode_fact(b, open)?.into(),
        Body::FactRemoved(b) => people::decode_fact_removed(b)?.into(),
        Body::InteractionRecorded(b) => moments::decode_recorded(b, open)?.into(),
        Body::InteractionCorrected(b) => moments::decode_corrected(b, open)?.into(),
        Body::InteractionRetracted(b) => moments::decode_retracted(b)?.into(),
        Body::PromiseMade(b) => moments::decode_promise(b, open)?.into(),
        Body::FollowUpFellDue(b) => moments::decode_fell_due(b)?.into(),
        Body::FollowUpCompleted(b) => moments::decode_completed(b)?.into(),
        Body::FollowUpSnoozed(b) => moments::decode_snoozed(b)?.into(),
        Body::FollowUpDismissed(b) => moments::decode_dismissed(b)?.into(),
        Body::FollowUpReopened(b) => moments::decode_reopened(b)?.into(),
        Body::InteractionRestored(b) => moments::decode_restored(b)?.into(),
        Body::FactRestored(b) => people::decode_fact_restored(b)?.into(),
        Body::PersonTakenOut(b) => people::decode_taken_out(b)?.into(),
        Body::PersonErased(b) => people::decode_erased(b)?.into(),
        Body::PersonsMerged(b) => people::decode_merged(b)?.into(),
        Body::PersonUnmerged(b) => people::decode_unmerged(b)?.into(),
        Body::ImportRestored(b) => governance::decode_import_restored(b)?.into(),
        Body::CareSet(b) => caring::decode_care(b)?.into(),
        Body::PauseSet(b) => caring::decode_pause(b)?.into(),
        Body::ComfortSet(b) => caring::decode_comfort(b, open)?.into(),
        Body::ChangeUndone(b) => governance::decode_change_undone(*b).into(),
        Body::GatheringSet(b) => gatherings::decode_details(b, open)?.into(),
        Body::GatheringSessionSet(b) => gatherings::decode_session(b, open)?.into(),
        Body::GatheringGoingSet(b) => gatherings::decode_going(b)?.into(),
        Body::GatheringAttendeeSet(b) => gatherings::decode_attendee(b, open)?.into(),
        Body::GatheringAnswerSet(b) => gatherings::decode_answer(b)?.into(),
    })
}

fn bytes(raw: &[u8]) -> Bytes {
    Bytes::copy_from_slice(raw)
}

fn id<T>(
    stored: &[u8],
    name: &'static str,
    from: impl Fn(&[u8]) -> Option<T>,
) -> Result<T, DecodeError> {
    from(stored).ok_or(DecodeError::Field(name))
}

fn optional_id<T>(
    stored: &[u8],
    name: &'static str,
    from: impl Fn(&[u8]) -> Option<T>,
) -> Result<Option<T>, DecodeError> {
    if stored.is_empty() {
        Ok(None)
    } else {
        id(stored, name, from).map(Some)
    }
}

fn fingerprint(stored: &[u8]) -> Result<[u8; 16], DecodeError> {
    stored
        .try_into()
        .map_err(|_| DecodeError::Field("fingerprint"))
}

fn word<W: crate::words::Word>(stored: i32, name: &'static str) -> Result<W, DecodeError> {
    W::from_wire(stored).ok_or(DecodeError::Field(name))
}

/// One text of an event, with everything that its seal is bound to.
struct Slot<'a> {
    scope: Scope<'a>,
    field: Field,
}

impl<'a> Slot<'a> {
    fn new(scope: Scope<'a>, number: u16) -> Self {
        Self {
            scope,
            field: Field { number, index: 0 },
        }
    }

    fn nth(&self, index: usize) -> Field {
        Field {
            number: self.field.number,
            index: index as u16,
        }
    }

    /// An erased text is stored as absent: its words are nowhere any more.
    fn seal(&self, text: Option<&Text>, seal: &mut impl Seal) -> Bytes {
        let words = text.and_then(Text::as_clear);
        words.map_or_else(Bytes::new, |words| seal.seal(self.scope, self.field, words))
    }

    fn seal_all(&self, texts: &[Text], seal: &mut impl Seal) -> Vec<Bytes> {
        let words = texts.iter().filter_map(Text::as_clear).enumerate();
        words
            .map(|(i, words)| seal.seal(self.scope, self.nth(i), words))
            .collect()
    }

    fn open(&self, sealed: &[u8], open: &mut impl Open) -> Result<Option<Text>, DecodeError> {
        if sealed.is_empty() {
            return Ok(None);
        }
        open.open(self.scope, self.field, sealed)
            .map(Some)
            .ok_or(DecodeError::Damaged)
    }

    fn open_all(&self, sealed: &[Bytes], open: &mut impl Open) -> Result<Vec<Text>, DecodeError> {
        let texts = sealed.iter().enumerate();
        texts
            .map(|(i, sealed)| {
                open.open(self.scope, self.nth(i), sealed)
                    .ok_or(DecodeError::Damaged)
            })
            .collect()
    }
}
