//! Colleagues among themselves: a meeting a week, and mails in between. Ties between members lend
//! paths to others; nobody is ever prompted because of them.

use kith_domain::time::{DAY, HOUR};

use super::calendar::{Calendar, Day, LENGTH};
use super::diary::{Diary, Pair};
use super::dice::{Dice, Stream};
use super::directory::MEMBERS;
use super::words::Manner;

/// Threads between two members on a lively day.
const THREADS: i64 = 2;

/// Writes what the members share.
pub(super) fn write(diary: &mut Diary) {
    let mut dice = diary.world.dice(Stream::Team);
    let first = diary.world.calendar.first();
    for day in first..=first + LENGTH {
        // Mondays; 1970 began on a Thursday.
        if day.rem_euclid(7) == 4 && dice.chance(Calendar::liveliness(day)) {
            write_round(diary, &mut dice, day);
        }
        for _ in 0..THREADS {
            if dice.chance(Calendar::liveliness(day)) {
                let member = dice.below(MEMBERS);
                let person = (member + 1 + dice.below(MEMBERS - 1)) % MEMBERS;
                diary.contact(&mut dice, Pair { member, person }, day, Manner::Colleagues);
            }
        }
    }
}

/// The weekly round: whoever is not on the road.
fn write_round(diary: &mut Diary, dice: &mut Dice, day: Day) {
    let present: Vec<usize> = (0..MEMBERS).filter(|_| dice.chance(80)).collect();
    if present.len() > 1 {
        let at = kith_domain::time::Timestamp(day * DAY + 9 * HOUR);
        diary.meeting(dice, &present, at, Some("Monday round".to_owned()), None);
    }
}
