//! Which entries of a directory may mean one person, and why.
//!
//! Proposals alone: whether they do, somebody decides who knows them. People share names, so that the same
//! name by itself is the weakest reason there is.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::id::PersonId;
use crate::likeness::{Company, Likeness, Name, is_public};
use crate::time::Timestamp;

/// What is compared of an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// Which.
    pub id: PersonId,
    /// The name.
    pub name: Option<String>,
    /// Every address it has or had, normalised.
    pub addresses: BTreeSet<String>,
    /// Where they work.
    pub company: Option<String>,
    /// Whether it is a member's: two of these are two people.
    pub is_member: bool,
    /// Whether somebody made it on purpose.
    pub on_purpose: bool,
    /// Since when it is there.
    pub entered: Timestamp,
}

/// Why two entries may mean one person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The same address.
    SameAddress,
    /// The same name, in whatever order, case or accents.
    SameName,
    /// Names that differ by a letter, by initials, by a middle name, or as *Jim* from *James*.
    SimilarName,
    /// The address of the one spells the name of the other.
    NameInAddress,
    /// The same company.
    SameCompany,
    /// An address at the same domain, which is not one that everybody can have.
    SameDomain,
}

impl Reason {
    /// All reasons, in the order of their numbers on the wire.
    pub const ALL: [Self; 6] = [
        Self::SameAddress,
        Self::SameName,
        Self::SimilarName,
        Self::NameInAddress,
        Self::SameCompany,
        Self::SameDomain,
    ];

    /// The place of this reason in [`ALL`](Self::ALL).
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The reason at this place.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// How much it says, in no unit: only the order of sums means something.
    const fn weight(self) -> u32 {
        match self {
            Self::SameAddress => 6,
            Self::SameName | Self::NameInAddress => 3,
            Self::SimilarName | Self::SameCompany | Self::SameDomain => 2,
        }
    }
}

/// Two entries that may mean one person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposal {
    /// The one to keep, if they do.
    pub kept: PersonId,
    /// The other.
    pub duplicate: PersonId,
    /// Why, in the order of [`Reason`].
    pub reasons: Vec<Reason>,
}

/// Entries that are compared with each other at most because they have something in common: more share it
/// by accident.
const MOST_ALIKE: usize = 50;

/// An entry, taken apart once.
struct Parts<'e> {
    entry: &'e Entry,
    name: Name,
    /// Names that the addresses spell: of two words or more.
    spelt: Vec<Name>,
    company: Option<Company>,
    domains: BTreeSet<&'e str>,
}

impl<'e> Parts<'e> {
    fn of(entry: &'e Entry) -> Self {
        let addresses = || entry.addresses.iter();
        let domains = addresses().filter_map(|a| a.rsplit_once('@'));
        Self {
            entry,
            name: Name::of(entry.name.as_deref().unwrap_or_default()),
            spelt: addresses()
                .map(|address| Name::spelt(address))
                .filter(Name::is_full)
                .collect(),
            company: entry.company.as_deref().and_then(Company::of),
            domains: domains
                .map(|(_, domain)| domain)
                .filter(|domain| !is_public(domain))
                .collect(),
        }
    }

    /// What has one of these in common with another is compared with it.
    fn keys(&self) -> BTreeSet<String> {
        let addresses = self.entry.addresses.iter().map(|a| format!("a {a}"));
        let mut keys: BTreeSet<String> = addresses.collect();
        let names = self.spelt.iter().chain([&self.name]);
        let named = names.filter(|name| !name.is_empty());
        keys.extend(named.map(|name| format!("n {}", name.words().join(" "))));
        let domains = self.domains.iter().copied();
        for scope in domains.chain(self.company.as_ref().map(Company::as_str)) {
            let words = self.name.words().iter();
            let long = words.filter(|word| word.len() > 2);
            keys.extend(long.map(|word| format!("s {scope} {word}")));
        }
        keys
    }

    /// Whom to keep of two: the first in this order.
    fn rank(&self) -> (bool, bool, bool, Timestamp, PersonId) {
        let entry = self.entry;
        let unnamed = entry.name.is_none();
        (
            !entry.is_member,
            !entry.on_purpose,
            unnamed,
            entry.entered,
            entry.id,
        )
    }
}

/// Why two entries may mean one person; none, if nothing says so.
fn reasons(one: &Parts<'_>, other: &Parts<'_>) -> Vec<Reason> {
    if one.entry.is_member && other.entry.is_member {
        return Vec::new();
    }
    let mut reasons = Vec::new();
    let likeness = one.name.likeness(&other.name);
    let same_name = likeness == Some(Likeness::Same);
    let similar = likeness.is_some() && !same_name;
    let mut say = |holds, reason| {
        if holds {
            reasons.push(reason);
        }
    };
    let shared = one.entry.addresses.intersection(&other.entry.addresses);
    say(shared.count() > 0, Reason::SameAddress);
    say(same_name, Reason::SameName);
    say(similar, Reason::SimilarName);
    // Who has another name is somebody else, whatever the address.
    let spells = |named: &Parts<'_>, by: &Parts<'_>| {
        let is_same = |spelt: &Name| spelt.likeness(&named.name) == Some(Likeness::Same);
        named.name.is_full() && by.name.is_empty() && by.spelt.iter().any(is_same)
    };
    let spelt = spells(one, other) || spells(other, one);
    say(spelt, Reason::NameInAddress);
    let same_company = one.company.is_some() && one.company == other.company;
    say(same_company, Reason::SameCompany);
    let same_domain = !one.domains.is_disjoint(&other.domains);
    say(same_domain, Reason::SameDomain);
    let same_place = same_company || same_domain;
    let enough = reasons.contains(&Reason::SameAddress)
        || spelt
        || same_name && (one.name.is_full() || same_place)
        || similar && same_place;
    if enough { reasons } else { Vec::new() }
}

/// Entries that may mean one person, the surest first.
#[must_use]
pub fn proposals(entries: &[Entry]) -> Vec<Proposal> {
    let mut parts: Vec<Parts<'_>> = entries.iter().map(Parts::of).collect();
    parts.sort_by_key(Parts::rank);
    let mut alike: HashMap<String, Vec<usize>> = HashMap::new();
    for (place, part) in parts.iter().enumerate() {
        for key in part.keys() {
            alike.entry(key).or_default().push(place);
        }
    }
    let mut proposed: BTreeMap<(usize, usize), Vec<Reason>> = BTreeMap::new();
    for places in alike.values() {
        let places = &places[..places.len().min(MOST_ALIKE)];
        for (n, &first) in places.iter().enumerate() {
            for &second in &places[n + 1..] {
                proposed
                    .entry((first, second))
                    .or_insert_with(|| reasons(&parts[first], &parts[second]));
            }
        }
    }
    let mut proposals: Vec<(u32, Proposal)> = Vec::new();
    for ((kept, duplicate), reasons) in proposed {
        if reasons.is_empty() {
            continue;
        }
        let weight = reasons.iter().map(|reason| reason.weight()).sum();
        let proposal = Proposal {
            kept: parts[kept].entry.id,
            duplicate: parts[duplicate].entry.id,
            reasons,
        };
        proposals.push((weight, proposal));
    }
    proposals.sort_by_key(|(weight, proposal)| {
        (
            std::cmp::Reverse(*weight),
            proposal.kept,
            proposal.duplicate,
        )
    });
    proposals
        .into_iter()
        .map(|(_, proposal)| proposal)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry(id: u8, name: &str, address: &str, company: &str) -> Entry {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Entry {
            id: PersonId::from_bytes([id; 16]),
            name: given(name),
            addresses: given(address).into_iter().collect(),
            company: given(company),
            is_member: false,
            on_purpose: true,
            entered: Timestamp(i64::from(id)),
        }
    }

    fn why(one: Entry, other: Entry) -> Vec<Reason> {
        let proposed = proposals(&[one, other]);
        proposed
            .into_iter()
            .next()
            .map(|p| p.reasons)
            .unwrap_or_default()
    }

    use Reason::{NameInAddress, SameAddress, SameCompany, SameDomain, SameName, SimilarName};

    #[test]
    fn names_meet_in_any_order_case_or_accents() {
        let one = entry(1, "José Nuñez", "jose@a.example", "");
        let other = entry(2, "NUNEZ, Jose", "jn@b.example", "");
        assert_eq!(why(one, other), [SameName]);
    }

    #[test]
    fn half_a_name_says_something_only_at_the_same_place() {
        let ana = |id, domain| entry(id, "Ana", &format!("ana{id}@{domain}"), "");
        assert_eq!(why(ana(1, "a.example"), ana(2, "b.example")), []);
        assert_eq!(
            why(ana(1, "a.example"), ana(2, "a.example")),
            [SameName, SameDomain]
        );
        assert_eq!(why(ana(1, "gmail.com"), ana(2, "gmail.com")), []);
    }

    #[test]
    fn similar_names_say_something_only_at_the_same_place() {
        for (one, other) in [
            ("A. Silva", "Ana Silva"),
            ("Ana Maria Silva", "Ana Silva"),
            ("Jim Silva", "James Silva"),
            ("Ana Silva", "Anna Silva"),
            ("Jürgen Weiss", "Jürgne Weiss"),
        ] {
            let one_at = |domain: &str| entry(1, one, &format!("x@{domain}"), "Windfarm");
            let other_at = |domain: &str| entry(2, other, &format!("y@{domain}"), "WINDFARM");
            let found = why(one_at("a.example"), other_at("b.example"));
            let expected = if one == "Ana Silva" {
                // Three letters and four: too short to be a slip of the pen.
                vec![]
            } else {
                vec![SimilarName, SameCompany]
            };
            assert_eq!(found, expected, "{one} {other}");
        }
        let bob = entry(1, "Bob Silva", "bob@a.example", "Windfarm");
        let ana = entry(2, "Ana Silva", "ana@a.example", "Windfarm");
        assert_eq!(why(bob, ana), [], "two colleagues");
    }

    #[test]
    fn an_address_spells_the_name_of_somebody_else_without_one() {
        let named = entry(1, "Ana Silva", "", "");
        let spelt = entry(2, "", "silva.ana2@gmail.com", "");
        assert_eq!(why(named.clone(), spelt), [NameInAddress]);
        let other = entry(2, "Ann Silver", "silva.ana2@gmail.com", "");
        assert_eq!(why(named, other), []);
    }

    #[test]
    fn a_shared_address_is_the_surest_reason_and_two_members_are_two_people() {
        let one = entry(1, "Ana Silva", "office@wind.example", "");
        let other = entry(2, "Ben Okoye", "office@wind.example", "");
        assert_eq!(why(one.clone(), other.clone()), [SameAddress, SameDomain]);
        let member = |entry| Entry {
            is_member: true,
            ..entry
        };
        assert_eq!(why(member(one), member(other)), []);
    }

    #[test]
    fn a_member_is_kept_and_the_surest_come_first() {
        let all = [
            entry(1, "Ana Silva", "ana@a.example", ""),
            Entry {
                is_member: true,
                ..entry(2, "Ana Silva", "ana@b.example", "")
            },
            entry(3, "Ana Silva", "ana@a.example", ""),
        ];
        let proposed = proposals(&all);
        let ids = |p: &Proposal| (p.kept.as_bytes()[0], p.duplicate.as_bytes()[0]);
        let pairs: Vec<(u8, u8)> = proposed.iter().map(ids).collect();
        assert_eq!(pairs, [(1, 3), (2, 1), (2, 3)]);
    }

    #[test]
    fn every_reason_has_its_number() {
        for (number, reason) in Reason::ALL.into_iter().enumerate() {
            assert_eq!(reason.index(), number);
            assert_eq!(Reason::from_index(number), Some(reason));
        }
    }

    #[test]
    fn ten_thousand_namesakes_are_not_compared_each_with_each() {
        let all: Vec<Entry> = (0..10_000_u32)
            .map(|n| Entry {
                id: PersonId::from_bytes([n.to_be_bytes(); 4].concat().try_into().unwrap()),
                ..entry(1, "Wei Zhang", &format!("{n}@x.example"), "")
            })
            .collect();
        assert_eq!(proposals(&all).len(), MOST_ALIKE * (MOST_ALIKE - 1) / 2);
    }
}
