//! Which hour it is where the gathering is, and the days on which somebody is there.

use jiff::tz::TimeZone;
use kith_domain::briefing::known::{Day, LocalTime};
use kith_domain::time::Timestamp;

use crate::zone;

/// The days of a gathering.
pub(super) struct Calendar(TimeZone);

impl Calendar {
    /// In a zone, by its name; UTC, where this machine does not know it.
    pub(super) fn of(zone: &str) -> Self {
        Self(zone::of(zone))
    }

    /// The local time of a moment.
    pub(super) fn local(&self, moment: Timestamp) -> LocalTime {
        let (day, minute) = zone::local(&self.0, moment);
        LocalTime { day, minute }
    }

    /// Each day between two moments, with the minutes of it.
    pub(super) fn days(&self, from: Timestamp, until: Timestamp) -> Vec<Day> {
        const LAST_MINUTE: u16 = 24 * 60;
        let (first, last) = (self.local(from), self.local(until));
        let mut days = Vec::new();
        let mut day = first.day;
        while day <= last.day {
            let is_last = day == last.day;
            days.push(Day {
                day,
                from: if day == first.day { first.minute } else { 0 },
                until: if is_last { last.minute } else { LAST_MINUTE },
            });
            match day.next() {
                Some(next) => day = next,
                None => break,
            }
        }
        // Somebody who leaves at midnight is not there on the day that begins.
        days.retain(|day| day.until > day.from || first.day == last.day);
        days
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_begin_and_end_where_the_gathering_is() {
        let moment = |text: &str| {
            let parsed: jiff::Timestamp = text.parse().unwrap();
            Timestamp(parsed.as_microsecond())
        };
        let calendar = Calendar::of("Europe/Berlin");
        let days = calendar.days(
            moment("2026-12-02T12:00:00Z"),
            moment("2026-12-03T23:00:00Z"),
        );
        let days: Vec<_> = days
            .iter()
            .map(|d| (d.day.to_string(), d.from, d.until))
            .collect();
        let expected = [
            ("2026-12-02".to_owned(), 13 * 60, 24 * 60),
            ("2026-12-03".to_owned(), 0, 24 * 60),
        ];
        assert_eq!(days, expected);
    }
}
