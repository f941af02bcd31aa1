//! Cards: `.vcf` files of vCard 2.1, 3.0 and 4.0, with the defects of those who export them.

use std::io::Read;

use calcard::vcard::{VCard, VCardEntry, VCardParameterName, VCardProperty, VCardValue};
use calcard::{Entry as Parsed, Parser};
use kith_proto::kith::directory::v1::Person;

use super::entry::Entry;
use super::{Contacts, Error};
use crate::report::{Place, Reason, Report, Unit};
use crate::text;

/// Characters of an identifier that is one of its own anywhere.
const SHORTEST_UID: usize = 16;

/// Cards of one file.
pub struct Reader {
    cards: std::vec::IntoIter<(u64, VCard)>,
    report: Report,
    place: Place,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never what was read: it is personal.
        f.debug_struct("Reader")
            .field("report", &self.report)
            .finish_non_exhaustive()
    }
}

impl Reader {
    /// Reads a file as a whole. An error when the input can't be read, or holds more than 256 MiB.
    pub fn open(input: impl Read) -> Result<Self, Error> {
        let text = text::read(input)?;
        let mut report = Report {
            unit: Unit::Contact,
            ..Report::default()
        };
        let mut cards = Vec::new();
        for (number, part) in (1..).zip(parts(&text)) {
            match Parser::new(part).entry() {
                Parsed::VCard(card) => cards.push((number, card)),
                _ => report.skip(Reason::Undecodable, Place::Item(number)),
            }
        }
        Ok(Self {
            cards: cards.into_iter(),
            report,
            place: Place::Item(0),
        })
    }
}

/// Cuts a file where cards begin, so that one that never ends takes no other with it.
fn parts(text: &str) -> Vec<&str> {
    const BEGIN: &str = "BEGIN:VCARD";
    let mut begins = vec![0];
    let mut offset = 0;
    for line in text.split_inclusive('\n') {
        if line.trim().eq_ignore_ascii_case(BEGIN) {
            begins.push(offset);
        }
        offset += line.len();
    }
    begins.push(text.len());
    let parts = begins
        .windows(2)
        .filter_map(|ends| text.get(ends[0]..ends[1]));
    parts.filter(|part| !part.trim().is_empty()).collect()
}

impl Contacts for Reader {
    fn place(&self) -> Place {
        self.place.clone()
    }

    fn report(&self) -> &Report {
        &self.report
    }
}

impl Iterator for Reader {
    type Item = Person;

    fn next(&mut self) -> Option<Person> {
        loop {
            let (number, card) = self.cards.next()?;
            match person(&card) {
                Ok(person) => {
                    self.report.moments += 1;
                    self.place = Place::Item(number);
                    return Some(person);
                }
                Err(reason) => self.report.skip(reason, Place::Item(number)),
            }
        }
    }
}

fn person(card: &VCard) -> Result<Person, Reason> {
    if is_no_person(card) {
        return Err(Reason::NotAPerson);
    }
    let mut entry = Entry::default();
    entry.name(&formatted_name(card));
    let mut addresses: Vec<&VCardEntry> = card.properties(&VCardProperty::Email).collect();
    addresses.sort_by_key(|entry| preference(entry));
    for address in addresses.into_iter().flat_map(texts) {
        entry.address(address);
    }
    entry.company(first(card, &VCardProperty::Org).unwrap_or_default());
    for property in [VCardProperty::Title, VCardProperty::Role] {
        entry.title(first(card, &property).unwrap_or_default());
    }
    for label in card.properties(&VCardProperty::Categories).flat_map(texts) {
        label.split(',').for_each(|label| entry.tag(label));
    }
    // Short ones count the cards of one book, and name somebody else in another.
    if let Some(uid) = card.uid().filter(|uid| uid.trim().len() >= SHORTEST_UID) {
        entry.identity(&format!("card:{}", uid.trim()));
    }
    entry.finish()
}

/// Groups, companies and places have cards too; Apple marks companies in a way of its own.
fn is_no_person(card: &VCard) -> bool {
    let says = |entry: &VCardEntry, words: &[&str]| {
        let text = entry.values.first().and_then(VCardValue::as_text);
        text.is_some_and(|text| words.iter().any(|word| text.eq_ignore_ascii_case(word)))
    };
    card.entries.iter().any(|entry| match &entry.name {
        VCardProperty::Kind => !says(entry, &["individual", ""]),
        VCardProperty::Other(name) if name.eq_ignore_ascii_case("X-ABShowAs") => {
            says(entry, &["COMPANY"])
        }
        VCardProperty::Other(name) if name.eq_ignore_ascii_case("X-ADDRESSBOOKSERVER-KIND") => {
            says(entry, &["group"])
        }
        _ => false,
    })
}

/// As it is written, else put together, else as friends say it.
fn formatted_name(card: &VCard) -> String {
    let written = first(card, &VCardProperty::Fn).unwrap_or_default().trim();
    if !written.is_empty() {
        return written.to_owned();
    }
    let parts = card.property(&VCardProperty::N).map(components);
    let parts = parts.unwrap_or_default();
    let part = |index: usize| parts.get(index).copied().unwrap_or_default().trim();
    // Family, given, additional names; titles are no name.
    let joined: Vec<&str> = [part(1), part(2), part(0)]
        .into_iter()
        .filter(|part| !part.is_empty())
        .collect();
    if joined.is_empty() {
        return first(card, &VCardProperty::Nickname)
            .unwrap_or_default()
            .to_owned();
    }
    joined.join(" ")
}

/// The parts of a value that has some.
fn components(entry: &VCardEntry) -> Vec<&str> {
    let values = entry.values.iter();
    values
        .map(|value| value.as_text().unwrap_or_default())
        .collect()
}

fn first<'c>(card: &'c VCard, property: &VCardProperty) -> Option<&'c str> {
    let entry = card.entries.iter().find(|entry| entry.name == *property)?;
    entry.values.first()?.as_text()
}

fn texts(entry: &VCardEntry) -> impl Iterator<Item = &str> {
    entry.values.iter().filter_map(VCardValue::as_text)
}

/// Smaller is preferred: `PREF=1` of 4.0, `TYPE=PREF` of before.
fn preference(entry: &VCardEntry) -> u32 {
    const NONE: u32 = 1_000;
    let mut preference = NONE;
    for parameter in &entry.params {
        let value = parameter.value.as_text();
        match &parameter.name {
            VCardParameterName::Pref => {
                let number = parameter.value.as_integer();
                preference = number.and_then(|n| n.iana().copied()).unwrap_or(1);
            }
            VCardParameterName::Type if value.is_some_and(|v| v.eq_ignore_ascii_case("pref")) => {
                preference = 1;
            }
            _ => {}
        }
    }
    preference
}
