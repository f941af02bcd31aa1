//! A directory, taken apart once so that many attendees can be looked up in it.

use std::collections::{BTreeSet, HashMap};

use super::{Candidate, Description, Ground, MOST_CANDIDATES, Resolution};
use crate::id::PersonId;
use crate::likeness::{Company, Likeness, Name, is_public};

/// Those whom an attendee may be.
pub struct Directory {
    people: Vec<(PersonId, Parts)>,
    /// Places in `people`, by what somebody may be found by.
    places: HashMap<Key, Vec<usize>>,
}

/// What two people who may be one have in common.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
enum Key {
    Address(String),
    Word(String),
    Company(String),
}

/// A description, taken apart.
struct Parts {
    names: Vec<Name>,
    /// Full names that addresses spell.
    spelt: Vec<Name>,
    companies: BTreeSet<Company>,
    addresses: BTreeSet<String>,
}

/// What the companies of two say.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Place {
    Same,
    Like,
    Unknown,
    Other,
}

/// How much speaks for a candidate; what is less speaks more. Of two who share an address, the one who is called like
/// that comes before one of whom no name says so.
type Rank = (Ground, bool, Option<Likeness>, Place);

impl Parts {
    fn of(description: &Description) -> Self {
        let addresses = || description.addresses.iter();
        let spelt = addresses().map(|address| Name::spelt(address));
        let said = description.companies.iter();
        let derived = addresses().filter_map(|address| Company::of_domain(domain(address)?));
        Self {
            names: description
                .names
                .iter()
                .map(|name| Name::of(name))
                .collect(),
            spelt: spelt.filter(Name::is_full).collect(),
            companies: said
                .filter_map(|name| Company::of(name))
                .chain(derived)
                .collect(),
            addresses: description.addresses.clone(),
        }
    }

    fn keys(&self) -> BTreeSet<Key> {
        let addresses = self.addresses.iter().cloned().map(Key::Address);
        let names = self.names.iter().chain(&self.spelt);
        let words = names.flat_map(Name::words).cloned().map(Key::Word);
        let companies = self
            .companies
            .iter()
            .map(|c| Key::Company(c.as_str().to_owned()));
        addresses.chain(words).chain(companies).collect()
    }

    fn domains(&self) -> impl Iterator<Item = &str> {
        let all = self.addresses.iter().filter_map(|address| domain(address));
        all.filter(|domain| !is_public(domain))
    }

    /// The surest likeness of a name of one with a name of the other; what two addresses spell is not compared.
    fn likeness(&self, other: &Self) -> Option<Likeness> {
        let said = self.names.iter().flat_map(|one| {
            other
                .names
                .iter()
                .chain(&other.spelt)
                .map(move |o| (one, o))
        });
        let spelt = self
            .spelt
            .iter()
            .flat_map(|one| other.names.iter().map(move |o| (one, o)));
        said.chain(spelt)
            .filter_map(|(one, other)| one.likeness(other))
            .min()
    }

    /// Whether both say a name, and the two have not a word in common.
    fn is_named_otherwise(&self, other: &Self) -> bool {
        let shares = |one: &Name| {
            other
                .names
                .iter()
                .chain(&other.spelt)
                .any(|o| one.shares_a_word(o))
        };
        !self.names.is_empty() && !other.names.is_empty() && !self.names.iter().any(shares)
    }

    fn place(&self, other: &Self) -> Place {
        let (one, other) = (&self.companies, &other.companies);
        if !one.is_disjoint(other) {
            Place::Same
        } else if one
            .iter()
            .any(|one| other.iter().any(|other| one.is_like(other)))
        {
            Place::Like
        } else if one.is_empty() || other.is_empty() {
            Place::Unknown
        } else {
            Place::Other
        }
    }

    /// What speaks for it that both are one. `None` if nothing does.
    fn ground(&self, other: &Self) -> Option<Rank> {
        let likeness = self.likeness(other);
        let place = self.place(other);
        let is_full = |parts: &Self| parts.names.iter().chain(&parts.spelt).any(Name::is_full);
        let is_same = likeness == Some(Likeness::Same);
        let ground = if !self.addresses.is_disjoint(&other.addresses) {
            let is_other = likeness.is_none() && self.is_named_otherwise(other);
            if is_other {
                Ground::OtherName
            } else {
                Ground::Address
            }
        } else if likeness.is_none() || !(is_full(self) && is_full(other)) {
            return None;
        } else if self
            .domains()
            .any(|one| other.domains().any(|other| one == other))
        {
            Ground::OtherAddress
        } else {
            match (place, is_same) {
                (Place::Same | Place::Like, true) => Ground::NameAndCompany,
                (Place::Same | Place::Like, false) => Ground::LikeNameAndCompany,
                (Place::Unknown, true) => Ground::Name,
                (Place::Unknown, false) => Ground::LikeName,
                (Place::Other, true) => Ground::OtherCompany,
                (Place::Other, false) => return None,
            }
        };
        Some((ground, likeness.is_none(), likeness, place))
    }
}

impl Directory {
    /// Of these people.
    pub fn of<'d>(people: impl IntoIterator<Item = (PersonId, &'d Description)>) -> Self {
        let people: Vec<(PersonId, Parts)> = people
            .into_iter()
            .map(|(id, of)| (id, Parts::of(of)))
            .collect();
        let mut places: HashMap<Key, Vec<usize>> = HashMap::new();
        for (place, (_, parts)) in people.iter().enumerate() {
            for key in parts.keys() {
                places.entry(key).or_default().push(place);
            }
        }
        Self { people, places }
    }

    /// Whom an attendee is.
    #[must_use]
    pub fn resolve(&self, attendee: &Description) -> Resolution {
        let attendee = Parts::of(attendee);
        let keys = attendee.keys();
        let alike = keys.iter().filter_map(|key| self.places.get(key)).flatten();
        let alike: BTreeSet<usize> = alike.copied().collect();
        let mut ranked: Vec<(Rank, PersonId)> = Vec::new();
        for place in alike {
            let (person, parts) = &self.people[place];
            ranked.extend(attendee.ground(parts).map(|rank| (rank, *person)));
        }
        ranked.sort_unstable();
        let as_much = |rank: &Rank| ranked.iter().filter(|(other, _)| other == rank).count();
        let candidates = ranked.iter().take(MOST_CANDIDATES).map(|(rank, person)| {
            let sharing = u8::try_from(as_much(rank)).unwrap_or(u8::MAX);
            let confidence = rank.0.confidence() / sharing;
            Candidate {
                person: *person,
                ground: rank.0,
                confidence,
            }
        });
        let candidates: Vec<Candidate> = candidates.collect();
        match candidates.first() {
            None => Resolution::Unknown,
            Some(first) if first.confidence >= super::ENOUGH => Resolution::Resolved(*first),
            Some(_) => Resolution::Doubtful(candidates),
        }
    }
}

/// The domain of an address.
fn domain(address: &str) -> Option<&str> {
    address.rsplit_once('@').map(|(_, domain)| domain)
}
