//! A tie as a function of time: what a silent tie's figures do from its last contact on.
//!
//! Silence makes every period older by the same amount, so the five decayed sums are derived once,
//! at the middle of the anchor slot, and each later moment costs one factor per sum.

use std::sync::LazyLock;

use super::evidence::MAX_AGE;
use super::formula::{HALF_LIVES, Profile, probability};
use super::state::State;
use crate::time::Timestamp;

/// The typical gap of a tie of which the maps know a single active day, in slots.
const UNKNOWN_GAP: f64 = 30.0;

/// `2^(−age / h_k)` for every whole age that a map can hold.
static POWERS: LazyLock<Vec<[f64; 5]>> =
    LazyLock::new(|| (0..=MAX_AGE).map(|age| decay(f64::from(age))).collect());

/// `2^(−age / h_k)`, the age in slots.
fn decay(age: f64) -> [f64; 5] {
    HALF_LIVES.map(|half_life| libm::exp2(-age / half_life))
}

/// The formula of one profile, applied to one state that is not empty.
#[derive(Debug, Clone)]
pub struct Curve<'a> {
    profile: &'a Profile,
    state: &'a State,
    /// The newest active slot.
    anchor: i32,
    /// The decayed sums at the middle of the anchor slot, of the anchor slot itself ...
    newest: f64,
    /// ... and of everything before it.
    earlier: [f64; 5],
    /// `n`: active days, an old week counting as two.
    days: f64,
    /// From the oldest known day to the anchor, in slots.
    span: u32,
}

impl<'a> Curve<'a> {
    /// Derives the sums of `state`; `None` if it is empty.
    #[must_use]
    pub fn of(profile: &'a Profile, state: &'a State) -> Option<Self> {
        if state.is_empty() {
            return None;
        }
        let by_age = state
            .evidence()
            .map(|evidence| (evidence.age, evidence.period.days()));
        Some(Self::of_activity(profile, state, state.anchor, by_age))
    }

    /// Derives the sums of activity given as (slots before `anchor`, active days), newest first.
    pub(super) fn of_activity(
        profile: &'a Profile,
        state: &'a State,
        anchor: i32,
        by_age: impl Iterator<Item = (u32, f64)>,
    ) -> Self {
        let mut curve = Self {
            profile,
            state,
            anchor,
            newest: 0.0,
            earlier: [0.0; 5],
            days: 0.0,
            span: 0,
        };
        for (age, days) in by_age {
            curve.days += days;
            curve.span = age;
            if age == 0 {
                curve.newest += days;
                continue;
            }
            let powers = &POWERS[age.min(MAX_AGE) as usize];
            for (sum, power) in curve.earlier.iter_mut().zip(powers) {
                *sum += days * power;
            }
        }
        curve
    }

    /// The profile that is applied.
    #[must_use]
    pub fn profile(&self) -> &'a Profile {
        self.profile
    }

    /// The state that is read.
    #[must_use]
    pub fn state(&self) -> &'a State {
        self.state
    }

    /// `D_k`: the decayed numbers of active days at `at`, one per half-life of [`HALF_LIVES`].
    ///
    /// A period that lies ahead of `at` counts in full. Asked before the slot that precedes the
    /// anchor, which no as-of fold does, old weeks too count at most in full.
    #[must_use]
    pub fn sums(&self, at: Timestamp) -> [f64; 5] {
        let lead = self.lead(at);
        if lead < -1.0 {
            return self.sums_before(lead);
        }
        // Within the anchor slot only the anchor day itself can lie ahead of `at`.
        let anchor_day = decay(lead.max(0.0));
        let mut sums = decay(lead);
        for ((sum, earlier), newest) in sums.iter_mut().zip(self.earlier).zip(anchor_day) {
            *sum = self.newest * newest + earlier * *sum;
        }
        sums
    }

    /// The sums where whole days lie ahead of the moment of asking, period by period.
    fn sums_before(&self, lead: f64) -> [f64; 5] {
        let mut sums = [0.0; 5];
        for evidence in self.state.evidence() {
            let age = (lead + f64::from(evidence.age)).max(0.0);
            for (sum, power) in sums.iter_mut().zip(decay(age)) {
                *sum += evidence.period.days() * power;
            }
        }
        sums
    }

    /// From the middle of the anchor slot to `at`, in slots; negative before it.
    pub(super) fn lead(&self, at: Timestamp) -> f64 {
        self.profile.slots.age(at, self.anchor)
    }

    /// `s`: how long the tie has been silent at `at`, in slots, from the middle of the anchor slot.
    #[must_use]
    pub fn silence(&self, at: Timestamp) -> f64 {
        self.lead(at).max(0.0)
    }

    /// `g`: the typical gap between active days that enters *alive*, in slots; 30 when the maps
    /// know a single day.
    #[must_use]
    pub fn typical_gap(&self) -> f64 {
        if self.knows_one_day() {
            return UNKNOWN_GAP;
        }
        f64::from(self.span) / (self.days - 1.0)
    }

    /// The tie's own rhythm, in slots: the typical gap as words, band and explanation use it.
    ///
    /// It differs from [`typical_gap`](Self::typical_gap) for a tie whose earlier contacts are all
    /// too old for day and week maps. There the months tell: a friend whom one meets every other
    /// year is not overdue after 75 days.
    #[must_use]
    pub fn rhythm(&self) -> f64 {
        let first = self
            .state
            .first
            .map(|first| self.profile.slots.slot_of(first));
        match first {
            Some(first) if self.knows_one_day() && first < self.state.anchor => {
                let span = f64::from(self.state.anchor) - f64::from(first);
                // One month only: the first contact is older than the month map as well.
                let months = self.state.active_months().max(2);
                span / f64::from(months - 1)
            }
            _ => self.typical_gap(),
        }
    }

    fn knows_one_day(&self) -> bool {
        self.days < 1.5
    }

    /// `Λ`: the active slots to expect within `horizon` slots after `at`.
    #[must_use]
    pub fn lambda(&self, at: Timestamp, horizon: f64) -> f64 {
        self.lambda_of(&self.sums(at), &self.profile.weights(horizon))
    }

    /// `Λ` of sums and weights that are already at hand.
    pub(super) fn lambda_of(&self, sums: &[f64; 5], weights: &[f64; 5]) -> f64 {
        let mut expected = 0.0;
        for (sum, weight) in sums.iter().zip(weights) {
            expected += sum * weight;
        }
        self.profile.epsilon + expected
    }

    /// What being overdue does to the logit: `−ω · ln(1 + s / (g + 3))`, at most 0.
    #[must_use]
    pub fn overdue(&self, at: Timestamp) -> f64 {
        let gaps = self.silence(at) / (self.typical_gap() + 3.0);
        -self.profile.omega * libm::log1p(gaps)
    }

    /// `logit P` of contact within `horizon` slots after `at`.
    #[must_use]
    pub fn logit(&self, at: Timestamp, horizon: f64) -> f64 {
        self.logit_of(at, &self.sums(at), &self.profile.weights(horizon))
    }

    /// `logit P` of sums (at `at`) and weights that are already at hand.
    pub(super) fn logit_of(&self, at: Timestamp, sums: &[f64; 5], weights: &[f64; 5]) -> f64 {
        let lambda = self.lambda_of(sums, weights);
        self.profile.b0 + self.profile.theta * libm::log(lambda) + self.overdue(at)
    }

    /// *Alive*: the probability (0 to 1) of contact within `horizon` slots after `at`.
    #[must_use]
    pub fn alive(&self, at: Timestamp, horizon: f64) -> f64 {
        probability(self.logit(at, horizon))
    }
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
                at: noon(day),
                direction: Direction::Mutual,
                kind: Kind::Meeting,
            };
            state.record(&contact, Slots::Day);
        }
        state
    }

    fn noon(day: i64) -> Timestamp {
        Timestamp(day * DAY + DAY / 2)
    }

    fn close(left: f64, right: f64) -> bool {
        (left - right).abs() < 1e-12
    }

    /// The definition of the sums, term by term.
    fn sums_by_definition(state: &State, at: Timestamp) -> [f64; 5] {
        let age_of_anchor = Slots::Day.age(at, state.anchor);
        HALF_LIVES.map(|half_life| {
            let terms = state.evidence().map(|evidence| {
                let age = (age_of_anchor + f64::from(evidence.age)).max(0.0);
                evidence.period.days() * (-age / half_life).exp2()
            });
            terms.sum()
        })
    }

    #[test]
    fn shifted_sums_equal_the_definition_before_within_and_after_the_anchor_slot() {
        let state = fold([20_000, 19_999, 19_990, 19_940, 19_800, 19_700]);
        let curve = Curve::of(&V1, &state).unwrap();
        for quarters in [-400, -12, -5, -4, -3, -2, -1, 0, 1, 2, 7, 400] {
            let at = noon(20_000).plus_micros(quarters * DAY / 4);
            let pairs = curve
                .sums(at)
                .into_iter()
                .zip(sums_by_definition(&state, at));
            for (shifted, defined) in pairs {
                assert!(close(shifted, defined), "{quarters}: {shifted} {defined}");
            }
        }
    }

    #[test]
    fn a_weekly_tie_has_a_typical_gap_of_seven_days() {
        let state = fold((0..9).map(|week| 20_000 - 7 * week));
        assert!(close(Curve::of(&V1, &state).unwrap().typical_gap(), 7.0));
    }

    #[test]
    fn a_single_day_has_the_gap_of_strangers() {
        let state = fold([20_000]);
        let curve = Curve::of(&V1, &state).unwrap();
        assert!(close(curve.typical_gap(), 30.0));
        assert!(close(curve.rhythm(), 30.0));
    }

    #[test]
    fn a_friend_seen_every_other_year_has_that_rhythm_in_words_but_not_in_the_figure() {
        let state = fold([20_000, 20_000 - 730, 20_000 - 1460]);
        let curve = Curve::of(&V1, &state).unwrap();
        assert!(close(curve.typical_gap(), 30.0));
        assert!(close(curve.rhythm(), 730.0));
    }

    #[test]
    fn a_first_contact_older_than_every_map_still_gives_a_rhythm() {
        let state = fold([20_000, 10_000]);
        assert!(close(Curve::of(&V1, &state).unwrap().rhythm(), 10_000.0));
    }

    #[test]
    fn silence_begins_in_the_middle_of_the_anchor_slot() {
        let state = fold([20_000]);
        let curve = Curve::of(&V1, &state).unwrap();
        assert!(close(curve.silence(noon(19_999)), 0.0));
        assert!(close(curve.silence(noon(20_010)), 10.0));
    }
}
