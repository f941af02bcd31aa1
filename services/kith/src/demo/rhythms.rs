//! Ties with a rhythm: weekly, fortnightly, monthly, quarterly; and those that fell silent.

use super::calendar::{Calendar, Day};
use super::diary::{Diary, Pair};
use super::dice::{Dice, Stream};
use super::directory::{ME, MEMBERS, crowd};
use super::words::Manner;

/// A rhythm: how people are in touch, and how many days lie between.
type Rhythm = (Manner, (Day, Day));

const WEEKLY: Rhythm = (Manner::Working, (6, 9));
const FORTNIGHTLY: Rhythm = (Manner::Working, (12, 17));
const MONTHLY: Rhythm = (Manner::Mentoring, (25, 36));
const QUARTERLY: Rhythm = (Manner::Friendly, (75, 105));
const NOW_AND_THEN: Rhythm = (Manner::Distant, (150, 260));

/// Writes a tie for everybody of the crowd, and a second one for a third of them.
pub(super) fn write(diary: &mut Diary) {
    let mut dice = diary.world.dice(Stream::Rhythms);
    for person in crowd() {
        let member = dice.below(MEMBERS);
        write_first(diary, &mut dice, Pair { member, person });
        if dice.chance(33) {
            let member = (member + 1 + dice.below(MEMBERS - 1)) % MEMBERS;
            let rhythm = dice.pick(&[MONTHLY, QUARTERLY, QUARTERLY, NOW_AND_THEN]);
            write_lasting(diary, &mut dice, Pair { member, person }, rhythm);
        }
    }
}

fn write_first(diary: &mut Diary, dice: &mut Dice, pair: Pair) {
    let rhythm = match dice.below(100) {
        // None of Ana's is livelier than the three that her first screen is about.
        0..6 if pair.member != ME => WEEKLY,
        0..15 => FORTNIGHTLY,
        15..36 => MONTHLY,
        36..64 => QUARTERLY,
        // Ana's silent ties are the three that her first screen is about.
        64..78 if pair.member != ME => return write_silent(diary, dice, pair),
        _ => NOW_AND_THEN,
    };
    write_lasting(diary, dice, pair, rhythm);
}

/// A tie that goes on. Ana keeps hers up, so that what fades on her screen is what was meant to.
fn write_lasting(diary: &mut Diary, dice: &mut Dice, pair: Pair, (manner, gap): Rhythm) {
    let calendar = diary.world.calendar;
    let since = if dice.chance(40) {
        calendar.first()
    } else {
        calendar.today - dice.between(120, 700)
    };
    let latest = if pair.member == ME { gap.0 / 2 } else { gap.1 };
    let last = Calendar::workday_by(calendar.today - dice.between(1, latest));
    // Whoever is hardly ever in touch was in touch once.
    for day in calendar.rhythm(dice, last, since.min(last - 3), gap) {
        diary.contact(dice, pair, day, manner);
    }
}

/// A tie that was lively for some months, and is silent since.
fn write_silent(diary: &mut Diary, dice: &mut Dice, pair: Pair) {
    let calendar = diary.world.calendar;
    let last = calendar.today - dice.between(60, 500);
    let since = (last - dice.between(100, 300)).max(calendar.first());
    for day in calendar.rhythm(dice, last, since, (6, 18)) {
        diary.contact(dice, pair, day, Manner::Working);
    }
}
