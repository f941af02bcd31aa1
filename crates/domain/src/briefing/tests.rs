//! What briefings say, and whom they name.

mod others;

use std::collections::HashSet;

use super::known::*;
use super::*;
use crate::care::Word;
use crate::comfort::Pace;
use crate::date::Date;
use crate::fact::Kind;
use crate::id::{FactId, FollowUpId, GatheringId, PersonId};
use crate::tie::Band;

const ANA: PersonId = PersonId::from_bytes([1; 16]);

fn id(number: u8) -> PersonId {
    PersonId::from_bytes([number; 16])
}

fn date(day: u8) -> Date {
    Date::new(2026, 12, day).unwrap()
}

fn note(number: u8, kind: Kind, text: &str) -> Note {
    Note {
        id: FactId::from_bytes([number; 16]),
        kind,
        text: text.to_owned(),
        source: None,
        is_mine: false,
        is_private: false,
        question: None,
    }
}

fn occasion() -> Occasion {
    let at = |day, minute| LocalTime {
        day: date(day),
        minute,
    };
    Occasion {
        id: GatheringId::from_bytes([9; 16]),
        name: "Repair Week".to_owned(),
        place: None,
        begins: at(2, 9 * 60),
        ends: at(3, 17 * 60),
        is_over: false,
        topics: vec!["repair".to_owned()],
    }
}

fn page_alone(pace: Pace, guest: &Guest) -> Page {
    let guests = std::slice::from_ref(guest);
    page_of(&occasion(), &reader(pace), guests, guest.listed).unwrap()
}

fn reader(pace: Pace) -> Reader {
    let day = |day| Day {
        day: date(day),
        from: 9 * 60,
        until: 17 * 60,
    };
    Reader {
        id: ANA,
        name: "Ana Silva".to_owned(),
        notes: vec![
            note(1, Kind::Expertise, "Runs repair evenings."),
            note(2, Kind::Interest, "Follows tide mills on the coast."),
        ],
        companies: vec!["Lantern Guild".to_owned(), "Old Yard".to_owned()],
        pace,
        own_words: None,
        days: vec![day(2), day(3)],
        needs: vec![],
        offers: vec![Wish {
            person: ANA,
            name: "Ana Silva".to_owned(),
            is_known: true,
            note: note(3, Kind::Offer, "Finds homes for heat exchangers."),
        }],
    }
}

fn guest(number: u8, name: &str) -> Guest {
    Guest {
        listed: id(100 + number),
        name: name.to_owned(),
        company: None,
        title: None,
        topics: vec![],
        talks: vec![],
        person: None,
        at_company: vec![],
    }
}

fn known(number: u8, name: &str) -> Guest {
    Guest {
        person: Some(Person {
            id: id(number),
            tie: None,
            notes: vec![],
            promises: vec![],
            colleagues: vec![],
            mutual: vec![],
            last_talk: None,
            companies: vec![],
            visits: vec![],
        }),
        ..guest(number, name)
    }
}

fn tied(number: u8, name: &str, band: Band, depth: f64, silent_days: i64) -> Guest {
    let mut guest = known(number, name);
    let tie = Tie {
        band,
        depth,
        silent_days,
        is_important: false,
        care: Word::Undecided,
    };
    guest.person.as_mut().unwrap().tie = Some(tie);
    guest
}

fn noted(mut guest: Guest, notes: Vec<Note>) -> Guest {
    guest.person.as_mut().unwrap().notes = notes;
    guest
}

fn told(page: &Page) -> Vec<&str> {
    page.reasons
        .iter()
        .map(|one| one.told.text.as_str())
        .collect()
}

#[test]
fn be_prepared_what_is_open_and_what_each_can_do_comes_first_and_says_what_it_rests_on() {
    let mut eva = noted(
        tied(20, "Eva Nowak", Band::Cooling, 60.0, 200),
        vec![note(
            7,
            Kind::Need,
            "Needs a hall for used heat exchangers.",
        )],
    );
    let person = eva.person.as_mut().unwrap();
    person.companies = vec!["old yard".to_owned()];
    person.promises = vec![Promised {
        id: FollowUpId::from_bytes([8; 16]),
        is_mine: true,
        text: Some("the permit checklist".to_owned()),
        due: date(1),
        is_overdue: true,
    }];
    let briefing = prepare(&occasion(), &reader(Pace::Balanced), &[eva]);
    let page = &briefing.pages[0];
    assert_eq!(page.group, Group::Renew);
    assert_eq!(
        told(page),
        [
            "You promised them something: “the permit checklist”, was due on 1 December 2026.",
            "“Needs a hall for used heat exchangers.” You offer: “Finds homes for heat exchangers.”",
            "You were close, and were last in touch 7 months ago.",
            "You both know old yard from within.",
        ]
    );
    let fact = |number| Source::Fact(FactId::from_bytes([number; 16]));
    assert_eq!(page.reasons[1].told.sources, [fact(7), fact(3)]);
    assert_eq!(
        page.pitch.text(),
        "I hear that you need a hall for used heat exchangers; I may be able to help."
    );
    assert_eq!(page.questions.len(), 3);
}

#[test]
fn somebody_unknown_gets_questions_and_what_is_known_of_their_company_and_no_filler() {
    let colleague = Colleague {
        member: Some((id(3), "Bo Lind".to_owned())),
        band: Band::Strong,
        is_there: true,
        person: (id(4), "Kim Park".to_owned()),
    };
    let stranger = Guest {
        company: Some("Windfarm".to_owned()),
        at_company: vec![colleague],
        ..guest(30, "Greta Lindmark")
    };
    let page = page_alone(Pace::Balanced, &stranger);
    assert!(page.is_unknown);
    assert!(page.reasons.is_empty() && page.common.is_empty() && page.notes.is_empty());
    assert_eq!(
        page.known_by[0].text,
        "Bo Lind knows Kim Park, who works there, well, and is coming too."
    );
    assert_eq!(page.questions.len(), 3);
    let briefing = prepare(&occasion(), &reader(Pace::Balanced), &[stranger]);
    let text = briefing.text();
    assert!(
        text.contains("Nothing known yet. The gathering is about repair."),
        "{text}"
    );
}

#[test]
fn the_reserved_meet_a_known_face_first_few_new_ones_and_have_a_break_after_each() {
    let mut guests: Vec<Guest> = (0..9)
        .map(|n| {
            let topics = vec!["tide mills".to_owned()];
            Guest {
                topics,
                ..guest(n, &format!("New {n}"))
            }
        })
        .collect();
    guests.extend((0..9).map(|n| tied(40 + n, &format!("Known {n}"), Band::Strong, 40.0, 60)));
    let briefing = prepare(&occasion(), &reader(Pace::Reserved), &guests);
    for day in &briefing.days {
        let new = |step: &Step| match step {
            Step::Meet(page) => briefing.pages[*page].group == Group::New,
            Step::Break => false,
        };
        assert!(day.steps.iter().filter(|step| new(step)).count() <= 3);
        assert!(!new(&day.steps[0]), "a known face first");
        for (at, step) in day.steps.iter().enumerate() {
            if new(step) {
                assert_eq!(day.steps.get(at + 1), Some(&Step::Break));
            }
        }
    }
    let first = briefing
        .pages
        .iter()
        .find(|page| page.group == Group::New)
        .unwrap();
    let message = first.message.as_ref().unwrap();
    assert!(message.text.starts_with("Dear New"), "{}", message.text);
    let open = prepare(&occasion(), &reader(Pace::Open), &guests);
    assert!(open.pages.len() > briefing.pages.len());
    assert!(open.pages.iter().all(|page| page.message.is_none()));
}

#[test]
fn a_plan_mixes_deepening_renewing_and_new_ties() {
    let mut guests: Vec<Guest> = Vec::new();
    for n in 0..20 {
        guests.push(tied(n + 2, &format!("Close {n}"), Band::Steady, 50.0, 40));
        guests.push(tied(
            50 + n,
            &format!("Quiet {n}"),
            Band::Dormant,
            50.0,
            400,
        ));
        guests.push(guest(80 + n, &format!("New {n}")));
    }
    let briefing = prepare(&occasion(), &reader(Pace::Balanced), &guests);
    let count = |group| {
        briefing
            .pages
            .iter()
            .filter(|page| page.group == group)
            .count()
    };
    assert_eq!(
        (count(Group::Deepen), count(Group::Renew), count(Group::New)),
        (6, 6, 8)
    );
    assert_eq!(briefing.others, 40);
}

#[test]
fn nobody_is_sent_to_those_who_are_left_alone_or_to_themselves() {
    let mut never = tied(20, "Never", Band::Strong, 50.0, 40);
    never.person.as_mut().unwrap().tie.as_mut().unwrap().care = Word::Never;
    let me = known(1, "Ana Silva");
    let just_spoken_to = tied(21, "Just", Band::New, 5.0, 1);
    let briefing = prepare(
        &occasion(),
        &reader(Pace::Open),
        &[never, me, just_spoken_to],
    );
    assert!(briefing.pages.is_empty(), "{:?}", briefing.pages);
    assert!(briefing.text().contains("Nobody is planned for this day."));
}

#[test]
fn a_speaker_is_met_on_the_day_of_their_talk() {
    let talk = |day| Talk {
        session: None,
        title: "Tide mills on every coast".to_owned(),
        topics: vec![],
        begins: Some(LocalTime {
            day: date(day),
            minute: 600,
        }),
        room: None,
    };
    let speaker = Guest {
        talks: vec![talk(3)],
        ..guest(30, "Greta Lindmark")
    };
    let others = (0..6).map(|n| guest(n, &format!("New {n}")));
    let guests: Vec<Guest> = others.chain([speaker]).collect();
    let briefing = prepare(&occasion(), &reader(Pace::Balanced), &guests);
    let greta = briefing
        .pages
        .iter()
        .position(|page| page.name == "Greta Lindmark");
    let greta = Step::Meet(greta.unwrap());
    assert!(briefing.days[1].steps.contains(&greta));
    let page = page_alone(Pace::Balanced, guests.last().unwrap());
    assert_eq!(
        told(&page),
        ["Speaks on “Tide mills on every coast”. You: “Follows tide mills on the coast.”"]
    );
}

#[test]
fn what_is_private_is_on_the_page_and_never_said_aloud() {
    let private = Note {
        is_private: true,
        is_mine: true,
        ..note(7, Kind::Need, "Needs a hall for used heat exchangers.")
    };
    let eva = noted(known(20, "Eva Nowak"), vec![private]);
    let page = page_alone(Pace::Reserved, &eva);
    assert_eq!(page.reasons.len(), 1);
    assert!(!page.pitch.text().contains("heat exchangers"));
    assert!(!page.message.unwrap().text.contains("heat exchangers"));
}

#[test]
fn html_is_one_file_in_which_names_are_text_and_markdown_keeps_them_too() {
    let evil = guest(30, "<script>alert('x')</script> *Kim*");
    let briefing = prepare(&occasion(), &reader(Pace::Balanced), &[evil]);
    let html = briefing.html();
    assert!(html.starts_with("<!DOCTYPE html>\n<html lang=\"en\">"));
    assert!(!html.contains("<script") && html.contains("&lt;script&gt;"));
    assert!(!html.contains("http"), "it loads nothing");
    assert_eq!(html.matches("<h1>").count(), 1);
    assert_eq!(html.matches("<ul>").count(), html.matches("</ul>").count());
    assert_eq!(html.matches("<ol>").count(), html.matches("</ol>").count());
    let markdown = briefing.markdown();
    assert!(
        markdown.contains("\\<script\\>") && markdown.contains("\\*Kim\\*"),
        "{markdown}"
    );
}

#[test]
fn be_flexible_a_curve_ball_changes_the_pages_that_it_is_about_and_no_others() {
    let topics = || vec!["tide mills on every coast".to_owned()];
    let mut guests: Vec<Guest> = (0..5)
        .map(|n| Guest {
            topics: topics(),
            ..guest(n, &format!("Kim {n}"))
        })
        .collect();
    let reader = reader(Pace::Open);
    let before = prepare(&occasion(), &reader, &guests);
    assert!(Difference::between(&before, &before).is_none());

    let talk = Talk {
        session: None,
        title: "Mills".to_owned(),
        topics: vec![],
        begins: Some(LocalTime {
            day: date(3),
            minute: 600,
        }),
        room: None,
    };
    guests[2].talks = vec![talk];
    let moved = prepare(&occasion(), &reader, &guests);
    let difference = Difference::between(&before, &moved);
    let names: Vec<&str> = difference
        .pages
        .iter()
        .map(|page| moved.pages[*page].name.as_str())
        .collect();
    assert_eq!(names, ["Kim 2"]);
    assert_eq!(
        difference.told,
        ["Kim 2: Speaks: “Mills”, 3 December 2026 at 10:00."]
    );

    guests.remove(0);
    guests.push(Guest {
        topics: topics(),
        ..guest(40, "Late Comer")
    });
    let after = prepare(&occasion(), &reader, &guests);
    let difference = Difference::between(&moved, &after);
    assert_eq!(
        difference.told,
        ["Late Comer comes too.", "Kim 0 does not come after all."]
    );
    assert_eq!((difference.pages.len(), difference.gone.len()), (1, 1));
    assert!(difference.days);
}
