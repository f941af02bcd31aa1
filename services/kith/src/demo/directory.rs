//! Everybody: twelve members, the hand-written faces, and the rest of four hundred people.

use std::collections::BTreeSet;
use std::ops::Range;

use kith_domain::text::folded;
use kith_domain::time::Timestamp;

use super::Somebody;
use super::calendar::Calendar;
use super::companies::{COMPANIES, Company, FIELDS};
use super::dice::{Dice, Stream};
use super::faces;
use super::gatherings::{self, Gathering};
use super::names::NAMES;

/// The organisation: a cooperative that helps harbour towns to repair, reuse and run on clean power.
pub(super) const ORGANISATION: &str = "Lantern Guild";

/// How many members there are; they come first in the list of everybody.
pub(super) const MEMBERS: usize = 12;

/// How many people there are who are not members.
pub(super) const PEOPLE: usize = 400;

/// The member who looks at the demo.
pub(super) const ME: usize = 0;

/// The members with their titles; [`ME`] first.
const GUILD: [(&str, &str); MEMBERS] = [
    ("Ana Silva", "Partnerships Lead"),
    ("Henrik Lindqvist", "Energy Engineer"),
    ("Ngozi Adeyemi", "Programme Director"),
    ("Tomasz Wójcik", "Structural Engineer"),
    ("Mei-Ling Chao", "Service Designer"),
    ("Rafael Ortega", "Harbour Planner"),
    ("Yuki Tanabe", "Data Analyst"),
    ("Priya Raman", "Funding Adviser"),
    ("Eoin Gallagher", "Workshop Manager"),
    ("Leïla Benali", "Editor"),
    ("Marta Kovács", "Landscape Architect"),
    ("Wanjiru Kamau", "Training Coordinator"),
];

/// What a season is written about.
pub(super) struct World {
    /// When it happens.
    pub(super) calendar: Calendar,
    /// What the dice of every module start from.
    pub(super) seed: u64,
    /// Members, faces, and the rest, in this order.
    pub(super) everybody: Vec<Somebody>,
    /// Where everybody meets, oldest first.
    pub(super) gatherings: Vec<Gathering>,
}

impl World {
    /// The world in which the season happens that ends at `now`.
    pub(super) fn new(now: Timestamp, seed: u64) -> Self {
        let calendar = Calendar::new(now);
        let mut everybody = directory(seed);
        let gatherings = gatherings::planned(calendar, seed);
        for gathering in &gatherings {
            let label = gathering.label();
            for person in &gathering.attendees {
                everybody[*person].tags.push(label.clone());
            }
        }
        Self {
            calendar,
            seed,
            everybody,
            gatherings,
        }
    }

    /// The dice of one module.
    pub(super) fn dice(&self, stream: Stream) -> Dice {
        Dice::new(self.seed, stream)
    }
}

/// Whether an index means a member.
pub(super) const fn is_member(index: usize) -> bool {
    index < MEMBERS
}

/// The index of a hand-written face.
pub(super) const fn face(number: usize) -> usize {
    MEMBERS + number
}

/// The people who are neither members nor hand-written.
pub(super) const fn crowd() -> Range<usize> {
    MEMBERS + faces::COUNT..MEMBERS + PEOPLE
}

fn directory(seed: u64) -> Vec<Somebody> {
    let mut dice = Dice::new(seed, Stream::Directory);
    let mut everybody: Vec<Somebody> = GUILD.iter().map(member).collect();
    everybody.extend(faces::all().map(|face| Somebody {
        name: face.name.to_owned(),
        address: address(face.name, face.domain),
        company: face.company.to_owned(),
        title: face.title.to_owned(),
        tags: face.tags.iter().map(ToString::to_string).collect(),
    }));
    let mut taken: BTreeSet<String> = everybody.iter().map(|one| folded(&one.name)).collect();
    while everybody.len() < MEMBERS + PEOPLE {
        let company = employer(&mut dice);
        let name = name(&mut dice, &company);
        if taken.insert(folded(&name)) {
            everybody.push(employee(&mut dice, name, &company));
        }
    }
    everybody
}

fn member((name, title): &(&str, &str)) -> Somebody {
    Somebody {
        name: (*name).to_owned(),
        address: address(name, "guild"),
        company: ORGANISATION.to_owned(),
        title: (*title).to_owned(),
        tags: vec!["guild".to_owned()],
    }
}

/// A company; the first ones of the list are larger than the last.
fn employer(dice: &mut Dice) -> Company {
    let (one, other) = (dice.below(COMPANIES.len()), dice.below(COMPANIES.len()));
    COMPANIES[one.min(other)]
}

/// A name that is mostly at home where the company is.
fn name(dice: &mut Dice, company: &Company) -> String {
    let home = if dice.chance(65) {
        company.3 as usize
    } else {
        dice.below(NAMES.len())
    };
    let names = &NAMES[home];
    let mut draw = |names: &'static str| {
        let names: Vec<&str> = names.split(' ').collect();
        dice.pick(&names)
    };
    format!("{} {}", draw(names.given), draw(names.family))
}

fn employee(dice: &mut Dice, name: String, company: &Company) -> Somebody {
    let (tag, titles) = FIELDS[company.2 as usize];
    let titles: Vec<&str> = titles.split('|').collect();
    let mut tags = vec![tag.to_owned()];
    if dice.chance(22) {
        let label = dice.pick(&["speaker", "alumni", "reviewer", "open day", "newsletter"]);
        tags.push(label.to_owned());
    }
    Somebody {
        address: address(&name, company.1),
        name,
        company: company.0.to_owned(),
        title: dice.pick(&titles).to_owned(),
        tags,
    }
}

/// `Łukasz Zając` at `heliograf` is `lukasz.zajac@heliograf.example`.
fn address(name: &str, domain: &str) -> String {
    let mut local = String::new();
    for letter in folded(name).chars() {
        match letter {
            ' ' => local.push('.'),
            'ł' => local.push('l'),
            'ø' => local.push('o'),
            'ı' => local.push('i'),
            'a'..='z' | '-' => local.push(letter),
            _ => {}
        }
    }
    format!("{local}@{domain}.example")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_plain_letters_in_a_domain_that_cannot_exist() {
        assert_eq!(
            address("Łukasz Zając", "heliograf"),
            "lukasz.zajac@heliograf.example"
        );
        assert_eq!(
            address("Leïla Benali", "guild"),
            "leila.benali@guild.example"
        );
        assert_eq!(
            address("Selin Yıldız", "marsa"),
            "selin.yildiz@marsa.example"
        );
        assert_eq!(address("Da-eun Oh", "haneul"), "da-eun.oh@haneul.example");
    }
}
