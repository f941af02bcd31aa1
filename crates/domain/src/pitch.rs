//! The pitch: who one is, in three sentences at most.
//!
//! What one is good at, what makes one unique, and what one has in common with the person one is about to meet; the
//! last is left out where there is nothing. Each sentence rests on something that was noted, and says so. Nothing is
//! made up: where no note can be said aloud, there is no sentence.

use std::collections::BTreeSet;

use crate::search::stems;
use crate::wording::{Speaker, count_words, first_person, sentences};

/// The most sentences of a pitch.
pub const MOST_SENTENCES: usize = 3;
/// The most words of a pitch.
pub const MOST_WORDS: usize = 60;

/// More than a pitch may be.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "must be at most {MOST_SENTENCES} sentences and {MOST_WORDS} words, and has {sentences} and {words}"
)]
pub struct TooLong {
    /// How many sentences there are.
    pub sentences: usize,
    /// How many words there are.
    pub words: usize,
}

/// Whether a text is short enough for a pitch.
pub fn check(text: &str) -> Result<(), TooLong> {
    let (sentences, words) = (sentences(text).len(), count_words(text));
    if sentences <= MOST_SENTENCES && words <= MOST_WORDS {
        Ok(())
    } else {
        Err(TooLong { sentences, words })
    }
}

/// A sentence, and what it rests on: `S` names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sentence<S> {
    /// The words.
    pub text: String,
    /// What it rests on, at least one.
    pub sources: Vec<S>,
}

/// At most [`MOST_SENTENCES`] of at most [`MOST_WORDS`] words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pitch<S>(Vec<Sentence<S>>);

impl<S> Default for Pitch<S> {
    fn default() -> Self {
        Self(vec![])
    }
}

/// What a pitch is made of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Material<'a, S> {
    /// Of whom it is.
    pub speaker: Speaker<'a>,
    /// How the speaker put it themselves, if they did: it comes before everything.
    pub own_words: Option<(&'a str, S)>,
    /// Notes of what they are good at.
    pub good_at: Vec<(&'a str, S)>,
    /// Notes of what makes them unlike others, what does so most first. One may be in both.
    pub unlike_others: Vec<(&'a str, S)>,
    /// What they have in common with the listener, best first, ready to be said.
    pub in_common: Vec<Sentence<S>>,
    /// Different for different listeners, so that two in one room do not hear the same words.
    pub variant: usize,
    /// How much of the notes is said.
    pub extent: Extent,
}

/// How much a pitch says of what was noted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Extent {
    /// What one is good at, and what makes one unlike others; of who is good at nothing, two of the latter.
    Both,
    /// The first of these alone.
    First,
    /// The second of these alone.
    Second,
}

impl<S: Clone + PartialEq> Pitch<S> {
    /// Made of these sentences.
    pub fn try_new(sentences: Vec<Sentence<S>>) -> Result<Self, TooLong> {
        let texts: Vec<&str> = sentences.iter().map(|one| one.text.as_str()).collect();
        check(&texts.join(" "))?;
        Ok(Self(sentences))
    }

    /// The best that the material gives, within the limits: what does not fit is left out, the last part first.
    #[must_use]
    pub fn of(material: &Material<'_, S>) -> Self {
        let mut said = Self::default();
        let own = material.own_words.iter();
        let own: Vec<Sentence<S>> = own
            .flat_map(|(text, source)| {
                let of = |text: &str| Sentence {
                    text: text.to_owned(),
                    sources: vec![source.clone()],
                };
                sentences(text).into_iter().map(of).collect::<Vec<_>>()
            })
            .collect();
        let about: Vec<Sentence<S>> = if own.is_empty() {
            two_of(material)
        } else {
            own
        };
        for sentence in about {
            said.add(sentence);
        }
        for sentence in &material.in_common {
            if said.add(sentence.clone()) {
                break;
            }
        }
        said
    }

    /// Adds a sentence, if it still fits.
    fn add(&mut self, sentence: Sentence<S>) -> bool {
        let mut all = self.0.clone();
        all.push(sentence);
        let fits = Self::try_new(all);
        let is_added = fits.is_ok();
        if let Ok(longer) = fits {
            *self = longer;
        }
        is_added
    }

    /// Its sentences.
    #[must_use]
    pub fn sentences(&self) -> &[Sentence<S>] {
        &self.0
    }

    /// The words.
    #[must_use]
    pub fn text(&self) -> String {
        let texts: Vec<&str> = self.0.iter().map(|one| one.text.as_str()).collect();
        texts.join(" ")
    }
}

/// A note takes no more than this of a pitch, in words: there is something in common to be said too.
const LONGEST_NOTE: usize = 24;

/// What one is good at, and what makes one unlike others: other notes for each variant.
fn two_of<S: Clone + PartialEq>(material: &Material<'_, S>) -> Vec<Sentence<S>> {
    let Material {
        speaker, variant, ..
    } = *material;
    let sayable = |notes: &[(&str, S)]| -> Vec<Sentence<S>> {
        let sayable = notes.iter().filter_map(|(note, source)| {
            let text = first_person(note, speaker)?;
            let is_short = count_words(&text) <= LONGEST_NOTE && sentences(&text).len() == 1;
            is_short.then(|| Sentence {
                text,
                sources: vec![source.clone()],
            })
        });
        sayable.collect()
    };
    let good_at = sayable(&material.good_at);
    let mut said: Vec<Sentence<S>> = Vec::new();
    let count = good_at.len().max(1);
    said.extend(good_at.into_iter().nth(variant % count));
    let mut unlike = sayable(&material.unlike_others);
    // Not the same again in other words.
    let long = |text: &str| -> BTreeSet<String> {
        let mut stems = stems(text);
        stems.retain(|word| word.len() > 3);
        stems
    };
    let repeats = |one: &Sentence<S>| {
        let words = long(&one.text);
        let both = |other: &Sentence<S>| long(&other.text).intersection(&words).count() > 1;
        said.iter().chain(&material.in_common).any(both)
    };
    unlike.retain(|one| !said.contains(one) && !repeats(one));
    let wanted = 2 - said.len();
    let turn = variant / count % unlike.len().max(1);
    unlike.rotate_left(turn);
    said.extend(unlike.into_iter().take(wanted));
    if said.len() > 1 {
        match material.extent {
            Extent::Both => {}
            Extent::First => said.truncate(1),
            Extent::Second => drop(said.remove(0)),
        }
    }
    if let (Speaker::Organisation(name), Some(first)) = (speaker, said.first_mut())
        && let Some(rest) = first.text.strip_prefix("We ")
    {
        first.text = format!("At {name} we {rest}");
    }
    said
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    fn numbered<'a>(notes: &[&'a str]) -> Vec<(&'a str, usize)> {
        notes
            .iter()
            .enumerate()
            .map(|(n, note)| (*note, n))
            .collect()
    }

    fn material<'a>(notes: &[&'a str], variant: usize) -> Material<'a, usize> {
        Material {
            speaker: Speaker::Oneself,
            own_words: None,
            good_at: numbered(notes),
            unlike_others: numbered(notes),
            in_common: vec![Sentence {
                text: "We both care about tides.".to_owned(),
                sources: vec![90, 91],
            }],
            variant,
            extent: Extent::Both,
        }
    }

    #[test]
    fn a_pitch_says_two_notes_and_what_is_in_common_each_with_its_source() {
        let said = Pitch::of(&material(
            &["Knows tides.", "Builds gauges that survive the winter."],
            0,
        ));
        assert_eq!(
            said.text(),
            "I know tides. I build gauges that survive the winter. We both care about tides."
        );
        let sources: Vec<_> = said
            .sentences()
            .iter()
            .map(|one| one.sources.clone())
            .collect();
        assert_eq!(sources, [vec![0], vec![1], vec![90, 91]]);
    }

    #[test]
    fn one_s_own_words_come_first() {
        let own = Material {
            own_words: Some(("I plan grids. They survive storms.", 7)),
            ..material(&["Knows tides."], 0)
        };
        assert_eq!(
            Pitch::of(&own).text(),
            "I plan grids. They survive storms. We both care about tides."
        );
    }

    #[test]
    fn more_than_three_sentences_or_sixty_words_are_refused_with_their_count() {
        let refused = check("One. Two. Three. Four.").unwrap_err();
        assert_eq!((refused.sentences, refused.words), (4, 4));
        assert_eq!(
            refused.to_string(),
            "must be at most 3 sentences and 60 words, and has 4 and 4"
        );
        assert_eq!(check(&"word ".repeat(60)), Ok(()));
        assert_eq!(check(&"word ".repeat(61)).unwrap_err().words, 61);
    }

    #[test]
    fn people_in_one_room_do_not_hear_the_same_words_as_far_as_there_are_others() {
        let notes = [
            "Knows tides.",
            "Builds gauges.",
            "Reads maps.",
            "Teaches sailing.",
        ];
        let heard: HashSet<String> = (0..12)
            .map(|variant| Pitch::of(&material(&notes, variant)).text())
            .collect();
        assert_eq!(heard.len(), 12, "{heard:?}");
    }

    #[test]
    fn either_half_can_be_said_alone() {
        let said = |extent| {
            let half = Material {
                extent,
                in_common: vec![],
                ..material(&["Knows tides.", "Builds gauges."], 0)
            };
            Pitch::of(&half).text()
        };
        assert_eq!(said(Extent::First), "I know tides.");
        assert_eq!(said(Extent::Second), "I build gauges.");
    }

    #[test]
    fn an_organisation_says_its_name() {
        let ours = Material {
            speaker: Speaker::Organisation("Kith"),
            in_common: vec![],
            ..material(&["Knows tides.", "Builds gauges."], 0)
        };
        assert_eq!(
            Pitch::of(&ours).text(),
            "At Kith we know tides. We build gauges."
        );
    }

    #[test]
    fn nobody_says_what_they_would_not_say_of_themselves() {
        let said = Pitch::of(&material(&["Tides", "Her harbours."], 0));
        assert_eq!(said.text(), "We both care about tides.");
    }
}
