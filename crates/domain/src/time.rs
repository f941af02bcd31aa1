//! Moments and lengths of time, as integers: microseconds, UTC, since 1970.
//!
//! There is no clock here. A moment enters the domain as an argument; [`Clock`] is the port that
//! services implement and tests replace.

use std::fmt;

/// One second, in microseconds.
pub const SECOND: i64 = 1_000_000;
/// One minute, in microseconds.
pub const MINUTE: i64 = 60 * SECOND;
/// One hour, in microseconds.
pub const HOUR: i64 = 60 * MINUTE;
/// One day of 86 400 seconds, in microseconds.
pub const DAY: i64 = 24 * HOUR;

/// A moment: microseconds since 1970-01-01T00:00:00Z. Moments before 1970 are negative.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(pub i64);

impl Timestamp {
    /// The moment `seconds` after 1970; saturates at the ends of the range.
    #[must_use]
    pub const fn from_seconds(seconds: i64) -> Self {
        Self(seconds.saturating_mul(SECOND))
    }

    /// Microseconds since 1970.
    #[must_use]
    pub const fn micros(self) -> i64 {
        self.0
    }

    /// Whole seconds since 1970, rounded towards the past.
    #[must_use]
    pub const fn seconds_floor(self) -> i64 {
        self.0.div_euclid(SECOND)
    }

    /// The moment `micros` later (earlier when negative); saturates at the ends of the range.
    #[must_use]
    pub const fn plus_micros(self, micros: i64) -> Self {
        Self(self.0.saturating_add(micros))
    }

    /// Microseconds from `earlier` to this moment; negative if `earlier` is later.
    #[must_use]
    pub const fn micros_since(self, earlier: Self) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

impl fmt::Debug for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}us", self.0)
    }
}

/// Where the present moment comes from.
///
/// The only implementation that reads the machine's clock is `kith_servicekit::clock::System`.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_before_1970_round_towards_the_past() {
        assert_eq!(Timestamp(-1).seconds_floor(), -1);
        assert_eq!(Timestamp::from_seconds(-3).seconds_floor(), -3);
    }

    #[test]
    fn adding_past_the_end_of_time_stays_at_the_end() {
        assert_eq!(Timestamp(i64::MAX).plus_micros(1), Timestamp(i64::MAX));
    }
}
