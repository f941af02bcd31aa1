//! What a tie's own member is shown of it, at one moment.

use super::band::{Band, Trend};
use super::curve::Curve;
use super::formula::{Profile, probability};
use super::state::State;
use crate::time::Timestamp;

/// The horizon of *alive* unless another is asked for, and always that of [`Band`] and [`Trend`]:
/// 90 slots.
pub const STANDARD_HORIZON: f64 = 90.0;

/// The name of the present measure of depth, to be named in every answer that carries it.
pub const DEPTH_V0: &str = "depth-v0";

/// The active months after which depth reaches 50.
const DEPTH_HALF: f64 = 12.0;

/// Everything shown of a tie at one moment. There is none of a tie without any contact: no data is
/// *unknown*, never 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Reading {
    /// The probability (0 to 1) of contact within the horizon that was asked for.
    pub alive: f64,
    /// Its logit, uncalibrated.
    pub logit: f64,
    /// Depth, 0 to 100: see [`depth_v0`].
    pub depth: f64,
    /// The word for the tie.
    pub band: Band,
    /// Where it has been going for 30 slots.
    pub trend: Trend,
    /// How long it has been silent, in slots.
    pub silence: f64,
    /// Its own rhythm, in slots: see [`Curve::rhythm`].
    pub typical_gap: f64,
    /// The last contact, whoever started it.
    pub last_contact: Option<Timestamp>,
    /// Whether it was strong right after its last contact: lists of fading ties show only what was
    /// once strong or deep.
    pub once_strong: bool,
}

/// Reads a tie at `at`, under `profile`, for contact within `horizon` slots. `None` for an empty
/// state, whose band is [`Band::Unknown`].
#[must_use]
pub fn read(profile: &Profile, state: &State, at: Timestamp, horizon: f64) -> Option<Reading> {
    let curve = Curve::of(profile, state)?;
    let logit = curve.logit(at, horizon);
    let trend = Trend::of(&curve, at);
    Some(Reading {
        alive: probability(logit),
        logit,
        depth: depth_v0(state),
        band: Band::of(&curve, at, trend),
        trend,
        silence: curve.silence(at),
        typical_gap: curve.rhythm(),
        last_contact: state.last(),
        once_strong: state
            .last()
            .is_some_and(|last| curve.alive(last, STANDARD_HORIZON) >= Band::STRONG_FROM),
    })
}

/// Depth, 0 to 100: `100 · (1 − 2^(−active months / 12))` over the last 64 months of 30 slots.
///
/// It does not fall with silence: a silent friend of ten years is not a stranger. Not validated on
/// data yet, hence the version in its name ([`DEPTH_V0`]).
#[must_use]
pub fn depth_v0(state: &State) -> f64 {
    100.0 * (1.0 - libm::exp2(-f64::from(state.active_months()) / DEPTH_HALF))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::Kind;
    use crate::tie::{Contact, Direction, Slots, V1};
    use crate::time::DAY;

    fn monthly(times: i64) -> State {
        let mut state = State::default();
        for month in 0..times {
            let contact = Contact {
                at: Timestamp(month * 30 * DAY),
                direction: Direction::Mutual,
                kind: Kind::Encounter,
            };
            state.record(&contact, Slots::Day);
        }
        state
    }

    #[test]
    fn there_is_no_reading_without_contact() {
        assert_eq!(read(&V1, &State::default(), Timestamp(0), 90.0), None);
    }

    #[test]
    fn twelve_active_months_make_half_of_the_depth() {
        assert!((depth_v0(&monthly(12)) - 50.0).abs() < 1e-12);
        assert!(depth_v0(&State::default()).abs() < 1e-12);
    }

    #[test]
    fn depth_survives_silence_and_alive_does_not() {
        let state = monthly(24);
        let soon = read(&V1, &state, Timestamp(24 * 30 * DAY), 90.0).unwrap();
        let late = read(&V1, &state, Timestamp(60 * 30 * DAY), 90.0).unwrap();
        assert_eq!(soon.depth.to_bits(), late.depth.to_bits());
        assert!(late.alive < soon.alive / 2.0);
    }

    #[test]
    fn the_band_does_not_depend_on_the_horizon_asked_for() {
        let state = monthly(24);
        let now = Timestamp(25 * 30 * DAY);
        let week = read(&V1, &state, now, 7.0).unwrap();
        let year = read(&V1, &state, now, 365.0).unwrap();
        assert_eq!((week.band, week.trend), (year.band, year.trend));
        assert!(week.alive < year.alive);
    }
}
