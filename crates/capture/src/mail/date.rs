//! When a mail was sent, as its head says it: word by word, in any order.
//!
//! Old mailers put the words in another order than RFC 5322, leave the zone out, or write the years
//! after 1999 as 100 and more. What could mean two days (`8/6/2002`), or has words that are not
//! understood, is no date: mail-parser, which reads dates by position, takes `août` for June.

use jiff::civil::{Date, DateTime, Time};
use jiff::tz::Offset;
use kith_domain::time::Timestamp;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
/// RFC 5322, section 4.3, with hours from UTC; any other name means UTC, as it says there.
const ZONES: [(&str, i8); 8] = [
    ("EDT", -4),
    ("EST", -5),
    ("CDT", -5),
    ("CST", -6),
    ("MDT", -6),
    ("MST", -7),
    ("PDT", -7),
    ("PST", -8),
];

/// The date of a header; of `Received` what follows the last semicolon.
pub(super) fn of_header(text: &str) -> Option<Timestamp> {
    let text = text.rsplit(';').next().unwrap_or(text).trim();
    iso(text).or_else(|| word_by_word(text))
}

/// The date of a line that separates the messages of an mbox file, without the `From ` in front;
/// `None` when it is no such line.
pub(super) fn of_separator(rest: &[u8]) -> Option<Timestamp> {
    const WORDS_OF_A_NAME: usize = 6;
    // An address comes first, which may look like a part of a date; some programs write a name too.
    let mut rest = std::str::from_utf8(rest).ok()?;
    for _ in 0..WORDS_OF_A_NAME {
        (_, rest) = rest.trim_start().split_once(' ')?;
        if let Some(date) = word_by_word(rest) {
            return Some(date);
        }
    }
    None
}

fn iso(text: &str) -> Option<Timestamp> {
    let at: jiff::Timestamp = text.parse().ok()?;
    Some(Timestamp(at.as_microsecond()))
}

/// The parts of a date in any order.
#[derive(Default)]
struct Parts {
    day: Option<i8>,
    month: Option<i8>,
    year: Option<i16>,
    time: Option<Time>,
    is_afternoon: Option<bool>,
    offset: Option<Offset>,
}

fn word_by_word(text: &str) -> Option<Timestamp> {
    let mut parts = Parts::default();
    let words = text.split([' ', '\t', ',', '(', ')', '\n', '\r']);
    for word in words.filter(|word| !word.is_empty()) {
        parts.take(word)?;
    }
    parts.moment()
}

impl Parts {
    /// `None` when the word contradicts what there is.
    fn take(&mut self, word: &str) -> Option<()> {
        if let Some(offset) = offset(word) {
            self.offset.get_or_insert(offset);
        } else if let Some(time) = time(word) {
            self.time.get_or_insert(time);
        } else if let Some(month) = month(word) {
            self.month.get_or_insert(month);
        } else if word.bytes().all(|b| b.is_ascii_digit()) {
            self.number(word)?;
        } else if word.eq_ignore_ascii_case("am") || word.eq_ignore_ascii_case("pm") {
            self.is_afternoon = Some(word.eq_ignore_ascii_case("pm"));
        } else if let [day, name, year] = word.split('-').collect::<Vec<_>>()[..]
            && let Some(month) = month(name)
        {
            self.number(day)?;
            self.month.get_or_insert(month);
            self.number(year)?;
        } else if self.time.is_none() && !is_weekday(word) {
            return None;
        }
        // What follows the time are names of zones, and comments on them.
        Some(())
    }

    fn number(&mut self, word: &str) -> Option<()> {
        let number: i16 = word.parse().ok()?;
        if word.len() <= 2 && self.day.is_none() {
            self.day = i8::try_from(number).ok();
        } else if self.year.is_none() {
            self.year = Some(match number {
                0..=49 => number + 2000,
                50..=199 => number + 1900,
                _ => number,
            });
        } else {
            return None;
        }
        Some(())
    }

    fn moment(self) -> Option<Timestamp> {
        let date = Date::new(self.year?, self.month?, self.day?).ok()?;
        let time = self.time?;
        let hour = match (self.is_afternoon, time.hour()) {
            (Some(false), 12) => 0,
            (Some(true), hour @ 0..=11) => hour + 12,
            (_, hour) => hour,
        };
        let time = Time::new(hour, time.minute(), time.second(), 0).ok()?;
        let local = DateTime::from_parts(date, time);
        let at = self
            .offset
            .unwrap_or(Offset::UTC)
            .to_timestamp(local)
            .ok()?;
        Some(Timestamp(at.as_microsecond()))
    }
}

/// `+0200`, `-05:30`, `EST`.
fn offset(word: &str) -> Option<Offset> {
    if let Some((_, hours)) = ZONES.iter().find(|(name, _)| *name == word) {
        return Some(Offset::constant(*hours));
    }
    let (sign, digits) = match word.split_at_checked(1)? {
        ("+", digits) => (1, digits),
        ("-", digits) => (-1, digits),
        _ => return None,
    };
    let digits = digits.replace(':', "");
    if digits.len() != 4 {
        return None;
    }
    let number: i32 = digits.parse().ok()?;
    let seconds = (number / 100 * 60 + number % 100) * 60;
    Offset::from_seconds(sign * seconds).ok()
}

/// `13:34`, `13:34:56`, `13.34.56`.
fn time(word: &str) -> Option<Time> {
    let separator = if word.contains(':') { ':' } else { '.' };
    let numbers: Vec<i8> = word
        .split(separator)
        .map(|part| {
            let is_short = !part.is_empty() && part.len() <= 2;
            is_short.then(|| part.parse().ok()).flatten()
        })
        .collect::<Option<_>>()?;
    match numbers[..] {
        [hour, minute] if separator == ':' => Time::new(hour, minute, 0, 0).ok(),
        // A leap second is the last one of its minute.
        [hour, minute, second] => Time::new(hour, minute, second.min(59), 0).ok(),
        _ => None,
    }
}

fn is_weekday(word: &str) -> bool {
    let name = word.trim_end_matches('.').to_ascii_lowercase();
    name.get(..3).is_some_and(|short| WEEKDAYS.contains(&short)) && name.len() <= 9
}

/// `Aug`, `August`, `AUG.`.
fn month(word: &str) -> Option<i8> {
    let name = word.trim_end_matches('.').to_ascii_lowercase();
    let short = name.get(..3)?;
    let index = MONTHS.iter().position(|month| *month == short)?;
    name.bytes()
        .all(|b| b.is_ascii_lowercase())
        .then_some(index as i8 + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(text: &str) -> Option<i64> {
        of_header(text).map(|at| at.micros() / 1_000_000)
    }

    #[test]
    fn a_date_is_read_in_every_form_that_mailers_wrote() {
        let expected = Some(1_028_640_874);
        for text in [
            "Tue, 6 Aug 2002 13:34:34 +0000",
            "Tue, 06 Aug 2002 15:34:34 +0200 (CEST)",
            "6 Aug 02 13:34:34 GMT",
            "Tue, 6 Aug 2002 08:34:34 EST",
            "Tue, 6 Aug 2002 13:34:34",
            "Tue Aug  6 13:34:34 2002",
            "Tue Aug 06 13:34:34 +0000 2002",
            "Tue, 6 Aug 102 13:34:34 +0000",
            "Tue, 06-Aug-2002 13:34:34 +0000",
            "Tuesday, August 6, 2002 01:34:34 PM",
            "2002-08-06T13:34:34Z",
            "Tue, 6 Aug 2002 13.34.34 +0000",
            "Tue, 6 Aug 2002 13:34:34 +9999",
            "from x by y; Tue, 6 Aug 2002 13:34:34 +0000",
        ] {
            assert_eq!(seconds(text), expected, "{text}");
        }
    }

    #[test]
    fn what_could_be_two_days_or_none_is_no_date() {
        for text in [
            "",
            "yesterday",
            "8/6/2002 13:34:34",
            "Tue, 31 Feb 2002 13:34:34 +0000",
            "6 Aug 2002",
            "Tue, 6 Foo 2002 13:34:34",
            "mar., 6 août 2002 13:34:34 +0000",
        ] {
            assert_eq!(seconds(text), None, "{text}");
        }
    }

    #[test]
    fn a_separator_has_an_address_and_a_date() {
        let expected = Some(Timestamp::from_seconds(1_028_640_874));
        for line in [
            "ana@x.org Tue Aug  6 13:34:34 2002",
            "- Tue Aug 06 13:34:34 2002",
            "1606@xxx Tue Aug 06 13:34:34 +0000 2002",
            "MAILER-DAEMON Tue Aug  6 13:34:34 2002",
        ] {
            assert_eq!(of_separator(line.as_bytes()), expected, "{line}");
        }
        for line in ["the beginning of 2002 on", "10:30 on", ""] {
            assert_eq!(of_separator(line.as_bytes()), None, "{line}");
        }
    }
}
