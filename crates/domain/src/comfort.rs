//! A member's comfort profile: how many prompts they agreed to, how they like to be in touch, when they work, and
//! how they speak of themselves.
//!
//! Some dread talking to those they don't know, some can't stop: the profile is what a plan is made for. It is
//! personal, so events keep it as text that is sealed for its member.

use std::fmt;
use std::str::FromStr;

use crate::aggregate::Aggregate;
use crate::id::PersonId;
use crate::interaction::Kind;
use crate::text::Text;

/// The most prompts of a week that anybody can agree to.
pub const MOST_PROMPTS: u16 = 1_000;

/// How much of other people is welcome.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub enum Pace {
    /// Few at a time, a known face first, a break after each new one.
    Reserved,
    /// In between.
    #[default]
    Balanced,
    /// The more the better.
    Open,
}

impl Pace {
    /// Every pace, in the order of [`Pace::index`].
    pub const ALL: [Self; 3] = [Self::Reserved, Self::Balanced, Self::Open];

    /// The position in [`Pace::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The pace at a position.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// The prompts that its name stands for.
    #[must_use]
    pub const fn prompts(self) -> Prompts {
        let (per_week, per_day) = match self {
            Self::Reserved => (3, 1),
            Self::Balanced => (7, 2),
            Self::Open => (15, 4),
        };
        Prompts { per_week, per_day }
    }

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Balanced => "balanced",
            Self::Open => "open",
        }
    }
}

/// How many prompts a member agreed to. None at all is an answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Prompts {
    /// In seven days, at most [`MOST_PROMPTS`].
    pub per_week: u16,
    /// In a day, not more than in a week.
    pub per_day: u16,
}

impl Prompts {
    /// The pace that comes nearest: who agreed to no more than the reserved do is reserved, and so on.
    #[must_use]
    pub fn pace(self) -> Pace {
        let fits = |pace: &Pace| self.per_week <= pace.prompts().per_week;
        Pace::ALL.into_iter().find(fits).unwrap_or(Pace::Open)
    }
}

impl Default for Prompts {
    fn default() -> Self {
        Pace::default().prompts()
    }
}

/// The days of the week on which somebody works, Monday first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct WorkingDays(pub [bool; 7]);

/// Monday to Friday.
impl Default for WorkingDays {
    fn default() -> Self {
        Self([true, true, true, true, true, false, false])
    }
}

/// How a member likes to be in touch with people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Habits {
    /// How many prompts they agreed to.
    pub prompts: Prompts,
    /// The kinds of contact that they like; none named means any.
    pub channels: Vec<Kind>,
    /// The time zone of their days: an IANA name. Empty is UTC.
    pub zone: String,
    /// The days on which they are prompted.
    pub working_days: WorkingDays,
}

impl Habits {
    /// On which days they are prompted, and where: `1111100 Europe/Lisbon`.
    #[must_use]
    pub fn days(&self) -> String {
        format!("{} {}", self.working_days, self.zone)
    }
}

/// `1111100` is Monday to Friday.
impl fmt::Display for WorkingDays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let days = self.0.map(|works| if works { "1" } else { "0" });
        f.write_str(&days.concat())
    }
}

/// As events keep it: `3 1 1111100 mail,call Europe/Lisbon`.
impl fmt::Display for Habits {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Prompts { per_week, per_day } = self.prompts;
        let channels: Vec<&str> = self.channels.iter().map(|kind| kind.as_str()).collect();
        let channels = channels.join(",");
        let Self {
            zone, working_days, ..
        } = self;
        write!(f, "{per_week} {per_day} {working_days} {channels} {zone}")
    }
}

/// Why a text says nothing of habits.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("must be the habits of a member as they are written")]
pub struct NoHabits;

impl FromStr for Habits {
    type Err = NoHabits;

    fn from_str(text: &str) -> Result<Self, NoHabits> {
        let parts: Vec<&str> = text.split(' ').collect();
        let [per_week, per_day, days, channels, zone] = parts[..] else {
            return Err(NoHabits);
        };
        let number = |text: &str| text.parse().map_err(|_| NoHabits);
        let prompts = Prompts {
            per_week: number(per_week)?,
            per_day: number(per_day)?,
        };
        let works: Vec<bool> = days.chars().map(|day| day == '1').collect();
        let kinds = channels.split(',').filter(|word| !word.is_empty());
        let kinds: Option<Vec<Kind>> = kinds.map(Kind::from_label).collect();
        Ok(Self {
            prompts,
            channels: kinds.ok_or(NoHabits)?,
            zone: zone.to_owned(),
            working_days: WorkingDays(works.try_into().map_err(|_| NoHabits)?),
        })
    }
}

/// A profile as events keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    /// [`Habits`], written.
    pub habits: Text,
    /// How they speak of themselves: see [`pitch`](crate::pitch).
    pub own_words: Option<Text>,
}

/// The aggregate of one member's profile.
#[derive(Debug)]
pub struct Comfort;

/// What a member said of their comfort.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The profile is this; `None` is that of somebody who never said anything.
    Set {
        /// Whose.
        member: PersonId,
        /// Counts the changes, from 1.
        revision: u32,
        /// What.
        profile: Option<Profile>,
    },
}

/// Every profile so far, the last one of which holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State(Vec<Option<Profile>>);

impl State {
    fn now(&self) -> Option<&Profile> {
        self.0.last()?.as_ref()
    }
}

/// What it is to become.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// This.
    Profile(Profile),
    /// What it was before a change.
    TakeBack {
        /// The change.
        revision: u32,
    },
}

/// Set it, or take that back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// Whose.
    pub member: PersonId,
    /// What it becomes.
    pub to: To,
}

/// Why a profile is not changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// There was no such change.
    #[error("there is no such change")]
    Unknown,
    /// It was changed since.
    #[error("it was changed meanwhile")]
    Changed,
}

impl Aggregate for Comfort {
    const KIND: &'static str = "comfort";
    type State = State;
    type Command = Change;
    type Event = Event;
    type Error = Error;

    fn decide(state: &State, Change { member, to }: Change) -> Result<Vec<Event>, Error> {
        let profile = match to {
            To::Profile(profile) => Some(profile),
            To::TakeBack { revision } => before(state, revision)?,
        };
        if state.now() == profile.as_ref() {
            return Ok(vec![]);
        }
        let revision = u32::try_from(state.0.len() + 1).unwrap_or(u32::MAX);
        Ok(vec![Event::Set {
            member,
            revision,
            profile,
        }])
    }

    fn evolve(State(mut all): State, Event::Set { profile, .. }: &Event) -> State {
        all.push(profile.clone());
        State(all)
    }
}

/// What the profile was before a change, if none came since or they all came to that.
fn before(State(all): &State, revision: u32) -> Result<Option<Profile>, Error> {
    let number = revision as usize;
    if number == 0 || number > all.len() {
        return Err(Error::Unknown);
    }
    let before = number.checked_sub(2).and_then(|index| all[index].clone());
    let is_last = number == all.len();
    if is_last || all.last() == Some(&before) {
        Ok(before)
    } else {
        Err(Error::Changed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::given;

    const ANA: PersonId = PersonId::from_bytes([1; 16]);

    fn profile(habits: &str) -> Profile {
        Profile {
            habits: habits.into(),
            own_words: None,
        }
    }

    fn was_set(revision: u32, habits: Option<&str>) -> Event {
        Event::Set {
            member: ANA,
            revision,
            profile: habits.map(profile),
        }
    }

    fn change(to: To) -> Change {
        Change { member: ANA, to }
    }

    #[test]
    fn a_profile_is_set_once_and_taken_back_to_what_it_was() {
        let to = |habits| change(To::Profile(profile(habits)));
        let back = |revision| change(To::TakeBack { revision });
        let (one, two) = (was_set(1, Some("a")), was_set(2, Some("b")));
        given::<Comfort>(&[])
            .when(to("a"))
            .then(std::slice::from_ref(&one));
        given::<Comfort>(std::slice::from_ref(&one))
            .when(to("a"))
            .then_nothing();
        given::<Comfort>(&[one.clone(), two.clone()])
            .when(back(2))
            .then(&[was_set(3, Some("a"))]);
        given::<Comfort>(std::slice::from_ref(&one))
            .when(back(1))
            .then(&[was_set(2, None)]);
        given::<Comfort>(&[one, two])
            .when(back(1))
            .then_refused("it was changed meanwhile");
        given::<Comfort>(&[])
            .when(back(1))
            .then_refused("there is no such change");
    }

    #[test]
    fn habits_are_read_as_they_are_written() {
        let all = [
            Habits::default(),
            Habits {
                prompts: Prompts {
                    per_week: 0,
                    per_day: 0,
                },
                channels: vec![Kind::Mail, Kind::Call],
                zone: "Europe/Lisbon".to_owned(),
                working_days: WorkingDays([true, false, true, false, true, false, true]),
            },
        ];
        for habits in all {
            assert_eq!(habits.to_string().parse(), Ok(habits));
        }
        for wrong in [
            "",
            "3 1",
            "3 1 11 mail UTC",
            "x 1 1111100  UTC",
            "3 1 1111100 fax UTC",
        ] {
            assert_eq!(wrong.parse::<Habits>(), Err(NoHabits), "{wrong}");
        }
    }

    #[test]
    fn any_number_of_prompts_comes_near_a_pace() {
        let pace = |per_week| {
            Prompts {
                per_week,
                per_day: 1,
            }
            .pace()
        };
        assert_eq!(pace(0), Pace::Reserved);
        assert_eq!(pace(3), Pace::Reserved);
        assert_eq!(pace(4), Pace::Balanced);
        assert_eq!(pace(8), Pace::Open);
        for named in Pace::ALL {
            assert_eq!(named.prompts().pace(), named);
        }
    }
}
