//! Time zones: the one place of the API that knows which hour it is where.

use jiff::tz::TimeZone;
use kith_domain::date::Date;
use kith_domain::time::Timestamp;
use kith_servicekit::failure::Violations;

/// A time zone that everybody knows. Empty is UTC.
pub(crate) fn checked(fields: &mut Violations, field: &str, zone: &str) -> String {
    let zone = if zone.is_empty() { "UTC" } else { zone };
    let known = TimeZone::get(zone).is_ok();
    fields.check(known, field, "must be a time zone such as Europe/Lisbon");
    zone.to_owned()
}

/// A zone by its name; UTC, where it is empty or this machine does not know it.
pub(crate) fn of(zone: &str) -> TimeZone {
    TimeZone::get(zone).unwrap_or(TimeZone::UTC)
}

/// The day on which a moment falls there, and its minute of that day.
pub(crate) fn local(zone: &TimeZone, moment: Timestamp) -> (Date, u16) {
    let moment = jiff::Timestamp::from_microsecond(moment.micros()).unwrap_or_default();
    let zoned = moment.to_zoned(zone.clone());
    let part = |number: i8| u8::try_from(number).unwrap_or_default();
    let year = u16::try_from(zoned.year()).unwrap_or_default();
    let day = Date::new(year, part(zoned.month()), part(zoned.day())).unwrap_or_default();
    let minute = u16::from(part(zoned.hour())) * 60 + u16::from(part(zoned.minute()));
    (day, minute)
}

/// The day on which a moment falls there.
pub(crate) fn day(zone: &TimeZone, moment: Timestamp) -> Date {
    local(zone, moment).0
}

/// An hour of a day there. Where clocks are moved over it, the hour after.
pub(crate) fn at(zone: &TimeZone, day: Date, hour: i8) -> Timestamp {
    let part = |number: u8| i8::try_from(number).unwrap_or(1);
    let year = i16::try_from(day.year()).unwrap_or(i16::MAX);
    let civil = jiff::civil::Date::new(year, part(day.month()), part(day.day()));
    let zoned = civil
        .map(|date| date.at(hour, 0, 0, 0))
        .and_then(|civil| zone.to_ambiguous_zoned(civil).compatible());
    zoned.map_or(day.midnight(), |zoned| {
        Timestamp(zoned.timestamp().as_microsecond())
    })
}
