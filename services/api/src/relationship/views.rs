//! Figures as messages. The API rounds to 1e-9.

use kith_domain::tie::explain::Age;
use kith_domain::tie::{self, Band, Explanation, Reading, Trend, V1};
use kith_proto::kith::relationship::v1 as wire;
use kith_proto::words::{self, Word};
use kith_readmodel::entity::person;
use kith_readmodel::query::people;
use kith_readmodel::query::ties::Own;

use crate::views::id_text;

/// Days and weeks shown with their share at most.
const TOP_PERIODS: usize = 20;

pub(super) fn rounded(figure: f64) -> f64 {
    (figure * 1e9).round() / 1e9
}

pub(super) fn band(band: Band) -> wire::Band {
    match band {
        Band::Unknown => wire::Band::Unknown,
        Band::Dormant => wire::Band::Dormant,
        Band::New => wire::Band::New,
        Band::Cooling => wire::Band::Cooling,
        Band::Strong => wire::Band::Strong,
        Band::Steady => wire::Band::Steady,
    }
}

fn trend(trend: Trend) -> wire::Trend {
    match trend {
        Trend::Rising => wire::Trend::Rising,
        Trend::Level => wire::Trend::Level,
        Trend::Falling => wire::Trend::Falling,
    }
}

/// A tie without any interaction.
pub(super) fn unknown(row: &person::Model) -> wire::Tie {
    wire::Tie {
        person_id: id_text(&row.id),
        name: people::called(row),
        band: wire::Band::Unknown.into(),
        ..wire::Tie::default()
    }
}

/// A tie and its figures.
pub(super) fn tie(own: &Own, name: String, reading: &Reading) -> wire::Tie {
    wire::Tie {
        person_id: own.person.to_string(),
        name,
        alive: Some(rounded(reading.alive)),
        depth: rounded(reading.depth),
        band: band(reading.band).into(),
        trend: trend(reading.trend).into(),
        last_contact: reading.last_contact.map(words::timestamp),
        due_at: own.due.map(words::timestamp),
        first_contact: own.state.first.map(words::timestamp),
        outgoing: own.state.n_out,
        incoming: own.state.n_in,
        care: own.care.to_wire(),
        important: own.is_important,
    }
}

/// Why a tie is as alive as it is.
pub(super) fn explanation(explained: &Explanation, reading: &Reading) -> wire::Explanation {
    let up_to_days = |age| match age {
        Age::Week => 7,
        Age::Month => 30,
        Age::Quarter => 90,
        Age::Year => 365,
        Age::Older => 0,
    };
    let by_age = explained.ages.iter().map(|share| wire::AgeShare {
        up_to_days: up_to_days(share.age),
        share: rounded(share.share),
    });
    let mut periods: Vec<_> = explained.periods.iter().collect();
    periods.sort_by(|a, b| b.share.total_cmp(&a.share));
    let top_periods = periods.into_iter().take(TOP_PERIODS).map(|share| {
        let first_day = V1.slots.start_of(share.period.first_slot());
        wire::PeriodShare {
            first_day: Some(words::timestamp(first_day)),
            days: share.period.slots(),
            share: rounded(share.share),
        }
    });
    wire::Explanation {
        by_age: by_age.collect(),
        top_periods: top_periods.collect(),
        base_share: rounded(explained.base_share),
        silence_days: rounded(explained.overdue.silence),
        typical_gap_days: rounded(explained.overdue.rhythm),
        overdue_penalty: rounded(-explained.overdue.logit),
        alive_if_met_today: rounded(explained.if_met_today),
        alive_if_silent_30_days: rounded(explained.if_silent_longer),
        sentence: sentence(reading, explained),
    }
}

/// The figures in a sentence.
fn sentence(reading: &Reading, explained: &Explanation) -> String {
    let days = |days: f64| match days.round() as i64 {
        0 => "less than a day".to_owned(),
        1 => "1 day".to_owned(),
        days => format!("{days} days"),
    };
    let silence = days(reading.silence);
    let per_cent = (reading.alive * 100.0).round();
    let if_met = (explained.if_met_today * 100.0).round();
    let rhythm = if reading.band == Band::New {
        "this tie is too young to have a rhythm of its own".to_owned()
    } else {
        format!("you usually speak every {}", days(reading.typical_gap))
    };
    format!(
        "{rhythm}; it has been {silence}. The chance that you speak within the asked time is \
         {per_cent} %; if you met today it would be {if_met} %."
    )
}

/// The formula of depth that every answer names.
pub(super) fn depth_formula() -> String {
    tie::reading::DEPTH_V0.to_owned()
}

#[cfg(test)]
mod tests {
    use kith_domain::interaction::Kind;
    use kith_domain::tie::{Contact, Direction, STANDARD_HORIZON, State};
    use kith_domain::time::{DAY, HOUR, Timestamp};

    use super::*;

    #[test]
    fn a_recent_contact_is_shown_by_its_day_and_an_old_one_by_its_whole_week() {
        let mut state = State::default();
        // Late in the evening, and on a Monday of a week that begins on a Thursday, as all do.
        for day in [20_000, 19_800] {
            let contact = Contact {
                at: Timestamp(day * DAY + 23 * HOUR),
                direction: Direction::In,
                kind: Kind::Call,
            };
            state.record(&contact, V1.slots);
        }
        let now = Timestamp(20_003 * DAY);
        let explained = tie::explain(&V1, &state, now, STANDARD_HORIZON).unwrap();
        let reading = tie::read(&V1, &state, now, STANDARD_HORIZON).unwrap();
        let shown = explanation(&explained, &reading).top_periods;
        let midnight = |day: i64| Some(words::timestamp(Timestamp(day * DAY)));
        let periods: Vec<_> = shown.iter().map(|p| (p.first_day, p.days)).collect();
        assert_eq!(periods, [(midnight(20_000), 1), (midnight(19_796), 7)]);
    }
}
