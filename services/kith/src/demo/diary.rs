//! How a moment is put down: threads, calls, meetings, encounters, introductions, favours.

use std::collections::BTreeMap;

use kith_domain::interaction::Kind;
use kith_domain::time::{MINUTE, Timestamp};

use super::Moment;
use super::calendar::{Calendar, Day};
use super::dice::Dice;
use super::directory::{World, is_member};
use super::words::{Manner, Words, told};

/// How often a member knows somebody: moments by (member, person), both indices.
pub(super) type Acquaintance = BTreeMap<(usize, usize), usize>;

/// Who was in touch: a member, and somebody else.
#[derive(Debug, Clone, Copy)]
pub(super) struct Pair {
    /// The member, who records it.
    pub(super) member: usize,
    /// The other; may be a member too.
    pub(super) person: usize,
}

/// The moments of a season while it is written.
pub(super) struct Diary<'a> {
    /// Whose diary it is.
    pub(super) world: &'a World,
    moments: Vec<Moment>,
}

impl<'a> Diary<'a> {
    /// An empty diary.
    pub(super) fn new(world: &'a World) -> Self {
        Self {
            world,
            moments: Vec::new(),
        }
    }

    /// What was put down so far, in the order of writing.
    pub(super) fn moments(&self) -> &[Moment] {
        &self.moments
    }

    /// Puts a moment down, unless it has not happened yet.
    pub(super) fn add(&mut self, moment: Moment) {
        if moment.at <= self.world.calendar.now {
            self.moments.push(moment);
        }
    }

    /// Who knows whom, and how many moments they shared.
    pub(super) fn acquaintance(&self) -> Acquaintance {
        let mut known = Acquaintance::new();
        for moment in &self.moments {
            let all = moment.others.iter().chain(&moment.initiator);
            for person in all.filter(|person| !is_member(**person)) {
                *known.entry((moment.recorder, *person)).or_default() += 1;
            }
        }
        known
    }

    /// All moments, oldest first, each with its source key.
    pub(super) fn finish(self) -> Vec<Moment> {
        let mut moments = self.moments;
        moments.sort_by_key(|moment| moment.at);
        for (number, moment) in moments.iter_mut().enumerate() {
            moment.source_key = format!("demo-{number:05}");
        }
        moments
    }

    /// One day's contact between two people, in their manner.
    pub(super) fn contact(&mut self, dice: &mut Dice, pair: Pair, day: Day, manner: Manner) {
        let kind = dice.pick(manner.kinds());
        self.contact_of(dice, pair, day, kind, manner.words());
    }

    /// One day's contact of a given kind.
    pub(super) fn contact_of(
        &mut self,
        dice: &mut Dice,
        pair: Pair,
        day: Day,
        kind: Kind,
        words: &Words,
    ) {
        let who = &self.world.everybody[pair.person];
        let note = dice.chance(12).then(|| told(dice.pick(words.notes), who));
        let subject = told(dice.pick(words.subjects), who);
        let at = Calendar::moment(dice, day);
        match kind {
            Kind::Call => self.call(dice, pair, at, note),
            Kind::Meeting => {
                let at = Calendar::appointment(dice, day);
                self.meeting(dice, &[pair.member, pair.person], at, Some(subject), note);
            }
            Kind::Message => self.messages(dice, pair, at),
            _ => self.thread(dice, pair, at, &subject),
        }
    }

    /// One to four mails to and fro; a third of them come without a subject worth keeping.
    pub(super) fn thread(&mut self, dice: &mut Dice, pair: Pair, at: Timestamp, subject: &str) {
        let subject = (!dice.chance(33)).then(|| subject.to_owned());
        let mails = dice.pick(&[1, 1, 1, 2, 2, 3, 4]);
        let mut at = at;
        let mut sender_is_member = dice.chance(50);
        for number in 0..mails {
            let subject = match (&subject, number) {
                (Some(subject), 1..) => Some(format!("Re: {subject}")),
                (subject, _) => subject.clone(),
            };
            let mail = between(Kind::Mail, at, pair, sender_is_member);
            self.add(Moment { subject, ..mail });
            at = at.plus_micros(dice.between(5, 200) * MINUTE + dice.between(0, 59) * 1_000_000);
            sender_is_member = !sender_is_member;
        }
    }

    /// A few short messages within minutes.
    pub(super) fn messages(&mut self, dice: &mut Dice, pair: Pair, at: Timestamp) {
        let mut at = at;
        for _ in 0..dice.between(1, 3) {
            let member_writes = dice.chance(50);
            self.add(between(Kind::Message, at, pair, member_writes));
            at = at.plus_micros(dice.between(1, 12) * MINUTE);
        }
    }

    /// A call of 5 to 45 minutes.
    pub(super) fn call(
        &mut self,
        dice: &mut Dice,
        pair: Pair,
        at: Timestamp,
        note: Option<String>,
    ) {
        let duration_s = dice.between(300, 2_700) as u32;
        let member_calls = dice.chance(55);
        let call = between(Kind::Call, at, pair, member_calls);
        self.add(Moment {
            duration_s,
            note,
            ..call
        });
    }

    /// A meeting of half an hour to an hour and a half; the first of `who` records it.
    pub(super) fn meeting(
        &mut self,
        dice: &mut Dice,
        who: &[usize],
        at: Timestamp,
        subject: Option<String>,
        note: Option<String>,
    ) {
        let minutes = dice.pick(&[30, 30, 45, 60, 60, 90]);
        self.add(Moment {
            duration_s: minutes * 60,
            subject,
            note,
            ..together(Kind::Meeting, at, who)
        });
    }

    /// Five to twenty-five minutes at a gathering; the first of `who` records it.
    pub(super) fn encounter(
        &mut self,
        dice: &mut Dice,
        who: &[usize],
        at: Timestamp,
        note: Option<String>,
    ) {
        let duration_s = dice.between(300, 1_500) as u32;
        self.add(Moment {
            duration_s,
            note,
            ..together(Kind::Encounter, at, who)
        });
    }

    /// `connector`, a member, introduces two people to each other.
    pub(super) fn introduction(
        &mut self,
        connector: usize,
        introduced: [usize; 2],
        at: Timestamp,
        note: Option<String>,
    ) {
        self.add(Moment {
            initiator: Some(connector),
            recorder: connector,
            note,
            ..together(Kind::Introduction, at, &introduced)
        });
    }
}

/// A moment of two people, started by the member or by the other.
pub(super) fn between(kind: Kind, at: Timestamp, pair: Pair, by_member: bool) -> Moment {
    let (from, to) = if by_member {
        (pair.member, pair.person)
    } else {
        (pair.person, pair.member)
    };
    Moment {
        initiator: Some(from),
        others: vec![to],
        recorder: pair.member,
        ..together(kind, at, &[pair.member, pair.person])
    }
}

/// A moment of several people that nobody started; the first of them, a member, records it.
pub(super) fn together(kind: Kind, at: Timestamp, who: &[usize]) -> Moment {
    Moment {
        kind,
        at,
        duration_s: 0,
        initiator: None,
        others: who.to_vec(),
        recorder: who[0],
        note: None,
        subject: None,
        source_key: String::new(),
    }
}
