//! The page of one attendee.

use std::collections::HashSet;

use super::ground::Common;
use super::known::{Guest, Occasion, Reader, Source, Talked};
use super::rank::{self, Group, Reason};
use super::told;
use crate::fact;
use crate::id::PersonId;
use crate::pitch::{Extent, Material, Pitch, Sentence};
use crate::questions::{self, Asked};
use crate::search::stems;
use crate::tie::Band;
use crate::wording::{Speaker, without_end};

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

/// How many ways to say something are tried, until nobody has heard it.
const MOST_VARIANTS: usize = 50;

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
        let variant = spread(&guest.name, guest.company.as_deref()) as usize;
        let pitch = self.pitch(guest, said.clone(), (variant, Extent::Both));
        // What is a reason already, is told there.
        let already: HashSet<Source> = reasons
            .iter()
            .flat_map(|one| one.told.sources.iter().copied())
            .collect();
        let mut notes = person.map(told::notes).unwrap_or_default();
        notes.retain(|note| note.sources.iter().all(|source| !already.contains(source)));
        notes.truncate(told::MOST_NOTES);
        Page {
            listed: guest.listed,
            person: person.map(|person| person.id),
            name: guest.name.clone(),
            company: guest.company.clone(),
            role: told::role(guest),
            group,
            talks: told::talks(guest),
            known_by: told::known_by(colleagues, group, person.is_none()),
            last_talk: person
                .and_then(|person| person.last_talk.as_ref())
                .map(told::last_talk),
            promises: person.map(told::promises).unwrap_or_default(),
            introduction: person.and_then(told::introduction),
            message: self.message(guest, group, &pitch),
            is_unknown: told::is_unknown(guest, &common),
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
        (variant, extent): (usize, Extent),
    ) -> Pitch<Source> {
        let is_new = Group::of(guest) == Group::New;
        let own_words = self.reader.own_words.as_deref().filter(|_| is_new);
        let mut unlike_others = self.unlike_others.clone();
        if is_new {
            // What they care about, first.
            let theirs = stems(&told::telling(guest).join(" "));
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
            extent,
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
            // Half of it is better than what somebody else heard whole.
            let extents = [Extent::Both, Extent::First, Extent::Second];
            let variants = from..from.saturating_add(MOST_VARIANTS);
            let mut all = extents
                .into_iter()
                .flat_map(|extent| variants.clone().map(move |variant| (variant, extent)));
            let new = all.find_map(|variant| {
                let pitch = self.pitch(guest, said.clone(), variant);
                heard.insert(pitch.text()).then_some(pitch)
            });
            if let Some(pitch) = new {
                page.message = self.message(guest, page.group, &pitch);
                page.pitch = pitch;
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
        self.last_talk = Some(told::last_talk(talked));
    }
}

/// A number that is different for different people, and the same for the same ones wherever it is worked out: FNV-1a
/// of 64 bits (Fowler, Noll and Vo), without its sign.
pub(super) fn spread(name: &str, company: Option<&str>) -> u64 {
    let bytes = name
        .bytes()
        .chain([0])
        .chain(company.unwrap_or_default().bytes());
    let hash = bytes.fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    });
    hash >> 1
}
