//! What is found by which words: the same on every engine, since both are given the words and not the text.
//!
//! A text is [`folded`] and cut into words where anything but a letter or a digit stands; of scripts that put
//! no space between words each character is one. A text is found by words of which each begins one of its own.

use std::collections::BTreeSet;

use crate::text::folded;

/// The longest word, in characters: what follows is left out.
const LONGEST: usize = 64;
/// The most words of one search.
pub const MAX_WORDS: usize = 10;

/// Whether a character is a word by itself: Han, Hiragana and Katakana.
fn stands_alone(c: char) -> bool {
    matches!(c, '\u{3040}'..='\u{30ff}' | '\u{3400}'..='\u{9fff}' | '\u{f900}'..='\u{faff}' | '\u{20000}'..='\u{3ffff}')
}

/// The words of a text, [`folded`], in its order.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut word = String::new();
    let mut length = 0;
    for c in folded(text).chars().chain([' ']) {
        let is_part = c.is_alphanumeric() && !stands_alone(c);
        if is_part {
            if length < LONGEST {
                word.push(c);
            }
            length += 1;
            continue;
        }
        if !word.is_empty() {
            words.push(std::mem::take(&mut word));
        }
        length = 0;
        if c.is_alphanumeric() {
            words.push(c.to_string());
        }
    }
    words
}

/// The words of texts as they are kept: each once, in order, with a space between. `None` if there is none.
#[must_use]
pub fn indexed<'t>(texts: impl IntoIterator<Item = &'t str>) -> Option<String> {
    let all: BTreeSet<String> = texts.into_iter().flat_map(words).collect();
    let all: Vec<String> = all.into_iter().collect();
    (!all.is_empty()).then(|| all.join(" "))
}

/// The words of a text, each without what makes it a plural: for what two texts have in common, not for searching.
#[must_use]
pub fn stems(text: &str) -> BTreeSet<String> {
    words(text).iter().map(|word| stem(word)).collect()
}

/// A word without what makes it a plural: `turbines` is `turbine`, `batteries` is `battery`.
#[must_use]
pub fn stem(word: &str) -> String {
    let cut = |end: &str| {
        let rest = word.strip_suffix(end);
        rest.filter(|rest| rest.len() + end.len() > 3)
    };
    if let Some(rest) = cut("ies") {
        return format!("{rest}y");
    }
    for end in ["sses", "shes", "ches", "xes", "zes"] {
        if let Some(rest) = cut(end) {
            return format!("{rest}{}", &end[..end.len() - 2]);
        }
    }
    match cut("s") {
        Some(rest) if !rest.ends_with(['s', 'u', 'i']) => rest.to_owned(),
        _ => word.to_owned(),
    }
}

/// The words that are looked for. They hold letters and digits alone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted(Vec<String>);

/// Why nothing can be looked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Neither a letter nor a digit.
    #[error("must have a letter or a digit")]
    NoWord,
    /// More than [`MAX_WORDS`].
    #[error("must be at most {MAX_WORDS} words")]
    TooMany,
}

impl Wanted {
    /// The words of a text.
    pub fn read(text: &str) -> Result<Self, Error> {
        let all: BTreeSet<String> = words(text).into_iter().collect();
        match all.len() {
            0 => Err(Error::NoWord),
            1..=MAX_WORDS => Ok(Self(all.into_iter().collect())),
            _ => Err(Error::TooMany),
        }
    }

    /// Each of them.
    #[must_use]
    pub fn words(&self) -> &[String] {
        &self.0
    }

    /// Each of them by itself.
    pub fn each(&self) -> impl Iterator<Item = Self> {
        self.0.iter().map(|word| Self(vec![word.clone()]))
    }

    /// Whether what was [`indexed`] is found by them.
    #[must_use]
    pub fn find(&self, indexed: &str) -> bool {
        let begins_one = |wanted: &String| {
            let mut words = indexed.split(' ');
            words.any(|word| word.starts_with(wanted.as_str()))
        };
        self.0.iter().all(begins_one)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_found(text: &str, by: &str) -> bool {
        let indexed = indexed([text]).unwrap_or_default();
        Wanted::read(by).unwrap().find(&indexed)
    }

    #[test]
    fn words_are_found_without_accents_and_case_by_how_they_begin() {
        assert!(is_found("José Nuñez-Vega", "vega JOSE"));
        assert!(is_found("José Nuñez-Vega", "nuñ"));
        assert!(!is_found("José Nuñez-Vega", "ose"));
        assert!(!is_found("José Nuñez-Vega", "jose ana"));
        assert!(is_found("ana.silva@wind.example", "wind"));
        assert!(is_found("Straße 12", "strasse") || is_found("Straße 12", "straße"));
        assert!(is_found("風力発電所の件", "発電"));
        assert!(is_found("한국어", "한국"));
        assert!(!is_found("풍력", "한국"));
    }

    #[test]
    fn what_is_kept_has_each_word_once_and_nothing_but_words() {
        let kept = indexed(["Wind, wind 'n' WIND!", "a\tb"]);
        assert_eq!(kept.as_deref(), Some("a b n wind"));
        assert_eq!(indexed(["?!", ""]), None);
        let long = "x".repeat(500);
        assert_eq!(indexed([long.as_str()]).unwrap().len(), LONGEST);
        assert!(is_found(&long, &long));
    }

    #[test]
    fn a_stem_is_the_word_of_one() {
        let all = [
            ("turbines", "turbine"),
            ("batteries", "battery"),
            ("boxes", "box"),
            ("benches", "bench"),
            ("glass", "glass"),
            ("status", "status"),
            ("bus", "bus"),
            ("gas", "gas"),
        ];
        for (word, one) in all {
            assert_eq!(stem(word), one);
        }
    }

    #[test]
    fn nothing_and_too_much_are_refused() {
        assert_eq!(Wanted::read(" ?'\"* "), Err(Error::NoWord));
        assert_eq!(Wanted::read("a b c d e f g h i j k"), Err(Error::TooMany));
        assert_eq!(
            Wanted::read("a b c d e f g h i j a").unwrap().words().len(),
            10
        );
    }
}
