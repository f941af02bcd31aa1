//! Whether two names may be one person's, and two companies one.
//!
//! Nothing here decides: what follows from likeness is the business of who compares.

mod nicknames;
mod place;

use strsim::osa_distance;

pub(crate) use self::place::{Company, is_public};
use crate::text::folded;

/// What stands before or after a name and is none of it, folded, in the order of the alphabet.
const TITLES: [&str; 30] = [
    "dipl",
    "don",
    "dr",
    "drs",
    "esq",
    "frau",
    "herr",
    "hon",
    "ing",
    "ir",
    "jr",
    "lic",
    "mag",
    "mba",
    "md",
    "miss",
    "mme",
    "mr",
    "mrs",
    "ms",
    "msc",
    "mx",
    "phd",
    "prof",
    "professor",
    "rev",
    "sir",
    "sr",
    "sra",
    "univ",
];

/// From how many letters on a slip of the pen is believed: between shorter words lie other names.
const LONG: usize = 4;

/// A name, taken apart: without case, accents, punctuation and titles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Name {
    /// Its words, in the order of the alphabet.
    words: Vec<String>,
    /// Its words in their own order, without a space.
    joined: String,
}

/// How two ways to write one person's name differ, the surest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Likeness {
    /// In order, case, accents and spaces at most.
    Same,
    /// One is what people with the other are called.
    Nickname,
    /// One has a word more.
    MiddleName,
    /// One has a letter for what the other spells out.
    Initial,
    /// By a slip of the pen.
    Typo,
}

impl Name {
    /// Of this text, which may be empty: then it is like no other.
    pub(crate) fn of(text: &str) -> Self {
        // *O'Brien* is one word, *(she/her)* is none of a name.
        let text = without_parentheses(text).replace(['\'', '’'], "");
        let folded = folded(&text);
        let all: Vec<&str> = folded
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| !word.is_empty())
            .collect();
        let is_name = |word: &&&str| TITLES.binary_search(&**word).is_err();
        let mut words: Vec<String> = all
            .iter()
            .filter(is_name)
            .map(|word| (*word).to_owned())
            .collect();
        if words.len() < 2 {
            // *Don Li*: what is left is no name.
            words = all.into_iter().map(ToOwned::to_owned).collect();
        }
        let joined = words.concat();
        words.sort_unstable();
        Self { words, joined }
    }

    /// The one that an address spells: of `ana.silva2@wind.example` *ana silva*.
    pub(crate) fn spelt(address: &str) -> Self {
        Self::of(address.rsplit_once('@').map_or(address, |(local, _)| local))
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether it is a name and not half of one.
    pub(crate) fn is_full(&self) -> bool {
        self.words.len() > 1
    }

    /// Its words, in the order of the alphabet.
    pub(crate) fn words(&self) -> &[String] {
        &self.words
    }

    /// Whether some word of more than one letter is in both.
    pub(crate) fn shares_a_word(&self, other: &Self) -> bool {
        self.words
            .iter()
            .any(|word| is_word(word) && other.words.contains(word))
    }

    /// How the two may be one person's name. `None` if nothing says so.
    pub(crate) fn likeness(&self, other: &Self) -> Option<Likeness> {
        if self.is_empty() || other.is_empty() {
            return None;
        }
        if self.words == other.words || self.joined == other.joined {
            return Some(Likeness::Same);
        }
        let (shared, left, rest) = self.compared(other);
        let shares = |letters| shared.iter().any(|word| word.chars().count() >= letters);
        if shares(3) {
            match (left.as_slice(), rest.as_slice()) {
                ([], _) | (_, []) => return (shared.len() > 1).then_some(Likeness::MiddleName),
                ([one], [other]) if nicknames::are_of_one(one, other) => {
                    return Some(Likeness::Nickname);
                }
                (short, long) if are_initials(short, long) || are_initials(long, short) => {
                    return Some(Likeness::Initial);
                }
                ([one], [other]) if is_typo(one, other) => return Some(Likeness::Typo),
                _ => {}
            }
        }
        // Words that one cuts otherwise were not compared with their own.
        let is_cut_otherwise = shared.is_empty() || left.len() != rest.len();
        let is_full = self.is_full() && other.is_full();
        (is_full && is_cut_otherwise && is_long_typo(&self.joined, &other.joined))
            .then_some(Likeness::Typo)
    }

    /// The words that both have, and those that only one or the other has.
    fn compared<'w>(&'w self, other: &'w Self) -> (Vec<&'w str>, Vec<&'w str>, Vec<&'w str>) {
        let mut rest: Vec<&str> = other.words.iter().map(String::as_str).collect();
        let (mut shared, mut left) = (Vec::new(), Vec::new());
        for word in &self.words {
            match rest.iter().position(|other| other == word) {
                Some(place) => shared.push(rest.remove(place)),
                None => left.push(word.as_str()),
            }
        }
        (shared, left, rest)
    }
}

/// A text without what stands in parentheses.
fn without_parentheses(text: &str) -> String {
    let mut depth = 0_usize;
    let keeps = |c: &char| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' if depth > 0 => depth -= 1,
            _ => return depth == 0,
        }
        false
    };
    text.chars().filter(keeps).collect()
}

/// Whether it says more than an initial does. In scripts where one character is a name, it is one.
fn is_word(word: &str) -> bool {
    word.len() > 1
}

/// Whether words are the first letters of others, each of another one.
fn are_initials(short: &[&str], long: &[&str]) -> bool {
    let mut free: Vec<&str> = long.to_vec();
    !short.is_empty()
        && short.iter().all(|initial| {
            let begins = |word: &&str| {
                initial.chars().count() == 1 && word.starts_with(initial) && word != &*initial
            };
            let found = free.iter().position(begins);
            found.map(|place| free.remove(place)).is_some()
        })
}

/// Whether words differ by one letter: another, one more, or two that changed places.
fn is_typo(one: &str, other: &str) -> bool {
    let shorter = one.chars().count().min(other.chars().count());
    shorter >= LONG && one.len().abs_diff(other.len()) <= 4 && osa_distance(one, other) == 1
}

/// Whether whole names do. Those of two short words are too short for that.
fn is_long_typo(one: &str, other: &str) -> bool {
    let shorter = one.chars().count().min(other.chars().count());
    shorter >= 2 * LONG && is_typo(one, other)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn likeness(one: &str, other: &str) -> Option<Likeness> {
        let (one, other) = (Name::of(one), Name::of(other));
        let found = one.likeness(&other);
        assert_eq!(found, other.likeness(&one), "the other way round");
        found
    }

    #[test]
    fn titles_are_in_order() {
        assert!(TITLES.is_sorted());
    }

    #[test]
    fn a_badge_and_a_list_write_the_same_name() {
        for (one, other) in [
            ("Prof. Dr. ANA SILVA", "Ana Silva"),
            ("Silva, Ana", "Ana Silva"),
            ("Ana Silva (she/her)", "Ana Sílva, PhD"),
            ("Jan-Åke Öhman", "Janake Ohman"),
            ("Sinéad O’Brien", "Sinead OBrien"),
            ("渡辺 陽子", "陽子 渡辺"),
            ("Angel aThompson", "Angela Thompson"),
        ] {
            assert_eq!(likeness(one, other), Some(Likeness::Same), "{one} {other}");
        }
        let spelt = Name::spelt("lukas.vanderdussen7@labs.example");
        assert_eq!(
            spelt.likeness(&Name::of("Lukas van der Dussen")),
            Some(Likeness::Same)
        );
    }

    #[test]
    fn names_of_one_person_differ_in_these_ways() {
        for (one, other, how) in [
            ("Jim Armstrong", "James Armstrong", Likeness::Nickname),
            ("Ana Maria Silva", "Ana Silva", Likeness::MiddleName),
            ("K. Reyes", "Karen Reyes", Likeness::Initial),
            ("J.-P. Martin", "Jean-Pierre Martin", Likeness::Initial),
            ("J. Öhman", "Jan-Åke Öhman", Likeness::Initial),
            ("Jürgen Weiss", "Jürgne Weiss", Likeness::Typo),
            ("Angela Thommpson", "Angela Thompson", Likeness::Typo),
            ("Lukas Vanderdusen", "Lukas van der Dussen", Likeness::Typo),
        ] {
            assert_eq!(likeness(one, other), Some(how), "{one} {other}");
        }
    }

    #[test]
    fn names_of_two_people_are_not_alike() {
        for (one, other) in [
            ("Ana Silva", "Ben Silva"),
            ("Ana Silva", "Anna Silva"),
            ("Marine Mendes", "Marianne Mendes"),
            ("莹 金", "莹 管"),
            ("伟 何", "伟明 何"),
            ("Ana", "Ana Silva"),
            ("Ana Silva", ""),
            ("", ""),
        ] {
            assert_eq!(likeness(one, other), None, "{one} {other}");
        }
    }

    #[test]
    fn a_title_that_is_a_name_stays_one() {
        assert_eq!(likeness("Don Li", "Li Don"), Some(Likeness::Same));
        assert_eq!(Name::of("Sir").words(), ["sir"]);
    }
}
