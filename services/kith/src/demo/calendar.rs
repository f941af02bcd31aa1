//! When people answer: working days and hours, quieter weekends, summers and turns of the year.
//!
//! Days are counted since 1970, in UTC; the guild and its friends are taken to live close enough to
//! it.

use jiff::civil::Date;
use kith_domain::time::{DAY, HOUR, MINUTE, SECOND, Timestamp};

use super::dice::Dice;

/// A day, counted since 1970-01-01.
pub(super) type Day = i64;

/// How many days a season has.
pub(super) const LENGTH: Day = 730;

/// Over so many days before now holidays are ignored, so that a demo shows the same picture on the
/// second of January as in the middle of May.
const LATELY: Day = 21;

/// The hours in which working days happen, the likely ones more than once.
const WORKING_HOURS: [i64; 20] = [
    8, 9, 9, 9, 10, 10, 10, 11, 11, 12, 13, 14, 14, 14, 15, 15, 16, 16, 17, 18,
];

/// The days of one season.
#[derive(Debug, Clone, Copy)]
pub(super) struct Calendar {
    /// The end of the season.
    pub(super) now: Timestamp,
    /// The day of `now`.
    pub(super) today: Day,
}

impl Calendar {
    /// The calendar of the season that ends at `now`.
    pub(super) fn new(now: Timestamp) -> Self {
        let today = now.micros().div_euclid(DAY);
        Self { now, today }
    }

    /// The first day of the season.
    pub(super) fn first(self) -> Day {
        self.today - LENGTH
    }

    /// The year in which `day` lies.
    pub(super) fn year(day: Day) -> i16 {
        date(day).year()
    }

    /// Whether people work on `day`: no weekend, not Christmas Day or New Year's Day.
    pub(super) fn is_workday(day: Day) -> bool {
        let date = date(day);
        let closed = matches!((date.month(), date.day()), (12, 25) | (1, 1));
        !is_weekend(day) && !closed
    }

    /// The last working day up to `day`, itself included; at most three days earlier.
    pub(super) fn workday_by(day: Day) -> Day {
        (0..4)
            .map(|earlier| day - earlier)
            .find(|day| Self::is_workday(*day))
            .unwrap_or(day)
    }

    /// Of a hundred people who would get in touch on `day`, how many do.
    pub(super) fn liveliness(day: Day) -> usize {
        let date = date(day);
        match (date.month(), date.day()) {
            _ if is_weekend(day) => 6,
            (12, 25) | (1, 1) => 0,
            (12, 22..) | (1, 2..=4) => 15,
            (8, 1..=21) => 40,
            (7, 20..) => 65,
            _ if weekday(day) == FRIDAY => 85,
            _ => 100,
        }
    }

    /// Whether people answer on `day`: chance, except lately, when every working day will do.
    pub(super) fn is_answered(self, dice: &mut Dice, day: Day) -> bool {
        let lately = self.today - day <= LATELY && Self::is_workday(day);
        lately || dice.chance(Self::liveliness(day))
    }

    /// `day`, or an earlier one on which people answer.
    fn settle(self, dice: &mut Dice, day: Day) -> Day {
        if self.today - day <= LATELY {
            return Self::workday_by(day);
        }
        let mut day = day;
        for _ in 0..8 {
            if dice.chance(Self::liveliness(day)) {
                return day;
            }
            day -= dice.between(1, 3);
        }
        Self::workday_by(day)
    }

    /// The days of a tie with a rhythm, newest first: from `last` back to `since`, a draw from
    /// `gap` apart, each settled on a day on which people answer.
    pub(super) fn rhythm(
        self,
        dice: &mut Dice,
        last: Day,
        since: Day,
        gap: (Day, Day),
    ) -> Vec<Day> {
        let mut days: Vec<Day> = Vec::new();
        let mut next = last;
        while next >= since {
            let day = self.settle(dice, next);
            if days.last().is_none_or(|later| day < *later) {
                days.push(day);
            }
            next -= dice.between(gap.0, gap.1).max(1);
        }
        days
    }

    /// The days of a tie without surprises, newest first: every `gap` days, on working days. Its
    /// figures hang on nothing but the weekday of `last`.
    pub(super) fn steady(last: Day, since: Day, gap: Day) -> Vec<Day> {
        let times = (last - since).max(0) / gap;
        let days = (0..=times).map(|time| Self::workday_by(last - time * gap));
        days.collect()
    }

    /// A moment of `day` at which people write: mostly working hours, to the second.
    pub(super) fn moment(dice: &mut Dice, day: Day) -> Timestamp {
        let hour = if is_weekend(day) {
            dice.between(10, 20)
        } else {
            dice.pick(&WORKING_HOURS)
        };
        let second = dice.between(0, 3_599);
        Timestamp(day * DAY + hour * HOUR + second * SECOND)
    }

    /// A moment of `day` at which people have agreed to meet: on the quarter of an hour.
    pub(super) fn appointment(dice: &mut Dice, day: Day) -> Timestamp {
        let hour = dice.pick(&WORKING_HOURS);
        let minute = dice.pick(&[0, 0, 0, 15, 30, 30, 45]);
        Timestamp(day * DAY + hour * HOUR + minute * MINUTE)
    }
}

const FRIDAY: i64 = 1;

/// 0 for a Thursday, as 1970 began, to 6 for a Wednesday.
fn weekday(day: Day) -> i64 {
    day.rem_euclid(7)
}

fn is_weekend(day: Day) -> bool {
    matches!(weekday(day), 2 | 3)
}

/// The date of a day; the first of January 1970 beyond the range of dates.
fn date(day: Day) -> Date {
    let epoch = jiff::civil::date(1970, 1, 1);
    jiff::Span::new()
        .try_days(day)
        .and_then(|days| epoch.checked_add(days))
        .unwrap_or(epoch)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::dice::Stream;

    fn day(year: i16, month: i8, day: i8) -> Day {
        let since = jiff::civil::date(1970, 1, 1).until(jiff::civil::date(year, month, day));
        i64::from(since.unwrap().get_days())
    }

    #[test]
    fn weekends_and_the_two_feasts_are_no_workdays() {
        assert!(Calendar::is_workday(day(2026, 7, 14)));
        assert!(!Calendar::is_workday(day(2026, 7, 18)));
        assert!(!Calendar::is_workday(day(2026, 7, 19)));
        assert!(!Calendar::is_workday(day(2025, 12, 25)));
    }

    #[test]
    fn a_workday_is_never_more_than_three_days_away() {
        for offset in 0..1_500 {
            let from = day(2024, 1, 1) + offset;
            assert!(Calendar::is_workday(Calendar::workday_by(from)), "{from}");
        }
    }

    #[test]
    fn a_rhythm_runs_backwards_without_a_day_twice() {
        let calendar = Calendar::new(Timestamp(day(2026, 7, 14) * DAY));
        let mut dice = Dice::new(3, Stream::Rhythms);
        let days = calendar.rhythm(&mut dice, calendar.today - 2, calendar.first(), (1, 9));
        assert!(days.is_sorted_by(|later, earlier| later > earlier));
        assert!(days.len() > 100, "{}", days.len());
    }
}
