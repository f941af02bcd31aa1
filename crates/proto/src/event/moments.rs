//! Interactions and follow-ups.

use kith_domain::followup::{self, Due, Promise};
use kith_domain::id::{FollowUpId, InteractionId, PersonId, SourceId};
use kith_domain::interaction::{self, Moment, Participant, Recorded};
use kith_domain::text::Text;
use kith_domain::time::Timestamp;

use super::{DecodeError, Open, Scope, Seal, Slot, bytes, fingerprint, id, wire, word};
use crate::words::Word;
use wire::event::Body;

const NOTE: u16 = 6;
const SUBJECT: u16 = 7;
const CHANNEL: u16 = 8;

pub(super) fn encode_interaction(event: &interaction::Event, seal: &mut impl Seal) -> Body {
    match event {
        interaction::Event::Recorded(recorded) => {
            Body::InteractionRecorded(wire::InteractionRecorded {
                interaction_id: bytes(recorded.id.as_bytes()),
                fingerprint: bytes(&recorded.fingerprint),
                recorder_id: bytes(recorded.recorder.as_bytes()),
                source_id: recorded
                    .source
                    .map(|source| bytes(source.as_bytes()))
                    .unwrap_or_default(),
                moment: Some(encode_moment(recorded.id, &recorded.moment, seal)),
            })
        }
        interaction::Event::Corrected {
            id,
            revision,
            author,
            moment,
        } => Body::InteractionCorrected(wire::InteractionCorrected {
            interaction_id: bytes(id.as_bytes()),
            revision: *revision,
            author_id: bytes(author.as_bytes()),
            moment: Some(encode_moment(*id, moment, seal)),
        }),
        interaction::Event::Retracted { id, author } => {
            Body::InteractionRetracted(wire::InteractionRetracted {
                interaction_id: bytes(id.as_bytes()),
                author_id: bytes(author.as_bytes()),
            })
        }
        interaction::Event::Restored {
            id,
            revision,
            author,
        } => Body::InteractionRestored(wire::InteractionRestored {
            interaction_id: bytes(id.as_bytes()),
            revision: *revision,
            author_id: bytes(author.as_bytes()),
        }),
    }
}

fn in_id_order(participants: &[Participant]) -> Vec<PersonId> {
    let mut people: Vec<PersonId> = participants.iter().map(|p| p.person).collect();
    people.sort_unstable();
    people
}

fn encode_moment(id: InteractionId, moment: &Moment, seal: &mut impl Seal) -> wire::Moment {
    let people = in_id_order(&moment.participants);
    let all = Scope::Participants(id, &people);
    wire::Moment {
        kind: moment.kind.to_wire(),
        at_us: moment.at.micros(),
        duration_s: moment.duration_s,
        participants: moment
            .participants
            .iter()
            .map(|p| wire::Participant {
                person_id: bytes(p.person.as_bytes()),
                part: p.part.to_wire(),
            })
            .collect(),
        channel: String::new(),
        sealed_channel: Slot::new(all, CHANNEL).seal(moment.channel.as_ref(), seal),
        sealed_note: Slot::new(all, NOTE).seal(moment.note.as_ref(), seal),
        sealed_subject: Slot::new(all, SUBJECT).seal(moment.subject.as_ref(), seal),
        found: moment.found,
    }
}

/// A label of the time when labels were stored clear.
fn former(label: &str) -> Option<Text> {
    Some(label)
        .filter(|label| !label.is_empty())
        .map(Text::from)
}

fn decode_moment(
    id: InteractionId,
    stored: Option<&wire::Moment>,
    open: &mut impl Open,
) -> Result<Moment, DecodeError> {
    let stored = stored.ok_or(DecodeError::Field("moment"))?;
    let mut participants = Vec::with_capacity(stored.participants.len());
    for participant in &stored.participants {
        participants.push(Participant {
            person: super::id(&participant.person_id, "person_id", PersonId::from_slice)?,
            part: word(participant.part, "part")?,
        });
    }
    let people = in_id_order(&participants);
    let all = Scope::Participants(id, &people);
    Ok(Moment {
        kind: word(stored.kind, "kind")?,
        at: Timestamp(stored.at_us),
        duration_s: stored.duration_s,
        participants,
        channel: Slot::new(all, CHANNEL)
            .open(&stored.sealed_channel, open)?
            .or_else(|| former(&stored.channel)),
        note: Slot::new(all, NOTE).open(&stored.sealed_note, open)?,
        subject: Slot::new(all, SUBJECT).open(&stored.sealed_subject, open)?,
        found: stored.found,
    })
}

pub(super) fn decode_recorded(
    body: &wire::InteractionRecorded,
    open: &mut impl Open,
) -> Result<interaction::Event, DecodeError> {
    let id = id(
        &body.interaction_id,
        "interaction_id",
        InteractionId::from_slice,
    )?;
    Ok(interaction::Event::Recorded(Recorded {
        id,
        source: super::optional_id(&body.source_id, "source_id", SourceId::from_slice)?,
        recorder: super::id(&body.recorder_id, "recorder_id", PersonId::from_slice)?,
        moment: decode_moment(id, body.moment.as_ref(), open)?,
        fingerprint: fingerprint(&body.fingerprint)?,
    }))
}

pub(super) fn decode_corrected(
    body: &wire::InteractionCorrected,
    open: &mut impl Open,
) -> Result<interaction::Event, DecodeError> {
    let id = id(
        &body.interaction_id,
        "interaction_id",
        InteractionId::from_slice,
    )?;
    Ok(interaction::Event::Corrected {
        id,
        revision: body.revision,
        author: super::id(&body.author_id, "author_id", PersonId::from_slice)?,
        moment: decode_moment(id, body.moment.as_ref(), open)?,
    })
}

pub(super) fn decode_retracted(
    body: &wire::InteractionRetracted,
) -> Result<interaction::Event, DecodeError> {
    Ok(interaction::Event::Retracted {
        id: id(
            &body.interaction_id,
            "interaction_id",
            InteractionId::from_slice,
        )?,
        author: id(&body.author_id, "author_id", PersonId::from_slice)?,
    })
}

pub(super) fn decode_restored(
    body: &wire::InteractionRestored,
) -> Result<interaction::Event, DecodeError> {
    let id = id(
        &body.interaction_id,
        "interaction_id",
        InteractionId::from_slice,
    )?;
    Ok(interaction::Event::Restored {
        id,
        revision: body.revision,
        author: super::id(&body.author_id, "author_id", PersonId::from_slice)?,
    })
}

pub(super) fn encode_follow_up(event: &followup::Event, seal: &mut impl Seal) -> Body {
    match event {
        followup::Event::PromiseMade(promise) => {
            let own = Scope::Person(promise.person);
            Body::PromiseMade(wire::PromiseMade {
                follow_up_id: bytes(promise.id.as_bytes()),
                fingerprint: bytes(&promise.fingerprint),
                member_id: bytes(promise.member.as_bytes()),
                person_id: bytes(promise.person.as_bytes()),
                mine: promise.mine,
                sealed_text: Slot::new(own, 6).seal(promise.text.as_ref(), seal),
                due_at_us: promise.due_at.micros(),
                made_at_us: promise.made_at.micros(),
            })
        }
        followup::Event::FellDue(due) => Body::FollowUpFellDue(wire::FollowUpFellDue {
            follow_up_id: bytes(due.id.as_bytes()),
            member_id: bytes(due.member.as_bytes()),
            person_id: bytes(due.person.as_bytes()),
            reason: due.reason.to_wire(),
            basis: due.basis,
            due_at_us: due.due_at.micros(),
        }),
        followup::Event::Completed { id, at } => Body::FollowUpCompleted(wire::FollowUpCompleted {
            follow_up_id: bytes(id.as_bytes()),
            at_us: at.micros(),
        }),
        followup::Event::Snoozed { id, until } => Body::FollowUpSnoozed(wire::FollowUpSnoozed {
            follow_up_id: bytes(id.as_bytes()),
            until_us: until.micros(),
        }),
        followup::Event::Dismissed { id, at } => Body::FollowUpDismissed(wire::FollowUpDismissed {
            follow_up_id: bytes(id.as_bytes()),
            at_us: at.micros(),
        }),
        followup::Event::Reopened { id, at } => Body::FollowUpReopened(wire::FollowUpReopened {
            follow_up_id: bytes(id.as_bytes()),
            at_us: at.micros(),
        }),
    }
}

fn follow_up_id(stored: &[u8]) -> Result<FollowUpId, DecodeError> {
    id(stored, "follow_up_id", FollowUpId::from_slice)
}

pub(super) fn decode_promise(
    body: &wire::PromiseMade,
    open: &mut impl Open,
) -> Result<followup::Event, DecodeError> {
    let person = id(&body.person_id, "person_id", PersonId::from_slice)?;
    Ok(followup::Event::PromiseMade(Promise {
        id: follow_up_id(&body.follow_up_id)?,
        member: id(&body.member_id, "member_id", PersonId::from_slice)?,
        person,
        mine: body.mine,
        text: Slot::new(Scope::Person(person), 6).open(&body.sealed_text, open)?,
        due_at: Timestamp(body.due_at_us),
        made_at: Timestamp(body.made_at_us),
        fingerprint: fingerprint(&body.fingerprint)?,
    }))
}

pub(super) fn decode_fell_due(
    body: &wire::FollowUpFellDue,
) -> Result<followup::Event, DecodeError> {
    Ok(followup::Event::FellDue(Due {
        id: follow_up_id(&body.follow_up_id)?,
        member: id(&body.member_id, "member_id", PersonId::from_slice)?,
        person: id(&body.person_id, "person_id", PersonId::from_slice)?,
        reason: word(body.reason, "reason")?,
        basis: body.basis,
        due_at: Timestamp(body.due_at_us),
    }))
}

pub(super) fn decode_completed(
    body: &wire::FollowUpCompleted,
) -> Result<followup::Event, DecodeError> {
    let id = follow_up_id(&body.follow_up_id)?;
    Ok(followup::Event::Completed {
        id,
        at: Timestamp(body.at_us),
    })
}

pub(super) fn decode_snoozed(body: &wire::FollowUpSnoozed) -> Result<followup::Event, DecodeError> {
    let id = follow_up_id(&body.follow_up_id)?;
    Ok(followup::Event::Snoozed {
        id,
        until: Timestamp(body.until_us),
    })
}

pub(super) fn decode_dismissed(
    body: &wire::FollowUpDismissed,
) -> Result<followup::Event, DecodeError> {
    let id = follow_up_id(&body.follow_up_id)?;
    Ok(followup::Event::Dismissed {
        id,
        at: Timestamp(body.at_us),
    })
}

pub(super) fn decode_reopened(
    body: &wire::FollowUpReopened,
) -> Result<followup::Event, DecodeError> {
    let id = follow_up_id(&body.follow_up_id)?;
    Ok(followup::Event::Reopened {
        id,
        at: Timestamp(body.at_us),
    })
}
