//! The season as a whole: counts, dates, texts, and that it is the same every time.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use kith_domain::fact;
use kith_domain::interaction::{self, Kind};
use kith_domain::time::DAY;

use super::{NOWS, SEED, at, contacts, id, participants};
use crate::demo::directory::{ME, MEMBERS, PEOPLE, is_member};
use crate::demo::{Moment, season};

#[test]
fn the_counts_hold() {
    for now in NOWS.map(at) {
        let season = season(now, SEED);
        assert_eq!(
            (season.members.len(), season.people.len()),
            (MEMBERS, PEOPLE)
        );
        assert!(
            (15_000..=25_000).contains(&season.moments.len()),
            "{}",
            season.moments.len()
        );
        assert!(
            (137..=152).contains(&season.facts.len()),
            "{}",
            season.facts.len()
        );
        for kind in Kind::ALL.into_iter().filter(|kind| *kind != Kind::Other) {
            let count = season.moments.iter().filter(|m| m.kind == kind).count();
            assert!(count >= 30, "{count} of {kind:?}");
        }
        let known: BTreeSet<usize> = contacts(&season)
            .keys()
            .map(|(_, person)| *person)
            .collect();
        assert_eq!(known.len(), MEMBERS + PEOPLE, "somebody is known to nobody");
    }
}

#[test]
fn every_moment_would_be_accepted_and_is_recorded_by_a_member_who_took_part() {
    for now in NOWS.map(at) {
        let season = season(now, SEED);
        let mut keys = BTreeSet::new();
        for moment in &season.moments {
            assert!(moment.at <= now && moment.at > now.plus_micros(-750 * DAY));
            assert_eq!(moment.at.micros() % 1_000_000, 0);
            let recorded = interaction::Moment {
                kind: moment.kind,
                at: moment.at,
                duration_s: moment.duration_s,
                participants: participants(moment),
                channel: None,
                note: None,
                subject: None,
                found: false,
            };
            assert_eq!(recorded.check(now), Ok(()), "{moment:?}");
            let took_part = participants(moment)
                .iter()
                .any(|p| p.person == id(moment.recorder));
            assert!(took_part && is_member(moment.recorder), "{moment:?}");
            assert!(keys.insert(&moment.source_key));
        }
        assert!(season.moments.is_sorted_by_key(|moment| moment.at));
    }
}

#[test]
fn weekends_and_high_summer_are_quieter() {
    let season = season(at("2026-12-01T12:00:00Z"), SEED);
    let on = |days: &[i64]| {
        let of_week = |m: &&Moment| days.contains(&m.at.micros().div_euclid(DAY).rem_euclid(7));
        season.moments.iter().filter(of_week).count()
    };
    // 1970 began on a Thursday, so 2 is a Saturday and 4 a Monday.
    assert!(
        on(&[2, 3]) * 8 < on(&[4, 5]),
        "{} {}",
        on(&[2, 3]),
        on(&[4, 5])
    );
    let between = |from: &str, to: &str| {
        let span = at(from)..at(to);
        season
            .moments
            .iter()
            .filter(|m| span.contains(&m.at))
            .count()
    };
    let august = between("2026-08-01T00:00:00Z", "2026-08-22T00:00:00Z");
    let june = between("2026-06-01T00:00:00Z", "2026-06-22T00:00:00Z");
    assert!(august * 10 < june * 8, "{august} in August, {june} in June");
}

#[test]
fn names_and_addresses_are_one_of_a_kind_and_lie_in_example_domains() {
    let season = season(at(NOWS[1]), SEED);
    let everybody: Vec<_> = season.members.iter().chain(&season.people).collect();
    let addresses: BTreeSet<_> = everybody.iter().map(|one| &one.address).collect();
    let names: BTreeSet<_> = everybody.iter().map(|one| &one.name).collect();
    assert_eq!(
        (addresses.len(), names.len()),
        (everybody.len(), everybody.len())
    );
    assert!(
        addresses
            .iter()
            .all(|a| a.is_ascii() && a.ends_with(".example"))
    );
    assert!(
        everybody
            .iter()
            .all(|one| !one.tags.is_empty() && one.tags.len() <= 50)
    );
    assert_eq!(
        season.somebody(ME).unwrap().address,
        "ana.silva@guild.example"
    );
}

#[test]
fn every_fact_is_noted_by_somebody_who_knows_the_person_and_needs_have_offers() {
    let season = season(at(NOWS[1]), SEED);
    let ties = contacts(&season);
    let of = |kind| season.facts.iter().filter(move |fact| fact.kind == kind);
    assert!(
        season
            .facts
            .iter()
            .all(|fact| ties.contains_key(&(fact.author, fact.person)))
    );
    // A need and its offer share a word that is long enough to mean something.
    let words = |text: &str| -> BTreeSet<String> {
        let long = text
            .split(|c: char| !c.is_alphabetic())
            .filter(|word| word.len() > 4);
        long.map(str::to_lowercase).collect()
    };
    let matched = of(fact::Kind::Need).filter(|need| {
        let near = words(&need.text);
        of(fact::Kind::Offer).any(|offer| {
            offer.person != need.person && words(&offer.text).intersection(&near).count() > 1
        })
    });
    let matched = matched.count();
    assert!(matched >= 15, "{matched} needs are matched by an offer");
}

#[test]
fn no_text_has_a_gap_in_it() {
    let season = season(at(NOWS[0]), SEED);
    let notes = season
        .moments
        .iter()
        .filter_map(|moment| moment.note.as_ref());
    let subjects = season
        .moments
        .iter()
        .filter_map(|moment| moment.subject.as_ref());
    assert!(
        notes
            .clone()
            .chain(subjects)
            .all(|text| !text.contains(['{', '}']))
    );
    assert!(
        (300..2_000).contains(&notes.clone().count()),
        "{}",
        notes.count()
    );
}

#[test]
fn the_same_moment_and_seed_give_the_same_season() {
    let now = at(NOWS[2]);
    assert_eq!(season(now, SEED), season(now, SEED));
    assert_ne!(season(now, SEED).moments, season(now, SEED + 1).moments);
}

#[test]
#[expect(
    clippy::disallowed_methods,
    reason = "measures how long a pure function takes"
)]
fn a_season_is_written_in_well_under_a_second() {
    let started = Instant::now();
    let season = season(at(NOWS[1]), SEED);
    let taken = started.elapsed();
    assert!(
        taken < Duration::from_millis(700),
        "{taken:?} for {} moments",
        season.moments.len()
    );
}
