//! What was promised and is still to come, of Ana and of others.

use kith_domain::time::{DAY, HOUR, SECOND};

use super::Promise;
use super::calendar::Calendar;
use super::diary::{Acquaintance, Pair};
use super::dice::Stream;
use super::directory::{ME, World, face};
use super::faces;
use super::facts::{drawn, well_known};

/// How long after the start of the server the last promise falls due.
const ARRIVES_AFTER_S: u32 = 30;

/// What members and the people they know have promised each other: (by the member, what).
const PROMISES: [(bool, &str); 13] = [
    (true, "Send the minutes of the site visit"),
    (true, "Find out who repairs lock gates in winter"),
    (true, "Lend the sound meter for the second test"),
    (false, "Share the list of suppliers for salt-proof paint"),
    (
        true,
        "Read the draft of the tender and mark what is unclear",
    ),
    (true, "Bring the samples back"),
    (false, "Ask the night shift what they would change"),
    (true, "Introduce the two people who build tide gauges"),
    (false, "Send the photographs of the old pier"),
    (true, "Return the borrowed drawings"),
    (true, "Suggest three dates for the workshop"),
    (false, "Check whether the small hall is free"),
    (true, "Send the leaflet once it is printed"),
];

/// Every promise that falls due today or later; the first is the one on Ana's screen.
pub(super) fn made(world: &World, acquaintance: &Acquaintance) -> Vec<Promise> {
    let mut dice = world.dice(Stream::Promises);
    let mut promises = vec![
        Promise {
            member: ME,
            person: face(faces::PROMISED),
            mine: true,
            text: "Send the permit checklist for the Salthaven quay".to_owned(),
            due_in_s: later_today(world.calendar),
        },
        Promise {
            member: ME,
            person: face(faces::STRONG[1]),
            mine: false,
            text: "Tell the story behind the dip in week nine".to_owned(),
            due_in_s: at_ten(world.calendar, 3),
        },
    ];
    let mut known = well_known(acquaintance);
    // Ana's screen shows what was written for it.
    known.retain(|pair| pair.member != ME);
    for (mine, text) in PROMISES {
        let days = dice.between(1, 20);
        if let Some(Pair { member, person }) = drawn(&mut dice, &mut known) {
            promises.push(Promise {
                member,
                person,
                mine,
                text: text.to_owned(),
                due_in_s: at_ten(world.calendar, days),
            });
        }
    }
    promises
}

/// The promise that falls due while one watches.
pub(super) fn arriving_soon() -> Promise {
    Promise {
        member: ME,
        person: face(faces::ARRIVING),
        mine: true,
        text: "Say which of the two dates suits for the tutors' week".to_owned(),
        due_in_s: ARRIVES_AFTER_S,
    }
}

/// Seconds until five in the afternoon; if that is close or past, until the last second of the day.
fn later_today(calendar: Calendar) -> u32 {
    let midnight = calendar.today * DAY;
    let at_five = midnight + 17 * HOUR;
    let now = calendar.now.micros();
    let due = if at_five - now >= HOUR {
        at_five
    } else {
        midnight + DAY - SECOND
    };
    seconds(due - now)
}

/// Seconds until ten in the morning, `days` from today or on the working day before.
fn at_ten(calendar: Calendar, days: i64) -> u32 {
    let day = Calendar::workday_by(calendar.today + days).max(calendar.today + 1);
    seconds(day * DAY + 10 * HOUR - calendar.now.micros())
}

fn seconds(micros: i64) -> u32 {
    (micros.max(0) / SECOND) as u32
}
