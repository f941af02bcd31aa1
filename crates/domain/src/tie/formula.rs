//! The formula of *alive*, as data: named profiles that stay computable for ever.
//!
//! For a state with decayed sums `D_k`, silence `s` and typical gap `g` (all in slots), and a
//! horizon of `H` slots, Kith's strength model says:
//!
//! ```text
//! Λ(H)       = ε + (1/30) · Σ_k a_k · D_k · (h_k / ln 2) · (1 − 2^(−H/h_k))
//! logit P(H) = b0 + θ · ln Λ(H) − ω · ln(1 + s / (g + 3))
//! ```
//!
//! `Λ` is the number of active slots to expect within the horizon; `P` is the probability of at
//! least one. [`Curve`] holds what the formula takes from a state.

use super::curve::Curve;
use super::slots::Slots;
use super::state::State;
use crate::time::Timestamp;

/// The half-lives `h_k` of the five decayed sums, in slots. The same for every profile.
pub const HALF_LIVES: [f64; 5] = [1.0, 7.0, 30.0, 90.0, 365.0];

/// The name and constants of one version of the formula.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Profile {
    /// The name, as answers and requests spell it.
    pub name: &'static str,
    /// The slots in which states are folded, and in which horizons are counted.
    pub slots: Slots,
    /// `a_k`: the weights of the five decayed sums.
    pub a: [f64; 5],
    /// `ε`: the active slots to expect of a tie whose past has faded.
    pub epsilon: f64,
    /// `b0`: the intercept of the logit.
    pub b0: f64,
    /// `θ`: how strongly the expected activity moves the logit.
    pub theta: f64,
    /// `ω`: how strongly being overdue lowers the logit.
    pub omega: f64,
}

/// The profile of every figure that is shown, and of every due moment.
pub const V1: Profile = Profile {
    name: "v1",
    slots: Slots::Day,
    a: [0.240, 0.347, 0.142, 0.244, 0.066],
    epsilon: 0.0653,
    b0: -0.181,
    theta: 1.415,
    omega: 0.441,
};

/// The profile during a gathering: states and horizons in slots of 48 minutes. For exports,
/// backtests and "today at the gathering" only; it reads states that were folded in its own slots.
pub const V1_GATHERING: Profile = Profile {
    name: "v1-gathering",
    slots: Slots::Gathering,
    a: [0.200, 0.329, 1.038, 0.067, 0.045],
    epsilon: 0.0425,
    b0: -0.648,
    theta: 0.905,
    omega: 0.0,
};

impl Profile {
    /// Every profile that can be asked for.
    pub const ALL: [&'static Self; 2] = [&V1, &V1_GATHERING];

    /// The profile with this name.
    #[must_use]
    pub fn by_name(name: &str) -> Option<&'static Self> {
        Self::ALL.into_iter().find(|profile| profile.name == name)
    }

    /// What `a_k · D_k` is multiplied with: `Λ = ε + Σ_k weight_k · D_k`. The horizon is in slots;
    /// a negative one counts as 0.
    #[must_use]
    pub fn weights(&self, horizon: f64) -> [f64; 5] {
        let horizon = horizon.max(0.0);
        let mut weights = [0.0; 5];
        for ((weight, a), half_life) in weights.iter_mut().zip(self.a).zip(HALF_LIVES) {
            let reached = 1.0 - libm::exp2(-horizon / half_life);
            *weight = a * (half_life / std::f64::consts::LN_2) * reached / 30.0;
        }
        weights
    }

    /// `logit P` of contact within `horizon` slots after `at`. `None` for an empty state: no data
    /// is unknown, never 0. To ask one state more than once, make its [`Curve`].
    #[must_use]
    pub fn logit(&self, state: &State, at: Timestamp, horizon: f64) -> Option<f64> {
        Some(Curve::of(self, state)?.logit(at, horizon))
    }

    /// *Alive*: the probability (0 to 1) of contact within `horizon` slots after `at`. `None` for
    /// an empty state.
    #[must_use]
    pub fn alive(&self, state: &State, at: Timestamp, horizon: f64) -> Option<f64> {
        self.logit(state, at, horizon).map(probability)
    }
}

/// The probability (0 to 1) of a logit: `1 / (1 + e^(−z))`.
#[must_use]
pub fn probability(logit: f64) -> f64 {
    1.0 / (1.0 + libm::exp(-logit))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn profiles_are_found_by_their_names() {
        for profile in Profile::ALL {
            assert_eq!(Profile::by_name(profile.name), Some(profile));
        }
        assert_eq!(Profile::by_name("v0"), None);
    }

    #[test]
    fn nothing_is_expected_within_no_time() {
        assert_eq!(V1.weights(0.0).map(f64::to_bits), [0; 5]);
        assert_eq!(V1.weights(-1.0).map(f64::to_bits), [0; 5]);
        assert_eq!(V1.weights(f64::NAN).map(f64::to_bits), [0; 5]);
    }

    #[test]
    fn an_empty_state_has_no_figure() {
        assert_eq!(V1.alive(&State::default(), Timestamp(0), 90.0), None);
    }

    #[test]
    fn an_even_logit_is_one_in_two() {
        assert_eq!(probability(0.0).to_bits(), 0.5_f64.to_bits());
    }
}
