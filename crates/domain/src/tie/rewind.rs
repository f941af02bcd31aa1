//! A tie's curve as it was some weeks ago, worked out from its maps alone.
//!
//! The exact past is a fold of the interactions up to then; a list of a thousand ties can't afford
//! that for a word. The maps remember enough: days since are dropped bit by bit. Days that have
//! left the day map since counted one by one then; of them only the active weeks are known, so each
//! such week stands for as many days as an active week within the day map has. Weeks that have left
//! the week map since are taken to have been as active as the others. Exact for every tie without
//! contact since; without bias, and within the threshold of a trend, for ties with an even rhythm.
//!
//! For trend and band only; figures of the past are asked as of the past.

use super::curve::Curve;
use super::evidence::OLD_WEEK_DAYS;
use super::state::{DAYS, State, WEEK, WEEKS};
use crate::time::Timestamp;

/// The bits of eight weeks in a day map.
const EIGHT_WEEKS: u64 = u64::MAX >> (DAYS - 8 * WEEK);

/// Activity that the past knew of: how many active days, and around which slot.
#[derive(Clone, Copy)]
struct Known {
    slot: i32,
    days: f64,
}

impl Curve<'_> {
    /// The curve as of the slot of `at`. `None` if the maps know no contact up to then.
    pub(super) fn rewound(&self, at: Timestamp) -> Option<Self> {
        let state = self.state();
        let today = self.profile().slots.slot_of(at);
        if state.anchor <= today {
            return Some(self.clone());
        }
        let first = state
            .first
            .map_or(today, |first| self.profile().slots.slot_of(first));
        let known = known_until(state, today, first);
        let anchor = known.first()?.slot;
        let by_age = known
            .iter()
            .map(|known| (anchor.abs_diff(known.slot), known.days));
        Some(Self::of_activity(self.profile(), state, anchor, by_age))
    }
}

/// What was known at the end of slot `today`, which lies before the anchor; newest first.
fn known_until(state: &State, today: i32, first: i32) -> Vec<Known> {
    let mut known: Vec<Known> = (0..DAYS)
        .filter(|i| (state.day >> i) & 1 == 1)
        .map(|i| state.anchor.saturating_sub(i))
        .filter(|slot| *slot <= today)
        .map(|slot| Known { slot, days: 1.0 })
        .collect();
    let anchor = known.first().map_or(today, |newest| newest.slot);
    let density = days_per_active_week(state);
    for week in active_weeks(state) {
        let last = week.saturating_add(WEEK - 1);
        if anchor.saturating_sub(last) >= DAYS {
            let middle = week.saturating_add(WEEK / 2);
            known.push(Known {
                slot: middle,
                days: OLD_WEEK_DAYS,
            });
            continue;
        }
        // Of this week, what has left the day map since, and was in it then.
        let from = week.max(anchor.saturating_sub(DAYS - 1));
        let to = last.min(state.anchor.saturating_sub(DAYS)).min(today);
        if from <= to {
            let part = f64::from(to - from + 1) / f64::from(WEEK);
            known.push(Known {
                slot: from + (to - from) / 2,
                days: density * part,
            });
        }
    }
    known.extend(forgotten_weeks(state, anchor, first));
    known
}

/// Weeks that have left the week map since `anchor` was the newest slot, back to the slot of the
/// `first` contact: as active as the average week that is still in the map.
fn forgotten_weeks(state: &State, anchor: i32, first: i32) -> impl Iterator<Item = Known> {
    let days = OLD_WEEK_DAYS * f64::from(state.week.count_ones()) / f64::from(WEEKS);
    let oldest_then = anchor.div_euclid(WEEK).saturating_sub(WEEKS - 1);
    let oldest_now = state.anchor.div_euclid(WEEK).saturating_sub(WEEKS - 1);
    let from = oldest_then.max(first.div_euclid(WEEK));
    // However far the two anchors are apart, nothing after the earlier one was known.
    let to = oldest_now.min(anchor.div_euclid(WEEK));
    (from..to).rev().map(move |week| Known {
        slot: week.saturating_mul(WEEK).saturating_add(WEEK / 2),
        days,
    })
}

/// The first slots of all active weeks, newest first.
fn active_weeks(state: &State) -> impl Iterator<Item = i32> + use<> {
    let State { anchor, week, .. } = *state;
    let this_week = anchor.saturating_sub(anchor.rem_euclid(WEEK));
    (0..WEEKS)
        .filter(move |j| (week >> j) & 1 == 1)
        .map(move |j| this_week.saturating_sub(WEEK * j))
}

/// How many days of an active week are active, over the eight weeks that the day map holds wholly
/// before that of the anchor: 1 to 7.
fn days_per_active_week(state: &State) -> f64 {
    let in_this_week = state.anchor.rem_euclid(WEEK) + 1;
    let days = ((state.day >> in_this_week) & EIGHT_WEEKS).count_ones();
    let weeks = ((state.week >> 1) & 0xff).count_ones();
    (f64::from(days) / f64::from(weeks.max(1))).clamp(1.0, f64::from(WEEK))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::Kind;
    use crate::tie::{Contact, Direction, Slots, V1};
    use crate::time::DAY;

    fn fold(days: impl IntoIterator<Item = i64>) -> State {
        let mut state = State::default();
        for day in days {
            let contact = Contact {
                at: Timestamp(day * DAY),
                direction: Direction::In,
                kind: Kind::Mail,
            };
            state.record(&contact, Slots::Day);
        }
        state
    }

    /// Today's maps rewound by thirty days, and a fold of what had happened by then.
    fn rewound_and_exact(days: impl Iterator<Item = i64> + Clone) -> (f64, f64) {
        let then = Timestamp((7_000 - 30) * DAY + DAY / 2);
        let whole = fold(days.clone());
        let rewound = Curve::of(&V1, &whole).unwrap().rewound(then).unwrap();
        let exact = fold(days.filter(|day| *day <= 7_000 - 30));
        (
            rewound.logit(then, 90.0),
            V1.logit(&exact, then, 90.0).unwrap(),
        )
    }

    #[test]
    fn a_tie_without_contact_since_is_exactly_what_it_was() {
        let (rewound, exact) = rewound_and_exact([6_900, 6_880, 6_700, 6_500].into_iter());
        assert_eq!(rewound.to_bits(), exact.to_bits());
    }

    #[test]
    fn days_still_in_the_map_are_known_exactly() {
        let (rewound, exact) = rewound_and_exact([7_000, 6_960, 6_950, 6_940].into_iter());
        assert_eq!(rewound.to_bits(), exact.to_bits());
    }

    #[test]
    fn a_tie_that_began_since_was_nothing_then() {
        let state = fold([7_000]);
        let curve = Curve::of(&V1, &state).unwrap();
        assert!(curve.rewound(Timestamp(6_999 * DAY)).is_none());
    }

    #[test]
    fn a_moment_ages_before_the_anchor_is_answered_from_the_span_of_the_maps() {
        let state = fold([-70_000_000, 0, 7_000]);
        assert!(known_until(&state, -60_000_000, -70_000_000).len() <= 64);
    }

    #[test]
    fn an_even_tie_is_rewound_to_within_the_threshold_of_a_trend() {
        for gap in 1..60 {
            for phase in 0..gap {
                let days = (0..900 / gap).map(move |times| 7_000 - phase - times * gap);
                let (rewound, exact) = rewound_and_exact(days);
                let error = (rewound - exact).abs();
                assert!(error < 0.1, "every {gap} days, {phase} days ago: {error}");
            }
        }
    }
}
