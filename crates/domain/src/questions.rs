//! Questions worth asking somebody: a bank of them, and which ones to ask whom.
//!
//! People like to be asked, past "what do you do?". The bank has topics, each at three depths: what one asks
//! somebody just met, what belongs to a tie that grows, and what is asked of somebody one knows well. None is about
//! health, faith, politics, family or pay; a topic that is [`For::Raised`] is only for those who spoke of it
//! themselves.

use std::collections::{BTreeSet, HashSet};
use std::fmt;
use std::str::FromStr;
use std::sync::LazyLock;

use crate::search::stems;

mod choice;
mod parse;
pub use choice::{Asked, Known, choose, next};

/// How deep a question goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Depth {
    /// For somebody just met.
    Opening,
    /// For a tie that grows: work, decisions, lessons.
    Professional,
    /// For somebody known well: motives, and what matters.
    Personal,
}

impl Depth {
    /// Every depth, the lightest first.
    pub const ALL: [Self; 3] = [Self::Opening, Self::Professional, Self::Personal];

    /// Its word, as ids have it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Opening => "opening",
            Self::Professional => "professional",
            Self::Personal => "personal",
        }
    }
}

/// Whom the questions of a topic are for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum For {
    /// Anybody.
    Anyone,
    /// Somebody whose company is known.
    Company,
    /// Somebody who gives a talk.
    Talk,
    /// Somebody at a gathering.
    Gathering,
    /// Somebody met before, and not lately.
    Known,
    /// Somebody of whom no need is known.
    Needs,
    /// Somebody of whom it is not known what they would give.
    Offers,
    /// Somebody of whom a word of these is known.
    Words(BTreeSet<String>),
    /// Somebody who spoke of one of these themselves.
    Raised(BTreeSet<String>),
}

/// What questions are about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its name, which never changes.
    pub slug: String,
    /// A noun phrase: "renewable energy".
    pub about: String,
    /// Whom it is for.
    pub whom: For,
}

/// One question of the bank.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// What it is about.
    pub topic: &'static Topic,
    /// How deep it goes.
    pub depth: Depth,
    /// Its number among those of topic and depth.
    pub number: u16,
    /// The question; `{company}`, `{talk}` and `{gathering}` stand for their names.
    pub text: String,
}

impl Question {
    /// Its id: `energy.opening.1`. It never changes, and never means another question.
    #[must_use]
    pub fn id(&self) -> String {
        let (slug, depth) = (&self.topic.slug, self.depth.as_str());
        format!("{slug}.{depth}.{}", self.number)
    }
}

/// All questions, in the order of the bank.
#[derive(Debug)]
pub struct Bank(Vec<Question>);

static BANK: LazyLock<Bank> = LazyLock::new(|| {
    // The tests read every line of it.
    Bank(parse::bank(include_str!("questions/bank.txt")).unwrap_or_default())
});

impl Bank {
    /// The bank.
    #[must_use]
    pub fn get() -> &'static Self {
        &BANK
    }

    /// Every question.
    pub fn iter(&self) -> impl Iterator<Item = &Question> {
        self.0.iter()
    }

    /// The question with this id.
    #[must_use]
    pub fn find(&self, id: &str) -> Option<&Question> {
        self.0.iter().find(|question| question.id() == id)
    }

    /// Questions of a topic at a depth.
    fn of<'b>(&'b self, slug: &'b str, depth: Depth) -> impl Iterator<Item = &'b Question> {
        let is_of = move |q: &&Question| q.topic.slug == slug && q.depth == depth;
        self.0.iter().filter(is_of)
    }

    /// The topics, in the order of the bank.
    pub fn topics(&self) -> impl Iterator<Item = &'static Topic> {
        let mut seen = HashSet::new();
        let topics = self.0.iter().map(|question| question.topic);
        topics.filter(move |topic| seen.insert(topic.slug.as_str()))
    }
}

/// Topics that a text is about, by the words of it: those with most of them first.
#[must_use]
pub fn topics_of(text: &str) -> Vec<&'static Topic> {
    topics_with(text, 1)
}

/// Topics of which a text has at least so many words.
fn topics_with(text: &str, least: usize) -> Vec<&'static Topic> {
    let stems = stems(text);
    let hits = |topic: &Topic| match &topic.whom {
        For::Words(words) | For::Raised(words) => words.intersection(&stems).count(),
        _ => 0,
    };
    let mut found: Vec<(usize, &Topic)> = Bank::get()
        .topics()
        .map(|topic| (hits(topic), topic))
        .filter(|(hits, _)| *hits >= least)
        .collect();
    found.sort_by_key(|(hits, _)| std::cmp::Reverse(*hits));
    found.into_iter().map(|(_, topic)| topic).collect()
}

impl FromStr for Depth {
    type Err = NoDepth;

    fn from_str(text: &str) -> Result<Self, NoDepth> {
        let found = Self::ALL.into_iter().find(|depth| depth.as_str() == text);
        found.ok_or(NoDepth)
    }
}

/// There is no such depth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be opening, professional or personal")]
pub struct NoDepth;

impl fmt::Display for Depth {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests;
