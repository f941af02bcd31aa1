//! Favours either way, and introductions, between people who know each other.

use kith_domain::interaction::Kind;
use kith_domain::time::DAY;

use super::Moment;
use super::calendar::Calendar;
use super::diary::{Diary, Pair, between};
use super::dice::{Dice, Stream};
use super::directory::{ME, MEMBERS, crowd, is_member};
use super::words::{GIVEN, RECEIVED, told};

const FAVOURS: usize = 190;
const INTRODUCTIONS: usize = 70;

/// Writes favours and introductions; each springs from a moment that was shared before.
pub(super) fn write(diary: &mut Diary) {
    let mut dice = diary.world.dice(Stream::Gifts);
    let before = diary.moments().len();
    for _ in 0..FAVOURS {
        if let Some((pair, day)) = occasion(diary, &mut dice, before) {
            let given = dice.chance(55);
            let template = dice.pick(if given { GIVEN } else { RECEIVED });
            let note = told(template, &diary.world.everybody[pair.person]);
            let day = Calendar::workday_by(day + dice.between(1, 5));
            let at = Calendar::moment(&mut dice, day);
            diary.add(Moment {
                note: Some(note),
                ..between(Kind::Favour, at, pair, given)
            });
        }
    }
    for _ in 0..INTRODUCTIONS {
        write_introduction(diary, &mut dice, before);
    }
}

/// A member introduces somebody to a colleague, or to somebody else whom they know.
fn write_introduction(diary: &mut Diary, dice: &mut Dice, before: usize) {
    let Some((pair, day)) = occasion(diary, dice, before) else {
        return;
    };
    let other = if dice.chance(40) {
        // Never to Ana: whom she meets anew is written by hand.
        1 + dice.below(MEMBERS - 1)
    } else {
        let known = |moment: &&Moment| moment.recorder == pair.member;
        let known: Vec<usize> = diary.moments()[..before]
            .iter()
            .filter(known)
            .filter_map(somebody)
            .collect();
        dice.pick(&known)
    };
    if other == pair.member || other == pair.person {
        return;
    }
    let everybody = &diary.world.everybody;
    let note = format!(
        "{} and {} should have met long ago.",
        everybody[pair.person].name, everybody[other].name
    );
    let at = Calendar::appointment(dice, Calendar::workday_by(day + 2));
    diary.introduction(pair.member, [pair.person, other], at, Some(note));
    let thanks = Pair {
        member: if is_member(other) { other } else { pair.member },
        person: pair.person,
    };
    let soon = Calendar::moment(dice, Calendar::workday_by(day + 2) + 1);
    diary.thread(dice, thanks, soon, "Thank you for bringing us together");
}

/// A member and somebody of the crowd who shared a moment, and the day of it.
fn occasion(diary: &Diary, dice: &mut Dice, before: usize) -> Option<(Pair, i64)> {
    (0..20).find_map(|_| {
        let moment = &diary.moments()[dice.below(before)];
        let pair = Pair {
            member: moment.recorder,
            person: somebody(moment)?,
        };
        // Ana's own are written by hand: a gift is contact, and would stir her quiet ties.
        (pair.member != ME).then(|| (pair, moment.at.micros().div_euclid(DAY)))
    })
}

/// The one other person of a moment of two, if they are of the crowd.
fn somebody(moment: &Moment) -> Option<usize> {
    let mut all = moment.others.iter().chain(&moment.initiator);
    let other = all.find(|person| **person != moment.recorder)?;
    let alone = all.all(|person| *person == moment.recorder);
    (alone && crowd().contains(other)).then_some(*other)
}
