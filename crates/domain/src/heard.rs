//! What somebody writes down right after a talk, understood: "runs a wind farm near Porto; promised the grid paper by
//! friday".
//!
//! A clause that tells of a promise becomes one, with its date; every other clause becomes a fact. The kind of a fact
//! follows from its verb. Whoever is understood wrongly takes it back: nothing is asked in the middle of a talk.

use crate::date::Date;
use crate::fact::Kind;
use crate::wording::{capital, sentences, without_end};

mod bio;
mod by;
pub use bio::{MOST_PROPOSED, Proposed, proposed};
pub use by::By;

/// What was understood.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Heard {
    /// What is known of them now.
    pub facts: Vec<(Kind, String)>,
    /// What was promised.
    pub promises: Vec<Promised>,
}

/// A promise that was made in a talk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promised {
    /// Whether whoever writes made it.
    pub is_mine: bool,
    /// What: "the grid paper".
    pub text: String,
    /// By when, if that was said.
    pub by: Option<By>,
}

/// Who may stand in front of a clause: whoever was spoken to, or whoever writes.
const THEY: [&str; 3] = ["she", "he", "they"];
const WE: [&str; 2] = ["i", "we"];
/// To whom something is promised.
const THEM: [&str; 4] = ["them", "her", "him", "me"];

/// Verbs of needs, offers, interests, preferences and what happened. Others tell of what somebody knows and does.
const NEEDS: [&str; 7] = [
    "needs", "wants", "seeks", "looking", "looks", "misses", "lacks",
];
const OFFERS: [&str; 7] = [
    "offers",
    "lends",
    "gives",
    "shares",
    "has",
    "introduces",
    "shows",
];
const INTERESTS: [&str; 9] = [
    "likes",
    "loves",
    "follows",
    "cares",
    "enjoys",
    "collects",
    "interested",
    "fascinated",
    "curious",
];
const PREFERENCES: [&str; 4] = ["prefers", "hates", "dislikes", "avoids"];
const EVENTS: [&str; 8] = [
    "moved", "moves", "joined", "left", "became", "retires", "changed", "started",
];

/// What a note says.
#[must_use]
pub fn understood(text: &str) -> Heard {
    let mut heard = Heard::default();
    let clauses = sentences(text)
        .into_iter()
        .flat_map(|sentence| sentence.split(';'));
    for clause in clauses {
        let clause = without_end(clause.trim().trim_start_matches("and "));
        if clause.is_empty() {
            continue;
        }
        match promised(clause) {
            Some(promise) => heard.promises.push(promise),
            None => heard.facts.push(fact(clause)),
        }
    }
    heard
}

fn lower(word: &str) -> String {
    word.trim_matches(|c: char| !c.is_alphanumeric() && c != '\'' && c != '’')
        .to_lowercase()
}

/// The promise of a clause: "promised the paper by friday", "I will send the paper", "she promised to call".
fn promised(clause: &str) -> Option<Promised> {
    let words: Vec<&str> = clause.split_whitespace().collect();
    let first = lower(words.first()?);
    let (subject, rest) = if THEY.contains(&first.as_str()) || WE.contains(&first.as_str()) {
        (Some(THEY.contains(&first.as_str())), &words[1..])
    } else {
        (None, &words[..])
    };
    let mut is_theirs = subject;
    let (verb, mut rest) = rest.split_first()?;
    match lower(verb).as_str() {
        "promised" | "promise" | "promises" => {}
        "will" if subject.is_some() => {}
        "i'll" | "i’ll" | "we'll" | "we’ll" => is_theirs = Some(false),
        "she'll" | "he'll" | "they'll" | "she’ll" | "he’ll" | "they’ll" => {
            is_theirs = Some(true);
        }
        _ => return None,
    }
    if let Some((to, after)) = rest.split_first()
        && THEM.contains(&lower(to).as_str())
    {
        // Who promises *me* something is another.
        is_theirs = is_theirs.or(Some(lower(to) == "me"));
        rest = after;
    }
    if let Some((to, after)) = rest.split_first()
        && lower(to) == "to"
    {
        rest = after;
    }
    let (what, by) = by::split(rest);
    let text = what.join(" ");
    let text = text.trim_end_matches([',', ' ']);
    (!text.is_empty()).then(|| Promised {
        is_mine: !is_theirs.unwrap_or(false),
        text: text.to_owned(),
        by,
    })
}

/// The fact of a clause, without the one whom it is about: it stands with them.
fn fact(clause: &str) -> (Kind, String) {
    let mut words: Vec<&str> = clause.split_whitespace().collect();
    if words.len() > 1 && THEY.contains(&lower(words[0]).as_str()) {
        words.remove(0);
    }
    let text = words.join(" ");
    (kind_of(&text), format!("{}.", capital(&text)))
}

/// What a note is about, by the verb with which it begins: *is looking* by *looking*, *has moved* by *moved*.
#[must_use]
pub fn kind_of(note: &str) -> Kind {
    let mut words = note.split_whitespace().map(lower);
    let first = words.next().unwrap_or_default();
    let second = words.next().unwrap_or_default();
    let is_done = first == "has" && (second.ends_with("ed") || second.ends_with("en"));
    let verb: &str = if first == "is" || is_done {
        &second
    } else {
        &first
    };
    let is_one_of = |verbs: &[&str]| verbs.contains(&verb);
    if is_one_of(&NEEDS) {
        Kind::Need
    } else if is_one_of(&OFFERS) {
        Kind::Offer
    } else if is_one_of(&PREFERENCES) {
        Kind::Preference
    } else if is_one_of(&EVENTS) {
        Kind::LifeEvent
    } else if is_done || (!is_one_of(&INTERESTS) && crate::wording::is_verb(&first)) {
        Kind::Expertise
    } else {
        Kind::Interest
    }
}

impl Promised {
    /// The day on which it falls due, seen from a day: a week later, if nothing was said.
    #[must_use]
    pub fn due(&self, today: Date) -> Date {
        match self.by {
            Some(by) => by.day(today),
            None => today.plus_days(7),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::date::Weekday;

    fn promise(text: &str) -> (bool, String, Option<By>) {
        let mut heard = understood(text);
        assert!(heard.facts.is_empty(), "{text}: {heard:?}");
        let promise = heard.promises.pop().unwrap();
        (promise.is_mine, promise.text, promise.by)
    }

    #[test]
    fn a_note_is_understood_clause_by_clause() {
        let heard = understood("runs a wind farm near Porto; promised the grid paper by friday");
        assert_eq!(
            heard.facts,
            [(Kind::Expertise, "Runs a wind farm near Porto.".to_owned())]
        );
        let promise = Promised {
            is_mine: true,
            text: "the grid paper".to_owned(),
            by: Some(By::Weekday(Weekday::Friday)),
        };
        assert_eq!(heard.promises, [promise]);
        let heard =
            understood("She needs a hall. Has two kilns to lend! likes tides; moved to Faro");
        let kinds: Vec<Kind> = heard.facts.iter().map(|(kind, _)| *kind).collect();
        assert_eq!(
            kinds,
            [Kind::Need, Kind::Offer, Kind::Interest, Kind::LifeEvent]
        );
        assert_eq!(heard.facts[0].1, "Needs a hall.");
        assert_eq!(understood(" ; . "), Heard::default());
    }

    #[test]
    fn promises_are_understood_both_ways() {
        let all = [
            ("promised the paper", true, "the paper"),
            ("I promised her the paper by tomorrow", true, "the paper"),
            ("I'll send the paper", true, "send the paper"),
            (
                "we will write to the port by 3 december",
                true,
                "write to the port",
            ),
            ("she promised to call next week", false, "call"),
            ("he promised me a map", false, "a map"),
            ("promised me a map", false, "a map"),
            ("they'll send the plan in two weeks", false, "send the plan"),
        ];
        for (text, is_mine, what) in all {
            let (mine, said, _) = promise(text);
            assert_eq!((mine, said.as_str()), (is_mine, what), "{text}");
        }
    }

    #[test]
    fn a_promise_without_a_date_is_due_in_a_week() {
        let today = Date::new(2026, 12, 30).unwrap();
        let promise = understood("promised the paper").promises.remove(0);
        let due = promise.due(today);
        assert_eq!(due.to_string(), "2027-01-06");
    }
}
