//! Projects: two to five members and the people of one or two companies, for some months; lively at
//! both ends, and mostly quiet afterwards.

use kith_domain::interaction::Kind;

use super::Moment;
use super::calendar::{Calendar, Day, LENGTH};
use super::diary::{Diary, Pair, together};
use super::dice::{Dice, Stream};
use super::directory::{ME, MEMBERS, World, crowd};
use super::words::Manner;

/// The names of projects. The first [`ONGOING`] still go on; of those, Ana leads the first two.
const PROJECTS: [&str; 24] = [
    "Pilot street, second loop",
    "Container kitchens",
    "Quiet cranes",
    "Reuse yard Norrvik",
    "Tide meter",
    "Tool library",
    "Flood-ready gardens",
    "Night ferries",
    "Open harbour map",
    "Cold store on the quay",
    "Shore power, berth two",
    "Timber for the boathouse",
    "School of pumps",
    "Rope walk museum",
    "Solar sheds",
    "Second life for batteries",
    "Market hall roof",
    "Lock gate survey",
    "Rainwater square",
    "Heat from the laundry",
    "Apprentice exchange",
    "Bicycle freight",
    "Repair weekend",
    "Old pier, new deck",
];
const ONGOING: usize = 8;
const ANAS: usize = 2;

/// What a project's mails and meetings are called, after its name.
const SUBJECTS: [&str; 8] = [
    "agenda",
    "minutes and next steps",
    "draft for comments",
    "photographs",
    "open questions",
    "samples have arrived",
    "who can come on Thursday?",
    "revised plan",
];

/// What members note after a project's meeting.
const NOTES: [&str; 8] = [
    "Everybody brought one picture of what went well. Do this more often.",
    "The plan is two weeks behind and nobody is worried; watch the delivery of the valves.",
    "Agreed: first the small test, then the council.",
    "The drivers know more about the yard than our model. Ask them first.",
    "Good round. The photographs convinced more than the figures.",
    "Somebody should thank the people in the stores; they found the missing parts.",
    "Next time half an hour less, and outside if the sun is out.",
    "They liked the sketch more than the report. Bring sketches.",
];

struct Project {
    name: &'static str,
    start: Day,
    weeks: i64,
    /// Members; the first leads.
    team: Vec<usize>,
    partners: Vec<usize>,
}

/// Writes every project.
pub(super) fn write(diary: &mut Diary) {
    let mut dice = diary.world.dice(Stream::Projects);
    for (number, name) in PROJECTS.into_iter().enumerate() {
        let project = Project::drawn(&mut dice, diary.world, number, name);
        for week in 0..project.weeks {
            project.write_week(diary, &mut dice, week);
        }
        if number >= ONGOING {
            project.write_after(diary, &mut dice);
        }
    }
}

impl Project {
    fn drawn(dice: &mut Dice, world: &World, number: usize, name: &'static str) -> Self {
        let today = world.calendar.today;
        let (start, weeks) = if number < ONGOING {
            let weeks = dice.between(10, 36);
            (today - 7 * weeks, weeks)
        } else {
            let weeks = dice.between(12, 36);
            let end = today - dice.between(30, LENGTH - 7 * weeks);
            (end - 7 * weeks, weeks)
        };
        let lead = if number < ANAS {
            ME
        } else {
            1 + number % (MEMBERS - 1)
        };
        let others: Vec<usize> = (1..MEMBERS).filter(|member| *member != lead).collect();
        let helpers = dice.between(1, 4) as usize;
        let mut team = vec![lead];
        team.extend(dice.some(&others, helpers));
        Self {
            name,
            start,
            weeks,
            team,
            partners: partners(dice, world),
        }
    }

    fn write_week(&self, diary: &mut Diary, dice: &mut Dice, week: i64) {
        let begin = self.start + 7 * week;
        let at_an_end = week < 2 || week + 2 >= self.weeks;
        self.write_meeting(diary, dice, begin);
        // In a project that goes on, the last round mail was sent two days ago.
        self.write_round(diary, dice, begin + 5);
        for partner in &self.partners {
            let threads = dice.below(2) + usize::from(at_an_end);
            for _ in 0..threads {
                let by_lead = dice.chance(60);
                let member = if by_lead {
                    self.team[0]
                } else {
                    dice.pick(&self.team)
                };
                let pair = Pair {
                    member,
                    person: *partner,
                };
                self.write_thread(diary, dice, pair, begin);
            }
        }
        if dice.chance(35) {
            let pair = Pair {
                member: self.team[0],
                person: dice.pick(&self.partners),
            };
            let at = Calendar::moment(dice, Calendar::workday_by(begin + 3));
            let note = dice.chance(10).then(|| dice.pick(&NOTES).to_owned());
            diary.call(dice, pair, at, note);
        }
    }

    fn write_meeting(&self, diary: &mut Diary, dice: &mut Dice, begin: Day) {
        let day = Calendar::workday_by(begin + dice.between(0, 6));
        if !diary.world.calendar.is_answered(dice, day) {
            return;
        }
        let mut present = vec![self.team[0]];
        let rest = self.team[1..].iter().chain(&self.partners);
        present.extend(rest.filter(|_| dice.chance(75)));
        if present.len() > 1 {
            let subject = self.subject(dice);
            let note = dice.chance(18).then(|| dice.pick(&NOTES).to_owned());
            let at = Calendar::appointment(dice, day);
            diary.meeting(dice, &present, at, Some(subject), note);
        }
    }

    /// The lead's weekly mail to everybody.
    fn write_round(&self, diary: &mut Diary, dice: &mut Dice, day: Day) {
        let day = Calendar::workday_by(day);
        if !diary.world.calendar.is_answered(dice, day) {
            return;
        }
        let lead = self.team[0];
        let others: Vec<usize> = self.team[1..]
            .iter()
            .chain(&self.partners)
            .copied()
            .collect();
        diary.add(Moment {
            initiator: Some(lead),
            recorder: lead,
            subject: Some(format!("{}: the week", self.name)),
            ..together(Kind::Mail, Calendar::moment(dice, day), &others)
        });
    }

    fn write_thread(&self, diary: &mut Diary, dice: &mut Dice, pair: Pair, begin: Day) {
        let day = Calendar::workday_by(begin + dice.between(0, 6));
        if diary.world.calendar.is_answered(dice, day) {
            let subject = self.subject(dice);
            let at = Calendar::moment(dice, day);
            diary.thread(dice, pair, at, &subject);
        }
    }

    /// A third of the partners stay friends of the lead; the others are not heard of again.
    fn write_after(&self, diary: &mut Diary, dice: &mut Dice) {
        let calendar = diary.world.calendar;
        let end = self.start + 7 * self.weeks;
        for person in &self.partners {
            if dice.chance(33) {
                let pair = Pair {
                    member: self.team[0],
                    person: *person,
                };
                let last = calendar.today - dice.between(3, 90);
                for day in calendar.rhythm(dice, last, end + 20, (60, 110)) {
                    diary.contact(dice, pair, day, Manner::Friendly);
                }
            }
        }
    }

    fn subject(&self, dice: &mut Dice) -> String {
        format!("{}: {}", self.name, dice.pick(&SUBJECTS))
    }
}

/// Up to four people of one company and three of another.
fn partners(dice: &mut Dice, world: &World) -> Vec<usize> {
    let crowd: Vec<usize> = crowd().collect();
    let mut partners = Vec::new();
    for most in [4, 3] {
        let company = &world.everybody[dice.pick(&crowd)].company;
        let staff: Vec<usize> = crowd
            .iter()
            .filter(|person| world.everybody[**person].company == *company)
            .filter(|person| !partners.contains(*person))
            .copied()
            .collect();
        partners.extend(dice.some(&staff, most));
    }
    partners
}
