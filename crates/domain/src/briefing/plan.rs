//! The days of a briefing: whom to meet when, as many as the reader is comfortable with.

use super::known::{Day, Guest, LocalTime, Reader};
use super::rank::Group;
use crate::comfort::Pace;
use crate::date::Date;

/// What a pace means at a gathering.
struct Measure {
    /// People in an hour.
    per_hour: u16,
    /// People in a day.
    per_day: usize,
    /// New people in a day.
    new_per_day: usize,
    /// Whether a break follows each new one.
    breaks: bool,
}

const fn measure(pace: Pace) -> Measure {
    match pace {
        Pace::Reserved => Measure {
            per_hour: 1,
            per_day: 6,
            new_per_day: 3,
            breaks: true,
        },
        Pace::Balanced => Measure {
            per_hour: 2,
            per_day: 10,
            new_per_day: 5,
            breaks: false,
        },
        Pace::Open => Measure {
            per_hour: 3,
            per_day: 20,
            new_per_day: 10,
            breaks: false,
        },
    }
}

/// The most people of a briefing, however long the gathering is.
const MOST_PAGES: usize = 60;
/// Before and after these minutes of a day nobody plans to meet anybody.
const DAYTIME: (u16, u16) = (8 * 60, 22 * 60);

/// One thing to do on a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Meet somebody: the number of their page.
    Meet(usize),
    /// Have some time for oneself.
    Break,
}

/// A day of the plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Planned {
    /// Which.
    pub day: Date,
    /// What to do, in order.
    pub steps: Vec<Step>,
}

/// Somebody who may be met.
pub(super) struct Candidate<'g> {
    pub(super) guest: &'g Guest,
    pub(super) group: Group,
    pub(super) points: i32,
}

/// A day that is being filled.
struct Filling {
    day: Date,
    room: usize,
    room_for_new: usize,
    met: Vec<usize>,
}

impl Filling {
    fn of(day: Day, measure: &Measure) -> Self {
        let (from, until) = (day.from.max(DAYTIME.0), day.until.min(DAYTIME.1));
        let minutes = usize::from(until.saturating_sub(from));
        // Whoever is there for a moment meets somebody.
        let by_time = (minutes * usize::from(measure.per_hour))
            .div_ceil(60)
            .max(1);
        let room = by_time.min(measure.per_day);
        Self {
            day: day.day,
            room,
            room_for_new: measure.new_per_day.min(room),
            met: Vec::new(),
        }
    }

    fn takes(&self, group: Group) -> bool {
        self.met.len() < self.room && (group != Group::New || self.room_for_new > 0)
    }

    fn take(&mut self, number: usize, group: Group) {
        self.met.push(number);
        if group == Group::New {
            self.room_for_new -= 1;
        }
    }
}

/// The plan, and whom it holds, by their numbers among the candidates: those come in the order of what they weigh.
pub(super) fn plan(reader: &Reader, candidates: &[Candidate<'_>]) -> Vec<Planned> {
    let measure = measure(reader.pace);
    let mut days: Vec<Filling> = reader
        .days
        .iter()
        .map(|day| Filling::of(*day, &measure))
        .collect();
    for number in chosen(&days, candidates) {
        let Candidate { guest, group, .. } = candidates[number];
        let speaks = guest.talks.iter().filter_map(|talk| talk.begins);
        let days_of_talks: Vec<Date> = speaks.map(|LocalTime { day, .. }| day).collect();
        let on_day = |filling: &&mut Filling| filling.takes(group);
        let of_talk = days
            .iter_mut()
            .filter(|filling| days_of_talks.contains(&filling.day))
            .find(on_day);
        // Those without a talk are spread: who weighs most comes early, and no day is full before the others begin.
        let filling = match of_talk {
            Some(filling) => Some(filling),
            None => days
                .iter_mut()
                .filter(|filling| filling.takes(group))
                .min_by_key(|filling| filling.met.len()),
        };
        if let Some(filling) = filling {
            filling.take(number, group);
        }
    }
    let ordered = days.into_iter().map(|filling| Planned {
        day: filling.day,
        steps: steps(&filling.met, candidates, &measure),
    });
    ordered.collect()
}

/// A mix of all groups: of ten people four new ones, three to know better and three to find again. What a group does
/// not fill, the others do.
fn chosen(days: &[Filling], candidates: &[Candidate<'_>]) -> Vec<usize> {
    let room: usize = days.iter().map(|day| day.room).sum();
    let room_for_new: usize = days.iter().map(|day| day.room_for_new).sum();
    let share = |group: Group| match group {
        Group::New => (room * 4).div_ceil(10).min(room_for_new),
        Group::Deepen | Group::Renew => (room * 3).div_ceil(10),
    };
    let mut chosen: Vec<usize> = Vec::new();
    for group in Group::ALL {
        let of_group = (0..candidates.len()).filter(|n| candidates[*n].group == group);
        // Nobody is sent to somebody whom they just spoke to. Of strangers nothing need speak for them but that
        // they come.
        let worth = of_group.filter(|n| candidates[*n].points >= i32::from(group != Group::New));
        chosen.extend(worth.take(share(group)));
    }
    let rest = (0..candidates.len()).filter(|n| candidates[*n].points > 0);
    let rest: Vec<usize> = rest.filter(|n| !chosen.contains(n)).collect();
    chosen.extend(rest);
    chosen.truncate(room.clamp(1, MOST_PAGES));
    // Whoever speaks has a day; of the others, what weighs most finds its place first.
    let speaks = |n: &usize| {
        candidates[*n]
            .guest
            .talks
            .iter()
            .any(|talk| talk.begins.is_some())
    };
    chosen.sort_by_key(|n| (!speaks(n), *n));
    chosen
}

/// A known face first; for the reserved a break after each new one, and somebody known in between.
fn steps(met: &[usize], candidates: &[Candidate<'_>], measure: &Measure) -> Vec<Step> {
    let is_new = |n: &&usize| candidates[**n].group == Group::New;
    let mut known = met.iter().filter(|n| !is_new(n)).copied();
    let mut new = met.iter().filter(is_new).copied();
    let mut steps = Vec::new();
    if !measure.breaks {
        steps.extend(known.next().map(Step::Meet));
        let mut rest: Vec<usize> = known.chain(new).collect();
        rest.sort_unstable();
        steps.extend(rest.into_iter().map(Step::Meet));
        return steps;
    }
    loop {
        let (one, other) = (known.next(), new.next());
        if one.is_none() && other.is_none() {
            return steps;
        }
        steps.extend(one.map(Step::Meet));
        if let Some(number) = other {
            steps.extend([Step::Meet(number), Step::Break]);
        }
    }
}
