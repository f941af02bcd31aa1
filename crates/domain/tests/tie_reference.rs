//! Replays states and queries of the reference state machine of the strength model, so that the
//! figures of `v1` and `v1-gathering` stay what they were fitted to be.
#![expect(
    clippy::unwrap_used,
    reason = "a golden file that cannot be read is a failed test"
)]

use kith_domain::interaction::Kind;
use kith_domain::tie::{Contact, Curve, Direction, Profile, Slots, State};
use kith_domain::time::Timestamp;

/// One line of the golden file.
struct Case<'a> {
    line: &'a str,
    profile: &'static Profile,
    contacts: Vec<Timestamp>,
    at: Timestamp,
    horizon: f64,
    /// Anchor, day map, week map.
    maps: (i32, u64, u64),
    silence: f64,
    gap: f64,
    logit: f64,
}

fn cases() -> impl Iterator<Item = Case<'static>> {
    let seconds = |text: &str| Timestamp::from_seconds(text.parse().unwrap());
    let map = |text: &str| u64::from_str_radix(text, 16).unwrap();
    include_str!("golden/tie_reference.csv")
        .lines()
        .skip(2)
        .map(move |line| {
            let fields: [&str; 10] = line.split(',').collect::<Vec<_>>().try_into().unwrap();
            let [
                profile,
                contacts,
                at,
                horizon,
                anchor,
                day,
                week,
                silence,
                gap,
                logit,
            ] = fields;
            Case {
                line,
                profile: Profile::by_name(profile).unwrap(),
                contacts: contacts.split(' ').map(seconds).collect(),
                at: seconds(at),
                horizon: horizon.parse().unwrap(),
                maps: (anchor.parse().unwrap(), map(day), map(week)),
                silence: silence.parse().unwrap(),
                gap: gap.parse().unwrap(),
                logit: logit.parse().unwrap(),
            }
        })
}

fn fold(contacts: &[Timestamp], slots: Slots) -> State {
    let mut state = State::default();
    for (kind, at) in Kind::ALL.into_iter().cycle().zip(contacts) {
        let contact = Contact {
            at: *at,
            direction: Direction::Mutual,
            kind,
        };
        state.record(&contact, slots);
    }
    state
}

#[test]
fn states_equal_those_of_the_reference() {
    for case in cases() {
        let state = fold(&case.contacts, case.profile.slots);
        let maps = (state.anchor, state.day, state.week);
        assert_eq!(maps, case.maps, "{}", case.line);
    }
}

#[test]
fn figures_agree_with_those_of_the_reference_to_nine_places() {
    for case in cases() {
        let state = fold(&case.contacts, case.profile.slots);
        let curve = Curve::of(case.profile, &state).unwrap();
        let pairs = [
            (curve.silence(case.at), case.silence),
            (curve.typical_gap(), case.gap),
            (curve.logit(case.at, case.horizon), case.logit),
        ];
        for (ours, reference) in pairs {
            assert!((ours - reference).abs() < 1e-9, "{ours}: {}", case.line);
        }
    }
}

#[test]
fn the_golden_file_covers_both_profiles() {
    for profile in Profile::ALL {
        let covered = cases().filter(|case| case.profile == profile).count();
        assert!(covered >= 80, "{}: {covered}", profile.name);
    }
}
