//! Why a figure is what it is: an exact decomposition, not a story told afterwards.
//!
//! `Λ` is a sum over active periods and a constant, so each period's share of it is exact. Being
//! overdue enters the logit as one more term. What-ifs are the formula itself, asked again.

use super::contact::{Contact, Direction};
use super::curve::Curve;
use super::evidence::{Evidence, Period};
use super::formula::{HALF_LIVES, Profile, probability};
use super::state::State;
use crate::interaction::Kind;
use crate::time::Timestamp;

/// How much longer the tie stays silent in [`Explanation::if_silent_longer`], in slots.
const LONGER: i32 = 30;

/// What makes up *alive* for one tie at one moment.
#[derive(Debug, Clone, PartialEq)]
pub struct Explanation {
    /// *Alive*, the probability (0 to 1) that is explained.
    pub alive: f64,
    /// Its logit: `b0 + θ · ln Λ + overdue.logit`.
    pub logit: f64,
    /// `Λ`: the active slots to expect within the horizon.
    pub lambda: f64,
    /// The share of `Λ` of each active day and old week, newest first. With `base_share` they sum
    /// to 1. All contacts of one period share its share: twenty mails in an hour are one day.
    pub periods: Vec<Share>,
    /// The share of `Λ` that every tie has, however long ago its contacts are: `ε / Λ`.
    pub base_share: f64,
    /// The same shares by age, youngest first; with `base_share` they too sum to 1.
    pub ages: [AgeShare; 5],
    /// What being overdue costs.
    pub overdue: Overdue,
    /// *Alive* if the two were in contact today.
    pub if_met_today: f64,
    /// *Alive* in 30 slots if there is no contact until then.
    pub if_silent_longer: f64,
}

/// One active period's part in `Λ`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Share {
    /// Which days.
    pub period: Period,
    /// How long ago its middle is, in slots; 0 if it lies ahead.
    pub age: f64,
    /// Its share of `Λ`, 0 to 1.
    pub share: f64,
}

/// The part of all periods of one age in `Λ`.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct AgeShare {
    /// The age.
    pub age: Age,
    /// Their share of `Λ`, 0 to 1.
    pub share: f64,
}

/// How long ago a period was, in slots.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Age {
    /// At most 7.
    Week,
    /// At most 30.
    Month,
    /// At most 90.
    Quarter,
    /// At most 365.
    Year,
    /// More than 365.
    Older,
}

impl Age {
    /// Every age, youngest first.
    pub const ALL: [Self; 5] = [
        Self::Week,
        Self::Month,
        Self::Quarter,
        Self::Year,
        Self::Older,
    ];

    /// The age of what is `slots` slots old.
    #[must_use]
    pub fn of(slots: f64) -> Self {
        match slots {
            age if age <= 7.0 => Self::Week,
            age if age <= 30.0 => Self::Month,
            age if age <= 90.0 => Self::Quarter,
            age if age <= 365.0 => Self::Year,
            _ => Self::Older,
        }
    }
}

/// What being overdue costs.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Overdue {
    /// How long the tie has been silent, in slots.
    pub silence: f64,
    /// Its own rhythm, in slots, as words use it: see [`Curve::rhythm`].
    pub rhythm: f64,
    /// The term of the logit, at most 0. It is taken from [`Curve::typical_gap`].
    pub logit: f64,
    /// How much higher *alive* would be without that term, 0 to 1.
    pub cost: f64,
}

/// Explains *alive* within `horizon` slots after `at`. `None` for an empty state.
#[must_use]
pub fn explain(
    profile: &Profile,
    state: &State,
    at: Timestamp,
    horizon: f64,
) -> Option<Explanation> {
    let curve = Curve::of(profile, state)?;
    let lambda = curve.lambda(at, horizon);
    let logit = curve.logit(at, horizon);
    let alive = probability(logit);
    let periods = shares(&curve, at, &profile.weights(horizon), lambda);
    let overdue = curve.overdue(at);
    Some(Explanation {
        alive,
        logit,
        lambda,
        base_share: profile.epsilon / lambda,
        ages: by_age(&periods),
        periods,
        overdue: Overdue {
            silence: curve.silence(at),
            rhythm: curve.rhythm(),
            logit: overdue,
            cost: probability(logit - overdue) - alive,
        },
        if_met_today: if_met(profile, state, at, horizon),
        if_silent_longer: curve.alive(profile.slots.shift(at, LONGER), horizon),
    })
}

fn shares(curve: &Curve<'_>, at: Timestamp, weights: &[f64; 5], lambda: f64) -> Vec<Share> {
    let lead = curve.lead(at);
    let share = |evidence: Evidence| {
        let age = (lead + f64::from(evidence.age)).max(0.0);
        let mut part = 0.0;
        for (weight, half_life) in weights.iter().zip(HALF_LIVES) {
            part += weight * libm::exp2(-age / half_life);
        }
        Share {
            period: evidence.period,
            age,
            share: evidence.period.days() * part / lambda,
        }
    };
    curve.state().evidence().map(share).collect()
}

fn by_age(periods: &[Share]) -> [AgeShare; 5] {
    Age::ALL.map(|age| {
        let of_this_age = periods.iter().filter(|share| Age::of(share.age) == age);
        AgeShare {
            age,
            share: of_this_age.map(|share| share.share).sum(),
        }
    })
}

fn if_met(profile: &Profile, state: &State, at: Timestamp, horizon: f64) -> f64 {
    // Direction and kind don't enter the figure.
    let met = Contact {
        at,
        direction: Direction::Mutual,
        kind: Kind::Meeting,
    };
    let mut after = *state;
    after.record(&met, profile.slots);
    Curve::of(profile, &after).map_or(0.0, |curve| curve.alive(at, horizon))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tie::{Slots, V1};
    use crate::time::DAY;

    fn fold(days: &[i64]) -> State {
        let mut state = State::default();
        for day in days {
            let contact = Contact {
                at: Timestamp(day * DAY + DAY / 3),
                direction: Direction::In,
                kind: Kind::Mail,
            };
            state.record(&contact, Slots::Day);
        }
        state
    }

    fn explained(days: &[i64], day: i64) -> Explanation {
        explain(&V1, &fold(days), Timestamp(day * DAY), 90.0).unwrap()
    }

    #[test]
    fn the_shares_sum_to_one() {
        let whole = explained(&[900, 899, 880, 700, 600], 950);
        let of_periods: f64 = whole.periods.iter().map(|share| share.share).sum();
        let of_ages: f64 = whole.ages.iter().map(|share| share.share).sum();
        assert!((of_periods + whole.base_share - 1.0).abs() < 1e-12);
        assert!((of_ages + whole.base_share - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_contact_has_its_share_by_its_day_and_later_by_its_whole_week() {
        let whole = explained(&[900, 703], 900);
        let periods = whole.periods.iter().map(|share| share.period);
        let known: Vec<_> = periods.map(|p| (p.first_slot(), p.slots())).collect();
        assert_eq!(known, [(900, 1), (700, 7)]);
    }

    #[test]
    fn meeting_today_is_never_worse_than_staying_silent() {
        let whole = explained(&[900, 890], 950);
        assert!(whole.if_met_today > whole.alive);
        assert!(whole.if_silent_longer < whole.alive);
    }

    #[test]
    fn a_tie_that_is_not_overdue_pays_nothing_for_it() {
        let whole = explained(&[900], 900);
        assert_eq!(whole.overdue.logit.abs().to_bits(), 0);
        assert_eq!(whole.overdue.cost.to_bits(), 0);
        assert!(explained(&[900], 950).overdue.cost > 0.0);
    }

    #[test]
    fn shares_fall_with_age_among_days_alike() {
        let whole = explained(&[900, 893, 850], 905);
        assert!(
            whole
                .periods
                .is_sorted_by(|newer, older| newer.share > older.share)
        );
        let ages: Vec<_> = whole
            .periods
            .iter()
            .map(|share| Age::of(share.age))
            .collect();
        assert_eq!(ages, [Age::Week, Age::Month, Age::Quarter]);
    }
}
