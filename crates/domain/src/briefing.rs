//! The briefing: what a member reads before a gathering.
//!
//! Whom to meet, in order, within what they are comfortable with and the hours they are there; and a page of each:
//! who of us knows them, what was said last, what is promised, what there is in common, what each could do for the
//! other, who can introduce them, what to ask and what to say. Every sentence says what it rests on. Of somebody of
//! whom nothing is known it says that nothing is known.
//!
//! Everything is worked out from what its reader may see, and from nothing else: [`prepare`] gets it looked up.

use std::cmp::Reverse;
use std::collections::BTreeSet;

mod corpus;
mod difference;
mod ground;
pub mod known;
mod letter;
mod page;
mod plan;
mod rank;
mod render;
mod told;

pub use difference::Difference;
pub use ground::{Common, Ground};
pub use page::Page;
pub use plan::{Planned, Step};
pub use rank::{Group, Reason};

use corpus::Corpus;
use ground::Side;
use known::{Guest, Note, Occasion, Reader, Source};
use page::Maker;
use plan::Candidate;

use crate::fact::Kind;
use crate::id::PersonId;
use crate::pitch::Sentence;

/// What a member reads before a gathering.
#[derive(Debug, Clone, PartialEq)]
pub struct Briefing {
    /// What the gathering is.
    pub occasion: Occasion,
    /// Whom to meet on which day.
    pub days: Vec<Planned>,
    /// The pages of those whom the days name, in the order in which they come.
    pub pages: Vec<Page>,
    /// What the gathering is about, for whoever is unknown.
    pub about: Option<String>,
    /// How many others are on the list.
    pub others: usize,
    /// Everybody on the list, by their ids there.
    pub listed: Vec<PersonId>,
}

/// The texts among which words are rare or not: those of the directory and not those of the list, so that whoever
/// comes or stays away changes no page but theirs, and of those whom they could be brought together with.
fn texts(reader: &Reader) -> impl Iterator<Item = &str> {
    let own = reader.notes.iter().map(|note| &note.text);
    let wishes = reader.offers.iter().chain(&reader.needs);
    own.chain(wishes.map(|wish| &wish.note.text))
        .map(String::as_str)
}

/// Notes that somebody can say of themselves.
struct Own<'r> {
    good_at: Vec<(&'r str, Source)>,
    unlike_others: Vec<(&'r str, Source)>,
}

impl<'r> Own<'r> {
    fn of(reader: &'r Reader, corpus: &Corpus) -> Self {
        let others = reader.offers.iter().filter(|wish| wish.person != reader.id);
        let others: Vec<BTreeSet<String>> =
            others.map(|wish| corpus.telling(&wish.note.text)).collect();
        let alike = |note: &Note| {
            let telling = corpus.telling(&note.text);
            let overlaps = |other: &&BTreeSet<String>| other.intersection(&telling).count() >= 2;
            others.iter().filter(overlaps).count()
        };
        let of_kinds = |kinds: &[Kind]| -> Vec<&'r Note> {
            let own = reader.notes.iter();
            let mut own: Vec<&Note> = own
                .filter(|note| !note.is_private && kinds.contains(&note.kind))
                .collect();
            own.sort_by(|a, b| a.text.cmp(&b.text));
            own
        };
        let mut unlike = of_kinds(&[Kind::Expertise, Kind::Offer, Kind::Interest]);
        unlike.sort_by_key(|note| alike(note));
        let told = |notes: Vec<&'r Note>| {
            let told = notes.into_iter();
            told.map(|note| (note.text.as_str(), Source::Fact(note.id)))
                .collect()
        };
        Self {
            good_at: told(of_kinds(&[Kind::Expertise])),
            unlike_others: told(unlike),
        }
    }
}

/// Prepares a reader for a gathering with these people on its list, in its order.
#[must_use]
pub fn prepare(occasion: &Occasion, reader: &Reader, guests: &[Guest]) -> Briefing {
    let corpus = Corpus::of(texts(reader));
    let side = Side::of(reader, &corpus, guests, occasion.is_over);
    let own = Own::of(reader, &corpus);
    let maker = Maker {
        occasion,
        reader,
        good_at: own.good_at,
        unlike_others: own.unlike_others,
    };
    let is_other = |guest: &&Guest| {
        let person = guest.person.as_ref();
        person.is_none_or(|person| person.id != reader.id)
    };
    let met = guests.iter().filter(is_other);
    let met = met.filter(|guest| !rank::is_left_alone(guest));
    let mut candidates: Vec<Candidate<'_>> = met
        .map(|guest| {
            let reasons = rank::reasons(guest, &side.with(guest));
            Candidate {
                guest,
                group: Group::of(guest),
                points: rank::points(&reasons),
            }
        })
        .collect();
    candidates.sort_by_key(|one| {
        (
            Reverse(one.points),
            one.guest.name.clone(),
            one.guest.listed,
        )
    });
    let mut days = plan::plan(reader, &candidates);
    let mut pages: Vec<Page> = Vec::new();
    let mut named: Vec<&Guest> = Vec::new();
    for step in days.iter_mut().flat_map(|day| &mut day.steps) {
        if let Step::Meet(number) = step {
            let guest = candidates[*number].guest;
            pages.push(maker.page(guest, side.with(guest)));
            named.push(guest);
            *number = pages.len() - 1;
        }
    }
    maker.vary(&mut pages, &named);
    Briefing {
        occasion: occasion.clone(),
        about: told::topics_there(occasion),
        others: guests.iter().filter(is_other).count() - pages.len(),
        listed: guests.iter().map(|guest| guest.listed).collect(),
        days,
        pages,
    }
}

/// The page of one of these guests, whether a plan names them or not; of nobody else.
#[must_use]
pub fn page_of(
    occasion: &Occasion,
    reader: &Reader,
    guests: &[Guest],
    listed: PersonId,
) -> Option<Page> {
    let guest = guests.iter().find(|guest| guest.listed == listed)?;
    let corpus = Corpus::of(texts(reader));
    let own = Own::of(reader, &corpus);
    let maker = Maker {
        occasion,
        reader,
        good_at: own.good_at,
        unlike_others: own.unlike_others,
    };
    let common = Side::of(reader, &corpus, guests, occasion.is_over).with(guest);
    Some(maker.page(guest, common))
}

/// What the reader could give each of these people: an offer of theirs that meets a need, or somebody to bring them
/// together with. Whoever needs nothing that is known is not among them.
#[must_use]
pub fn gifts(reader: &Reader, guests: &[Guest]) -> Vec<(PersonId, Sentence<Source>)> {
    let corpus = Corpus::of(texts(reader));
    // No list: whether two of them meet is not known.
    let side = Side::of(reader, &corpus, &[], false);
    let gifts = guests.iter().filter_map(|guest| {
        let is_gift =
            |common: &Common| matches!(common.ground, Ground::YouCanHelp | Ground::OthersCanHelp);
        let gift = side.with(guest).into_iter().find(is_gift)?;
        Some((guest.listed, gift.told))
    });
    gifts.collect()
}

#[cfg(test)]
mod tests;
