//! The believable season that `kith up --demo` shows: an organisation of twelve members, the four
//! hundred people they know, and two years of moments up to now.
//!
//! This is data, made by a pure function: no clock, no I/O, no ambient randomness, integers only.
//! The same moment and seed give the same season on every machine. Everybody and everything in it
//! is invented; every address lies in a domain that cannot exist (`*.example`). Turning it into
//! requests is not its business.
//!
//! | module | what it tells |
//! |---|---|
//! | `faces`, `friends`, `strangers`, `cast` | the hand-written people around Ana Silva, whom the first screen shows |
//! | `team`, `projects` | colleagues among themselves; work in bursts, with partners |
//! | `rhythms` | weekly, monthly and quarterly ties, and those that fell silent |
//! | `gatherings`, `gifts` | two conferences a year; introductions and favours |
//! | `conference` | their lists, and the gathering of next week |
//! | `facts`, `promises` | what is known of people, and what was promised |
//! | `calendar`, `dice`, `diary` | when people answer, what is left to chance, how a moment is put down |
//! | `names`, `companies`, `topics`, `words` | plain word lists |

mod calendar;
mod cast;
mod companies;
mod conference;
mod diary;
mod dice;
mod directory;
mod faces;
mod facts;
mod friends;
mod gatherings;
mod gifts;
mod names;
mod projects;
mod promises;
mod rhythms;
mod strangers;
mod team;
mod topics;
mod words;

#[cfg(test)]
mod tests;

use kith_domain::fact;
use kith_domain::interaction::Kind;
use kith_domain::time::Timestamp;

pub(crate) use conference::Meetup;
use diary::Diary;
use directory::World;

/// An organisation's season. People are named by their index in one list of everybody: the members
/// first, then the others (see [`Season::somebody`]).
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Season {
    /// When it ends.
    pub(crate) now: Timestamp,
    /// The organisation's name.
    pub(crate) organisation: String,
    /// Twelve members; the first is the one who looks at the demo.
    pub(crate) members: Vec<Somebody>,
    /// Four hundred people who are not members.
    pub(crate) people: Vec<Somebody>,
    /// What happened, oldest first; nothing later than `now`.
    pub(crate) moments: Vec<Moment>,
    /// What is known of people.
    pub(crate) facts: Vec<Fact>,
    /// What was promised and falls due today or later; the first is the one of [`Cast::promised`].
    pub(crate) promises: Vec<Promise>,
    /// A promise to add when the server is up: its seconds count from then.
    pub(crate) arrives_soon: Promise,
    /// Gatherings, oldest first; the last one is ahead.
    pub(crate) meetups: Vec<Meetup>,
    /// Whom the first screen shows.
    pub(crate) cast: Cast,
}

impl Season {
    /// Who an index means; `None` if nobody.
    pub(crate) fn somebody(&self, index: usize) -> Option<&Somebody> {
        self.members.iter().chain(&self.people).nth(index)
    }
}

/// Somebody of the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Somebody {
    /// Their name as people write it.
    pub(crate) name: String,
    /// Their mail address, one of a kind.
    pub(crate) address: String,
    /// Where they work.
    pub(crate) company: String,
    /// As what.
    pub(crate) title: String,
    /// The organisation's labels for them.
    pub(crate) tags: Vec<String>,
}

/// A moment that was shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Moment {
    /// What happened.
    pub(crate) kind: Kind,
    /// When it started, in whole seconds.
    pub(crate) at: Timestamp,
    /// How long it lasted, in seconds; 0 for what has no length.
    pub(crate) duration_s: u32,
    /// Who started it: sender, caller, connector, giver. Nobody in meetings and encounters.
    pub(crate) initiator: Option<usize>,
    /// Everyone else who took part: recipients if somebody started it, else attendees.
    pub(crate) others: Vec<usize>,
    /// The member who recorded it: one of those who took part.
    pub(crate) recorder: usize,
    /// The recorder's private note.
    pub(crate) note: Option<String>,
    /// The subject of a mail or meeting.
    pub(crate) subject: Option<String>,
    /// What identifies it; one of a kind.
    pub(crate) source_key: String,
}

/// Something known of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fact {
    /// Of whom.
    pub(crate) person: usize,
    /// The member who noted it: one who knows them.
    pub(crate) author: usize,
    /// Interest, expertise, need or offer.
    pub(crate) kind: fact::Kind,
    /// The fact, in a sentence.
    pub(crate) text: String,
    /// Where it comes from, in a few words.
    pub(crate) source: String,
}

/// A promise, either way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Promise {
    /// Whose follow-up it is.
    pub(crate) member: usize,
    /// With whom.
    pub(crate) person: usize,
    /// True when the member promised, false when the person did.
    pub(crate) mine: bool,
    /// What was promised.
    pub(crate) text: String,
    /// When it falls due, in seconds after `now`.
    pub(crate) due_in_s: u32,
}

/// The people whom the first screen shows, seen from `me`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Cast {
    /// The member who looks at the demo.
    pub(crate) me: usize,
    /// Strong ties of `me`.
    pub(crate) strong: [usize; 3],
    /// Ties of `me` that were strong and are fading; each fell due some days ago.
    pub(crate) fading: [usize; 3],
    /// In touch every week, and not last week: falls due within the next days, and is still strong.
    pub(crate) due_soon: usize,
    /// Whom `me` promised something for today.
    pub(crate) promised: usize,
    /// Met at a conference in the last two days: the second contact is due within the next two.
    pub(crate) new: [usize; 4],
    /// Introduced to `me` two or three weeks ago and met since: the third contact is due in a few
    /// days.
    pub(crate) introduced: usize,
    /// Not known to `me`, but well known to two colleagues: worth asking who knows them.
    pub(crate) door: usize,
}

/// The season that ends at `now`: the same for the same `now` and `seed`.
///
/// It begins 730 days earlier, so `now` should lie after 1972 (an interaction before 1970 is
/// refused everywhere).
pub(crate) fn season(now: Timestamp, seed: u64) -> Season {
    let world = World::new(now, seed);
    let mut diary = Diary::new(&world);
    team::write(&mut diary);
    projects::write(&mut diary);
    rhythms::write(&mut diary);
    gatherings::write(&mut diary);
    // Gifts look at who knows whom, so they come after the ties; the cast comes last, untouched.
    gifts::write(&mut diary);
    let cast = cast::write(&mut diary);
    let acquaintance = diary.acquaintance();
    let mut facts = facts::noted(&world, &acquaintance);
    facts.extend(conference::of_members());
    let meetups = conference::all(&world);
    let promises = promises::made(&world, &acquaintance);
    let arrives_soon = promises::arriving_soon();
    let moments = diary.finish();

    let mut members = world.everybody;
    let people = members.split_off(directory::MEMBERS);
    Season {
        now,
        organisation: directory::ORGANISATION.to_owned(),
        members,
        people,
        moments,
        facts,
        promises,
        arrives_soon,
        meetups,
        cast,
    }
}
