//! What two texts have in common, in words that say something.
//!
//! Two texts meet where they share two words at least, or one that few others have. Words that everybody uses say
//! nothing: they are left out, as are those that stand in many of the texts at hand.

use std::collections::{BTreeSet, HashMap};

use crate::search::{stem, stems, words};
use crate::wording::is_verb;

/// Words that say nothing of what a text is about.
const EMPTY: &str = "a about after again ago all almost alone along already also always am an and another any anybody \
    anyone anything are around as ask at away back be because been before behind being best better between big both \
    bring build but buy by call can care city come company could course cover day deal did different do does done down \
    during each early easy eight either else end enough even evening every everybody everyone everything far few \
    field find first five for four free from full further get give go good great group half hand hang has have he help \
    her here hers him his hold home hope hour how hundred i idea if in include included interest interested into is it \
    its just keep kind know knows large largest last late learn least leave lend less let life like little live long \
    look lot love low made main make man many matter may me mean meet member met might mind month more morning most \
    much must my name near need never new next nice nine no nobody none nor not note nothing now number of off \
    offer office often old on once one only open or other others our out over own part people perhaps person piece place \
    plan please point possible project put quarter question quite rather read ready real really region right room run \
    said same saw say second see seek seen sell set seven several share she short should show side since sit six small \
    so some somebody someone something sometimes soon speak spend stand start still stop such suggest sure survive take \
    talk team tell ten than that the their them themselves then there these they thing think third this those though \
    thousand three through time to today together told tomorrow too took town toward try turn twelve twenty two under \
    understand until up upon us use used very via visit wait want was watch way we week well went were what when where \
    whether which while who whole whom whose why will wish with within without woman word work worked worker working \
    would write year yes yet you young your forty fifty sixty dozen eighteenth century";

/// Words that may stand between those that are shared, in a phrase.
const BETWEEN: [&str; 10] = [
    "of", "for", "from", "and", "the", "a", "an", "working", "other", "good",
];
/// One of these may, too.
const PREPOSITIONS: [&str; 5] = ["in", "on", "at", "by", "to"];
/// Nouns of one that need no article: they name what is not counted.
const UNCOUNTED: &str = "advice biodiversity concrete cooking craft data design energy equipment food furniture glass \
    heat heating help housing iron knowledge language lighting logistics machinery making material music noise paint \
    power publishing rain repair research reuse rubble sailing shipping software sound steel stone storage timber \
    training transport travel waste water weather wind wood writing";

/// Where people work or meet: not enough by itself, however few others say it.
const PLACES: [&str; 11] = [
    "workshop",
    "harbour",
    "harbor",
    "studio",
    "school",
    "college",
    "centre",
    "center",
    "conference",
    "meeting",
    "event",
];

/// How many texts of those at hand may have a word, for it to be enough by itself.
const FEW: usize = 4;
/// The shortest word that is enough by itself.
const LONG: usize = 5;

/// Texts, and in how many of them each word stands.
#[derive(Debug)]
pub(super) struct Corpus {
    empty: BTreeSet<String>,
    standing: HashMap<String, usize>,
}

/// What two texts have in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Shared {
    /// How many words.
    pub(super) words: usize,
    /// Those words as one of the texts has them, with what stands between: "noise measurements from a working quay".
    pub(super) phrase: String,
}

impl Shared {
    /// Whether it can be said aloud: more than a single word, which may mean something else to the other; and many of
    /// something, one with an article, or what is not counted.
    #[must_use]
    pub(super) fn is_sayable(&self) -> bool {
        let words: Vec<String> = words(&self.phrase);
        // What it is about stands before the first of these: "noise measurements from a quay".
        let joins = |word: &&String| {
            let word = word.as_str();
            matches!(word, "of" | "for" | "from" | "and") || PREPOSITIONS.contains(&word)
        };
        let head = words.iter().take_while(|word| !joins(word));
        let (Some(first), Some(last)) = (words.first(), head.last()) else {
            return false;
        };
        let has_article = matches!(first.as_str(), "a" | "an" | "the");
        let is_many = stem(last) != *last;
        let is_uncounted = UNCOUNTED.split_whitespace().any(|word| word == last);
        words.len() - usize::from(has_article) > 1 && (has_article || is_many || is_uncounted)
    }
}

impl Corpus {
    /// Of these texts.
    pub(super) fn of<'t>(texts: impl IntoIterator<Item = &'t str>) -> Self {
        let empty = EMPTY.split_whitespace().map(stem).collect();
        let mut standing = HashMap::new();
        for text in texts {
            for word in stems(text) {
                *standing.entry(word).or_default() += 1;
            }
        }
        Self { empty, standing }
    }

    /// The words of a text that say something. The verb with which notes begin says nothing of what they are about.
    #[must_use]
    pub(super) fn telling(&self, text: &str) -> BTreeSet<String> {
        let (first, rest) = text.trim().split_once(' ').unwrap_or(("", text));
        let mut all = if is_verb(first) {
            stems(rest)
        } else {
            stems(text)
        };
        all.retain(|word| {
            let has_letters = word.chars().any(char::is_alphabetic);
            has_letters && word.chars().count() > 2 && !self.empty.contains(word)
        });
        all
    }

    /// What a text, whose telling words are these, has in common with another one.
    #[must_use]
    pub(super) fn shared(&self, mine: &BTreeSet<String>, theirs: &str) -> Option<Shared> {
        let other = self.telling(theirs);
        let both: BTreeSet<&String> = mine.intersection(&other).collect();
        let is_rare = |word: &&&String| {
            let standing = self.standing.get(**word).copied().unwrap_or_default();
            let is_place = PLACES.contains(&word.as_str());
            word.chars().count() >= LONG && standing <= FEW && !is_place
        };
        let is_enough = both.len() >= 2 || both.iter().any(|word| is_rare(&word));
        if !is_enough {
            return None;
        }
        let phrase = Self::phrase(theirs, &both)?;
        Some(Shared {
            words: both.len(),
            phrase,
        })
    }

    /// The longest run of shared words in a text, with empty words between them.
    fn phrase(text: &str, shared: &BTreeSet<&String>) -> Option<String> {
        let tokens: Vec<&str> = text.split_whitespace().collect();
        let mut best: (usize, usize, usize) = (0, 0, 0);
        let mut run: Option<(usize, usize, usize)> = None;
        for (at, token) in tokens.iter().enumerate() {
            let parts: Vec<String> = words(token).iter().map(|word| stem(word)).collect();
            let hits = parts.iter().filter(|part| shared.contains(part)).count();
            let is_one_of = |some: &[&str]| parts.iter().all(|part| some.contains(&part.as_str()));
            let is_preposition = is_one_of(&PREPOSITIONS);
            match (&mut run, hits) {
                (Some((count, _, end)), 1..) => {
                    *count += hits;
                    *end = at;
                }
                (None, 1..) => run = Some((hits, at, at)),
                // Up to three such words belong to one phrase, no other one does.
                (Some((_, _, end)), 0) if is_one_of(&BETWEEN) && at - *end <= 3 => {}
                (Some((_, _, end)), 0) if is_preposition && at - *end == 1 => {}
                (_, 0) => run = None,
            }
            if let Some(found) = run
                && found.0 > best.0
            {
                best = found;
            }
            // A phrase ends where its part of the sentence does.
            if token.ends_with([',', ';', ':', '.', '!', '?', ')']) {
                run = None;
            }
        }
        let (count, begin, end) = best;
        if count == 0 {
            return None;
        }
        // An article in front belongs to it.
        let article = begin
            .checked_sub(1)
            .map(|before| tokens[before].to_lowercase());
        let has_article = article.is_some_and(|word| matches!(word.as_str(), "a" | "an" | "the"));
        let begin = begin - usize::from(has_article);
        let phrase = tokens[begin..=end].join(" ");
        let is_outer = |c: char| !c.is_alphanumeric();
        Some(phrase.trim_matches(is_outer).to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shared(mine: &str, theirs: &str) -> Option<String> {
        let others = (0..9).map(|_| "A workshop of machines and harbours");
        let corpus = Corpus::of([mine, theirs].into_iter().chain(others));
        let mine = corpus.telling(mine);
        corpus.shared(&mine, theirs).map(|shared| shared.phrase)
    }

    #[test]
    fn needs_meet_offers_by_what_they_are_about() {
        let all = [
            (
                "Has half a reuse hall empty: room for large used parts such as heat exchangers.",
                "Needs a hall to keep two dozen used heat exchangers until they find a second home.",
                Some("heat exchangers"),
            ),
            (
                "Shares five years of noise measurements from a working quay.",
                "Looks for noise measurements from a working quay.",
                Some("noise measurements from a working quay"),
            ),
            (
                "Has benches to spare and apprentices who want to work with moulds.",
                "Looks for a workshop that will use forty years of boat moulds.",
                Some("moulds"),
            ),
            (
                "Shows the terminal after dark to a writer or two: harbours at night are her pride.",
                "Needs a port that lets a writer in after dark, for her series on harbours at night.",
                Some("harbours at night"),
            ),
            ("Runs a workshop.", "Needs a workshop for a week.", None),
            (
                "Introduces repair studios to ports that throw good parts away.",
                "Looks for a studio that will use forty years of boat moulds.",
                None,
            ),
            (
                "Knows people in many places.",
                "Needs people in new places.",
                None,
            ),
        ];
        for (mine, theirs, phrase) in all {
            assert_eq!(shared(mine, theirs).as_deref(), phrase, "{theirs}");
        }
    }

    #[test]
    fn what_is_said_aloud_is_a_phrase_that_stands_by_itself() {
        let of = |phrase: &str| Shared {
            words: 1,
            phrase: phrase.to_owned(),
        };
        assert!(of("tide data").is_sayable());
        assert!(of("tide mills on the coast").is_sayable());
        assert!(of("heat pumps").is_sayable());
        assert!(of("a grant application").is_sayable());
        assert!(!of("grant application").is_sayable());
        assert!(!of("moulds").is_sayable());
    }
}
