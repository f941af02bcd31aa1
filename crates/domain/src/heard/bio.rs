//! What a bio proposes: sentences of it that say what somebody does, needs or cares about, as facts would say it.
//!
//! Nothing is known by a bio until a member confirms it: it is what somebody wrote for a programme, and may be of
//! another person of that name.

use super::{THEY, kind_of, lower};
use crate::fact::Kind;
use crate::text::folded;
use crate::wording::{capital, is_verb, sentences, without_end};

/// The most facts that a bio proposes.
pub const MOST_PROPOSED: usize = 10;

/// A fact that a bio proposes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proposed {
    /// What it is about.
    pub kind: Kind,
    /// The fact: "Builds grids."
    pub text: String,
    /// The sentence that says so: "Kim builds grids."
    pub sentence: String,
}

/// What the bio of somebody of this name proposes.
#[must_use]
pub fn proposed(bio: &str, name: &str) -> Vec<Proposed> {
    let name: Vec<String> = folded(name).split(' ').map(ToOwned::to_owned).collect();
    let all = sentences(bio).into_iter().filter_map(|sentence| {
        let words: Vec<&str> = without_end(sentence).split_whitespace().collect();
        // By their name, a part of it, or as one speaks of somebody; or the sentence begins with its verb.
        let is_theirs = |word: &&&str| {
            let bare = folded(word.trim_matches(|c: char| !c.is_alphanumeric()));
            name.contains(&bare) || THEY.contains(&bare.as_str())
        };
        let subject = words.iter().take_while(is_theirs).count();
        let said = &words[subject..];
        let verb = said.first().filter(|word| is_verb(&lower(word)))?;
        let is_whole = said.len() > 1 && (subject > 0 || verb.starts_with(char::is_uppercase));
        let text = said.join(" ");
        is_whole.then(|| Proposed {
            kind: kind_of(&text),
            text: format!("{}.", capital(&text)),
            sentence: sentence.to_owned(),
        })
    });
    all.take(MOST_PROPOSED).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sentences_about_somebody_become_facts_with_the_sentence_as_their_source() {
        let bio = "Kim Park builds grids that survive storms. She needs a year of tide data! In 2019 the firm moved. \
                   Is based in Porto. Interested in tides. The team runs labs. She is looking for a workshop. \
                   Kim has written three books. Knows";
        let proposed = proposed(bio, "Kim Park");
        let short: Vec<_> = proposed
            .iter()
            .map(|one| (one.kind, one.text.as_str(), one.sentence.as_str()))
            .collect();
        assert_eq!(
            short,
            [
                (
                    Kind::Expertise,
                    "Builds grids that survive storms.",
                    "Kim Park builds grids that survive storms."
                ),
                (
                    Kind::Need,
                    "Needs a year of tide data.",
                    "She needs a year of tide data!"
                ),
                (Kind::Expertise, "Is based in Porto.", "Is based in Porto."),
                (
                    Kind::Interest,
                    "Interested in tides.",
                    "Interested in tides."
                ),
                (
                    Kind::Need,
                    "Is looking for a workshop.",
                    "She is looking for a workshop."
                ),
                (
                    Kind::Expertise,
                    "Has written three books.",
                    "Kim has written three books."
                ),
            ]
        );
        assert!(super::proposed("", "Kim").is_empty());
    }
}
