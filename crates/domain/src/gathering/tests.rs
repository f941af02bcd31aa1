//! Gatherings, decision by decision.

use super::*;
use crate::aggregate::given;
use crate::id::{PersonId, SessionId};
use crate::time::Timestamp;

const SPRING: GatheringId = GatheringId::from_bytes([1; 16]);
const ANA: PersonId = PersonId::from_bytes([2; 16]);
const KIM: PersonId = PersonId::from_bytes([3; 16]);
const LEO: PersonId = PersonId::from_bytes([4; 16]);

fn details(name: &str) -> Details {
    Details {
        name: name.into(),
        place: None,
        begins: Timestamp(100),
        ends: Timestamp(200),
        zone: "Europe/Lisbon".to_owned(),
        topics: vec![],
        cancelled: false,
    }
}

fn listed(person: PersonId, company: &str) -> Entry {
    let description = Description {
        name: Some("Kim".into()),
        company: Some(company.into()),
        ..Description::default()
    };
    Entry::Attendee(person, Some(description))
}

fn is(person: PersonId) -> Entry {
    Entry::Answer(KIM, ANA, Some(Answer::Person(person)))
}

fn was_set(revision: u32, entry: Entry) -> Event {
    Event {
        gathering: SPRING,
        revision,
        entry,
    }
}

fn planned() -> Event {
    was_set(1, Entry::Details(Some(details("Spring meeting"))))
}

fn to(to: To) -> Change {
    Change {
        gathering: SPRING,
        to,
    }
}

fn set(entries: Vec<Entry>) -> Change {
    to(To::Set(entries))
}

#[test]
fn a_change_sets_what_is_something_else_under_one_revision() {
    let wanted = set(vec![
        listed(KIM, "Wind"),
        listed(LEO, "Wind"),
        listed(KIM, "Wind"),
    ]);
    let (kim, leo) = (
        was_set(2, listed(KIM, "Wind")),
        was_set(2, listed(LEO, "Wind")),
    );
    given::<Gathering>(&[planned()])
        .when(wanted.clone())
        .then(&[kim.clone(), leo.clone()]);
    given::<Gathering>(&[planned(), kim.clone()])
        .when(wanted.clone())
        .then(&[was_set(3, listed(LEO, "Wind"))]);
    given::<Gathering>(&[planned(), kim, leo])
        .when(wanted)
        .then_nothing();
}

#[test]
fn what_was_never_planned_or_was_taken_back_does_not_change() {
    let wanted = set(vec![listed(KIM, "Wind")]);
    given::<Gathering>(&[])
        .when(wanted.clone())
        .then_refused("there is no such gathering");
    given::<Gathering>(&[planned(), was_set(2, Entry::Details(None))])
        .when(wanted)
        .then_refused("there is no such gathering");
}

fn named(name: &str, seen: Option<u32>) -> Change {
    let change = Redefined {
        name: Some(name.into()),
        ..Redefined::default()
    };
    to(To::Redefine { change, seen })
}

#[test]
fn whoever_saw_an_older_state_of_the_details_is_told() {
    let moved = Entry::Details(Some(details("Autumn meeting")));
    let history = [planned(), was_set(2, listed(KIM, "Wind"))];
    given::<Gathering>(&history)
        .when(named("Autumn meeting", Some(2)))
        .then_refused("it was changed meanwhile");
    for seen in [Some(1), None] {
        let change = named("Autumn meeting", seen);
        given::<Gathering>(&history)
            .when(change)
            .then(&[was_set(3, moved.clone())]);
    }
}

#[test]
fn a_gathering_ends_after_it_begins_and_not_too_late() {
    for ends in [99, 101 + LONGEST] {
        let change = Redefined {
            ends: Some(Timestamp(ends)),
            ..Redefined::default()
        };
        given::<Gathering>(&[planned()])
            .when(to(To::Redefine { change, seen: None }))
            .then_refused(&Error::Length.to_string());
    }
}

#[test]
fn nobody_comes_to_what_is_cancelled_until_it_is_on_again() {
    let off = Entry::Details(Some(Details {
        cancelled: true,
        ..details("Spring meeting")
    }));
    let history = [planned(), was_set(2, listed(KIM, "Wind")), was_set(3, off)];
    given::<Gathering>(&history)
        .when(set(vec![listed(LEO, "Wind")]))
        .then_refused(&Error::Cancelled.to_string());
    let gone = Entry::Attendee(KIM, None);
    given::<Gathering>(&history)
        .when(set(vec![gone.clone()]))
        .then(&[was_set(4, gone)]);
    let on = Redefined {
        cancelled: Some(false),
        ..Redefined::default()
    };
    given::<Gathering>(&history)
        .when(to(To::Redefine {
            change: on,
            seen: None,
        }))
        .then(&[was_set(4, Entry::Details(Some(details("Spring meeting"))))]);
}

#[test]
fn only_of_somebody_on_the_list_it_is_said_who_they_are() {
    given::<Gathering>(&[planned()])
        .when(set(vec![is(LEO)]))
        .then_refused("no such attendee is on the list");
    given::<Gathering>(&[planned(), was_set(2, listed(KIM, "Wind"))])
        .when(set(vec![is(LEO)]))
        .then(&[was_set(3, is(LEO))]);
}

#[test]
fn a_change_is_taken_back_as_a_whole_unless_a_part_of_it_was_changed_since() {
    let history = [
        planned(),
        was_set(2, listed(KIM, "Wind")),
        was_set(3, listed(KIM, "Grid")),
        was_set(3, listed(LEO, "Grid")),
        was_set(4, is(LEO)),
    ];
    let (wind, gone) = (listed(KIM, "Wind"), Entry::Attendee(LEO, None));
    let back = [was_set(5, wind), was_set(5, gone)];
    given::<Gathering>(&history)
        .when(to(To::TakeBack { revision: 3 }))
        .then(&back);
    let after = [&history[..], &back[..]].concat();
    given::<Gathering>(&after)
        .when(to(To::TakeBack { revision: 3 }))
        .then_nothing();
    given::<Gathering>(&after)
        .when(to(To::TakeBack { revision: 2 }))
        .then_refused("it was changed meanwhile");
    given::<Gathering>(&after)
        .when(to(To::TakeBack { revision: 4 }))
        .then(&[was_set(6, Entry::Answer(KIM, ANA, None))]);
    given::<Gathering>(&after)
        .when(to(To::TakeBack { revision: 1 }))
        .then_refused("somebody goes, or is on its list: cancel it, or take these off first");
    given::<Gathering>(&history[..1])
        .when(to(To::TakeBack { revision: 1 }))
        .then(&[was_set(2, Entry::Details(None))]);
    given::<Gathering>(&after)
        .when(to(To::TakeBack { revision: 9 }))
        .then_refused("there is no such gathering");
}

#[test]
fn a_gathering_has_no_more_attendees_and_sessions_than_somebody_can_look_at() {
    let id = |n: usize| (n as u128).to_be_bytes();
    let many = |n| {
        (0..n)
            .map(|n| listed(PersonId::from_bytes(id(n)), "Wind"))
            .collect()
    };
    given::<Gathering>(&[planned()])
        .when(set(many(MAX_ATTENDEES + 1)))
        .then_refused("a gathering has at most 5000 attendees");
    let talk = Session {
        title: "Grids".into(),
        room: None,
        begins: Timestamp(100),
        ends: Timestamp(110),
        topics: vec![],
        speakers: vec![],
    };
    let talks = (0..=MAX_SESSIONS)
        .map(|n| Entry::Session(SessionId::from_bytes(id(n)), Some(talk.clone())));
    given::<Gathering>(&[planned()])
        .when(set(talks.collect()))
        .then_refused("a gathering has at most 500 sessions");
}

#[test]
fn what_could_not_be_taken_back_in_one_change_is_not_done_in_one() {
    let id = |n: usize| PersonId::from_bytes((n as u128).to_be_bytes());
    let described = |n, bio: &str| {
        let description = Description {
            name: Some("Kim".into()),
            bio: Some(bio.into()),
            ..Description::default()
        };
        Entry::Attendee(id(n), Some(description))
    };
    let long = "x".repeat(4_000);
    let listed = (0..150).map(|n| was_set(2, described(n, &long)));
    let history: Vec<Event> = [planned()].into_iter().chain(listed).collect();
    let anew = |count| set((0..count).map(|n| described(n, "short")).collect());
    given::<Gathering>(&history)
        .when(anew(150))
        .then_refused("too much is described anew at once: send the list in several parts");
    let expected: Vec<Event> = (0..50).map(|n| was_set(3, described(n, "short"))).collect();
    given::<Gathering>(&history).when(anew(50)).then(&expected);
}

#[test]
fn what_one_member_says_of_an_attendee_changes_nothing_of_what_another_said() {
    let said = |by, person| Entry::Answer(KIM, by, Some(Answer::Person(person)));
    let history = [
        planned(),
        was_set(2, listed(KIM, "Wind")),
        was_set(3, said(ANA, KIM)),
        was_set(4, said(LEO, LEO)),
    ];
    given::<Gathering>(&history)
        .when(to(To::TakeBack { revision: 3 }))
        .then(&[was_set(5, Entry::Answer(KIM, ANA, None))]);
}
