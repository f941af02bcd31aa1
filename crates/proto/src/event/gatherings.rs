//! Gatherings: each stored event sets one entry.

use bytes::Bytes;
use kith_domain::gathering::{Answer, Description, Details, Entry, Event, Session, Stay};
use kith_domain::id::{GatheringId, PersonId, SessionId};
use kith_domain::text::Text;
use kith_domain::time::Timestamp;

use super::people::people;
use super::{DecodeError, Open, Scope, Seal, Slot, bytes, id, optional_id, wire};
use wire::event::Body;

/// Whose key everything needs that is not about an attendee.
const ORGANISATION: Scope<'static> = Scope::Organisation;

pub(super) fn encode(event: &Event, seal: &mut impl Seal) -> Body {
    let gathering_id = bytes(event.gathering.as_bytes());
    let revision = event.revision;
    match &event.entry {
        Entry::Details(details) => Body::GatheringSet(wire::GatheringSet {
            gathering_id,
            revision,
            details: details
                .as_ref()
                .map(|details| sealed_details(details, seal)),
        }),
        Entry::Session(session, content) => Body::GatheringSessionSet(wire::GatheringSessionSet {
            gathering_id,
            revision,
            session_id: bytes(session.as_bytes()),
            session: content
                .as_ref()
                .map(|content| sealed_session(content, seal)),
        }),
        Entry::Going(member, stay) => Body::GatheringGoingSet(wire::GatheringGoingSet {
            gathering_id,
            revision,
            member_id: bytes(member.as_bytes()),
            stay: stay.map(|stay| wire::GatheringStay {
                from_us: stay.from.map(Timestamp::micros),
                until_us: stay.until.map(Timestamp::micros),
            }),
        }),
        Entry::Attendee(listed, description) => {
            let sealed = |of: &Description| sealed_attendee(*listed, of, seal);
            Body::GatheringAttendeeSet(wire::GatheringAttendeeSet {
                gathering_id,
                revision,
                attendee_id: bytes(listed.as_bytes()),
                attendee: description.as_ref().map(sealed),
            })
        }
        Entry::Answer(listed, by, answer) => Body::GatheringAnswerSet(wire::GatheringAnswerSet {
            gathering_id,
            revision,
            attendee_id: bytes(listed.as_bytes()),
            by_id: bytes(by.as_bytes()),
            answer: answer.map(|answer| wire::GatheringAnswer {
                person_id: match answer {
                    Answer::Person(person) => bytes(person.as_bytes()),
                    Answer::Nobody => Bytes::new(),
                },
            }),
        }),
    }
}

fn sealed_details(details: &Details, seal: &mut impl Seal) -> wire::GatheringDetails {
    wire::GatheringDetails {
        sealed_name: Slot::new(ORGANISATION, 1).seal(Some(&details.name), seal),
        sealed_place: Slot::new(ORGANISATION, 2).seal(details.place.as_ref(), seal),
        begins_at_us: details.begins.micros(),
        ends_at_us: details.ends.micros(),
        zone: details.zone.clone(),
        sealed_topics: Slot::new(ORGANISATION, 6).seal_all(&details.topics, seal),
        cancelled: details.cancelled,
    }
}

fn sealed_session(session: &Session, seal: &mut impl Seal) -> wire::GatheringSession {
    wire::GatheringSession {
        sealed_title: Slot::new(ORGANISATION, 1).seal(Some(&session.title), seal),
        sealed_room: Slot::new(ORGANISATION, 2).seal(session.room.as_ref(), seal),
        begins_at_us: session.begins.micros(),
        ends_at_us: session.ends.micros(),
        sealed_topics: Slot::new(ORGANISATION, 5).seal_all(&session.topics, seal),
        speaker_ids: session
            .speakers
            .iter()
            .map(|id| bytes(id.as_bytes()))
            .collect(),
    }
}

fn sealed_attendee(
    listed: PersonId,
    of: &Description,
    seal: &mut impl Seal,
) -> wire::GatheringAttendee {
    let slot = |number| Slot::new(Scope::Person(listed), number);
    wire::GatheringAttendee {
        sealed_name: slot(1).seal(of.name.as_ref(), seal),
        sealed_company: slot(2).seal(of.company.as_ref(), seal),
        sealed_title: slot(3).seal(of.title.as_ref(), seal),
        sealed_address: slot(4).seal(of.address.as_ref(), seal),
        sealed_bio: slot(5).seal(of.bio.as_ref(), seal),
        sealed_topics: slot(6).seal_all(&of.topics, seal),
        sealed_talk: slot(7).seal(of.talk.as_ref(), seal),
        sealed_url: slot(8).seal(of.url.as_ref(), seal),
    }
}

pub(super) fn decode_details(
    body: &wire::GatheringSet,
    open: &mut impl Open,
) -> Result<Event, DecodeError> {
    let details = body.details.as_ref().map(|stored| {
        Ok(Details {
            name: required(Slot::new(ORGANISATION, 1).open(&stored.sealed_name, open)?),
            place: Slot::new(ORGANISATION, 2).open(&stored.sealed_place, open)?,
            begins: Timestamp(stored.begins_at_us),
            ends: Timestamp(stored.ends_at_us),
            zone: stored.zone.clone(),
            topics: Slot::new(ORGANISATION, 6).open_all(&stored.sealed_topics, open)?,
            cancelled: stored.cancelled,
        })
    });
    event(
        &body.gathering_id,
        body.revision,
        Entry::Details(details.transpose()?),
    )
}

pub(super) fn decode_session(
    body: &wire::GatheringSessionSet,
    open: &mut impl Open,
) -> Result<Event, DecodeError> {
    let session = body.session.as_ref().map(|stored| {
        Ok(Session {
            title: required(Slot::new(ORGANISATION, 1).open(&stored.sealed_title, open)?),
            room: Slot::new(ORGANISATION, 2).open(&stored.sealed_room, open)?,
            begins: Timestamp(stored.begins_at_us),
            ends: Timestamp(stored.ends_at_us),
            topics: Slot::new(ORGANISATION, 5).open_all(&stored.sealed_topics, open)?,
            speakers: people(&stored.speaker_ids, "speaker_ids")?,
        })
    });
    let which = id(&body.session_id, "session_id", SessionId::from_slice)?;
    event(
        &body.gathering_id,
        body.revision,
        Entry::Session(which, session.transpose()?),
    )
}

pub(super) fn decode_going(body: &wire::GatheringGoingSet) -> Result<Event, DecodeError> {
    let member = id(&body.member_id, "member_id", PersonId::from_slice)?;
    let stay = body.stay.map(|stay| Stay {
        from: stay.from_us.map(Timestamp),
        until: stay.until_us.map(Timestamp),
    });
    event(
        &body.gathering_id,
        body.revision,
        Entry::Going(member, stay),
    )
}

pub(super) fn decode_attendee(
    body: &wire::GatheringAttendeeSet,
    open: &mut impl Open,
) -> Result<Event, DecodeError> {
    let listed = id(&body.attendee_id, "attendee_id", PersonId::from_slice)?;
    let slot = |number| Slot::new(Scope::Person(listed), number);
    let description = body.attendee.as_ref().map(|stored| {
        Ok(Description {
            name: slot(1).open(&stored.sealed_name, open)?,
            company: slot(2).open(&stored.sealed_company, open)?,
            title: slot(3).open(&stored.sealed_title, open)?,
            address: slot(4).open(&stored.sealed_address, open)?,
            bio: slot(5).open(&stored.sealed_bio, open)?,
            topics: slot(6).open_all(&stored.sealed_topics, open)?,
            talk: slot(7).open(&stored.sealed_talk, open)?,
            url: slot(8).open(&stored.sealed_url, open)?,
        })
    });
    event(
        &body.gathering_id,
        body.revision,
        Entry::Attendee(listed, description.transpose()?),
    )
}

pub(super) fn decode_answer(body: &wire::GatheringAnswerSet) -> Result<Event, DecodeError> {
    let listed = id(&body.attendee_id, "attendee_id", PersonId::from_slice)?;
    let answer = body.answer.as_ref().map(|stored| {
        let person = optional_id(&stored.person_id, "person_id", PersonId::from_slice)?;
        Ok(person.map_or(Answer::Nobody, Answer::Person))
    });
    let by = id(&body.by_id, "by_id", PersonId::from_slice)?;
    event(
        &body.gathering_id,
        body.revision,
        Entry::Answer(listed, by, answer.transpose()?),
    )
}

fn event(gathering: &[u8], revision: u32, entry: Entry) -> Result<Event, DecodeError> {
    Ok(Event {
        gathering: id(gathering, "gathering_id", GatheringId::from_slice)?,
        revision,
        entry,
    })
}

/// A text that is always given: absent, it had been erased when it was written again.
fn required(text: Option<Text>) -> Text {
    text.unwrap_or(Text::Erased)
}
