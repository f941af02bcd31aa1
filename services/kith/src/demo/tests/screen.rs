use std::collections::{BTreeMap, BTreeSet};

use kith_domain::tie::{Band, Reading, STANDARD_HORIZON, State, Step, V1, due_at, ladder, read};
use kith_domain::time::{DAY, HOUR, Timestamp};

use super::{NOWS, SEED, at, contacts, folded};
use crate::demo::directory::{ME, is_member};
use crate::demo::{Season, season};

/// The three moments of the brief, and every 17th day of two years at odd hours: weekends, the turn
/// of the year and late summer are among them.
fn moments_of_starting() -> impl Iterator<Item = Timestamp> {
    let start = at("2026-01-01T00:00:00Z");
    let swept = (0..43).map(move |n| start.plus_micros(n * (17 * DAY + 7 * HOUR)));
    NOWS.into_iter().map(at).chain(swept)
}

/// Ana's ties with people who are not members, as they read at `now`.
fn anas_ties(season: &Season, now: Timestamp) -> BTreeMap<usize, (State, Reading)> {
    contacts(season)
        .into_iter()
        .filter(|((member, person), _)| *member == ME && !is_member(*person))
        .map(|((_, person), contacts)| {
            let state = folded(&contacts);
            (
                person,
                (state, read(&V1, &state, now, STANDARD_HORIZON).unwrap()),
            )
        })
        .collect()
}

#[test]
fn the_strong_are_strong_and_the_most_alive_of_all() {
    for now in moments_of_starting() {
        let season = season(now, SEED);
        let ties = anas_ties(&season, now);
        let mut by_alive: Vec<(&usize, f64)> = ties.iter().map(|(p, t)| (p, t.1.alive)).collect();
        by_alive.sort_by(|one, other| other.1.total_cmp(&one.1));
        for person in season.cast.strong {
            assert_eq!(
                ties[&person].1.band,
                Band::Strong,
                "{now:?} {:?}",
                ties[&person].1
            );
            let first = by_alive.iter().take(3).any(|(one, _)| **one == person);
            assert!(first, "{now:?} {person} {:?}", &by_alive[..6]);
        }
    }
}

#[test]
fn the_fading_were_strong_are_cooling_and_fell_due_in_the_last_two_weeks() {
    for now in moments_of_starting() {
        let season = season(now, SEED);
        let ties = anas_ties(&season, now);
        for person in season.cast.fading {
            let (state, reading) = &ties[&person];
            assert_eq!(reading.band, Band::Cooling, "{now:?} {person} {reading:?}");
            assert!(reading.once_strong, "{now:?} {person}");
            let due = due_at(state, &V1).unwrap();
            let days_ago = now.micros_since(due) / DAY;
            assert!(
                due < now && days_ago < 14,
                "{now:?} {person} due {days_ago} days ago"
            );
        }
    }
}

#[test]
fn nobody_else_of_anas_is_fading_who_was_strong_or_deep() {
    for now in moments_of_starting() {
        let season = season(now, SEED);
        let fading: BTreeSet<usize> = anas_ties(&season, now)
            .into_iter()
            .filter(|(_, (_, tie))| matches!(tie.band, Band::Cooling | Band::Dormant))
            .filter(|(_, (_, tie))| tie.once_strong || tie.depth >= 40.0)
            .map(|(person, _)| person)
            .collect();
        assert_eq!(fading, BTreeSet::from(season.cast.fading), "{now:?}");
    }
}

#[test]
fn those_met_at_the_conference_are_due_within_the_next_two_days() {
    for now in moments_of_starting() {
        let season = season(now, SEED);
        let ties = contacts(&season);
        for person in season.cast.new {
            let [first] = ties[&(ME, person)].as_slice() else {
                panic!("{person} was met more than once");
            };
            let rung = ladder(first, &[]).unwrap();
            assert_eq!(rung.step, Step::Second);
            assert!(
                rung.due > now && rung.due <= now.plus_micros(2 * DAY),
                "{now:?}"
            );
        }
    }
}

#[test]
fn the_one_who_was_introduced_is_due_for_the_third_time_within_a_week() {
    for now in moments_of_starting() {
        let season = season(now, SEED);
        let ties = contacts(&season);
        let [first, later @ ..] = ties[&(ME, season.cast.introduced)].as_slice() else {
            panic!("never introduced");
        };
        let rung = ladder(first, later).unwrap();
        assert_eq!(rung.step, Step::Third);
        assert!(
            rung.due > now && rung.due <= now.plus_micros(7 * DAY),
            "{now:?}"
        );
    }
}

#[test]
fn the_door_is_unknown_to_ana_and_well_known_to_two_colleagues() {
    for now in NOWS.map(at) {
        let season = season(now, SEED);
        let strong: Vec<usize> = contacts(&season)
            .into_iter()
            .filter(|((_, person), _)| *person == season.cast.door)
            .filter(|(_, contacts)| {
                read(&V1, &folded(contacts), now, STANDARD_HORIZON)
                    .is_some_and(|tie| tie.band == Band::Strong)
            })
            .map(|((member, _), _)| member)
            .collect();
        assert_eq!(strong, [2, 7], "{now:?}");
    }
}

#[test]
fn one_promise_falls_due_today_and_one_thirty_seconds_after_the_start() {
    for now in moments_of_starting() {
        let season = season(now, SEED);
        let first = &season.promises[0];
        assert_eq!((first.member, first.person), (ME, season.cast.promised));
        let due = now.plus_micros(i64::from(first.due_in_s) * 1_000_000);
        assert_eq!(
            due.micros().div_euclid(DAY),
            now.micros().div_euclid(DAY),
            "{now:?}"
        );
        assert!(
            season.promises[1..]
                .iter()
                .all(|p| p.due_in_s > first.due_in_s)
        );
        assert_eq!(season.promises.len(), 15);
        assert_eq!(
            (season.arrives_soon.member, season.arrives_soon.due_in_s),
            (ME, 30)
        );
    }
}
