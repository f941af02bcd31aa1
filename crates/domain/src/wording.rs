//! Good English from what members noted: counting sentences and words, turning a note about somebody into
//! something they say themselves, putting things in a row, days as people write them.
//!
//! Nothing is guessed. What can't be turned into a sentence that one would say aloud is left out: every function
//! that may fail to find good words answers `None`.

use crate::date::Date;

mod first_person;
pub use first_person::{Speaker, first_person, is_verb};

/// What follows a full stop that ends no sentence.
const ABBREVIATIONS: [&str; 16] = [
    "mr", "mrs", "ms", "dr", "prof", "st", "e.g", "i.e", "etc", "vs", "no", "inc", "ltd", "approx",
    "ca", "jr",
];

/// The sentences of a text, each with its end.
#[must_use]
pub fn sentences(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut begins = 0;
    let mut chars = text.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        let is_break = c == '\n';
        if !is_break && !matches!(c, '.' | '!' | '?' | '…') {
            continue;
        }
        // Several of them, and closing quotes, belong to one end.
        let mut end = at + c.len_utf8();
        while let Some((next, c)) = chars.peek().copied() {
            if !matches!(c, '.' | '!' | '?' | '…' | '"' | '\'' | '”' | '’' | ')') {
                break;
            }
            end = next + c.len_utf8();
            chars.next();
        }
        let goes_on = chars.peek().is_some_and(|(_, c)| !c.is_whitespace());
        if !is_break && (goes_on || c == '.' && is_abbreviated(&text[begins..at])) {
            continue;
        }
        found.push(text[begins..end].trim());
        begins = end;
    }
    found.push(text[begins..].trim());
    found.retain(|sentence| sentence.chars().any(char::is_alphanumeric));
    found
}

/// Whether a full stop behind this belongs to its last word: an abbreviation, or somebody's initial.
fn is_abbreviated(before: &str) -> bool {
    let last = before.split_whitespace().next_back().unwrap_or_default();
    let last = last.trim_start_matches(|c: char| !c.is_alphanumeric());
    let is_initial = last.chars().count() == 1 && last.chars().all(char::is_uppercase);
    // "I." ends a sentence, where it is not the first word of one.
    (is_initial && last != "I") || ABBREVIATIONS.contains(&last.to_lowercase().as_str())
}

/// How many words a text has: what white space separates, if there is a letter or a digit in it.
#[must_use]
pub fn count_words(text: &str) -> usize {
    let has_some = |word: &&str| word.chars().any(char::is_alphanumeric);
    text.split_whitespace().filter(has_some).count()
}

/// The text of a sentence without what ends it.
#[must_use]
pub fn without_end(text: &str) -> &str {
    text.trim()
        .trim_end_matches(['.', '!', '?', '…'])
        .trim_end()
}

/// `Ana`, `Ana and Ben`, `Ana, Ben and Cleo`.
#[must_use]
pub fn listed<T: AsRef<str>>(things: &[T]) -> String {
    let all: Vec<&str> = things.iter().map(AsRef::as_ref).collect();
    match all.as_slice() {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [first @ .., last] => format!("{} and {last}", first.join(", ")),
    }
}

/// With a capital in front.
#[must_use]
pub fn capital(text: &str) -> String {
    let mut rest = text.chars();
    let first = rest.next().into_iter().flat_map(char::to_uppercase);
    first.chain(rest).collect()
}

/// `1 day`, `2 days`.
#[must_use]
pub fn counted(count: i64, one: &str, many: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { many })
}

/// How long ago something was, in the largest unit of which there are two at least, but for a single year or month
/// that is nearly over: `today`, `yesterday`, `5 days ago`, `3 weeks ago`, `7 months ago`, `2 years ago`.
#[must_use]
pub fn ago(days: i64) -> String {
    match days {
        ..=0 => "today".to_owned(),
        1 => "yesterday".to_owned(),
        _ => format!("{} ago", for_days(days)),
    }
}

/// The same as a length of time: `5 days`, `3 weeks`, `7 months`, `2 years`.
#[must_use]
pub fn for_days(days: i64) -> String {
    match days {
        ..=13 => counted(days.max(1), "day", "days"),
        14..=60 => counted(days / 7, "week", "weeks"),
        61..=729 => counted((days * 12 + 182) / 365, "month", "months"),
        _ => counted(days / 365, "year", "years"),
    }
}

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// A day as people write it: `3 March 2026`.
#[must_use]
pub fn day(date: Date) -> String {
    let month = MONTHS[usize::from(date.month()) - 1];
    format!("{} {month} {}", date.day(), date.year())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_end_where_people_end_them() {
        let text = "I work with Dr. J. Silva. We mend clocks! \"Do you?\" Version 2.0 is out";
        let four = [
            "I work with Dr. J. Silva.",
            "We mend clocks!",
            "\"Do you?\"",
            "Version 2.0 is out",
        ];
        assert_eq!(sentences(text), four);
        assert_eq!(sentences("One... two.\nThree"), ["One...", "two.", "Three"]);
        assert_eq!(
            sentences("It was I. Then it rained."),
            ["It was I.", "Then it rained."]
        );
        assert_eq!(sentences(" . ! "), [] as [&str; 0]);
    }

    #[test]
    fn words_have_a_letter_or_a_digit() {
        assert_eq!(count_words("I plan grids – 24 of them."), 6);
        assert_eq!(count_words(" … "), 0);
    }

    #[test]
    fn times_are_told_in_round_numbers() {
        let all = [0, 1, 2, 13, 14, 60, 61, 364, 400, 730, 1_100].map(ago);
        let told = [
            "today",
            "yesterday",
            "2 days ago",
            "13 days ago",
            "2 weeks ago",
            "8 weeks ago",
            "2 months ago",
            "12 months ago",
            "13 months ago",
            "2 years ago",
            "3 years ago",
        ];
        assert_eq!(all.each_ref().map(String::as_str), told);
    }

    #[test]
    fn things_stand_in_a_row() {
        assert_eq!(listed(&["Ana", "Ben", "Cleo"]), "Ana, Ben and Cleo");
        assert_eq!(listed(&["Ana", "Ben"]), "Ana and Ben");
        assert_eq!(listed::<&str>(&[]), "");
        assert_eq!(capital("éclair"), "Éclair");
        assert_eq!(day(Date::new(2026, 3, 3).unwrap()), "3 March 2026");
    }
}
