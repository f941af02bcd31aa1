//! Time zones: the one place of the API that knows which hour it is where.

use kith_servicekit::failure::Violations;

/// A time zone that everybody knows. Empty is UTC.
pub(crate) fn checked(fields: &mut Violations, field: &str, zone: &str) -> String {
    let zone = if zone.is_empty() { "UTC" } else { zone };
    let known = jiff::tz::TimeZone::get(zone).is_ok();
    fields.check(known, field, "must be a time zone such as Europe/Lisbon");
    zone.to_owned()
}
