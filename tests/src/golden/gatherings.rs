//! Examples of the events of gatherings.

use kith_domain::event::Event;
use kith_domain::gathering::{self, Answer, Description, Details, Entry, Session, Stay};
use kith_domain::id::{GatheringId, SessionId};

use super::cases::{ANA, BEN, LATER, THEN};

const SPRING: GatheringId = GatheringId::from_bytes([0xa1; 16]);
const TALK: SessionId = SessionId::from_bytes([0xa2; 16]);

pub(super) fn gatherings() -> Vec<(&'static str, Event)> {
    let set = |entry| {
        gathering::Event {
            gathering: SPRING,
            revision: 3,
            entry,
        }
        .into()
    };
    let details = Details {
        name: "Spring meeting".into(),
        place: Some("Porto".into()),
        begins: THEN,
        ends: LATER,
        zone: "Europe/Lisbon".to_owned(),
        topics: vec!["wind".into(), "grids".into()],
        cancelled: true,
    };
    let talk = Session {
        title: "Grids that breathe".into(),
        room: Some("Hall 2".into()),
        begins: THEN,
        ends: LATER,
        topics: vec!["grids".into()],
        speakers: vec![BEN],
    };
    let ben = Description {
        name: Some("Ben Okoye".into()),
        company: Some("Windfarm".into()),
        title: Some("engineer".into()),
        address: Some("ben@windfarm.example".into()),
        bio: Some("Ben builds grids.".into()),
        topics: vec!["grids".into()],
        talk: Some("Grids that breathe".into()),
        url: Some("https://windfarm.example/ben".into()),
    };
    vec![
        ("gathering_set", set(Entry::Details(Some(details)))),
        ("gathering_set.nothing", set(Entry::Details(None))),
        (
            "gathering_session_set",
            set(Entry::Session(TALK, Some(talk))),
        ),
        (
            "gathering_session_set.nothing",
            set(Entry::Session(TALK, None)),
        ),
        (
            "gathering_going_set",
            set(Entry::Going(
                ANA,
                Some(Stay {
                    from: Some(THEN),
                    until: Some(LATER),
                }),
            )),
        ),
        (
            "gathering_going_set.whole",
            set(Entry::Going(ANA, Some(Stay::default()))),
        ),
        ("gathering_going_set.nothing", set(Entry::Going(ANA, None))),
        (
            "gathering_attendee_set",
            set(Entry::Attendee(BEN, Some(ben))),
        ),
        (
            "gathering_attendee_set.nothing",
            set(Entry::Attendee(BEN, None)),
        ),
        (
            "gathering_answer_set",
            set(Entry::Answer(BEN, ANA, Some(Answer::Person(BEN)))),
        ),
        (
            "gathering_answer_set.nobody",
            set(Entry::Answer(BEN, ANA, Some(Answer::Nobody))),
        ),
        (
            "gathering_answer_set.nothing",
            set(Entry::Answer(BEN, ANA, None)),
        ),
    ]
}
