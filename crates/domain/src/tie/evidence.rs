//! What the maps of a state know, as a list: active days and, before them, active weeks.

use super::state::{State, WEEK};

/// The active days that a week older than the day map stands for.
pub(super) const OLD_WEEK_DAYS: f64 = 2.0;
/// The first bit of the week map whose whole week is older than the day map, wherever in its week
/// the anchor lies: the youngest slot of week `j` has the age `anchor mod 7 + 7j - 6`, and the
/// smallest `j` that makes it at least 64 is 10 for every remainder from 0 to 6.
const FIRST_OLD_WEEK: u32 = 10;

impl State {
    /// What the maps know, newest first: every active day of the last 64 and, before them, every
    /// active week of the last 64. This order is the summation order of every figure.
    ///
    /// A week that lies across the edge of the day map counts only with the days inside it, until
    /// it is wholly outside: up to six days are out of sight for up to six days.
    pub fn evidence(&self) -> impl Iterator<Item = Evidence> + use<> {
        let anchor = self.anchor;
        let in_week = anchor.rem_euclid(WEEK);
        let days = bits(self.day).map(move |i| Evidence {
            period: Period::Day(anchor.saturating_sub(i as i32)),
            age: i,
        });
        let old_weeks = bits(self.week & (u64::MAX << FIRST_OLD_WEEK)).map(move |j| {
            let first_slot = anchor.saturating_sub(in_week + WEEK * j as i32);
            Evidence {
                period: Period::Week(first_slot),
                age: WEEK as u32 * j + in_week as u32 - 3,
            }
        });
        days.chain(old_weeks)
    }
}

/// A stretch of time in which the tie was active.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Period {
    /// One slot, by its number.
    Day(i32),
    /// Seven slots, by the number of the first: a week older than the day map.
    Week(i32),
}

impl Period {
    /// How many active days the period stands for: an old week counts as two.
    #[must_use]
    pub const fn days(self) -> f64 {
        match self {
            Self::Day(_) => 1.0,
            Self::Week(_) => OLD_WEEK_DAYS,
        }
    }

    /// The number of its first slot.
    #[must_use]
    pub const fn first_slot(self) -> i32 {
        match self {
            Self::Day(slot) | Self::Week(slot) => slot,
        }
    }

    /// How many slots it has, active or not.
    #[must_use]
    pub const fn slots(self) -> u32 {
        match self {
            Self::Day(_) => 1,
            Self::Week(_) => WEEK as u32,
        }
    }
}

/// One period of activity and its place behind the anchor.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Evidence {
    /// Which days.
    pub period: Period,
    /// From the middle of the period to the middle of the anchor slot, in slots: 0 to 63 for a
    /// day, 67 to 444 for a week.
    pub age: u32,
}

/// The largest [`Evidence::age`].
pub(super) const MAX_AGE: u32 = WEEK as u32 * 63 + 6 - 3;

/// The positions of the set bits, ascending.
fn bits(mut map: u64) -> impl Iterator<Item = u32> {
    std::iter::from_fn(move || {
        let lowest = (map != 0).then(|| map.trailing_zeros())?;
        map &= map - 1;
        Some(lowest)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::Kind;
    use crate::tie::{Contact, Direction, Slots};
    use crate::time::{DAY, Timestamp};

    fn fold(days: impl IntoIterator<Item = i64>) -> State {
        let mut state = State::default();
        for day in days {
            let contact = Contact {
                at: Timestamp(day * DAY + DAY / 3),
                direction: Direction::Out,
                kind: Kind::Call,
            };
            state.record(&contact, Slots::Day);
        }
        state
    }

    #[test]
    fn the_first_old_week_is_the_tenth_wherever_the_anchor_lies_in_its_week() {
        for anchor in -7..7_i32 {
            for j in 0..64 {
                let youngest = WEEK * (anchor.div_euclid(WEEK) - j) + 6;
                assert_eq!(anchor - youngest >= 64, j >= FIRST_OLD_WEEK as i32);
            }
        }
    }

    #[test]
    fn evidence_comes_newest_first_and_ages_grow() {
        let state = fold([1000, 999, 940, 930, 700]);
        let evidence: Vec<_> = state.evidence().collect();
        assert_eq!(
            evidence[..3].iter().map(|e| e.period).collect::<Vec<_>>(),
            [Period::Day(1000), Period::Day(999), Period::Day(940)]
        );
        assert!(matches!(evidence[3].period, Period::Week(first) if (924..931).contains(&first)));
        assert!(evidence.is_sorted_by_key(|e| e.age));
        assert!(evidence.iter().all(|e| e.age <= MAX_AGE));
    }
}
