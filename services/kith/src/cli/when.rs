//! Times as people write and read them: in their own zone, by day and weekday, or as a distance.

use jiff::civil::{DateTime, Time, Weekday};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Span, Timestamp, Zoned};

/// Which way a distance such as `3d` counts, and which hour a bare day means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Aim {
    /// Something that happened: `3d` is three days ago, a day is its noon.
    Past,
    /// Something to come: `3d` is in three days, a day is its morning.
    Future,
    /// The end of something to come: as future, but a day is its evening.
    End,
    /// A point in history: as past, but a day is its beginning.
    Exact,
}

impl Aim {
    const fn is_ahead(self) -> bool {
        matches!(self, Self::Future | Self::End)
    }
}

/// Reads a moment: RFC 3339, Unix seconds (9 digits or more), `2026-03-01`, `2026-03-01 14:30`,
/// `now`, `today`, `tomorrow`, `yesterday`, `friday`, `3d`, `2h ago`.
pub(super) fn moment(text: &str, here: &Zoned, aim: Aim) -> Result<Timestamp, String> {
    let text = text.trim();
    read(text, here, aim).ok_or_else(|| {
        format!(
            "'{text}' is no time: write 2026-03-01, '2026-03-01 14:30', yesterday, tomorrow, \
             friday, 3d, 2h or an RFC 3339 time"
        )
    })
}

fn read(text: &str, here: &Zoned, aim: Aim) -> Option<Timestamp> {
    if text.len() >= 9 && text.bytes().all(|b| b.is_ascii_digit()) {
        return Timestamp::from_second(text.parse().ok()?).ok();
    }
    if let Ok(moment) = text.parse::<Timestamp>() {
        return Some(moment);
    }
    let word = text.to_lowercase();
    if word == "now" {
        return Some(here.timestamp());
    }
    if let Some(day) = named_day(&word, here, aim) {
        return on_day(&day, here, aim);
    }
    if let Ok(local) = text.parse::<DateTime>() {
        let zone = here.time_zone().clone();
        let is_day = text.len() == "2026-03-01".len();
        let moment = local.to_zoned(zone).ok()?;
        return if is_day {
            on_day(&moment, here, aim)
        } else {
            Some(moment.timestamp())
        };
    }
    let distance: Span = word.parse().ok()?;
    let ahead = aim.is_ahead() || distance.is_negative();
    let distance = if ahead { distance } else { distance.negate() };
    Some(here.checked_add(distance).ok()?.timestamp())
}

fn named_day(word: &str, here: &Zoned, aim: Aim) -> Option<Zoned> {
    let weekday = match word {
        "today" => return Some(here.clone()),
        "tomorrow" => return here.tomorrow().ok(),
        "yesterday" => return here.yesterday().ok(),
        "monday" => Weekday::Monday,
        "tuesday" => Weekday::Tuesday,
        "wednesday" => Weekday::Wednesday,
        "thursday" => Weekday::Thursday,
        "friday" => Weekday::Friday,
        "saturday" => Weekday::Saturday,
        "sunday" => Weekday::Sunday,
        _ => return None,
    };
    let step = if aim.is_ahead() { 1 } else { -1 };
    here.nth_weekday(step, weekday).ok()
}

/// The hour that a bare day means.
fn on_day(day: &Zoned, here: &Zoned, aim: Aim) -> Option<Timestamp> {
    let at = |hour, minute| {
        let time = Time::new(hour, minute, 0, 0).ok()?;
        Some(day.with().time(time).build().ok()?.timestamp())
    };
    match aim {
        Aim::Exact => at(0, 0),
        Aim::End => at(18, 0),
        // What happened today has happened already.
        Aim::Past if day.date() == here.date() => Some(at(12, 0)?.min(here.timestamp())),
        Aim::Past => at(12, 0),
        // What is to come today is still to come.
        Aim::Future => {
            let hours = [at(9, 0)?, at(18, 0)?];
            let ahead = hours.into_iter().find(|hour| *hour > here.timestamp());
            ahead.or_else(|| at(23, 59))
        }
    }
}

/// Reads a length of time such as `20m`, `1h30m` or `45 min`, in seconds.
pub(super) fn duration_s(text: &str) -> Result<u32, String> {
    let length = text.trim().parse::<SignedDuration>().ok();
    let seconds = length.and_then(|length| u32::try_from(length.as_secs()).ok());
    seconds.ok_or_else(|| format!("'{text}' is no length of time: write 20m, 1h30m or 90s"))
}

/// A moment of the wire; `None` outside jiff's years.
pub(super) fn from_wire(moment: &prost_types::Timestamp) -> Option<Timestamp> {
    Timestamp::new(moment.seconds, moment.nanos).ok()
}

/// A moment of the wire as programs read it.
pub(super) fn rfc3339(moment: Option<&prost_types::Timestamp>) -> Option<String> {
    Some(from_wire(moment?)?.to_string())
}

/// A moment as the wire takes it.
pub(super) fn to_wire(moment: Timestamp) -> prost_types::Timestamp {
    let moment = kith_domain::time::Timestamp(moment.as_microsecond());
    kith_proto::words::timestamp(moment)
}

/// `2026-03-01 14:02`, in the zone of the person who reads.
pub(super) fn minute(moment: Timestamp, zone: &TimeZone) -> String {
    moment
        .to_zoned(zone.clone())
        .strftime("%Y-%m-%d %H:%M")
        .to_string()
}

/// `2026-03-01`, in the zone of the person who reads.
pub(super) fn day(moment: Timestamp, zone: &TimeZone) -> String {
    moment
        .to_zoned(zone.clone())
        .strftime("%Y-%m-%d")
        .to_string()
}

/// How far a day is from today: `today`, `tomorrow`, `in 3 days`, `2 days ago`.
pub(super) fn from_today(moment: Timestamp, here: &Zoned) -> String {
    let then = moment.to_zoned(here.time_zone().clone()).date();
    let days = here.date().until(then).map_or(0, |span| span.get_days());
    match days {
        0 => "today".to_owned(),
        1 => "tomorrow".to_owned(),
        -1 => "yesterday".to_owned(),
        days if days > 0 => format!("in {days} days"),
        days => format!("{} days ago", days.unsigned_abs()),
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Sunday, 14:00, an hour east of Greenwich.
    fn here() -> Zoned {
        let zone = TimeZone::fixed(jiff::tz::offset(1));
        date(2026, 3, 1).at(14, 0, 0, 0).to_zoned(zone).unwrap()
    }

    fn read_as(text: &str, aim: Aim) -> String {
        moment(text, &here(), aim).unwrap().to_string()
    }

    #[test]
    fn a_moment_to_come_is_read_as_people_write_it() {
        let read = |text| read_as(text, Aim::Future);
        assert_eq!(read("tomorrow"), "2026-03-02T08:00:00Z");
        assert_eq!(read("today"), "2026-03-01T17:00:00Z");
        assert_eq!(read("Friday"), "2026-03-06T08:00:00Z");
        assert_eq!(read("3d"), "2026-03-04T13:00:00Z");
        assert_eq!(read("2 weeks"), "2026-03-15T13:00:00Z");
        assert_eq!(read("2026-03-09"), "2026-03-09T08:00:00Z");
        assert_eq!(read_as("2026-03-09", Aim::End), "2026-03-09T17:00:00Z");
        assert_eq!(read("2026-03-09 16:30"), "2026-03-09T15:30:00Z");
        assert_eq!(read("2026-03-09T16:30:00+02:00"), "2026-03-09T14:30:00Z");
    }

    #[test]
    fn a_moment_that_was_is_read_as_people_write_it() {
        let read = |text| read_as(text, Aim::Past);
        assert_eq!(read("now"), "2026-03-01T13:00:00Z");
        assert_eq!(read("yesterday"), "2026-02-28T11:00:00Z");
        assert_eq!(read("today"), "2026-03-01T11:00:00Z");
        // Refused later, by the server: never taken for now.
        assert_eq!(read("2030-01-01"), "2030-01-01T11:00:00Z");
        assert_eq!(read("20m"), "2026-03-01T12:40:00Z");
        assert_eq!(read("2h ago"), "2026-03-01T11:00:00Z");
        assert_eq!(read("friday"), "2026-02-27T11:00:00Z");
        assert_eq!(read_as("1064966400", Aim::Exact), "2003-10-01T00:00:00Z");
        assert_eq!(read_as("2003-10-01", Aim::Exact), "2003-09-30T23:00:00Z");
    }

    #[test]
    fn what_is_no_time_is_answered_with_examples() {
        for text in ["", "soon", "2026-13-01", "12345", "99999999999999999999"] {
            let told = moment(text, &here(), Aim::Past).unwrap_err();
            assert!(told.contains("tomorrow"), "{told}");
        }
    }

    #[test]
    fn a_length_of_time_has_a_unit() {
        assert_eq!(duration_s("20m"), Ok(1_200));
        assert_eq!(duration_s("1h30m"), Ok(5_400));
        assert_eq!(duration_s("45 min"), Ok(2_700));
        for text in ["20", "-5m", "long", ""] {
            assert!(duration_s(text).is_err(), "{text}");
        }
    }

    #[test]
    fn days_are_counted_by_the_calendar_of_the_reader() {
        let read = |text| from_today(moment(text, &here(), Aim::Exact).unwrap(), &here());
        assert_eq!(read("2026-03-01 23:59"), "today");
        assert_eq!(read("2026-03-02 00:01"), "tomorrow");
        assert_eq!(read("2026-04-01"), "in 31 days");
        assert_eq!(read("2026-02-27"), "2 days ago");
    }
}
