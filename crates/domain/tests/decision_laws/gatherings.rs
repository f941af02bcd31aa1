//! Arbitrary gatherings, few enough that commands meet what was set before.

use kith_domain::gathering::{
    Answer, Change, Description, Details, Entry, Event, Redefined, Session, Stay, To,
};
use kith_domain::id::{GatheringId, SessionId};
use kith_domain::time::Timestamp;
use proptest::prelude::*;

use super::arbitrary::{id, moment_of_time, person, text};

fn details() -> impl Strategy<Value = Details> {
    (text(), 0..3_i64, any::<bool>()).prop_map(|(name, ends, cancelled)| Details {
        name,
        place: None,
        begins: Timestamp(0),
        ends: Timestamp(ends),
        zone: "UTC".to_owned(),
        topics: vec![],
        cancelled,
    })
}

fn entry() -> impl Strategy<Value = Entry> {
    let description = text().prop_map(|name| Description {
        name: Some(name),
        ..Description::default()
    });
    let session = text().prop_map(|title| Session {
        title,
        room: None,
        begins: Timestamp(0),
        ends: Timestamp(1),
        topics: vec![],
        speakers: vec![],
    });
    let time = || prop::option::of(moment_of_time());
    let stay = (time(), time()).prop_map(|(from, until)| Stay { from, until });
    let answer = prop_oneof![person().prop_map(Answer::Person), Just(Answer::Nobody)];
    prop_oneof![
        (id(SessionId::from_bytes), prop::option::of(session))
            .prop_map(|(id, of)| Entry::Session(id, of)),
        (person(), prop::option::of(stay)).prop_map(|(member, stay)| Entry::Going(member, stay)),
        (person(), prop::option::of(description))
            .prop_map(|(listed, of)| Entry::Attendee(listed, of)),
        (person(), person(), prop::option::of(answer))
            .prop_map(|(listed, by, answer)| Entry::Answer(listed, by, answer)),
    ]
}

pub(crate) fn event() -> impl Strategy<Value = Event> {
    let entry =
        prop_oneof![2 => entry(), 1 => prop::option::of(details()).prop_map(Entry::Details)];
    (0..4_u32, entry).prop_map(|(revision, entry)| Event {
        gathering: GatheringId::from_bytes([1; 16]),
        revision,
        entry,
    })
}

pub(crate) fn change() -> impl Strategy<Value = Change> {
    let (name, ends) = (prop::option::of(text()), prop::option::of(-1..3_i64));
    let redefined = (name, ends, prop::option::of(any::<bool>()));
    let redefined = redefined.prop_map(|(name, ends, cancelled)| Redefined {
        name,
        ends: ends.map(Timestamp),
        cancelled,
        ..Redefined::default()
    });
    let redefine = (redefined, prop::option::of(0..4_u32));
    let to = prop_oneof![
        details().prop_map(To::Plan),
        redefine.prop_map(|(change, seen)| To::Redefine { change, seen }),
        prop::collection::vec(entry(), 0..4).prop_map(To::Set),
        (0..5_u32).prop_map(|revision| To::TakeBack { revision }),
    ];
    to.prop_map(|to| Change {
        gathering: GatheringId::from_bytes([1; 16]),
        to,
    })
}
