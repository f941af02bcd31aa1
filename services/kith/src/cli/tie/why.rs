//! Why a tie is as alive as it is: for people in a few lines, for programs in full. Pure.

use jiff::Zoned;
use kith_proto::kith::relationship::v1::Explanation;
use serde_json::{Value, json};

use crate::cli::{shape, when};

/// Days named of those that count most.
const TOP_DAYS: usize = 5;

/// The whole explanation, for programs.
pub(super) fn json(why: &Explanation) -> Value {
    let ages = why.by_age.iter().map(|age| {
        let up_to = (age.up_to_days > 0).then_some(age.up_to_days);
        json!({"up_to_days": up_to, "share": age.share})
    });
    let days = why.top_days.iter();
    let days = days.map(|day| json!({"day": when::rfc3339(day.day.as_ref()), "share": day.share}));
    json!({
        "sentence": why.sentence,
        "by_age": ages.collect::<Vec<_>>(),
        "top_days": days.collect::<Vec<_>>(),
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
    let days = why.top_days.iter().filter(|day| day.share >= 0.005);
    let days = days.take(TOP_DAYS).filter_map(|day| {
        let moment = when::from_wire(day.day.as_ref()?)?;
        let date = when::day(moment, here.time_zone());
        Some(format!("{date} ({})", shape::percent(day.share)))
    });
    let days: Vec<String> = days.collect();
    if !days.is_empty() {
        lines.push(format!("The days that count most: {}.", days.join(", ")));
    }
    lines.join("\n")
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
        let told = prose(
            &why,
            &jiff::Timestamp::UNIX_EPOCH.to_zoned(jiff::tz::TimeZone::UTC),
        );
        assert!(
            told.contains("contacts up to 7 days old 90 %; 10 % every tie has."),
            "{told}"
        );
        assert!(told.contains("You speak often."), "{told}");
        assert!(!told.contains("older"), "{told}");
        assert!(!told.contains("count most"), "{told}");
    }
}
