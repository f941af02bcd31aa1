//! What was noted of somebody, as they say it themselves: `Knows tides.` becomes `I know tides.`
//!
//! Notes begin with their verb, as people write them of others. A note of another shape becomes no sentence: it is
//! better to say less than something that nobody would say.

use super::{sentences, without_end};

/// Verbs of the third person whose form is no plural of a noun: wherever they follow "and" they are verbs.
const VERBS: [(&str, &str); 81] = [
    ("has", "have"),
    ("joins", "join"),
    ("checks", "check"),
    ("edits", "edit"),
    ("seeks", "seek"),
    ("gets", "get"),
    ("listens", "listen"),
    ("meets", "meet"),
    ("is", "am"),
    ("does", "do"),
    ("goes", "go"),
    ("knows", "know"),
    ("gives", "give"),
    ("takes", "take"),
    ("makes", "make"),
    ("keeps", "keep"),
    ("brings", "bring"),
    ("teaches", "teach"),
    ("writes", "write"),
    ("reads", "read"),
    ("says", "say"),
    ("tells", "tell"),
    ("speaks", "speak"),
    ("grows", "grow"),
    ("leads", "lead"),
    ("builds", "build"),
    ("owns", "own"),
    ("finds", "find"),
    ("sells", "sell"),
    ("buys", "buy"),
    ("helps", "help"),
    ("wants", "want"),
    ("needs", "need"),
    ("likes", "like"),
    ("loves", "love"),
    ("enjoys", "enjoy"),
    ("prefers", "prefer"),
    ("collects", "collect"),
    ("photographs", "photograph"),
    ("translates", "translate"),
    ("advises", "advise"),
    ("coaches", "coach"),
    ("mentors", "mentor"),
    ("trains", "train"),
    ("organises", "organise"),
    ("organizes", "organize"),
    ("specialises", "specialise"),
    ("specializes", "specialize"),
    ("understands", "understand"),
    ("introduces", "introduce"),
    ("connects", "connect"),
    ("invests", "invest"),
    ("lends", "lend"),
    ("offers", "offer"),
    ("provides", "provide"),
    ("follows", "follow"),
    ("cares", "care"),
    ("develops", "develop"),
    ("measures", "measure"),
    ("maintains", "maintain"),
    ("operates", "operate"),
    ("restores", "restore"),
    ("repairs", "repair"),
    ("mends", "mend"),
    ("studies", "study"),
    ("researches", "research"),
    ("creates", "create"),
    ("produces", "produce"),
    ("publishes", "publish"),
    ("chairs", "chair"),
    ("grades", "grade"),
    ("hosts", "host"),
    ("opens", "open"),
    ("explains", "explain"),
    ("sings", "sing"),
    ("plays", "play"),
    ("climbs", "climb"),
    ("swims", "swim"),
    ("believes", "believe"),
    ("thinks", "think"),
    ("feels", "feel"),
];

/// Verbs whose form may be a plural too (`plans`, `works`): verbs where a note begins with them.
const ALSO_NOUNS: [(&str, &str); 32] = [
    ("runs", "run"),
    ("works", "work"),
    ("plans", "plan"),
    ("designs", "design"),
    ("maps", "map"),
    ("models", "model"),
    ("tests", "test"),
    ("looks", "look"),
    ("shares", "share"),
    ("shows", "show"),
    ("cooks", "cook"),
    ("paints", "paint"),
    ("draws", "draw"),
    ("films", "film"),
    ("dreams", "dream"),
    ("hopes", "hope"),
    ("travels", "travel"),
    ("walks", "walk"),
    ("sails", "sail"),
    ("rows", "row"),
    ("cycles", "cycle"),
    ("supports", "support"),
    ("programs", "program"),
    ("codes", "code"),
    ("farms", "farm"),
    ("funds", "fund"),
    ("hires", "hire"),
    ("manages", "manage"),
    ("questions", "question"),
    ("answers", "answer"),
    ("uses", "use"),
    ("starts", "start"),
];

/// What one is, or did: said behind `I am` or `I`.
const STATES: [&str; 10] = [
    "interested",
    "fascinated",
    "based",
    "responsible",
    "curious",
    "keen",
    "passionate",
    "involved",
    "good",
    "fluent",
];
const DONE: [&str; 16] = [
    "wrote", "built", "led", "ran", "founded", "made", "was", "taught", "trained", "designed",
    "grew", "brought", "spent", "started", "helped", "worked",
];

/// Words that speak of the person in the third person: the sentence would speak of two.
const OF_THEM: [&str; 9] = [
    "he",
    "she",
    "him",
    "her",
    "his",
    "hers",
    "himself",
    "herself",
    "themselves",
];

/// Who speaks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Speaker<'a> {
    /// Somebody of themselves: `I`.
    Oneself,
    /// Somebody of the organisation, by its name: `we`.
    Organisation(&'a str),
    /// Somebody to the one of whom the note is: `you`.
    ToThem,
}

impl Speaker<'_> {
    const fn subject(self) -> &'static str {
        match self {
            Self::Oneself => "I",
            Self::Organisation(_) => "We",
            Self::ToThem => "You",
        }
    }

    const fn is(self) -> &'static str {
        match self {
            Self::Oneself => "am",
            Self::Organisation(_) | Self::ToThem => "are",
        }
    }
}

/// The first sentence of a note about somebody, as they say it of themselves.
#[must_use]
pub fn first_person(note: &str, speaker: Speaker<'_>) -> Option<String> {
    let sentence = *sentences(note).first()?;
    let words: Vec<&str> = without_end(sentence).split_whitespace().collect();
    let (first, rest) = words.split_first()?;
    let bare = |word: &str| {
        word.trim_matches(|c: char| !c.is_alphanumeric())
            .to_lowercase()
    };
    if rest.is_empty()
        || words
            .iter()
            .any(|word| OF_THEM.contains(&bare(word).as_str()))
    {
        return None;
    }
    let first = first.to_lowercase();
    let mut said = vec![speaker.subject().to_owned()];
    if STATES.contains(&first.as_str()) {
        said.extend([speaker.is().to_owned(), first]);
    } else if DONE.contains(&first.as_str()) || first == "can" {
        said.push(first);
    } else {
        said.push(match either(&first)? {
            "am" => speaker.is().to_owned(),
            verb => verb.to_owned(),
        });
    }
    for (number, word) in rest.iter().enumerate() {
        let before = number.checked_sub(1).map(|before| bare(rest[before]));
        let joins = matches!(before.as_deref(), Some("and" | "or" | "but"));
        let plain = bare(word);
        if !joins {
            said.push((*word).to_owned());
        } else if let Some(verb) = verb(&VERBS, &plain) {
            said.push(word.to_lowercase().replace(&plain, verb));
        } else if let Some(verb) = verb(&ALSO_NOUNS, &plain) {
            // Right behind the first verb it is one too; elsewhere it may be either.
            if number != 1 {
                return None;
            }
            said.push(word.to_lowercase().replace(&plain, verb));
        } else {
            said.push((*word).to_owned());
        }
    }
    Some(format!("{}.", said.join(" ")))
}

/// Whether a word is a verb with which notes about somebody begin: `Knows`, `Runs`, `Wrote`.
#[must_use]
pub fn is_verb(word: &str) -> bool {
    let word = word.to_lowercase();
    let known = [&STATES[..], &DONE[..]].concat();
    either(&word).is_some() || known.contains(&word.as_str())
}

fn either(word: &str) -> Option<&'static str> {
    verb(&VERBS, word).or_else(|| verb(&ALSO_NOUNS, word))
}

fn verb(all: &[(&str, &'static str)], word: &str) -> Option<&'static str> {
    let found = all.iter().find(|(third, _)| *third == word);
    found.map(|(_, first)| *first)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_becomes_what_one_says_of_oneself() {
        let all = [
            (
                "Grades reclaimed windows and knows which ones to refuse.",
                "I grade reclaimed windows and know which ones to refuse.",
            ),
            (
                "Measures and maps noise in working harbours.",
                "I measure and map noise in working harbours.",
            ),
            (
                "Has commissioned heat pumps in forty old houses",
                "I have commissioned heat pumps in forty old houses.",
            ),
            (
                "Interested in stairs, the steeper the better.",
                "I am interested in stairs, the steeper the better.",
            ),
            (
                "wrote the glossary of shipping words",
                "I wrote the glossary of shipping words.",
            ),
            (
                "Runs a wind farm near Porto. Has two dogs.",
                "I run a wind farm near Porto.",
            ),
            (
                "Can say why each line is where it is.",
                "I can say why each line is where it is.",
            ),
        ];
        for (note, said) in all {
            assert_eq!(first_person(note, Speaker::Oneself).as_deref(), Some(said));
        }
    }

    #[test]
    fn an_organisation_speaks_of_itself_as_we() {
        let said = |note| first_person(note, Speaker::Organisation("Kith"));
        assert_eq!(
            said("Is based in Porto.").as_deref(),
            Some("We are based in Porto.")
        );
        assert_eq!(
            said("Interested in tides.").as_deref(),
            Some("We are interested in tides.")
        );
    }

    #[test]
    fn what_would_sound_wrong_is_not_said() {
        for note in [
            "Shows the terminal after dark: harbours at night are her pride.",
            "Draws maps and plans.",
            "Offshore wind",
            "Knows",
            "",
            "Ana knows everything about tides.",
        ] {
            assert_eq!(first_person(note, Speaker::Oneself), None, "{note}");
        }
    }
}
