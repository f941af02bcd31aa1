//! Why a tie is as alive as it is: for people in a few lines, for programs in full. Pure.

use jiff::Zoned;
use jiff::tz::TimeZone;
use kith_proto::kith::relationship::v1::{Explanation, PeriodShare};
use serde_json::{Value, json};

use crate::cli::{shape, when};

/// Days and weeks named of those that count most.
const TOP_PERIODS: usize = 5;

/// The whole explanation, for programs.
pub(super) fn json(why: &Explanation) -> Value {
    let ages = why.by_age.iter().map(|age| {
        let up_to = (age.up_to_days > 0).then_some(age.up_to_days);
        json!({"up_to_days": up_to, "share": age.share})
    });
    let periods = why.top_periods.iter().map(|period| {
        let first_day = when::rfc3339(period.first_day.as_ref());
        json!({"first_day": first_day, "days": period.days, "share": period.share})
    });
    json!({
        "sentence": why.sentence,
        "by_age": ages.collect::<Vec<_>>(),
        "top_periods": periods.collect::<Vec<_>>(),
        "base_share": why.base_share,
        "silence_days": why.silence_days,
        "typical_gap_days": why.typical_gap_days,
        "overdue_penalty": why.overdue_penalty,
        "alive_if_met_today": why.alive_if_met_today,
        "alive_if_silent_30_days": why.alive_if_silent_30_days,
    })
}

/// The explanation in lines for people.
pub(super) fn prose(why: &Explanation, here: &Zoned) -> String {
    let mut lines = vec![String::new()];
    if !why.sentence.is_empty() {
        lines.push(shape::sentence(&why.sentence));
    }
    lines.push(format!(
        "If you stay silent for 30 more days: {}.",
        shape::percent(why.alive_if_silent_30_days)
    ));
    let ages: Vec<String> = why
        .by_age
        .iter()
        .filter(|age| age.share >= 0.005)
        .map(|age| match age.up_to_days {
            0 => format!("older {}", shape::percent(age.share)),
            days => format!("up to {days} days old {}", shape::percent(age.share)),
        })
        .collect();
    if !ages.is_empty() {
        let base = shape::percent(why.base_share);
        lines.push(format!(
            "It rests on contacts {}; {base} every tie has.",
            ages.join(", ")
        ));
    }
    let periods = why.top_periods.iter().filter(|p| p.share >= 0.005);
    let periods: Vec<String> = periods.take(TOP_PERIODS).filter_map(period).collect();
    if !periods.is_empty() {
        let elsewhere = *here.time_zone() != TimeZone::UTC;
        let days = if elsewhere { " (days of UTC)" } else { "" };
        let periods = periods.join(", ");
        lines.push(format!("Contacts that count most{days}: {periods}."));
    }
    lines.join("\n")
}

/// A day or week with its share. Its date is one of UTC: in another zone it would be another day.
fn period(period: &PeriodShare) -> Option<String> {
    let first = when::from_wire(period.first_day.as_ref()?)?;
    let first = when::day(first, &TimeZone::UTC);
    let share = shape::percent(period.share);
    Some(match period.days {
        7 => format!("week of {first} ({share})"),
        _ => format!("{first} ({share})"),
    })
}

#[cfg(test)]
mod tests {
    use kith_proto::kith::relationship::v1::AgeShare;

    use super::*;

    #[test]
    fn the_explanation_leaves_out_what_does_not_matter() {
        let why = Explanation {
            by_age: vec![
                AgeShare {
                    up_to_days: 7,
                    share: 0.9,
                },
                AgeShare {
                    up_to_days: 0,
                    share: 0.001,
                },
            ],
            base_share: 0.1,
            sentence: "you speak often".into(),
            alive_if_silent_30_days: 0.6,
            ..Explanation::default()
        };
        let told = prose(&why, &jiff::Timestamp::UNIX_EPOCH.to_zoned(TimeZone::UTC));
        assert!(
            told.contains("contacts up to 7 days old 90 %; 10 % every tie has."),
            "{told}"
        );
        assert!(told.contains("You speak often."), "{told}");
        assert!(!told.contains("older"), "{told}");
        assert!(!told.contains("count most"), "{told}");
    }

    #[test]
    fn days_and_weeks_are_those_of_utc_wherever_the_reader_is() {
        let period = |seconds, days, share| PeriodShare {
            first_day: Some(prost_types::Timestamp { seconds, nanos: 0 }),
            days,
            share,
        };
        let why = Explanation {
            // 2026-02-28 and 2025-08-07, at midnight.
            top_periods: vec![
                period(1_772_236_800, 1, 0.4),
                period(1_754_524_800, 7, 0.12),
            ],
            ..Explanation::default()
        };
        let told = |hours| {
            let zone = TimeZone::fixed(jiff::tz::offset(hours));
            prose(&why, &jiff::Timestamp::UNIX_EPOCH.to_zoned(zone))
        };
        let listed = "2026-02-28 (40 %), week of 2025-08-07 (12 %).";
        let west = told(-8);
        assert!(
            west.ends_with(&format!("Contacts that count most (days of UTC): {listed}")),
            "{west}"
        );
        let utc = told(0);
        assert!(
            utc.ends_with(&format!("Contacts that count most: {listed}")),
            "{utc}"
        );
    }
}
