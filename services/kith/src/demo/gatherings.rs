//! Two conferences, twice each: encounters, and what follows them for those who follow up.

use kith_domain::time::{DAY, MINUTE, Timestamp};

use super::calendar::{Calendar, Day};
use super::conference::{Meetup, guest};
use super::diary::{Diary, Pair};
use super::dice::{Dice, Stream};
use super::directory::{ME, MEMBERS, World, crowd, face};
use super::faces;
use super::words::{ENCOUNTERS, Manner, told};

/// A conference of two days.
pub(super) struct Gathering {
    name: &'static str,
    /// The first of its two days.
    first_day: Day,
    /// Members who went, Ana among them.
    members: Vec<usize>,
    /// People who went and are not members.
    pub(super) attendees: Vec<usize>,
    /// Whether it ended yesterday.
    latest: bool,
}

impl Gathering {
    /// As its organiser announced it.
    pub(super) fn announced(&self, world: &World) -> Meetup {
        let at = |day: Day, minutes: i64| Timestamp(day * DAY + minutes * MINUTE);
        let guests = self
            .attendees
            .iter()
            .map(|person| guest(world, *person, true));
        Meetup {
            name: self.label(),
            place: "Salthaven".to_owned(),
            begins: at(self.first_day, 9 * 60),
            ends: at(self.first_day + 1, 18 * 60),
            topics: vec!["working harbours".to_owned()],
            members: self.members.clone(),
            guests: guests.collect(),
            sessions: vec![],
        }
    }

    /// How its attendees are tagged: name and year.
    pub(super) fn label(&self) -> String {
        format!("{} {}", self.name, Calendar::year(self.first_day))
    }
}

/// The name and first day of each gathering, in days before today. The last one ended yesterday:
/// whom Ana met there, she meets again on the first screen.
const PLAN: [(&str, Day); 4] = [
    ("Harbour Days", 563),
    ("Tidelines", 367),
    ("Harbour Days", 199),
    ("Tidelines", 2),
];

/// Who goes where.
pub(super) fn planned(calendar: Calendar, seed: u64) -> Vec<Gathering> {
    let mut dice = Dice::new(seed, Stream::Gatherings);
    let plan = PLAN.into_iter().map(|(name, ago)| {
        let latest = ago == 2;
        let members = (0..MEMBERS)
            .filter(|member| *member == ME || dice.chance(55))
            .collect();
        let mut attendees: Vec<usize> = crowd().filter(|_| dice.chance(26)).collect();
        if latest {
            attendees.extend(faces::NEW.map(face));
        }
        Gathering {
            name,
            first_day: calendar.today - ago,
            members,
            attendees,
            latest,
        }
    });
    plan.collect()
}

/// Writes whom the members met, and how they went on.
pub(super) fn write(diary: &mut Diary) {
    let mut dice = diary.world.dice(Stream::Encounters);
    for gathering in &diary.world.gatherings {
        for member in &gathering.members {
            // What Ana did yesterday is written by hand.
            if !(gathering.latest && *member == ME) {
                write_encounters(diary, &mut dice, gathering, *member);
            }
        }
    }
}

fn write_encounters(diary: &mut Diary, dice: &mut Dice, gathering: &Gathering, member: usize) {
    let crowd: Vec<usize> = gathering
        .attendees
        .iter()
        .filter(|person| crowd().contains(*person))
        .copied()
        .collect();
    let talks = dice.between(7, 14) as usize;
    for person in dice.some(&crowd, talks) {
        let day = gathering.first_day + dice.between(0, 1);
        let minute = dice.between(9 * 60, 18 * 60);
        let at = Timestamp(day * DAY + minute * MINUTE);
        let mut who = vec![member, person];
        let colleague = dice.pick(&gathering.members);
        if dice.chance(20) && colleague != member && colleague != ME {
            who.push(colleague);
        }
        let note = told(dice.pick(ENCOUNTERS), &diary.world.everybody[person]);
        let note = dice.chance(55).then_some(note);
        diary.encounter(dice, &who, at, note);
        write_follow_up(diary, dice, Pair { member, person }, at);
    }
}

/// Three in five write within two days; of these, half are in touch again two weeks later.
fn write_follow_up(diary: &mut Diary, dice: &mut Dice, pair: Pair, met: Timestamp) {
    if !dice.chance(60) {
        return;
    }
    let subject = dice.pick(Manner::Distant.words().subjects);
    let day_met = met.micros().div_euclid(DAY);
    let day = day_met + dice.between(1, 2);
    let soon = Calendar::moment(dice, day);
    diary.thread(dice, pair, soon, subject);
    // Ana leaves it at that: conference friends must not fade among those on her first screen.
    if dice.chance(50) && pair.member != ME {
        let day = Calendar::workday_by(day_met + dice.between(13, 18));
        diary.contact(dice, pair, day, Manner::Distant);
    }
}
