//! The words for a tie: its band and its trend.

use super::curve::Curve;
use super::reading::STANDARD_HORIZON;
use crate::time::Timestamp;

/// Over how many slots a trend is taken.
const TREND_SLOTS: i32 = 30;
/// How far the logit must have moved in that time to be called rising or falling.
const TREND_THRESHOLD: f64 = 0.1;
/// For so many slots after its first contact a tie is new.
const NEW_SLOTS: f64 = 90.0;
/// Silences, in multiples of the tie's own rhythm.
const DORMANT_GAPS: f64 = 8.0;
const COOLING_GAPS: f64 = 2.5;
/// Probabilities of contact within [`STANDARD_HORIZON`].
const DORMANT_BELOW: f64 = 0.2;
const COOLING_BELOW: f64 = 0.5;

/// The word for a tie, and all that others than its member may ever see of it.
///
/// Always judged by contact within [`STANDARD_HORIZON`], whatever horizon a reader asks for: the
/// word must not change with the question.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Band {
    /// No interaction was ever recorded.
    Unknown,
    /// Silent for more than 8 of its typical gaps, and alive below 0.2.
    Dormant,
    /// A single active day ever, or first contact less than 90 days ago.
    New,
    /// Silent for more than 2.5 of its typical gaps; or alive below 0.5 and falling.
    Cooling,
    /// Alive at 0.85 or more.
    Strong,
    /// None of the others: it goes on as it used to.
    Steady,
}

impl Band {
    /// From this *alive* within [`STANDARD_HORIZON`] on, a tie is strong.
    pub const STRONG_FROM: f64 = 0.85;

    /// Every band, in the order of [`Band::index`].
    pub const ALL: [Self; 6] = [
        Self::Unknown,
        Self::Dormant,
        Self::New,
        Self::Cooling,
        Self::Strong,
        Self::Steady,
    ];

    /// The position in [`Band::ALL`]; stored in rows, so it never changes. Not an order of worth.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The word, lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unknown => "unknown",
            Self::Dormant => "dormant",
            Self::New => "new",
            Self::Cooling => "cooling",
            Self::Strong => "strong",
            Self::Steady => "steady",
        }
    }

    /// The first rule that matches, in the order of the strength model, for a tie that is known.
    pub(super) fn of(curve: &Curve<'_>, at: Timestamp, trend: Trend) -> Self {
        let silence = curve.silence(at);
        let rhythm = curve.rhythm();
        let alive = curve.alive(at, STANDARD_HORIZON);
        if silence > DORMANT_GAPS * rhythm && alive < DORMANT_BELOW {
            Self::Dormant
        } else if is_new(curve, at) {
            Self::New
        } else if silence > COOLING_GAPS * rhythm
            || (alive < COOLING_BELOW && trend == Trend::Falling)
        {
            Self::Cooling
        } else if alive >= Self::STRONG_FROM {
            Self::Strong
        } else {
            Self::Steady
        }
    }
}

fn is_new(curve: &Curve<'_>, at: Timestamp) -> bool {
    let slots = curve.profile().slots;
    curve.state().first.is_none_or(|first| {
        let only_day = slots.slot_of(first) == curve.state().anchor;
        let known_for = at.micros_since(first) as f64 / slots.micros() as f64;
        only_day || known_for < NEW_SLOTS
    })
}

/// Where a tie has been going for the last 30 days.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Trend {
    /// The logit of *alive* rose by more than 0.1, or the tie began in this time.
    Rising,
    /// It moved by no more than 0.1.
    Level,
    /// It fell by more than 0.1.
    Falling,
}

impl Trend {
    /// The word, lower case.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Rising => "rising",
            Self::Level => "level",
            Self::Falling => "falling",
        }
    }

    /// Compares the logit at [`STANDARD_HORIZON`] with that of 30 slots before. Exact for a tie
    /// that was silent since; otherwise the past is read from the maps, which is close enough for
    /// a word: an even tie reads level.
    pub(super) fn of(curve: &Curve<'_>, at: Timestamp) -> Self {
        let before = curve.profile().slots.shift(at, -TREND_SLOTS);
        let Some(past) = curve.rewound(before) else {
            return Self::Rising;
        };
        let change = curve.logit(at, STANDARD_HORIZON) - past.logit(before, STANDARD_HORIZON);
        if change > TREND_THRESHOLD {
            Self::Rising
        } else if change < -TREND_THRESHOLD {
            Self::Falling
        } else {
            Self::Level
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::Kind;
    use crate::tie::{Contact, Direction, Reading, Slots, State, V1, read};
    use crate::time::DAY;

    const TODAY: i64 = 7_000;

    /// What a tie reads today that was active on these days, counted back from today.
    fn reading(days_ago: impl IntoIterator<Item = i64>) -> Reading {
        let mut state = State::default();
        for days in days_ago {
            let contact = Contact {
                at: Timestamp((TODAY - days) * DAY + DAY / 2),
                direction: Direction::Mutual,
                kind: Kind::Meeting,
            };
            state.record(&contact, Slots::Day);
        }
        let now = Timestamp(TODAY * DAY + DAY / 2);
        read(&V1, &state, now, STANDARD_HORIZON).unwrap()
    }

    fn every(gap: i64, since: i64) -> impl Iterator<Item = i64> {
        (0..)
            .map(move |times| since + times * gap)
            .take_while(|days| *days < 1_000)
    }

    #[test]
    fn a_first_encounter_is_new_and_rising() {
        let first = reading([0]);
        assert_eq!((first.band, first.trend), (Band::New, Trend::Rising));
    }

    #[test]
    fn a_tie_known_for_less_than_ninety_days_is_new() {
        assert_eq!(reading([0, 10, 89]).band, Band::New);
        assert_ne!(reading([0, 10, 90]).band, Band::New);
    }

    #[test]
    fn a_single_day_is_new_until_it_is_dormant() {
        assert_eq!(reading([200]).band, Band::New);
        assert_eq!(reading([300]).band, Band::Dormant);
    }

    #[test]
    fn a_weekly_tie_is_strong() {
        assert_eq!(reading(every(7, 3)).band, Band::Strong);
    }

    #[test]
    fn a_weekly_tie_that_misses_three_weeks_is_cooling() {
        assert_eq!(reading(every(7, 22)).band, Band::Cooling);
    }

    #[test]
    fn a_weekly_tie_that_was_silent_for_four_years_is_dormant_and_was_once_strong() {
        let silent = reading((0..60).map(|week| 1_400 + week * 7));
        assert_eq!((silent.band, silent.once_strong), (Band::Dormant, true));
        assert!(silent.depth > 50.0, "{silent:?}");
    }

    #[test]
    fn a_friend_met_every_few_months_is_steady_not_cooling() {
        assert_eq!(reading(every(80, 60)).band, Band::Steady);
    }

    #[test]
    fn a_friend_met_every_other_year_is_neither_new_nor_dormant_between() {
        assert_eq!(reading([600, 1_330, 2_060]).band, Band::Steady);
    }

    #[test]
    fn a_tie_with_an_even_rhythm_reads_level_whatever_the_rhythm() {
        for gap in [1, 2, 3, 5, 6, 10, 15, 30] {
            let even = reading(every(gap, 0));
            assert_eq!(even.trend, Trend::Level, "every {gap} days");
        }
    }

    #[test]
    fn silence_after_a_lively_time_reads_falling() {
        assert_eq!(reading(every(2, 31)).trend, Trend::Falling);
    }

    #[test]
    fn contact_after_a_long_silence_reads_rising() {
        assert_eq!(reading([0, 200, 230, 260]).trend, Trend::Rising);
    }
}
