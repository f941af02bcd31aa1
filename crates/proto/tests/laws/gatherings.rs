//! Arbitrary entries of gatherings.

use kith_domain::event::Event;
use kith_domain::gathering::{self, Answer, Description, Details, Entry, Session, Stay};
use kith_domain::id::{GatheringId, SessionId};
use kith_domain::text::Text;
use proptest::prelude::*;

use super::arbitrary::{id, moment, person};

pub(crate) fn gatherings(texts: BoxedStrategy<Text>) -> impl Strategy<Value = Event> {
    (id(GatheringId::from_bytes), any::<u32>(), entries(texts)).prop_map(
        |(gathering, revision, entry)| {
            let event = gathering::Event {
                gathering,
                revision,
                entry,
            };
            event.into()
        },
    )
}

fn entries(texts: BoxedStrategy<Text>) -> impl Strategy<Value = Entry> {
    let optional = prop::option::of(texts.clone());
    let list = prop::collection::vec(texts.clone(), 0..3);
    let times = (moment(), moment());
    let details = (
        texts.clone(),
        optional.clone(),
        times.clone(),
        "[A-Za-z/]{0,9}",
        list.clone(),
        any::<bool>(),
    );
    let details =
        details.prop_map(
            |(name, place, (begins, ends), zone, topics, cancelled)| Details {
                name,
                place,
                begins,
                ends,
                zone,
                topics,
                cancelled,
            },
        );
    let speakers = prop::collection::vec(person(), 0..3);
    let session = (
        texts,
        optional.clone(),
        times.clone(),
        list.clone(),
        speakers,
    );
    let session = session.prop_map(|(title, room, (begins, ends), topics, speakers)| Session {
        title,
        room,
        begins,
        ends,
        topics,
        speakers,
    });
    let single = [(); 7].map(|()| optional.clone());
    let description = (single, list).prop_map(
        |([name, company, title, address, bio, talk, url], topics)| Description {
            name,
            company,
            title,
            address,
            bio,
            topics,
            talk,
            url,
        },
    );
    let answer = prop_oneof![person().prop_map(Answer::Person), Just(Answer::Nobody)];
    let stay = (prop::option::of(moment()), prop::option::of(moment()));
    let stay = stay.prop_map(|(from, until)| Stay { from, until });
    let sessions = (id(SessionId::from_bytes), prop::option::of(session));
    prop_oneof![
        prop::option::of(details).prop_map(Entry::Details),
        sessions.prop_map(|(id, session)| Entry::Session(id, session)),
        (person(), prop::option::of(stay)).prop_map(|(member, stay)| Entry::Going(member, stay)),
        (person(), prop::option::of(description))
            .prop_map(|(listed, of)| Entry::Attendee(listed, of)),
        (person(), person(), prop::option::of(answer))
            .prop_map(|(listed, by, answer)| Entry::Answer(listed, by, answer)),
    ]
}
