//! Whom to meet first, and why.
//!
//! Each reason has a weight; what somebody weighs is the sum, and never shown: the reasons are. Reasons come from
//! what two people could do for each other before anything else, then from what is open between them, then from
//! what they could talk about. Moderate ties bring the most that is new (Rajkumar et al., "A causal test of the
//! strength of weak ties", Science 377, 2022): one to ten mutual contacts weigh more than none or many.

use super::ground::{Common, Ground};
use super::known::{Guest, Person, Source, Tie};
use crate::care::Word;
use crate::pitch::Sentence;
use crate::tie::Band;
use crate::wording::{ago, counted, day};

/// What meeting somebody is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// A tie that lives: make it deeper.
    Deepen,
    /// A tie that has gone quiet: take it up again.
    Renew,
    /// Nobody whom the reader knows yet.
    New,
}

impl Group {
    /// Every group, in the order of [`Group::index`].
    pub const ALL: [Self; 3] = [Self::Deepen, Self::Renew, Self::New];

    /// The position in [`Group::ALL`].
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// Its word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Deepen => "deepen",
            Self::Renew => "renew",
            Self::New => "new",
        }
    }

    /// The group of an attendee.
    #[must_use]
    pub fn of(guest: &Guest) -> Self {
        let tie = guest.person.as_ref().and_then(|person| person.tie);
        match tie.map(|tie| tie.band) {
            None | Some(Band::Unknown) => Self::New,
            Some(Band::Strong | Band::Steady | Band::New) => Self::Deepen,
            Some(Band::Cooling | Band::Dormant) => Self::Renew,
        }
    }
}

/// Why to meet somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reason {
    /// What it weighs among others; below zero it speaks for waiting.
    pub weight: i32,
    /// The reason, in a sentence.
    pub told: Sentence<Source>,
}

/// Points of a reason.
mod weight {
    pub(super) const PROMISED: i32 = 40;
    pub(super) const YOU_CAN_HELP: i32 = 30;
    pub(super) const IMPORTANT: i32 = 25;
    pub(super) const OTHERS_CAN_HELP: i32 = 20;
    pub(super) const THEY_CAN_HELP: i32 = 20;
    pub(super) const PROMISED_TO_YOU: i32 = 15;
    pub(super) const TALK: i32 = 15;
    pub(super) const EMPLOYER: i32 = 12;
    pub(super) const WARM: i32 = 12;
    pub(super) const INTEREST: i32 = 10;
    pub(super) const SOME_CONTACTS: i32 = 10;
    pub(super) const OTHERS_HELPED: i32 = 8;
    pub(super) const VISIT: i32 = 6;
    pub(super) const QUIET: i32 = 4;
    pub(super) const MANY_CONTACTS: i32 = 3;
    pub(super) const NEW_TIE: i32 = 3;
    pub(super) const IN_TOUCH: i32 = 2;
    /// Of a tie of full depth that has gone quiet.
    pub(super) const DEEP: f64 = 30.0;
    /// Of a tie of full depth that lives.
    pub(super) const CLOSE: f64 = 10.0;
    pub(super) const LATELY: i32 = -25;
}

/// Mutual contacts up to here are moderate.
const MODERATE: usize = 10;
/// Whoever was spoken to within so many days can wait.
const LATELY: i64 = 14;
/// From this depth on a tie was close.
const CLOSE: f64 = 30.0;

/// Every reason to meet somebody, what weighs most first.
#[must_use]
pub(super) fn reasons(guest: &Guest, common: &[Common]) -> Vec<Reason> {
    let mut all: Vec<Reason> = Vec::new();
    if let Some(person) = &guest.person {
        all.extend(promised(person));
        all.extend(person.tie.iter().flat_map(|tie| of_tie(person, tie)));
        all.extend(warm(person));
    }
    all.extend(common.iter().map(|one| of_common(one, guest)));
    all.sort_by_key(|reason| std::cmp::Reverse(reason.weight));
    all
}

/// What speaks for meeting somebody, all in all.
#[must_use]
pub(super) fn points(reasons: &[Reason]) -> i32 {
    reasons.iter().map(|reason| reason.weight).sum()
}

fn reason(weight: i32, text: String, sources: Vec<Source>) -> Reason {
    let told = Sentence { text, sources };
    Reason { weight, told }
}

fn promised(person: &Person) -> Vec<Reason> {
    let open = person.promises.iter().map(|promise| {
        let what = promise.text.as_deref().map(|text| format!(": “{text}”"));
        let what = what.unwrap_or_default();
        let due = if promise.is_overdue { "was due" } else { "due" };
        let due = format!("{due} on {}", day(promise.due));
        let (weight, who) = if promise.is_mine {
            (weight::PROMISED, "You promised them something")
        } else {
            (weight::PROMISED_TO_YOU, "They promised you something")
        };
        let text = format!("{who}{what}, {due}.");
        reason(weight, text, vec![Source::FollowUp(promise.id)])
    });
    open.collect()
}

fn of_tie(person: &Person, tie: &Tie) -> Vec<Reason> {
    let source = || vec![Source::Tie(None, person.id)];
    let mut found = Vec::new();
    if tie.is_important {
        let text = "You marked this tie as important.".to_owned();
        found.push(reason(weight::IMPORTANT, text, source()));
    }
    let silent = ago(tie.silent_days);
    match tie.band {
        Band::Cooling | Band::Dormant if tie.depth >= CLOSE => {
            let points = (tie.depth / 100.0 * weight::DEEP) as i32;
            let text = format!("You were close, and were last in touch {silent}.");
            found.push(reason(points, text, source()));
        }
        Band::Strong | Band::Steady if tie.depth >= CLOSE => {
            let points = (tie.depth / 100.0 * weight::CLOSE) as i32;
            found.push(reason(
                points,
                "You know each other well.".to_owned(),
                source(),
            ));
        }
        Band::Cooling | Band::Dormant => {
            let text = format!("You were last in touch {silent}.");
            found.push(reason(weight::QUIET, text, source()));
        }
        Band::New => {
            let text = "You got to know each other lately: another talk makes it last.".to_owned();
            found.push(reason(weight::NEW_TIE, text, source()));
        }
        Band::Strong | Band::Steady => {
            let text = "You are in touch, and know each other little.".to_owned();
            found.push(reason(weight::IN_TOUCH, text, source()));
        }
        Band::Unknown => {}
    }
    // What is promised does not wait.
    if tie.silent_days <= LATELY && person.promises.is_empty() {
        let text = format!("You were in touch {silent}: there is no hurry.");
        found.push(reason(weight::LATELY, text, source()));
    }
    found
}

/// The colleague who is there too, knows them best, and says who they are.
#[must_use]
pub(super) fn connector(person: &Person) -> Option<(crate::id::PersonId, &str)> {
    let known = person.tie.is_some_and(|tie| tie.band != Band::Unknown);
    let there = person.colleagues.iter().filter(|one| one.is_there);
    let mut named = there.filter_map(|one| one.member.as_ref());
    let (id, name) = named.next()?;
    (!known).then_some((*id, name.as_str()))
}

fn warm(person: &Person) -> Option<Reason> {
    let (id, name) = connector(person)?;
    let text = format!("{name}, who is there too, can introduce you.");
    Some(reason(
        weight::WARM,
        text,
        vec![Source::Tie(Some(id), person.id)],
    ))
}

fn of_common(common: &Common, guest: &Guest) -> Reason {
    let mutual = guest
        .person
        .as_ref()
        .map_or(0, |person| person.mutual.len());
    let points = match common.ground {
        Ground::YouCanHelp => weight::YOU_CAN_HELP,
        Ground::OthersCanHelp => weight::OTHERS_CAN_HELP,
        Ground::TheyCanHelp => weight::THEY_CAN_HELP,
        Ground::TheyCanHelpOthers => weight::OTHERS_HELPED,
        Ground::Talk => weight::TALK,
        Ground::Interest => weight::INTEREST,
        Ground::Employer => weight::EMPLOYER,
        Ground::Contacts if mutual <= MODERATE => weight::SOME_CONTACTS,
        Ground::Contacts => weight::MANY_CONTACTS,
        Ground::Visit => weight::VISIT,
    };
    let told = if common.ground == Ground::Contacts {
        let contacts = counted(mutual as i64, "contact", "contacts");
        Sentence {
            text: format!("You have {contacts} in common."),
            sources: common.told.sources.clone(),
        }
    } else {
        common.told.clone()
    };
    Reason {
        weight: points,
        told,
    }
}

/// Whether somebody is to be left alone: nobody is sent to them.
#[must_use]
pub(super) fn is_left_alone(guest: &Guest) -> bool {
    let person = guest.person.as_ref();
    let Some(tie) = person.and_then(|person| person.tie) else {
        return false;
    };
    let has_promised = person.is_some_and(|person| person.promises.iter().any(|p| p.is_mine));
    match tie.care {
        Word::Never => true,
        Word::Quiet => !has_promised,
        Word::Tend | Word::Undecided => false,
    }
}
