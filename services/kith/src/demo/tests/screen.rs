//! What Ana sees, on whatever day she starts the demo.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use kith_domain::tie::{
    Band, Contact, Reading, STANDARD_HORIZON, State, Step, V1, due_at, ladder, read,
};
use kith_domain::time::{DAY, HOUR, Timestamp};

use super::{NOWS, SEED, at, contacts, folded};
use crate::demo::directory::{ME, is_member};
use crate::demo::{Season, season};

/// A demo that is started at `now`.
struct Start {
    now: Timestamp,
    season: Season,
    ties: BTreeMap<(usize, usize), Vec<Contact>>,
}

/// Started at the three moments above, and every 29th day of two years at odd hours: weekends, the
/// turn of the year and late summer are among them.
static STARTS: LazyLock<Vec<Start>> = LazyLock::new(|| {
    let begin = at("2026-01-01T00:00:00Z");
    let swept = (0..25).map(|n| begin.plus_micros(n * (29 * DAY + 7 * HOUR)));
    let started = NOWS.into_iter().map(at).chain(swept).map(|now| {
        let season = season(now, SEED);
        let ties = contacts(&season);
        Start { now, season, ties }
    });
    started.collect()
});

impl Start {
    /// One of Ana's ties.
    fn tie(&self, person: usize) -> (State, Reading) {
        let state = folded(&self.ties[&(ME, person)]);
        (
            state,
            read(&V1, &state, self.now, STANDARD_HORIZON).unwrap(),
        )
    }

    /// Everybody whom Ana knows and who is not a member, with how it reads now.
    fn anas(&self) -> Vec<(usize, Reading)> {
        let people = self.ties.keys().filter(|(member, _)| *member == ME);
        people
            .filter(|(_, person)| !is_member(*person))
            .map(|(_, person)| (*person, self.tie(*person).1))
            .collect()
    }
}

#[test]
fn the_strong_are_strong_and_the_most_alive_of_all() {
    for start in STARTS.iter() {
        let mut all = start.anas();
        all.sort_by(|(_, one), (_, other)| other.alive.total_cmp(&one.alive));
        assert!(all[..3].iter().all(|(_, tie)| tie.band == Band::Strong));
        let most: BTreeSet<usize> = all[..3].iter().map(|(person, _)| *person).collect();
        assert_eq!(
            most,
            BTreeSet::from(start.season.cast.strong),
            "{:?}",
            start.now
        );
    }
}

#[test]
fn the_fading_were_strong_are_cooling_and_fell_due_in_the_last_two_weeks() {
    for start in STARTS.iter() {
        for person in start.season.cast.fading {
            let (state, reading) = start.tie(person);
            assert_eq!(reading.band, Band::Cooling, "{:?} {person}", start.now);
            assert!(reading.once_strong, "{:?} {person}", start.now);
            let due = due_at(&state, &V1).unwrap();
            let days_ago = start.now.micros_since(due) / DAY;
            assert!(
                due < start.now && days_ago < 14,
                "{person}: {days_ago} days ago"
            );
        }
    }
}

#[test]
fn nobody_else_of_anas_is_cooling_who_was_strong_or_deep() {
    for start in STARTS.iter() {
        let cooling = start
            .anas()
            .into_iter()
            .filter(|(_, tie)| tie.band == Band::Cooling);
        let shown = cooling.filter(|(_, tie)| tie.once_strong || tie.depth >= 40.0);
        let shown: BTreeSet<usize> = shown.map(|(person, _)| person).collect();
        assert_eq!(
            shown,
            BTreeSet::from(start.season.cast.fading),
            "{:?}",
            start.now
        );
    }
}

#[test]
fn the_one_not_heard_of_last_week_is_still_strong_and_falls_due_within_a_week() {
    for start in STARTS.iter() {
        let (state, reading) = start.tie(start.season.cast.due_soon);
        assert_eq!(reading.band, Band::Strong, "{:?} {reading:?}", start.now);
        let due = due_at(&state, &V1).unwrap();
        let within = start.now..start.now.plus_micros(7 * DAY);
        assert!(within.contains(&due), "{:?} due {due:?}", start.now);
    }
}

#[test]
fn those_met_at_the_conference_are_due_within_the_next_two_days() {
    for start in STARTS.iter() {
        for person in start.season.cast.new {
            let [first] = start.ties[&(ME, person)].as_slice() else {
                panic!("{person} was met more than once");
            };
            let rung = ladder(first, &[]).unwrap();
            assert_eq!(rung.step, Step::Second);
            let within = start.now..start.now.plus_micros(2 * DAY);
            assert!(within.contains(&rung.due), "{:?}", start.now);
        }
    }
}

#[test]
fn the_one_who_was_introduced_is_due_for_the_third_time_within_a_week() {
    for start in STARTS.iter() {
        let [first, later @ ..] = start.ties[&(ME, start.season.cast.introduced)].as_slice() else {
            panic!("never met");
        };
        let rung = ladder(first, later).unwrap();
        assert_eq!(rung.step, Step::Third);
        let within = start.now..start.now.plus_micros(7 * DAY);
        assert!(within.contains(&rung.due), "{:?}", start.now);
    }
}

#[test]
fn the_door_is_unknown_to_ana_and_well_known_to_two_colleagues() {
    for start in STARTS.iter() {
        let door = start
            .ties
            .iter()
            .filter(|((_, person), _)| *person == start.season.cast.door);
        let strong = door.filter(|(_, contacts)| {
            let tie = read(&V1, &folded(contacts), start.now, STANDARD_HORIZON);
            tie.is_some_and(|tie| tie.band == Band::Strong)
        });
        let members: Vec<usize> = strong.map(|((member, _), _)| *member).collect();
        assert_eq!(members, [2, 7], "{:?}", start.now);
        assert!(!start.ties.contains_key(&(ME, start.season.cast.door)));
    }
}

#[test]
fn one_promise_falls_due_today_and_one_thirty_seconds_after_the_start() {
    for Start { now, season, .. } in STARTS.iter() {
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
        let soon = &season.arrives_soon;
        assert_eq!((soon.member, soon.due_in_s), (ME, 30));
    }
}
