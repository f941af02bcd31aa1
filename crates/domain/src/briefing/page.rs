//! The page of one attendee.

use std::collections::HashSet;

use super::ground::Common;
use super::known::{Colleague, Guest, LocalTime, Occasion, Person, Reader, Source, Talked};
use super::rank::{self, Group, Reason};
use crate::comfort::Pace;
use crate::fact;
use crate::id::PersonId;
use crate::pitch::{Material, Pitch, Sentence};
use crate::questions::{self, Asked};
use crate::search::stems;
use crate::tie::Band;
use crate::wording::{Speaker, day, listed, without_end};

/// What a reader knows of somebody before they meet them.
#[derive(Debug, Clone, PartialEq)]
pub struct Page {
    /// The attendee, by their id on the list.
    pub listed: PersonId,
    /// The person of the directory, if that is known.
    pub person: Option<PersonId>,
    /// What they are called.
    pub name: String,
    /// Where they work.
    pub company: Option<String>,
    /// Title and company, as the list has them.
    pub role: Option<String>,
    /// What meeting them is for.
    pub group: Group,
    /// Why, what weighs most first.
    pub reasons: Vec<Reason>,
    /// When and where they speak.
    pub talks: Vec<Sentence<Source>>,
    /// Who of us knows them, or somebody where they work.
    pub known_by: Vec<Sentence<Source>>,
    /// The last conversation.
    pub last_talk: Option<Sentence<Source>>,
    /// What is promised, both ways.
    pub promises: Vec<Sentence<Source>>,
    /// What is in common.
    pub common: Vec<Common>,
    /// What else is known of them.
    pub notes: Vec<Sentence<Source>>,
    /// Who can introduce the reader there.
    pub introduction: Option<Sentence<Source>>,
    /// What to ask.
    pub questions: Vec<Asked>,
    /// What to say of oneself.
    pub pitch: Pitch<Source>,
    /// What to write to them before.
    pub message: Option<Sentence<Source>>,
    /// Whether nothing is known of them but that they come.
    pub is_unknown: bool,
}

/// The most notes on a page.
const MOST_NOTES: usize = 6;
/// How many ways to say something are tried, until nobody has heard it.
const MOST_VARIANTS: usize = 50;
/// From so many days on it has been a while.
const A_WHILE: i64 = 60;
/// The most colleagues named on a page.
const MOST_COLLEAGUES: usize = 4;

/// Everything that pages rest on but the guest.
pub(super) struct Maker<'a> {
    pub(super) occasion: &'a Occasion,
    pub(super) reader: &'a Reader,
    /// What the reader is good at.
    pub(super) good_at: Vec<(&'a str, Source)>,
    /// What makes them unlike others: what fewest others offer first.
    pub(super) unlike_others: Vec<(&'a str, Source)>,
}

impl Maker<'_> {
    /// The page of a guest, with whom this is in common.
    pub(super) fn page(&self, guest: &Guest, common: Vec<Common>) -> Page {
        let reasons = rank::reasons(guest, &common);
        let person = guest.person.as_ref();
        let group = Group::of(guest);
        let colleagues = person.map_or(&guest.at_company[..], |person| &person.colleagues);
        let questions = questions::choose(&self.asking(guest));
        let said: Vec<Sentence<Source>> =
            common.iter().filter_map(|one| one.said.clone()).collect();
        let pitch = self.pitch(
            guest,
            said.clone(),
            spread(&guest.name, guest.company.as_deref()) as usize,
        );
        // What is a reason already, is told there.
        let told: HashSet<Source> = reasons
            .iter()
            .flat_map(|one| one.told.sources.iter().copied())
            .collect();
        let mut notes = person.map(notes).unwrap_or_default();
        notes.retain(|note| note.sources.iter().all(|source| !told.contains(source)));
        notes.truncate(MOST_NOTES);
        Page {
            listed: guest.listed,
            person: person.map(|person| person.id),
            name: guest.name.clone(),
            company: guest.company.clone(),
            role: role(guest),
            group,
            talks: talks(guest),
            known_by: known_by(colleagues, group, person.is_none()),
            last_talk: person
                .and_then(|person| person.last_talk.as_ref())
                .map(told_last),
            promises: person.map(promises).unwrap_or_default(),
            introduction: person.and_then(introduction),
            message: self.message(guest, group, &pitch),
            is_unknown: is_unknown(guest, &common),
            notes,
            reasons,
            common,
            questions,
            pitch,
        }
    }

    /// What to say of oneself. To whom one knows, one says what there is between them, and not who one is.
    fn pitch(
        &self,
        guest: &Guest,
        in_common: Vec<Sentence<Source>>,
        variant: usize,
    ) -> Pitch<Source> {
        let is_new = Group::of(guest) == Group::New;
        let own_words = self.reader.own_words.as_deref().filter(|_| is_new);
        let mut unlike_others = self.unlike_others.clone();
        if is_new {
            // What they care about, first.
            let theirs = stems(&telling(guest).join(" "));
            let near = |note: &str| {
                stems(note)
                    .intersection(&theirs)
                    .filter(|w| w.len() > 3)
                    .count()
            };
            unlike_others.sort_by_key(|(note, _)| std::cmp::Reverse(near(note)));
        } else {
            unlike_others.clear();
        }
        Pitch::of(&Material {
            speaker: Speaker::Oneself,
            own_words: own_words.map(|text| (text, Source::OwnWords)),
            good_at: if is_new { self.good_at.clone() } else { vec![] },
            unlike_others,
            in_common,
            variant,
        })
    }

    /// Sees to it that no two people hear the same words, as far as there are others. Whoever comes first by their
    /// name keeps theirs.
    pub(super) fn vary(&self, pages: &mut [Page], guests: &[&Guest]) {
        let mut order: Vec<usize> = (0..pages.len()).collect();
        order.sort_by_key(|number| (pages[*number].name.clone(), pages[*number].listed));
        let mut heard: HashSet<String> = HashSet::new();
        for number in order {
            let (page, guest) = (&mut pages[number], guests[number]);
            if page.group != Group::New {
                continue;
            }
            let said: Vec<Sentence<Source>> = page
                .common
                .iter()
                .filter_map(|one| one.said.clone())
                .collect();
            let from = spread(&page.name, page.company.as_deref()) as usize;
            for variant in from..from.saturating_add(MOST_VARIANTS) {
                let pitch = self.pitch(guest, said.clone(), variant);
                if heard.insert(pitch.text()) {
                    page.message = self.message(guest, page.group, &pitch);
                    page.pitch = pitch;
                    break;
                }
            }
        }
    }

    /// What choosing questions for somebody rests on.
    fn asking<'g>(&'g self, guest: &'g Guest) -> questions::Known<'g> {
        let person = guest.person.as_ref();
        let notes = person.map_or(&[][..], |person| &person.notes);
        let of_kinds = |kinds: &'static [fact::Kind]| {
            let notes = notes.iter().filter(move |note| kinds.contains(&note.kind));
            notes.map(|note| note.text.as_str())
        };
        let cares = of_kinds(&[fact::Kind::Interest, fact::Kind::Expertise]);
        let of_list = guest.topics.iter().chain(&guest.title).map(String::as_str);
        let own = [
            fact::Kind::LifeEvent,
            fact::Kind::Interest,
            fact::Kind::Preference,
        ];
        let raised = notes
            .iter()
            .filter(|note| note.is_mine && own.contains(&note.kind));
        let talk = guest.talks.first();
        let tie = person.and_then(|person| person.tie);
        let is_waiting =
            person.is_some_and(|one| one.promises.iter().any(|promise| promise.is_mine));
        let has = |kind| notes.iter().any(|note| note.kind == kind);
        let asked = notes.iter().filter_map(|note| note.question.as_deref());
        let known_tie = tie.filter(|tie| tie.band != Band::Unknown);
        questions::Known {
            wishes: of_kinds(&[fact::Kind::Need, fact::Kind::Offer]).collect(),
            texts: cares
                .chain(of_list)
                .chain(talk.map(|talk| talk.title.as_str()))
                .collect(),
            raised: raised.map(|note| note.text.as_str()).collect(),
            company: guest.company.as_deref(),
            talk: talk.map(|talk| without_end(&talk.title)),
            gathering: Some(without_end(&self.occasion.name)),
            // Whoever waits for something is not asked what they need.
            has_need: has(fact::Kind::Need) || is_waiting,
            has_offer: has(fact::Kind::Offer) || is_waiting,
            is_out_of_touch: Group::of(guest) == Group::Renew,
            depth: known_tie.map(|tie| tie.depth),
            asked: asked.collect(),
            variant: spread(&guest.name, guest.company.as_deref()),
        }
    }

    /// What the reserved write before, so that the first word is said when they meet.
    fn message(
        &self,
        guest: &Guest,
        group: Group,
        pitch: &Pitch<Source>,
    ) -> Option<Sentence<Source>> {
        if self.reader.pace != Pace::Reserved {
            return None;
        }
        let name = without_end(&self.occasion.name);
        let mut sources = vec![
            Source::Gathering(self.occasion.id),
            Source::Attendee(guest.listed),
        ];
        let person = guest.person.as_ref();
        let silent = person
            .and_then(|person| person.tie)
            .map_or(0, |tie| tie.silent_days);
        let while_ago = if silent >= A_WHILE {
            "It has been a while. "
        } else {
            ""
        };
        let opening = match group {
            Group::Deepen => {
                format!(
                    "I see that you are coming to {name}, and I look forward to seeing you there."
                )
            }
            Group::Renew => format!(
                "{while_ago}I see that you are coming to {name}, and I would like to hear how you are."
            ),
            Group::New => format!("I see that we are both coming to {name}."),
        };
        let mut sentences = vec![opening];
        let promised = person.into_iter().flat_map(|person| &person.promises);
        if let Some(promise) = promised.into_iter().find(|promise| promise.is_mine) {
            sources.push(Source::FollowUp(promise.id));
            sentences.push("I have not forgotten what I promised you.".to_owned());
        } else {
            for sentence in pitch.sentences() {
                sources.extend(&sentence.sources);
                sentences.push(sentence.text.clone());
            }
        }
        sentences.push(match group {
            Group::New => "Would you have ten minutes to talk there?".to_owned(),
            Group::Deepen | Group::Renew => "Shall we have a coffee there?".to_owned(),
        });
        // Strangers are told who writes.
        let (they, me) = match group {
            Group::New => (guest.name.as_str(), self.reader.name.as_str()),
            Group::Deepen | Group::Renew => {
                (first_name(&guest.name), first_name(&self.reader.name))
            }
        };
        let text = format!(
            "Dear {they},\n\n{}\n\nBest wishes,\n{me}",
            sentences.join(" ")
        );
        Some(Sentence { text, sources })
    }
}

impl Page {
    /// Everything that the page rests on.
    pub fn sources(&self) -> impl Iterator<Item = Source> + '_ {
        let reasons = self.reasons.iter().map(|one| &one.told);
        let common = self.common.iter().map(|one| &one.told);
        let lists = [&self.talks, &self.known_by, &self.promises, &self.notes];
        let single = [&self.last_talk, &self.introduction, &self.message];
        let sentences = reasons
            .chain(common)
            .chain(lists.into_iter().flatten())
            .chain(single.into_iter().flatten())
            .chain(self.pitch.sentences());
        sentences.flat_map(|sentence| sentence.sources.iter().copied())
    }

    /// Adds the last conversation.
    pub fn tell_last_talk(&mut self, talked: &Talked) {
        self.last_talk = Some(told_last(talked));
    }

    /// A polite way to leave the talk: another one for different people.
    #[must_use]
    pub fn leave(&self, occasion: &Occasion) -> String {
        let name = first_name(&self.name);
        let at = without_end(&occasion.name);
        match spread(&self.name, self.company.as_deref()) % 4 {
            0 => format!("It was good to talk to you, {name}. I will write to you after {at}."),
            1 => format!(
                "Thank you, {name}, that was worth coming for. I will let you go on, and write to you soon."
            ),
            2 => format!(
                "{name}, I don't want to keep you from the others. Shall I write to you after {at}?"
            ),
            _ => format!(
                "I need a moment for myself now, {name}. Let us go on from here when {at} is over."
            ),
        }
    }
}

/// A number that is different for different people, and the same for the same ones wherever it is worked out: FNV-1a
/// of 64 bits (Fowler, Noll and Vo), without its sign.
fn spread(name: &str, company: Option<&str>) -> u64 {
    let bytes = name
        .bytes()
        .chain([0])
        .chain(company.unwrap_or_default().bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash >> 1
}

/// What people call somebody who has this name.
fn first_name(name: &str) -> &str {
    const TITLES: [&str; 7] = ["dr", "prof", "mr", "mrs", "ms", "sir", "eng"];
    let mut words = name.split_whitespace().filter(|word| {
        let bare = word.trim_matches('.').to_lowercase();
        !TITLES.contains(&bare.as_str())
    });
    // *Silva, Ana*
    let first = words.next().unwrap_or(name);
    match (first.strip_suffix(','), words.next()) {
        (Some(_), Some(given)) => given,
        (Some(family), None) => family,
        (None, _) => first,
    }
}

fn role(guest: &Guest) -> Option<String> {
    match (&guest.title, &guest.company) {
        (Some(title), Some(company)) => Some(format!("{title}, {company}")),
        (title, company) => title.clone().or_else(|| company.clone()),
    }
}

pub(super) fn clock(time: LocalTime) -> String {
    format!("{:02}:{:02}", time.minute / 60, time.minute % 60)
}

fn talks(guest: &Guest) -> Vec<Sentence<Source>> {
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
fn known_by(colleagues: &[Colleague], group: Group, is_company: bool) -> Vec<Sentence<Source>> {
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

fn told_last(talked: &Talked) -> Sentence<Source> {
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

fn promises(person: &Person) -> Vec<Sentence<Source>> {
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

fn notes(person: &Person) -> Vec<Sentence<Source>> {
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

fn introduction(person: &Person) -> Option<Sentence<Source>> {
    let (id, name) = rank::connector(person)?;
    Some(Sentence {
        text: format!("Ask {name}, who is there too and knows them, to introduce you."),
        sources: vec![Source::Tie(Some(id), person.id)],
    })
}

fn is_unknown(guest: &Guest, common: &[Common]) -> bool {
    let known = guest.person.as_ref().is_some_and(|person| {
        let has_tie = person.tie.is_some_and(|tie| tie.band != Band::Unknown);
        has_tie || !person.notes.is_empty() || !person.colleagues.is_empty()
    });
    !known && common.is_empty() && guest.talks.is_empty() && guest.topics.is_empty()
}

/// What somebody cares about, as far as it is known.
fn telling(guest: &Guest) -> Vec<&str> {
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
