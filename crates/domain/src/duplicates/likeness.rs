//! When names are alike, and which mail domains say nothing.

use crate::text::folded;

/// Mail domains at which anybody can have an address: the same one says nothing.
pub(super) const PUBLIC: [&str; 40] = [
    "126.com",
    "163.com",
    "aol.com",
    "bluewin.ch",
    "btinternet.com",
    "comcast.net",
    "fastmail.com",
    "free.fr",
    "freenet.de",
    "gmail.com",
    "gmx.at",
    "gmx.ch",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.co.uk",
    "hotmail.com",
    "hotmail.fr",
    "icloud.com",
    "laposte.net",
    "libero.it",
    "live.com",
    "mac.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "orange.fr",
    "outlook.com",
    "outlook.de",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "t-online.de",
    "web.de",
    "yahoo.co.uk",
    "yahoo.com",
    "yahoo.de",
    "yandex.ru",
];

/// The words of a name or of an address's local part, in the order of the alphabet.
pub(super) fn tokens(text: &str) -> Vec<String> {
    let folded = folded(text);
    let words = folded.split(|c: char| !c.is_alphabetic());
    let mut words: Vec<String> = words
        .filter(|word| !word.is_empty())
        .map(ToOwned::to_owned)
        .collect();
    words.sort_unstable();
    words
}

/// Whether words are a name and not half of one.
pub(super) fn is_full(words: &[String]) -> bool {
    words.len() > 1
}

/// Whether two names of the same person may be written like this.
pub(super) fn is_similar(one: &[String], other: &[String]) -> bool {
    let mut rest: Vec<&String> = other.iter().collect();
    let mut shared = Vec::new();
    let mut left = Vec::new();
    for word in one {
        match rest.iter().position(|other| *other == word) {
            Some(place) => shared.push(rest.swap_remove(place)),
            None => left.push(word),
        }
    }
    if !shared.iter().any(|word| word.chars().count() > 2) {
        return false;
    }
    match (left.as_slice(), rest.as_slice()) {
        // A middle name more.
        ([], _) | (_, []) => shared.len() > 1,
        ([one], [other]) => is_initial(one, other) || is_initial(other, one) || is_typo(one, other),
        _ => false,
    }
}

fn is_initial(short: &str, long: &str) -> bool {
    short.chars().count() == 1 && long.starts_with(short)
}

/// Whether words of four letters or more differ by one: another, one more, or two that changed places.
fn is_typo(one: &str, other: &str) -> bool {
    let (one, other): (Vec<char>, Vec<char>) = (one.chars().collect(), other.chars().collect());
    if one.len().min(other.len()) < 4 || one.len().abs_diff(other.len()) > 1 {
        return false;
    }
    let same = one.iter().zip(&other).take_while(|(a, b)| a == b).count();
    let (one, other) = (&one[same..], &other[same..]);
    match (one, other) {
        ([a, b, one @ ..], [c, d, other @ ..]) if one == other => (a, b) == (d, c) || b == d,
        ([_, one @ ..], [_, other @ ..]) if one == other => true,
        ([_, one @ ..], other) if one == other => true,
        (one, [_, other @ ..]) => one == other,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_public_domains_are_in_order() {
        assert!(PUBLIC.is_sorted());
    }
}
