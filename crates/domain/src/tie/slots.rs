//! Slots: the unit in which active time is counted, one day unless a gathering is on.

use crate::time::{DAY, MINUTE, Timestamp};

/// The slot length of a profile. A [`State`](super::State) is folded in one slot length and read
/// in the same one; the state itself does not record which.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Slots {
    /// 86 400 s, beginning at midnight UTC.
    Day,
    /// 48 min, thirty to a day: the rhythm of a gathering.
    Gathering,
}

impl Slots {
    /// The length of one slot, in microseconds.
    #[must_use]
    pub const fn micros(self) -> i64 {
        match self {
            Self::Day => DAY,
            Self::Gathering => 48 * MINUTE,
        }
    }

    /// The slot in which `at` lies: `floor(at / length)`, negative before 1970. Moments beyond the
    /// range of `i32` (in years: ±190 000 for gatherings) fall into the last slot on that side.
    #[must_use]
    pub const fn slot_of(self, at: Timestamp) -> i32 {
        let slot = at.micros().div_euclid(self.micros());
        if slot > i32::MAX as i64 {
            i32::MAX
        } else if slot < i32::MIN as i64 {
            i32::MIN
        } else {
            slot as i32
        }
    }

    /// The moment at which `slot` begins; saturates at the ends of time.
    #[must_use]
    pub const fn start_of(self, slot: i32) -> Timestamp {
        Timestamp((slot as i64).saturating_mul(self.micros()))
    }

    /// How long before `at` the middle of `slot` lies, in slots; negative if it lies after `at`.
    ///
    /// The difference is taken in integers, so that it is as exact in the year 2200 as in 1970.
    #[must_use]
    pub fn age(self, at: Timestamp, slot: i32) -> f64 {
        let half = i128::from(self.micros() / 2);
        let middle = i128::from(slot) * i128::from(self.micros()) + half;
        (i128::from(at.micros()) - middle) as f64 / self.micros() as f64
    }

    /// The moment `slots` slots after `at` (before it when negative); saturates.
    #[must_use]
    pub const fn shift(self, at: Timestamp, slots: i32) -> Timestamp {
        at.plus_micros((slots as i64).saturating_mul(self.micros()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slots_before_1970_round_towards_the_past() {
        assert_eq!(Slots::Day.slot_of(Timestamp(-1)), -1);
        assert_eq!(Slots::Day.slot_of(Timestamp(-DAY)), -1);
        assert_eq!(Slots::Day.slot_of(Timestamp(-DAY - 1)), -2);
    }

    #[test]
    fn a_day_has_thirty_gathering_slots() {
        assert_eq!(Slots::Gathering.slot_of(Timestamp(DAY)), 30);
    }

    #[test]
    fn moments_far_outside_the_range_stay_in_the_outermost_slot() {
        assert_eq!(Slots::Gathering.slot_of(Timestamp(i64::MAX)), i32::MAX);
        assert_eq!(Slots::Gathering.slot_of(Timestamp(i64::MIN)), i32::MIN);
        assert_eq!(Slots::Day.start_of(i32::MAX), Timestamp(i64::MAX));
    }

    #[test]
    fn an_age_is_counted_from_the_middle_of_the_slot() {
        let noon = Slots::Day.start_of(20_000).plus_micros(DAY / 2);
        let ages = [
            Slots::Day.age(noon, 20_000),
            Slots::Day.age(noon, 19_999),
            Slots::Day.age(noon, 20_002),
        ];
        assert_eq!(
            ages.map(|age| (age * 1e6) as i64),
            [0, 1_000_000, -2_000_000]
        );
    }
}
