//! How members care for ties, and their pauses.

use kith_domain::id::PersonId;
use kith_domain::time::Timestamp;
use kith_domain::{care, pause};

use super::{DecodeError, bytes, id, wire, word};
use crate::words::Word;
use wire::event::Body;

pub(super) fn encode_pause(event: &pause::Event) -> Body {
    let pause::Event::Set { member, until } = event;
    Body::PauseSet(wire::PauseSet {
        member_id: bytes(member.as_bytes()),
        until_us: until.map(Timestamp::micros),
    })
}

pub(super) fn decode_pause(body: &wire::PauseSet) -> Result<pause::Event, DecodeError> {
    Ok(pause::Event::Set {
        member: id(&body.member_id, "member_id", PersonId::from_slice)?,
        until: body.until_us.map(Timestamp),
    })
}

pub(super) fn encode_care(event: &care::Event) -> Body {
    let care::Event::Set {
        member,
        person,
        word,
        important,
    } = event;
    Body::CareSet(wire::CareSet {
        member_id: bytes(member.as_bytes()),
        person_id: bytes(person.as_bytes()),
        care: word.to_wire(),
        important: *important,
    })
}

pub(super) fn decode_care(body: &wire::CareSet) -> Result<care::Event, DecodeError> {
    Ok(care::Event::Set {
        member: id(&body.member_id, "member_id", PersonId::from_slice)?,
        person: id(&body.person_id, "person_id", PersonId::from_slice)?,
        word: word(body.care, "care")?,
        important: body.important,
    })
}
