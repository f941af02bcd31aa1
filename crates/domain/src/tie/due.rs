//! When to get in touch with somebody of whom one has not heard for a while.
//!
//! Two reasons, whichever comes first, both counted from the moment of the last contact:
//!
//! 1. **Expected**: by now, contact was to be expected with nine chances in ten.
//! 2. **Losing**: the silence has cost as much of a tie as is worth a message: its recent weight,
//!    `D_90`, times the fall of the chance of contact within 30 days.
//!
//! Both are solved once, when a contact is folded, and hold until the next contact. Always under
//! the pinned `v1`, never calibrated, so that a change of opinion moves no due moment. A member's
//! own cadence for a person overrides the answer, and comfort, quiet hours and caps apply when it
//! is claimed; neither is known here.

use super::curve::Curve;
use super::formula::{Profile, probability};
use super::state::State;
use crate::time::{SECOND, Timestamp};

/// The probability at which contact was to be expected.
const EXPECTED: f64 = 0.9;
/// The horizon of the chance that silence costs, in slots.
const LOSS_HORIZON: f64 = 30.0;
/// How much loss is worth a message. One constant gives 5 to 16 due moments per 100 gaps on all
/// long data sets.
const LOSS: f64 = 1.4;
/// For how many slots after the last contact the loss is followed.
const LOSS_SLOTS: i64 = 1_500;
/// A horizon, in slots, beyond which no sum grows any more: sixty of the longest half-lives.
const ENDLESS: i64 = 60 * 365;
/// The index of the half-life of 90 slots.
const NINETY: usize = 3;

/// When to get in touch, solved from a state alone: the first whole second, counted from the moment
/// of the last contact, at which one of the two reasons holds. `None` if neither ever does (a tie
/// too thin to lose), or if there was no contact.
///
/// "Right after the last contact" is the moment of that contact itself, with that contact folded.
#[must_use]
pub fn due_at(state: &State, profile: &Profile) -> Option<Timestamp> {
    let curve = Curve::of(profile, state)?;
    let contact = state.last()?;
    let expected = expected_after(&curve, contact);
    let losing = Loss::of(&curve, contact).worth_a_message_after(expected);
    let seconds = losing.or(expected)?;
    Some(contact.plus_micros(seconds.saturating_mul(SECOND)))
}

/// How much is being lost at `at`: `D_90 · (P30 right after the last contact − P30 now)`. Orders
/// the follow-ups of one member within a digest; 0 if nothing is lost. Not a figure to be shown.
#[must_use]
pub fn rank(state: &State, profile: &Profile, at: Timestamp) -> f64 {
    let (Some(curve), Some(contact)) = (Curve::of(profile, state), state.last()) else {
        return 0.0;
    };
    Loss::of(&curve, contact).at(at).max(0.0)
}

/// The smallest horizon, in whole seconds, within which contact was expected right after `contact`.
fn expected_after(curve: &Curve<'_>, contact: Timestamp) -> Option<i64> {
    let sums = curve.sums(contact);
    let second = SECOND as f64 / curve.profile().slots.micros() as f64;
    let reached = |seconds: i64| {
        let weights = curve.profile().weights(seconds as f64 * second);
        probability(curve.logit_of(contact, &sums, &weights)) >= EXPECTED
    };
    let endless = ENDLESS * seconds_per_slot(curve);
    reached(endless).then(|| first_second(0, endless, reached))
}

/// What silence costs a tie, from its last contact on.
struct Loss<'a> {
    curve: &'a Curve<'a>,
    contact: Timestamp,
    weights: [f64; 5],
    /// The probability of contact within the horizon right after the last contact.
    chance: f64,
}

impl<'a> Loss<'a> {
    fn of(curve: &'a Curve<'a>, contact: Timestamp) -> Self {
        let weights = curve.profile().weights(LOSS_HORIZON);
        let chance = probability(curve.logit_of(contact, &curve.sums(contact), &weights));
        Self {
            curve,
            contact,
            weights,
            chance,
        }
    }

    fn at(&self, at: Timestamp) -> f64 {
        let sums = self.curve.sums(at);
        let chance = probability(self.curve.logit_of(at, &sums, &self.weights));
        sums[NINETY] * (self.chance - chance)
    }

    /// The first second at which the loss is worth a message, if that is before `limit`.
    ///
    /// The loss rises and falls again, so it is followed slot by slot up to the first crossing and
    /// only then bisected.
    fn worth_a_message_after(&self, limit: Option<i64>) -> Option<i64> {
        let slot = seconds_per_slot(self.curve);
        let after = |seconds: i64| self.contact.plus_micros(seconds.saturating_mul(SECOND));
        let worth = |seconds: i64| self.at(after(seconds)) >= LOSS;
        for day in 1..=LOSS_SLOTS {
            let (from, to) = ((day - 1) * slot, day * slot);
            // The weight only decays, and the chance can't fall below zero.
            let most = self.curve.sums(after(from))[NINETY] * self.chance;
            if most < LOSS || limit.is_some_and(|limit| limit <= from) {
                return None;
            }
            if worth(to) {
                let seconds = first_second(from, to, worth);
                return limit.is_none_or(|limit| seconds < limit).then_some(seconds);
            }
        }
        None
    }
}

fn seconds_per_slot(curve: &Curve<'_>) -> i64 {
    curve.profile().slots.micros() / SECOND
}

/// The first second after `before` at which `reached`, given that it is at `by`.
fn first_second(before: i64, by: i64, reached: impl Fn(i64) -> bool) -> i64 {
    let (mut before, mut by) = (before, by);
    while by - before > 1 {
        let middle = before + (by - before) / 2;
        if reached(middle) {
            by = middle;
        } else {
            before = middle;
        }
    }
    by
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::Kind;
    use crate::tie::{Contact, Direction, Slots, V1};
    use crate::time::DAY;

    const LAST: i64 = 7_000;

    fn every(gap: i64, times: i64) -> State {
        let mut state = State::default();
        for past in 0..times {
            let contact = Contact {
                at: Timestamp((LAST - past * gap) * DAY + DAY * 2 / 5),
                direction: Direction::Out,
                kind: Kind::Call,
            };
            state.record(&contact, Slots::Day);
        }
        state
    }

    fn due_after_days(state: &State) -> Option<f64> {
        let waited = due_at(state, &V1)?.micros_since(state.last()?);
        Some(waited as f64 / DAY as f64)
    }

    #[test]
    fn a_tie_without_contact_is_never_due() {
        assert_eq!(due_at(&State::default(), &V1), None);
        assert!(rank(&State::default(), &V1, Timestamp(0)).abs() < f64::EPSILON);
    }

    #[test]
    fn a_single_contact_is_too_thin_to_lose() {
        assert_eq!(due_after_days(&every(1, 1)), None);
    }

    #[test]
    fn a_due_moment_is_a_whole_number_of_seconds_after_the_last_contact() {
        let state = every(7, 20);
        let waited = due_at(&state, &V1)
            .unwrap()
            .micros_since(state.last().unwrap());
        assert!(waited > 0);
        assert_eq!(waited % SECOND, 0);
    }

    #[test]
    fn the_livelier_the_tie_the_sooner_it_is_due() {
        let days = [1, 7, 14, 30].map(|gap| due_after_days(&every(gap, 40)).unwrap());
        assert!(days.is_sorted_by(|lively, calm| lively < calm), "{days:?}");
    }

    #[test]
    fn one_second_earlier_neither_reason_holds() {
        for gap in [1, 3, 7, 14, 30] {
            let state = every(gap, 40);
            let due = due_at(&state, &V1).unwrap();
            let last = state.last().unwrap();
            let holds = |at: Timestamp| {
                let waited = at.micros_since(last) as f64 / DAY as f64;
                V1.alive(&state, last, waited).unwrap() >= EXPECTED || rank(&state, &V1, at) >= LOSS
            };
            assert!(holds(due), "every {gap} days");
            assert!(!holds(due.plus_micros(-SECOND)), "every {gap} days");
        }
    }

    #[test]
    fn nothing_is_lost_at_the_last_contact() {
        let state = every(7, 20);
        assert!(rank(&state, &V1, state.last().unwrap()).abs() < f64::EPSILON);
        assert!(rank(&state, &V1, Timestamp((LAST + 20) * DAY)) > 0.5);
    }
}
