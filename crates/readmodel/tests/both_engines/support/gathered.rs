//! Entries of gatherings, in a random history.

use kith_domain::event::Event;
use kith_domain::gathering::{self, Answer, Description, Details, Entry, Session, Stay};
use kith_domain::id::{GatheringId, PersonId, SessionId};
use kith_domain::time::{DAY, Timestamp};

use super::history::Dice;

/// Sets an entry of one of few gatherings.
pub(super) fn set(
    gathering: GatheringId,
    now: Timestamp,
    people: &[PersonId],
    members: &[PersonId],
    dice: &mut Dice,
) -> Option<Event> {
    let is_something = dice.roll(4) > 0;
    let (begins, ends) = (
        now.plus_micros(dice.roll(20) as i64 * DAY),
        now.plus_micros(30 * DAY),
    );
    let (listed, member) = (dice.pick(people)?, dice.pick(members)?);
    let session = SessionId::from_bytes(*gathering.as_bytes());
    let entry = match dice.roll(6) {
        0 => {
            let details = Details {
                name: "Spring meeting".into(),
                place: Some("Porto".into()).filter(|_| dice.roll(2) == 0),
                begins,
                ends,
                zone: "Europe/Lisbon".to_owned(),
                topics: vec!["wind".into(), "grids".into()],
                cancelled: dice.roll(4) == 0,
            };
            Entry::Details(Some(details).filter(|_| is_something))
        }
        1 => {
            let talk = Session {
                title: "Grids".into(),
                room: None,
                begins,
                ends,
                topics: vec![],
                speakers: vec![listed],
            };
            Entry::Session(session, Some(talk).filter(|_| is_something))
        }
        2 => Entry::Going(
            member,
            Some(Stay {
                from: Some(begins),
                until: Some(ends).filter(|_| dice.roll(2) == 0),
            })
            .filter(|_| is_something),
        ),
        3 => {
            let person = dice.pick(people).filter(|_| dice.roll(3) > 0);
            let answer = person.map_or(Answer::Nobody, Answer::Person);
            Entry::Answer(listed, member, Some(answer).filter(|_| is_something))
        }
        _ => {
            let description = Description {
                name: Some("Kim Park".into()).filter(|_| dice.roll(3) > 0),
                address: Some("kim@windfarm.example".into()),
                bio: Some("Kim builds grids.\nAnd sails.".into()),
                ..Description::default()
            };
            Entry::Attendee(listed, Some(description).filter(|_| is_something))
        }
    };
    let revision = dice.roll(99) as u32;
    Some(
        gathering::Event {
            gathering,
            revision,
            entry,
        }
        .into(),
    )
}
