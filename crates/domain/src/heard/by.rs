//! By when: "by friday", "next week", "in two weeks", "by 3 december", "by the end of the month".

use crate::date::{Date, Weekday};

/// By when something was promised, as people say it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// So many days from today.
    InDays(u16),
    /// The next day of this name, not today.
    Weekday(Weekday),
    /// A day of next week.
    NextWeek(Weekday),
    /// A day of a month: the next one that comes.
    Of {
        /// The day of the month.
        day: u8,
        /// The month, from 1.
        month: u8,
    },
    /// This very day.
    On(Date),
    /// The last day of this month.
    EndOfMonth,
}

/// What may stand in front of a date.
const INTRODUCES: [&str; 5] = ["by", "until", "before", "on", "within"];

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

const NUMBERS: [&str; 13] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
];

/// The words of a promise, and the date at their end.
pub(super) fn split<'w>(words: &[&'w str]) -> (Vec<&'w str>, Option<By>) {
    for begin in 1..words.len() {
        let lower: Vec<String> = words[begin..]
            .iter()
            .map(|word| super::lower(word))
            .collect();
        let mut phrase: Vec<&str> = lower.iter().map(String::as_str).collect();
        if phrase
            .first()
            .is_some_and(|first| INTRODUCES.contains(first))
        {
            phrase.remove(0);
        }
        if let Some(by) = date(&phrase) {
            return (words[..begin].to_vec(), Some(by));
        }
    }
    (words.to_vec(), None)
}

fn weekday(word: &str) -> Option<Weekday> {
    Weekday::ALL.into_iter().find(|day| {
        let name = day.as_str();
        word == name || word == &name[..3]
    })
}

fn number(word: &str) -> Option<u16> {
    if matches!(word, "a" | "an") {
        return Some(1);
    }
    let named = NUMBERS.iter().position(|name| *name == word);
    let named = named.and_then(|number| u16::try_from(number).ok());
    named
        .or_else(|| word.parse().ok())
        .filter(|number| *number <= 1_000)
}

fn month(word: &str) -> Option<u8> {
    let place = MONTHS
        .iter()
        .position(|name| word.len() >= 3 && word.starts_with(name))?;
    u8::try_from(place + 1).ok()
}

/// `3`, `3rd`.
fn day(word: &str) -> Option<u8> {
    let digits = word.trim_end_matches(|c: char| c.is_alphabetic());
    let end = &word[digits.len()..];
    let is_ordinal = matches!(end, "" | "st" | "nd" | "rd" | "th");
    let day = digits.parse().ok()?;
    (is_ordinal && (1..=31).contains(&day)).then_some(day)
}

fn date(phrase: &[&str]) -> Option<By> {
    match phrase {
        ["today" | "tonight"] => Some(By::InDays(0)),
        ["tomorrow"] => Some(By::InDays(1)),
        ["next", "week"] => Some(By::NextWeek(Weekday::Friday)),
        ["next", "month"] => Some(By::InDays(30)),
        ["next", day] => weekday(day).map(By::NextWeek),
        ["the", "end", "of", "the", "week"] | ["end", "of", "the", "week"] => {
            Some(By::Weekday(Weekday::Friday))
        }
        ["the", "end", "of", "the", "month"] | ["end", "of", "the", "month"] => {
            Some(By::EndOfMonth)
        }
        ["in", count, unit] | [count, unit @ ("days" | "weeks" | "hours")] => {
            let count = number(count)?;
            let days = match *unit {
                "hours" | "hour" => count.div_ceil(24),
                "days" | "day" => count,
                "weeks" | "week" => count.checked_mul(7)?,
                "months" | "month" => count.checked_mul(30)?,
                _ => return None,
            };
            Some(By::InDays(days))
        }
        [word] => {
            if let Some(day) = weekday(word) {
                return Some(By::Weekday(day));
            }
            let mut parts = word.splitn(3, '-');
            let year = parts.next()?.parse().ok()?;
            let month = parts.next()?.parse().ok()?;
            let day = parts.next()?.parse().ok()?;
            Date::new(year, month, day).map(By::On)
        }
        [one, other] | ["the", one, "of", other] => {
            let of = |number: &str, name: &str| {
                Some(By::Of {
                    day: day(number)?,
                    month: month(name)?,
                })
            };
            of(one, other).or_else(|| of(other, one))
        }
        _ => None,
    }
}

impl By {
    /// The day that is meant, by somebody who says it on a day.
    #[must_use]
    pub fn day(self, today: Date) -> Date {
        let today_number = today.weekday().index() as i64;
        match self {
            Self::InDays(days) => today.plus_days(days.into()),
            Self::Weekday(wanted) => {
                let ahead = (wanted.index() as i64 - today_number).rem_euclid(7);
                today.plus_days(if ahead == 0 { 7 } else { ahead })
            }
            Self::NextWeek(wanted) => today.plus_days(7 - today_number + wanted.index() as i64),
            Self::Of { day, month } => {
                let of = |year| Date::new(year, month, day);
                let this = of(today.year()).filter(|date| *date >= today);
                // The 31st of a month that has 30 days is its last.
                this.or_else(|| of(today.year() + 1))
                    .unwrap_or_else(|| today.plus_days(7))
            }
            Self::On(date) => date,
            Self::EndOfMonth => today.last_of_month(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_understood_as_people_say_them() {
        // A Saturday.
        let today = Date::new(2026, 11, 28).unwrap();
        let all = [
            ("by friday", "2026-12-04"),
            ("by Sat", "2026-12-05"),
            ("tomorrow", "2026-11-29"),
            ("next week", "2026-12-04"),
            ("next tuesday", "2026-12-01"),
            ("in two weeks", "2026-12-12"),
            ("within 48 hours", "2026-11-30"),
            ("by 3 december", "2026-12-03"),
            ("by December 3rd", "2026-12-03"),
            ("by the 3rd of december", "2026-12-03"),
            ("by 2 jan", "2027-01-02"),
            ("by 2026-12-24", "2026-12-24"),
            ("by the end of the month", "2026-11-30"),
            ("by the end of the week", "2026-12-04"),
            ("in a month", "2026-12-28"),
        ];
        for (said, day) in all {
            let words: Vec<&str> = "the paper".split(' ').chain(said.split(' ')).collect();
            let (what, by) = split(&words);
            assert_eq!(what, ["the", "paper"], "{said}");
            let by = by.unwrap().day(today);
            assert_eq!(by.to_string(), day, "{said}");
        }
        assert_eq!(split(&["the", "paper", "on", "tides"]).1, None);
        assert_eq!(split(&["friday"]).1, None, "there is something to promise");
    }
}
