//! How members care for ties, their pauses, and what they are comfortable with.

use kith_domain::id::PersonId;
use kith_domain::text::Text;
use kith_domain::time::Timestamp;
use kith_domain::{care, comfort, pause};

use super::{DecodeError, Open, Scope, Seal, Slot, bytes, id, wire, word};
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

pub(super) fn encode_comfort(event: &comfort::Event, seal: &mut impl Seal) -> Body {
    let comfort::Event::Set {
        member,
        revision,
        profile,
    } = event;
    let own = Scope::Person(*member);
    Body::ComfortSet(wire::ComfortSet {
        member_id: bytes(member.as_bytes()),
        revision: *revision,
        profile: profile.as_ref().map(|profile| wire::ComfortProfile {
            sealed_habits: Slot::new(own, 1).seal(Some(&profile.habits), seal),
            sealed_own_words: Slot::new(own, 2).seal(profile.own_words.as_ref(), seal),
        }),
    })
}

pub(super) fn decode_comfort(
    body: &wire::ComfortSet,
    open: &mut impl Open,
) -> Result<comfort::Event, DecodeError> {
    let member = id(&body.member_id, "member_id", PersonId::from_slice)?;
    let own = Scope::Person(member);
    let profile = match &body.profile {
        None => None,
        Some(profile) => Some(comfort::Profile {
            habits: Slot::new(own, 1)
                .open(&profile.sealed_habits, open)?
                .unwrap_or(Text::Erased),
            own_words: Slot::new(own, 2).open(&profile.sealed_own_words, open)?,
        }),
    };
    Ok(comfort::Event::Set {
        member,
        revision: body.revision,
        profile,
    })
}
