//! What a page says of what is known: one sentence each, with what it rests on.

use std::collections::HashSet;

use super::ground::Common;
use super::known::{Colleague, Guest, LocalTime, Occasion, Person, Source, Talked};
use super::rank::{self, Group};
use crate::id::PersonId;
use crate::pitch::Sentence;
use crate::tie::Band;
use crate::wording::{day, listed, without_end};

/// The most notes on a page.
pub(super) const MOST_NOTES: usize = 6;
/// The most colleagues named on a page.
const MOST_COLLEAGUES: usize = 4;

pub(super) fn role(guest: &Guest) -> Option<String> {
    match (&guest.title, &guest.company) {
        (Some(title), Some(company)) => Some(format!("{title}, {company}")),
        (title, company) => title.clone().or_else(|| company.clone()),
    }
}

fn clock(time: LocalTime) -> String {
    format!("{:02}:{:02}", time.minute / 60, time.minute % 60)
}

pub(super) fn talks(guest: &Guest) -> Vec<Sentence<Source>> {
    let all = guest.talks.iter().map(|talk| {
        let title = without_end(&talk.title);
        let when = talk.begins.map(|begins| {
            let room = talk.room.as_deref().map(|room| format!(", {room}"));
            format!(
                ", {} at {}{}",
                day(begins.day),
                clock(begins),
                room.unwrap_or_default()
            )
        });
        Sentence {
            text: format!("Speaks: “{title}”{}.", when.unwrap_or_default()),
            sources: vec![
                talk.session
                    .map_or(Source::Attendee(guest.listed), Source::Session),
            ],
        }
    });
    all.collect()
}

/// How a colleague knows somebody.
fn knows(band: Band, whom: &str) -> Option<String> {
    Some(match band {
        Band::Strong => format!("knows {whom} well"),
        Band::Steady => format!("is in touch with {whom}"),
        Band::New => format!("has got to know {whom} lately"),
        Band::Cooling => format!("was in touch with {whom} until lately"),
        Band::Dormant => format!("knew {whom} once"),
        Band::Unknown => return None,
    })
}

/// Who knows them; of somebody who is in no directory, who knows somebody there.
pub(super) fn known_by(
    colleagues: &[Colleague],
    group: Group,
    is_company: bool,
) -> Vec<Sentence<Source>> {
    // Those who do not show who they are may be several, and are told once: the strongest stands first. Who knows
    // somebody well needs no unnamed colleague to.
    let mut unnamed: HashSet<PersonId> = HashSet::new();
    let told = colleagues.iter().filter(|one| {
        let is_told = group != Group::Deepen && unnamed.insert(one.person.0);
        one.member.is_some() || is_told
    });
    let shown = told.take(MOST_COLLEAGUES).filter_map(|one| {
        let Colleague {
            member,
            band,
            is_there,
            person: (person, name),
        } = one;
        let who = member
            .as_ref()
            .map_or("A colleague", |(_, name)| name.as_str());
        let whom = if is_company {
            format!("{name}, who works there,")
        } else {
            "them".to_owned()
        };
        let there = if *is_there { ", and is coming too" } else { "" };
        let knows = knows(*band, &whom)?;
        Some(Sentence {
            text: format!("{who} {}{there}.", knows.trim_end_matches(',')),
            sources: vec![Source::Tie(member.as_ref().map(|(id, _)| *id), *person)],
        })
    });
    shown.collect()
}

pub(super) fn last_talk(talked: &Talked) -> Sentence<Source> {
    let about = talked
        .subject
        .as_deref()
        .map(|subject| format!(": “{subject}”"));
    let noted = talked
        .note
        .as_deref()
        .map(|note| format!(" You noted: “{note}”"));
    let kind = crate::wording::capital(talked.kind.as_str());
    Sentence {
        text: format!(
            "{kind} on {}{}.{}",
            day(talked.day),
            about.unwrap_or_default(),
            noted.unwrap_or_default()
        ),
        sources: vec![Source::Interaction(talked.id)],
    }
}

pub(super) fn promises(person: &Person) -> Vec<Sentence<Source>> {
    let all = person.promises.iter().map(|promise| {
        let who = if promise.is_mine {
            "You promised"
        } else {
            "They promised"
        };
        let what = promise
            .text
            .as_deref()
            .map_or("something".to_owned(), |text| format!("“{text}”"));
        let due = if promise.is_overdue {
            "it was due on"
        } else {
            "due on"
        };
        Sentence {
            text: format!("{who} {what}, {due} {}.", day(promise.due)),
            sources: vec![Source::FollowUp(promise.id)],
        }
    });
    all.collect()
}

pub(super) fn notes(person: &Person) -> Vec<Sentence<Source>> {
    let all = person.notes.iter().map(|note| {
        let private = if note.is_private {
            " (for you alone)"
        } else {
            ""
        };
        // "Told me" is what its author heard.
        let source = match note.source.as_deref() {
            Some(source) if note.is_mine => Some(format!(" – {}", without_end(source))),
            _ if note.is_mine => None,
            _ => Some(" – noted by a colleague".to_owned()),
        };
        Sentence {
            text: format!("{}{}{private}", note.text, source.unwrap_or_default()),
            sources: vec![Source::Fact(note.id)],
        }
    });
    all.collect()
}

pub(super) fn introduction(person: &Person) -> Option<Sentence<Source>> {
    let (id, name) = rank::connector(person)?;
    Some(Sentence {
        text: format!("Ask {name}, who is there too and knows them, to introduce you."),
        sources: vec![Source::Tie(Some(id), person.id)],
    })
}

pub(super) fn is_unknown(guest: &Guest, common: &[Common]) -> bool {
    let known = guest.person.as_ref().is_some_and(|person| {
        let has_tie = person.tie.is_some_and(|tie| tie.band != Band::Unknown);
        has_tie || !person.notes.is_empty() || !person.colleagues.is_empty()
    });
    !known && common.is_empty() && guest.talks.is_empty() && guest.topics.is_empty()
}

/// What somebody cares about, as far as it is known.
pub(super) fn telling(guest: &Guest) -> Vec<&str> {
    let notes = guest
        .person
        .as_ref()
        .map_or(&[][..], |person| &person.notes);
    let notes = notes.iter().map(|note| note.text.as_str());
    let talks = guest.talks.iter().map(|talk| talk.title.as_str());
    notes
        .chain(guest.topics.iter().map(String::as_str))
        .chain(talks)
        .collect()
}

/// Topics that an unknown guest may care about: those of the gathering.
pub(super) fn topics_there(occasion: &Occasion) -> Option<String> {
    let topics = listed(&occasion.topics);
    (!topics.is_empty()).then(|| format!("The gathering is about {topics}."))
}
