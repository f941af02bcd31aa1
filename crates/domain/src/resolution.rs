//! Whom an attendee on somebody's list is in the directory.
//!
//! A list says little of each: a name as it stands on a badge, perhaps a company, sometimes an address. What says
//! enough resolves the attendee; what leaves a doubt is asked of a member, never guessed.

mod directory;

use std::collections::BTreeSet;

pub use self::directory::Directory;
use crate::id::PersonId;

/// What a list says of one attendee, or a directory of one person.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash)]
pub struct Description {
    /// Names: of an attendee one at most.
    pub names: Vec<String>,
    /// Companies: of a person all at which they work or worked.
    pub companies: Vec<String>,
    /// Addresses, normalised.
    pub addresses: BTreeSet<String>,
}

/// What speaks for a person, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Ground {
    /// An address of theirs, and no other name.
    Address,
    /// Their name and company.
    NameAndCompany,
    /// A name like theirs (by a nickname, an initial, a middle name, a slip of the pen) and their company.
    LikeNameAndCompany,
    /// Their full name; one of both says no company.
    Name,
    /// A name like theirs; one of both says no company.
    LikeName,
    /// Their name and company, and another address at their domain: two people may be called so.
    OtherAddress,
    /// An address of theirs, and another name: somebody may write for them.
    OtherName,
    /// Their full name, and another company: they may have changed it.
    OtherCompany,
}

impl Ground {
    /// All grounds, in the order of their numbers on the wire.
    pub const ALL: [Self; 8] = [
        Self::Address,
        Self::NameAndCompany,
        Self::LikeNameAndCompany,
        Self::Name,
        Self::LikeName,
        Self::OtherAddress,
        Self::OtherName,
        Self::OtherCompany,
    ];

    /// The place of this ground in [`ALL`](Self::ALL).
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The ground at this place.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// Of a hundred whom it alone speaks for, how many it is right of. Measured on lists whose answers are known
    /// (`crates/domain/tests/resolution.rs` compares); where these have no case of it, a cautious guess.
    #[must_use]
    pub const fn confidence(self) -> u8 {
        match self {
            Self::Address | Self::NameAndCompany => 99,
            Self::LikeNameAndCompany => 98,
            Self::Name => 95,
            Self::LikeName => 80,
            Self::OtherAddress | Self::OtherName => 50,
            Self::OtherCompany => 5,
        }
    }

    /// Whether it resolves an attendee whom it speaks for alone.
    #[must_use]
    pub const fn is_enough(self) -> bool {
        self.confidence() >= ENOUGH
    }
}

/// The confidence that resolves, in per cent.
const ENOUGH: u8 = 90;

/// The most people of whom a member is asked which one it is.
pub const MOST_CANDIDATES: usize = 5;

/// Somebody whom an attendee may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Candidate {
    /// Who.
    pub person: PersonId,
    /// What speaks for them.
    pub ground: Ground,
    /// How likely it is them, in per cent: what the ground says, shared among those for whom as much speaks.
    pub confidence: u8,
}

/// What became of one attendee.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Resolution {
    /// It is this person.
    Resolved(Candidate),
    /// It may be one of these, the likeliest first: at least one, and [`MOST_CANDIDATES`] at most.
    Doubtful(Vec<Candidate>),
    /// Nobody in the directory is like them.
    Unknown,
}

#[cfg(test)]
mod tests {
    use super::*;

    fn described(name: &str, company: &str, address: &str) -> Description {
        let given = |text: &str| Some(text.to_owned()).filter(|text| !text.is_empty());
        Description {
            names: given(name).into_iter().collect(),
            companies: given(company).into_iter().collect(),
            addresses: given(address).into_iter().collect(),
        }
    }

    /// Whom somebody is among these, numbered from 1: who, the ground, the confidence.
    fn found(among: &[Description], attendee: &Description) -> (bool, Vec<(u8, Ground, u8)>) {
        let people = among.iter().zip(1_u8..);
        let people = people.map(|(of, n)| (PersonId::from_bytes([n; 16]), of));
        let told = |c: &Candidate| (c.person.as_bytes()[0], c.ground, c.confidence);
        match Directory::of(people).resolve(attendee) {
            Resolution::Resolved(candidate) => (true, vec![told(&candidate)]),
            Resolution::Doubtful(candidates) => (false, candidates.iter().map(told).collect()),
            Resolution::Unknown => (false, Vec::new()),
        }
    }

    #[test]
    fn a_name_alone_resolves_whom_nobody_shares_it_with() {
        let ana = described("Ana Silva", "Windfarm", "");
        let badge = described("Dr. ANA SILVA", "", "");
        assert_eq!(
            found(std::slice::from_ref(&ana), &badge),
            (true, vec![(1, Ground::Name, 95)])
        );
        let two = [ana, described("Ana Silva", "Grid", "")];
        let halves = vec![(1, Ground::Name, 47), (2, Ground::Name, 47)];
        assert_eq!(found(&two, &badge), (false, halves));
        let third = described("Ana Silva", "GRID Ltd.", "");
        assert_eq!(
            found(&two, &third),
            (true, vec![(2, Ground::NameAndCompany, 99)])
        );
    }

    #[test]
    fn who_may_have_moved_or_shares_an_address_is_asked() {
        let ana = [described("Ana Silva", "Windfarm", "ana@windfarm.example")];
        let moved = described("Ana Silva", "Grid", "");
        assert_eq!(
            found(&ana, &moved),
            (false, vec![(1, Ground::OtherCompany, 5)])
        );
        let office = described("Ben Okoye", "", "ana@windfarm.example");
        assert_eq!(
            found(&ana, &office),
            (false, vec![(1, Ground::OtherName, 50)])
        );
        let namesake = described("Ana Silva", "", "ana.silva@windfarm.example");
        assert_eq!(
            found(&ana, &namesake),
            (false, vec![(1, Ground::OtherAddress, 50)])
        );
    }

    #[test]
    fn of_two_who_share_an_address_the_one_who_is_called_so_is_meant() {
        let family = [
            described("Ben Silva", "", "family@silva.example"),
            described("Ana Silva", "", "family@silva.example"),
            described("", "", "family@silva.example"),
        ];
        let ana = described("Ana Silva", "", "family@silva.example");
        let (is_resolved, candidates) = found(&family, &ana);
        assert!(is_resolved);
        assert_eq!(candidates[0].0, 2);
    }

    #[test]
    fn an_address_without_a_name_meets_the_name_that_it_spells() {
        let ana = [described("Ana Silva", "", "")];
        let address = described("", "", "ana.silva@gmail.com");
        assert_eq!(found(&ana, &address), (true, vec![(1, Ground::Name, 95)]));
        let met = [described("", "", "ana.silva@windfarm.example")];
        let badge = described("Silva, Ana", "Wind-Farm GmbH", "");
        assert_eq!(
            found(&met, &badge),
            (true, vec![(1, Ground::NameAndCompany, 99)])
        );
    }

    #[test]
    fn half_a_name_says_nothing() {
        let ana = [
            described("Ana", "Windfarm", ""),
            described("Ana Silva", "Windfarm", ""),
        ];
        assert_eq!(
            found(&ana, &described("Ana", "Windfarm", "")),
            (false, vec![])
        );
        assert_eq!(found(&ana, &described("", "", "")), (false, vec![]));
    }

    #[test]
    fn no_more_candidates_are_offered_than_somebody_reads() {
        let many = vec![described("Wei Zhang", "", ""); 40];
        let (_, offered) = found(&many, &described("Wei Zhang", "", ""));
        assert_eq!(offered.len(), MOST_CANDIDATES);
        assert!(offered.iter().all(|(_, _, confidence)| *confidence == 2));
    }

    #[test]
    fn every_ground_has_its_number() {
        for (number, ground) in Ground::ALL.into_iter().enumerate() {
            assert_eq!(ground.index(), number);
            assert_eq!(Ground::from_index(number), Some(ground));
        }
    }
}
