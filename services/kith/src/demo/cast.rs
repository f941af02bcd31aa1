//! What Ana's first screen rests on: rhythms that hold whatever day the demo is started on.
//!
//! The figures below were chosen against the strength model: the fading ones have fallen due within
//! the last weeks and are past 2.5 of their own gaps. `tests` holds them to it.

use std::ops::RangeInclusive;

use kith_domain::interaction::Kind;
use kith_domain::time::{DAY, HOUR, MINUTE};

use super::calendar::{Calendar, Day};
use super::diary::{Diary, Pair, between};
use super::dice::{Dice, Stream};
use super::directory::{ME, face};
use super::faces;
use super::words::Manner;
use super::{Cast, Moment};

/// Lively ties of Ana's: (face, days since the last contact, days since the first, gap).
const LIVELY: [(usize, Day, Day, (Day, Day)); 5] = [
    (faces::STRONG[0], 1, 690, (2, 3)),
    (faces::STRONG[1], 2, 640, (2, 3)),
    (faces::STRONG[2], 1, 540, (2, 4)),
    (faces::PROMISED, 5, 480, (9, 13)),
    (faces::ARRIVING, 4, 330, (10, 14)),
];

/// Fading ties of Ana's: (face, days since the last contact, days since the first, gap).
const FADING: [(usize, Day, Day, Day); 3] = [
    // Weekly for half a year, until the plan was done.
    (faces::FADING[0], 26, 180, 7),
    // Every other week for a year.
    (faces::FADING[1], 31, 400, 14),
    // Monthly, for three quarters of a year.
    (faces::FADING[2], 75, 345, 30),
];

/// A colleague's tie: (member, face, manner, days since the last contact, gap).
type Colleague = (usize, usize, Manner, Day, (Day, Day));

/// Who else knows the faces.
const COLLEAGUES: [Colleague; 7] = [
    (1, faces::STRONG[0], Manner::Working, 3, (5, 8)),
    (5, faces::FADING[0], Manner::Friendly, 40, (60, 90)),
    (9, faces::FADING[1], Manner::Friendly, 18, (28, 40)),
    (5, faces::PROMISED, Manner::Working, 6, (12, 18)),
    (7, faces::DOOR, Manner::Working, 2, (6, 9)),
    (2, faces::DOOR, Manner::Mentoring, 11, (26, 34)),
    (8, faces::INTRODUCED, Manner::Working, 4, (8, 12)),
];

/// Ana's favours: (face, whether Ana gave it, days ago, her note).
const FAVOURS: [(usize, bool, Day, &str); 5] = [
    (
        faces::STRONG[0],
        true,
        33,
        "Found Ingrid a hall for the residents' evening, chairs included.",
    ),
    (
        faces::STRONG[0],
        false,
        300,
        "Ingrid spoke at our open day: ten minutes, as agreed, and twenty of questions.",
    ),
    (
        faces::STRONG[1],
        false,
        120,
        "Kwame lent us two drivers for a night. They improved the test.",
    ),
    (
        faces::STRONG[2],
        true,
        64,
        "Read the proofs of Chiara's catalogue over a weekend.",
    ),
    (
        faces::PROMISED,
        false,
        201,
        "Jun sent five years of sound measurements, each file with a note.",
    ),
];

/// Eoin, who introduces.
const CONNECTOR: usize = 8;

/// Writes Ana's ties with the hand-written people, and says who they are.
pub(super) fn write(diary: &mut Diary) -> Cast {
    let mut dice = diary.world.dice(Stream::Cast);
    let calendar = diary.world.calendar;
    for (number, ago, since, gap) in LIVELY {
        let last = Calendar::workday_by(calendar.today - ago);
        let days = calendar.rhythm(&mut dice, last, calendar.today - since, gap);
        write_days(diary, &mut dice, number, &days);
    }
    for (number, ago, since, gap) in FADING {
        let days = Calendar::steady(calendar.today - ago, calendar.today - since, gap);
        write_days(diary, &mut dice, number, &days);
    }
    for (member, number, manner, ago, gap) in COLLEAGUES {
        let pair = Pair {
            member,
            person: face(number),
        };
        let last = Calendar::workday_by(calendar.today - ago);
        for day in calendar.rhythm(&mut dice, last, calendar.first(), gap) {
            diary.contact(&mut dice, pair, day, manner);
        }
    }
    write_due_soon(diary, &mut dice);
    write_gifts(diary, &mut dice);
    write_encounters(diary, &mut dice);
    write_introduction(diary, &mut dice);
    Cast {
        me: ME,
        strong: faces::STRONG.map(face),
        fading: faces::FADING.map(face),
        due_soon: face(faces::DUE_SOON),
        promised: face(faces::PROMISED),
        new: faces::NEW.map(face),
        introduced: face(faces::INTRODUCED),
        door: face(faces::DOOR),
    }
}

/// A tie of Ana's on these days, newest first; of the newest one her note is known.
fn write_days(diary: &mut Diary, dice: &mut Dice, number: usize, days: &[Day]) {
    let Some((last, earlier)) = days.split_first() else {
        return;
    };
    for day in earlier {
        let kind = dice.pick(Manner::Working.kinds());
        diary.contact_of(dice, with(number), *day, kind, &faces::at(number).words);
    }
    // In the morning: on a day before today it is in the past wherever now lies.
    let quarter = 15 * MINUTE * dice.between(0, 6);
    write_last(diary, number, *last * DAY + 9 * HOUR + quarter);
}

/// The contact of which the face's own note tells.
fn write_last(diary: &mut Diary, number: usize, micros: i64) {
    let Some((kind, subject, note)) = faces::at(number).last else {
        return;
    };
    let at = kith_domain::time::Timestamp(micros);
    let mut last = between(kind, at, with(number), false);
    if matches!(kind, Kind::Meeting | Kind::Encounter) {
        // Nobody starts what both come to.
        last.others.extend(last.initiator.take());
        last.others.sort_unstable();
    }
    diary.add(Moment {
        duration_s: match kind {
            Kind::Call => 1_500,
            Kind::Meeting => 5_400,
            Kind::Encounter => 900,
            _ => 0,
        },
        subject: subject.map(str::to_owned),
        note: Some(note.to_owned()),
        ..last
    });
}

/// A call every week, and none for a week now: it falls due in a few days, and is not fading yet.
fn write_due_soon(diary: &mut Diary, dice: &mut Dice) {
    let today = diary.world.calendar.today;
    let last = workday_among(6..=8, today);
    let days = Calendar::steady(last, today - 620, 7);
    write_days(diary, dice, faces::DUE_SOON, &days);
}

/// Favours either way, and two friends whom Ana brought together.
fn write_gifts(diary: &mut Diary, dice: &mut Dice) {
    let today = diary.world.calendar.today;
    for (number, by_ana, ago, note) in FAVOURS {
        let at = Calendar::moment(dice, Calendar::workday_by(today - ago));
        diary.add(Moment {
            note: Some(note.to_owned()),
            ..between(Kind::Favour, at, with(number), by_ana)
        });
    }
    let at = Calendar::appointment(dice, Calendar::workday_by(today - 240));
    let friends = [face(faces::STRONG[1]), face(faces::STRONG[2])];
    let note = "Kwame has old crane beams, Chiara turns beams into stairs. They talked for hours.";
    diary.introduction(ME, friends, at, Some(note.to_owned()));
}

/// Two evenings ago and yesterday, at the conference: all within the last 46 hours, so that the
/// second contact, due within 48, falls due after the demo begins.
fn write_encounters(diary: &mut Diary, dice: &mut Dice) {
    let calendar = diary.world.calendar;
    let yesterday = (calendar.today - 1) * DAY;
    let (early, late) = (yesterday - DAY, calendar.now.micros() - 46 * HOUR);
    let hours = [20, 9, 13, 17];
    for (number, hour) in faces::NEW.into_iter().zip(hours) {
        let minute = dice.between(0, 50) * MINUTE;
        let two_days_ago = early + hour * HOUR + minute;
        let at = if two_days_ago > late {
            two_days_ago
        } else {
            yesterday + hour * HOUR + minute
        };
        write_last(diary, number, at);
    }
}

/// Eoin brings Ana and a friend of his together; they meet, and write to each other afterwards.
fn write_introduction(diary: &mut Diary, dice: &mut Dice) {
    let today = diary.world.calendar.today;
    let number = faces::INTRODUCED;
    // The third contact is due 14 days after the second, so not earlier than 13 days ago.
    let second = workday_among(11..=13, today);
    // An introduction ties both with Eoin alone; between the two, the ladder starts as they meet.
    let first = Calendar::workday_by(second - 1);
    let at = Calendar::appointment(dice, Calendar::workday_by(first - 3));
    let note = "Ana looks for a workshop, Saoirse for projects. They will like each other.";
    diary.introduction(CONNECTOR, [ME, face(number)], at, Some(note.to_owned()));
    let (at, who) = (Calendar::appointment(dice, first), [ME, face(number)]);
    let subject = Some("A look round the workshop".to_owned());
    diary.meeting(dice, &who, at, subject, None);
    write_last(diary, number, second * DAY + 16 * HOUR);
}

/// The latest working day of some before `today`; the earliest of them if none is one.
fn workday_among(mut ago: RangeInclusive<Day>, today: Day) -> Day {
    let earliest = today - ago.end();
    ago.find(|ago| Calendar::is_workday(today - ago))
        .map_or(earliest, |ago| today - ago)
}

fn with(number: usize) -> Pair {
    Pair {
        member: ME,
        person: face(number),
    }
}
