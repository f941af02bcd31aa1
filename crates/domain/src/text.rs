//! Personal text: names, addresses, notes, subjects.
//!
//! In the log such a text is sealed; once opened it is either [`Text::Clear`] or, when a key that
//! it needs has been destroyed, [`Text::Erased`]. Everything downstream must say what it does with
//! an erased text: replay after an erasure equals live after it.

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// A personal text, or what is left of it.
#[derive(Clone, PartialEq, Eq, Hash)]
pub enum Text {
    /// Readable.
    Clear(String),
    /// Its key is gone: nobody can read it any more.
    Erased,
}

impl Text {
    /// The words, unless they were erased.
    #[must_use]
    pub fn as_clear(&self) -> Option<&str> {
        match self {
            Self::Clear(words) => Some(words),
            Self::Erased => None,
        }
    }

    /// The words, unless they were erased.
    #[must_use]
    pub fn into_clear(self) -> Option<String> {
        match self {
            Self::Clear(words) => Some(words),
            Self::Erased => None,
        }
    }
}

impl From<&str> for Text {
    fn from(words: &str) -> Self {
        Self::Clear(words.to_owned())
    }
}

/// Never prints the words: a `Debug` line may end in a log.
impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clear(words) => write!(f, "Clear({} bytes)", words.len()),
            Self::Erased => f.write_str("Erased"),
        }
    }
}

/// A name or company as it is searched: without accents, without case, single spaces.
///
/// Unicode NFKD with the combining marks dropped, then lower case, so that `José  Nuñez` and
/// `jose nunez` meet.
#[must_use]
pub fn folded(text: &str) -> String {
    let bare: String = text.nfkd().filter(|c| !is_combining_mark(*c)).collect();
    let lower = bare.to_lowercase();
    lower.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// An address or external key in the form in which it identifies somebody: trimmed, NFKC, lower
/// case. Two spellings of one mailbox must give one person.
#[must_use]
pub fn normalised_address(address: &str) -> String {
    let address = address.trim();
    if address.is_ascii() {
        // Nearly all of them: NFKC leaves ASCII as it is.
        return address.to_ascii_lowercase();
    }
    address.nfkc().collect::<String>().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn folding_drops_accents_case_and_double_spaces() {
        assert_eq!(folded("  José   NUÑEZ "), "jose nunez");
        assert_eq!(folded("Ångström"), "angstrom");
    }

    #[test]
    fn debug_output_never_shows_the_words() {
        assert!(!format!("{:?}", Text::from("secret plan")).contains("secret"));
    }
}
