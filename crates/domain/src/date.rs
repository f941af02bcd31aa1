//! Days of the Gregorian calendar, and what is known of one.

use std::fmt;
use std::str::FromStr;

use crate::time::{DAY, Timestamp};

/// A day, of the years 0001 to 9999. Written as ISO 8601 has it, earlier ones sort before later ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Date {
    year: u16,
    month: u8,
    day: u8,
}

fn days_in(year: u16, month: u8) -> u8 {
    let leaps = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    match month {
        2 if leaps => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

impl Date {
    /// The day; `None` if there is no such day.
    #[must_use]
    pub fn new(year: u16, month: u8, day: u8) -> Option<Self> {
        let is_one = (1..=9_999).contains(&year)
            && (1..=12).contains(&month)
            && (1..=days_in(year, month)).contains(&day);
        is_one.then_some(Self { year, month, day })
    }

    /// The year.
    #[must_use]
    pub const fn year(self) -> u16 {
        self.year
    }

    /// The month, from 1.
    #[must_use]
    pub const fn month(self) -> u8 {
        self.month
    }

    /// The day of the month, from 1.
    #[must_use]
    pub const fn day(self) -> u8 {
        self.day
    }

    /// The day after; `None` after the last of all.
    #[must_use]
    pub fn next(self) -> Option<Self> {
        Some(self.plus_days(1)).filter(|next| *next > self)
    }

    /// Midnight at its beginning, in UTC.
    ///
    /// `days_from_civil` of Howard Hinnant, as [`day_of`].
    #[must_use]
    pub fn midnight(self) -> Timestamp {
        let (month, day) = (i64::from(self.month), i64::from(self.day));
        let year = i64::from(self.year) - i64::from(month <= 2);
        let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
        let from_march = if month > 2 { month - 3 } else { month + 9 };
        let of_year = (153 * from_march + 2) / 5 + day - 1;
        let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
        Timestamp(days * DAY)
    }

    /// So many days later, or earlier; the nearest day if there is none.
    #[must_use]
    pub fn plus_days(self, days: i64) -> Self {
        day_of(self.midnight().plus_micros(days.saturating_mul(DAY)))
    }

    /// Which day of the week it is.
    #[must_use]
    pub fn weekday(self) -> Weekday {
        // 1970-01-01 was a Thursday.
        let days = self.midnight().micros().div_euclid(DAY) + 3;
        Weekday::ALL[usize::try_from(days.rem_euclid(7)).unwrap_or_default()]
    }

    /// The last day of its month.
    #[must_use]
    pub fn last_of_month(self) -> Self {
        Self {
            day: days_in(self.year, self.month),
            ..self
        }
    }

    fn last_of_year(self) -> Self {
        Self {
            month: 12,
            day: 31,
            ..self
        }
    }
}

/// A day of the week.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Weekday {
    /// The first.
    Monday,
    /// The second.
    Tuesday,
    /// The third.
    Wednesday,
    /// The fourth.
    Thursday,
    /// The fifth.
    Friday,
    /// The sixth.
    Saturday,
    /// The last.
    Sunday,
}

impl Weekday {
    /// Every day, Monday first.
    pub const ALL: [Self; 7] = [
        Self::Monday,
        Self::Tuesday,
        Self::Wednesday,
        Self::Thursday,
        Self::Friday,
        Self::Saturday,
        Self::Sunday,
    ];

    /// Its position in [`Weekday::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Its name, in lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Monday => "monday",
            Self::Tuesday => "tuesday",
            Self::Wednesday => "wednesday",
            Self::Thursday => "thursday",
            Self::Friday => "friday",
            Self::Saturday => "saturday",
            Self::Sunday => "sunday",
        }
    }
}

/// The first day of 1970: what nothing was said of.
impl Default for Date {
    fn default() -> Self {
        Self {
            year: 1970,
            month: 1,
            day: 1,
        }
    }
}

/// The day on which a moment falls, in UTC; the nearest one if it lies outside the years of [`Date`].
///
/// `civil_from_days` of Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
#[must_use]
pub fn day_of(moment: Timestamp) -> Date {
    let days = moment.micros().div_euclid(DAY) + 719_468;
    let (era, of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    let first = Date {
        year: 1,
        month: 1,
        day: 1,
    };
    match u16::try_from(year) {
        Ok(year @ 1..=9_999) => Date {
            year,
            month: month as u8,
            day: day as u8,
        },
        _ if year < 1 => first,
        _ => Date {
            year: 9_999,
            month: 12,
            day: 31,
        },
    }
}

impl fmt::Display for Date {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}-{:02}-{:02}", self.year, self.month, self.day)
    }
}

/// A date of which the day, or the month too, may be unknown: `2021`, `2021-03`, `2021-03-15`, as in
/// ISO 8601. Of the years 1000 to 9999.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct PartialDate {
    first: Date,
    precision: Precision,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Precision {
    Year,
    Month,
    Day,
}

impl PartialDate {
    /// The earliest day that it may be.
    #[must_use]
    pub fn first_day(self) -> Date {
        self.first
    }

    /// The latest day that it may be.
    #[must_use]
    pub fn last_day(self) -> Date {
        match self.precision {
            Precision::Year => self.first.last_of_year(),
            Precision::Month => self.first.last_of_month(),
            Precision::Day => self.first,
        }
    }
}

/// Why a text is no date.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be a year, a month or a day: 2021, 2021-03 or 2021-03-15")]
pub struct NoDate;

impl FromStr for PartialDate {
    type Err = NoDate;

    fn from_str(text: &str) -> Result<Self, NoDate> {
        let mut parts = text.split('-');
        let number = |part: Option<&str>, digits: usize| -> Result<Option<u16>, NoDate> {
            let Some(part) = part else { return Ok(None) };
            let is_plain = part.len() == digits && part.bytes().all(|c| c.is_ascii_digit());
            let number = part.parse().ok().filter(|_| is_plain);
            number.map(Some).ok_or(NoDate)
        };
        let year = number(parts.next(), 4)?.filter(|year| *year >= 1_000);
        let (month, day) = (number(parts.next(), 2)?, number(parts.next(), 2)?);
        let precision = match (month, day, parts.next()) {
            (None, None, None) => Precision::Year,
            (Some(_), None, None) => Precision::Month,
            (Some(_), Some(_), None) => Precision::Day,
            _ => return Err(NoDate),
        };
        let (month, day) = (month.unwrap_or(1) as u8, day.unwrap_or(1) as u8);
        let first = Date::new(year.ok_or(NoDate)?, month, day).ok_or(NoDate)?;
        Ok(Self { first, precision })
    }
}

impl fmt::Display for PartialDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Date { year, month, .. } = self.first;
        match self.precision {
            Precision::Year => write!(f, "{year:04}"),
            Precision::Month => write!(f, "{year:04}-{month:02}"),
            Precision::Day => self.first.fmt(f),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_date_is_as_exact_as_it_was_written() {
        for (text, first, last) in [
            ("2024", "2024-01-01", "2024-12-31"),
            ("2024-02", "2024-02-01", "2024-02-29"),
            ("1900-02", "1900-02-01", "1900-02-28"),
            ("2024-02-29", "2024-02-29", "2024-02-29"),
        ] {
            let read: PartialDate = text.parse().unwrap();
            assert_eq!(read.to_string(), text);
            assert_eq!(read.first_day().to_string(), first);
            assert_eq!(read.last_day().to_string(), last);
        }
        for text in [
            "",
            "24",
            "2024-2",
            "2023-02-29",
            "2024-13",
            "2024-00",
            "2024-01-00",
            "0999",
            "20240229",
            "2024-02-30",
            "-024",
            "2024-W09-4",
            "２０２４",
            "2024-",
            "2024-01-01-01",
            "+024",
        ] {
            assert_eq!(text.parse::<PartialDate>(), Err(NoDate), "{text}");
        }
    }

    #[test]
    fn what_lies_outside_the_calendar_is_its_first_or_last_day() {
        assert_eq!(day_of(Timestamp(i64::MIN)).to_string(), "0001-01-01");
        assert_eq!(day_of(Timestamp(i64::MAX)).to_string(), "9999-12-31");
        assert_eq!(day_of(Timestamp(-1)).to_string(), "1969-12-31");
        assert_eq!(day_of(Timestamp(0)), Date::default());
    }

    proptest! {
        #[test]
        fn days_are_those_of_the_calendar(seconds in -62_135_596_800_i64..253_402_207_200) {
            let expected = jiff::Timestamp::from_second(seconds).unwrap();
            let expected = expected.to_zoned(jiff::tz::TimeZone::UTC).date().to_string();
            prop_assert_eq!(day_of(Timestamp::from_seconds(seconds)).to_string(), expected);
        }
    }
}
