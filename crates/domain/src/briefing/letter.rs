//! The words with which a talk is asked for before the gathering, and left when one has had enough.

use super::known::{Guest, Occasion, Source};
use super::page::{Maker, Page, spread};
use super::rank::Group;
use crate::comfort::Pace;
use crate::pitch::{Pitch, Sentence};
use crate::wording::without_end;

/// From so many days on it has been a while.
const A_WHILE: i64 = 60;

impl Maker<'_> {
    /// What the reserved write before, so that the first word is said when they meet.
    pub(super) fn message(
        &self,
        guest: &Guest,
        group: Group,
        pitch: &Pitch<Source>,
    ) -> Option<Sentence<Source>> {
        if self.reader.pace != Pace::Reserved {
            return None;
        }
        let name = without_end(&self.occasion.name);
        let mut sources = vec![
            Source::Gathering(self.occasion.id),
            Source::Attendee(guest.listed),
        ];
        let person = guest.person.as_ref();
        let silent = person
            .and_then(|person| person.tie)
            .map_or(0, |tie| tie.silent_days);
        let while_ago = if silent >= A_WHILE {
            "It has been a while. "
        } else {
            ""
        };
        let opening = match group {
            Group::Deepen => {
                format!(
                    "I see that you are coming to {name}, and I look forward to seeing you there."
                )
            }
            Group::Renew => format!(
                "{while_ago}I see that you are coming to {name}, and I would like to hear how you are."
            ),
            Group::New => format!("I see that we are both coming to {name}."),
        };
        let mut sentences = vec![opening];
        let promised = person.into_iter().flat_map(|person| &person.promises);
        if let Some(promise) = promised.into_iter().find(|promise| promise.is_mine) {
            sources.push(Source::FollowUp(promise.id));
            sentences.push("I have not forgotten what I promised you.".to_owned());
        } else {
            for sentence in pitch.sentences() {
                sources.extend(&sentence.sources);
                sentences.push(sentence.text.clone());
            }
        }
        sentences.push(match group {
            Group::New => "Would you have ten minutes to talk there?".to_owned(),
            Group::Deepen | Group::Renew => "Shall we have a coffee there?".to_owned(),
        });
        // Strangers are told who writes.
        let (they, me) = match group {
            Group::New => (guest.name.as_str(), self.reader.name.as_str()),
            Group::Deepen | Group::Renew => {
                (first_name(&guest.name), first_name(&self.reader.name))
            }
        };
        let text = format!(
            "Dear {they},\n\n{}\n\nBest wishes,\n{me}",
            sentences.join(" ")
        );
        Some(Sentence { text, sources })
    }
}

impl Page {
    /// A polite way to leave the talk: another one for different people.
    #[must_use]
    pub fn leave(&self, occasion: &Occasion) -> String {
        let name = first_name(&self.name);
        let at = without_end(&occasion.name);
        match spread(&self.name, self.company.as_deref()) % 4 {
            0 => format!("It was good to talk to you, {name}. I will write to you after {at}."),
            1 => format!(
                "Thank you, {name}, that was worth coming for. I will let you go on, and write to you soon."
            ),
            2 => format!(
                "{name}, I don't want to keep you from the others. Shall I write to you after {at}?"
            ),
            _ => format!(
                "I need a moment for myself now, {name}. Let us go on from here when {at} is over."
            ),
        }
    }
}

/// What people call somebody who has this name.
fn first_name(name: &str) -> &str {
    const TITLES: [&str; 7] = ["dr", "prof", "mr", "mrs", "ms", "sir", "eng"];
    let mut words = name.split_whitespace().filter(|word| {
        let bare = word.trim_matches('.').to_lowercase();
        !TITLES.contains(&bare.as_str())
    });
    // *Silva, Ana*
    let first = words.next().unwrap_or(name);
    match (first.strip_suffix(','), words.next()) {
        (Some(_), Some(given)) => given,
        (Some(family), None) => family,
        (None, _) => first,
    }
}
