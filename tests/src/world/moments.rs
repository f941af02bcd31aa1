//! Moments as callers tell them.

use kith_domain::time::Timestamp;
use kith_proto::kith::event::v1::{InteractionKind, Part};
use kith_proto::kith::interaction::v1::participant_ref::Who;
use kith_proto::kith::interaction::v1::{InteractionInput, ParticipantRef};
use kith_proto::words;

/// A moment with the people at these addresses; the caller is not among them and takes part too.
#[must_use]
pub fn moment(kind: InteractionKind, at: Timestamp, addresses: &[&str]) -> InteractionInput {
    let met = matches!(kind, InteractionKind::Meeting | InteractionKind::Encounter);
    let part = if met { Part::Attendee } else { Part::Recipient };
    let participant = |address: &&str| ParticipantRef {
        who: Some(Who::Address((*address).to_owned())),
        part: part.into(),
        name: String::new(),
    };
    InteractionInput {
        kind: kind.into(),
        at: Some(words::timestamp(at)),
        participants: addresses.iter().map(participant).collect(),
        ..InteractionInput::default()
    }
}

/// The same with a private note.
#[must_use]
pub fn noted(mut moment: InteractionInput, note: &str) -> InteractionInput {
    note.clone_into(&mut moment.note);
    moment
}

/// The same with a note and a subject.
#[must_use]
pub fn personal(moment: InteractionInput, note: &str, subject: &str) -> InteractionInput {
    InteractionInput {
        note: note.to_owned(),
        subject: subject.to_owned(),
        ..moment
    }
}

/// The same, with a name for everybody.
#[must_use]
pub fn named(mut moment: InteractionInput, name: &str) -> InteractionInput {
    for participant in &mut moment.participants {
        name.clone_into(&mut participant.name);
    }
    moment
}

/// The same with what identifies it where it comes from.
#[must_use]
pub fn keyed(moment: InteractionInput, source_key: impl Into<String>) -> InteractionInput {
    InteractionInput {
        source_key: source_key.into(),
        ..moment
    }
}
