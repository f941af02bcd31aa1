//! Moments, short enough to stand inside a sentence.

use kith_domain::id::PersonId;
use kith_domain::interaction::{Kind, Moment, Part, Participant};
use kith_domain::time::{DAY, HOUR, Timestamp};

/// Ten in the morning of a day; day 0 is Friday, 4 October 2024.
pub(crate) const fn day(number: i64) -> Timestamp {
    Timestamp((20_000 + number) * DAY + 10 * HOUR)
}

/// A mail.
pub(crate) fn mail(at: Timestamp, from: PersonId, to: &[PersonId]) -> Moment {
    begun(Kind::Mail, at, from, to)
}

/// A call.
pub(crate) fn call(at: Timestamp, from: PersonId, to: PersonId) -> Moment {
    begun(Kind::Call, at, from, &[to])
}

/// Somebody introduced people to each other.
pub(crate) fn introduction(at: Timestamp, by: PersonId, people: &[PersonId]) -> Moment {
    begun(Kind::Introduction, at, by, people)
}

/// A meeting.
pub(crate) fn meeting(at: Timestamp, people: &[PersonId]) -> Moment {
    attended(Kind::Meeting, at, people)
}

/// People ran into each other.
pub(crate) fn encounter(at: Timestamp, people: &[PersonId]) -> Moment {
    attended(Kind::Encounter, at, people)
}

/// A moment that somebody began and that was addressed to others.
pub(crate) fn begun(kind: Kind, at: Timestamp, by: PersonId, to: &[PersonId]) -> Moment {
    let one = |(person, part)| Participant { person, part };
    let others = to.iter().map(|person| (*person, Part::Recipient));
    let all = [(by, Part::Initiator)].into_iter().chain(others);
    moment(kind, at, all.map(one).collect())
}

fn attended(kind: Kind, at: Timestamp, people: &[PersonId]) -> Moment {
    let part = Part::Attendee;
    let one = |person: &PersonId| Participant {
        person: *person,
        part,
    };
    moment(kind, at, people.iter().map(one).collect())
}

fn moment(kind: Kind, at: Timestamp, participants: Vec<Participant>) -> Moment {
    Moment {
        kind,
        at,
        duration_s: 0,
        participants,
        channel: None,
        note: None,
        subject: None,
        found: false,
    }
}
