//! Laws of briefings, for readers and guests that nobody thought of: a pitch is never too long, every sentence rests on
//! something that its reader was given, and says nothing else.

use std::collections::{BTreeSet, HashMap};

use kith_domain::briefing::known::{
    Day, Guest, LocalTime, Note, Occasion, Person, Reader, Source, Visit, Wish,
};
use kith_domain::briefing::{Page, prepare};
use kith_domain::comfort::Pace;
use kith_domain::date::Date;
use kith_domain::fact::Kind;
use kith_domain::id::{FactId, GatheringId, PersonId};
use kith_domain::pitch::{self, MOST_SENTENCES, MOST_WORDS};
use kith_domain::search::stems;
use kith_domain::wording::{count_words, sentences};
use proptest::prelude::*;

const READER: PersonId = PersonId::from_bytes([1; 16]);
const GATHERING: GatheringId = GatheringId::from_bytes([2; 16]);

/// Notes as people write them, well and badly.
const TEXTS: [&str; 24] = [
    "Runs repair evenings to which three hundred people come.",
    "Grades reclaimed windows and knows which ones to refuse.",
    "Has commissioned heat pumps in forty old houses.",
    "Needs a speaker on heat pumps for an evening with residents.",
    "Shares ten years of tide data, cleaned and free to use.",
    "Needs a year of tide data for a small model.",
    "Offshore wind",
    "She collects maps. He does not.",
    "Draws maps and plans.",
    "Shows the terminal after dark: harbours at night are her pride.",
    "Looks for harbours at night",
    "Interested in tide mills, the older the better",
    "Is fluent in Portuguese",
    "wrote the glossary of shipping words!",
    "Knows",
    "",
    "?!",
    "Translates from Portuguese, shipping words included, a few pages a week, for anybody who asks, in the evening, on \
     trains, at sea, in the mountains, with or without a dictionary, for nothing, and always on time, or nearly.",
    "Wants to understand heat pumps in listed buildings. Asked me twice. Then a third time. And again.",
    "Dr. J. Silva says that tides wait for nobody.",
    "風力発電 所の件",
    "Likes <b>bold</b> claims & \"quotes\".",
    "Has dry storage to lend: two bays, ground floor, forklift included.",
    "Looks for dry storage for reclaimed windows until the hall is ready.",
];

/// What the sentences of a pitch are made of beside what they rest on.
const FRAMES: &str = "I am are have do go we both care about hear that you may be able to help know somebody who needs \
    is what looking for your talk close to were at in too from within";

fn id(number: usize) -> FactId {
    FactId::from_bytes((number as u128 + 1_000).to_be_bytes())
}

fn person(number: usize) -> PersonId {
    PersonId::from_bytes((number as u128 + 10).to_be_bytes())
}

/// What is known of one: places in [`TEXTS`], kinds, and whether only the reader sees it.
type Known = Vec<(usize, usize, bool)>;

fn known() -> impl Strategy<Value = Known> {
    let note = (0..TEXTS.len(), 0..Kind::ALL.len(), any::<bool>());
    prop::collection::vec(note, 0..6)
}

struct Case {
    reader: Reader,
    guests: Vec<Guest>,
    texts: HashMap<FactId, String>,
}

fn case(own: &Known, others: &[Known], pace: Pace, own_words: Option<String>) -> Case {
    let mut texts = HashMap::new();
    let mut notes = |known: &Known| -> Vec<Note> {
        let notes = known.iter().map(|(text, kind, is_private)| {
            let id = id(texts.len());
            texts.insert(id, TEXTS[*text].to_owned());
            Note {
                id,
                kind: Kind::ALL[*kind],
                text: TEXTS[*text].to_owned(),
                source: None,
                is_mine: true,
                is_private: *is_private,
                question: None,
            }
        });
        notes.collect()
    };
    let own = notes(own);
    let guests: Vec<Guest> = others
        .iter()
        .enumerate()
        .map(|(number, known)| Guest {
            listed: person(number + 500),
            name: format!("Kim {number}"),
            company: None,
            title: None,
            topics: vec![],
            talks: vec![],
            at_company: vec![],
            person: Some(Person {
                id: person(number),
                tie: None,
                notes: notes(known),
                promises: vec![],
                colleagues: vec![],
                mutual: vec![],
                last_talk: None,
                companies: vec![],
                visits: vec![Visit {
                    id: GATHERING,
                    name: "Tidelines".to_owned(),
                    day: Date::new(2025, 5, 1).unwrap_or_default(),
                }],
            }),
        })
        .collect();
    let wishes = |kind: Kind| {
        let of_reader = own.iter().map(|note| (READER, note));
        let of_guests = guests.iter().filter_map(|guest| guest.person.as_ref());
        let of_guests = of_guests.flat_map(|one| one.notes.iter().map(|note| (one.id, note)));
        let all = of_reader
            .chain(of_guests)
            .filter(|(_, note)| note.kind == kind);
        let wish = |(person, note): (PersonId, &Note)| Wish {
            person,
            name: "Somebody".to_owned(),
            is_known: true,
            note: note.clone(),
        };
        all.map(wish).collect()
    };
    Case {
        reader: Reader {
            id: READER,
            name: "Ana Silva".to_owned(),
            needs: wishes(Kind::Need),
            offers: wishes(Kind::Offer),
            notes: own,
            companies: vec![],
            pace,
            own_words,
            days: vec![Day {
                day: Date::new(2026, 12, 2).unwrap_or_default(),
                from: 480,
                until: 1_200,
            }],
        },
        guests,
        texts,
    }
}

fn occasion() -> Occasion {
    let time = LocalTime {
        day: Date::new(2026, 12, 2).unwrap_or_default(),
        minute: 480,
    };
    Occasion {
        id: GatheringId::from_bytes([3; 16]),
        name: "Repair Week".to_owned(),
        place: None,
        begins: time,
        ends: time,
        is_over: false,
        topics: vec![],
    }
}

/// What of a sentence its sources do not say.
fn unsaid(sentence: &pitch::Sentence<Source>, case: &Case) -> BTreeSet<String> {
    let mut said = stems(FRAMES);
    for source in &sentence.sources {
        let text = match source {
            Source::Fact(id) => case.texts[id].clone(),
            Source::Gathering(_) => "Tidelines 2025".to_owned(),
            Source::OwnWords => case.reader.own_words.clone().unwrap_or_default(),
            other => panic!("{other:?} was never given"),
        };
        said.extend(stems(&text));
    }
    let mut words = stems(&sentence.text);
    words.retain(|word| !said.contains(word));
    words
}

fn holds(page: &Page, case: &Case) -> Result<(), TestCaseError> {
    let text = page.pitch.text();
    prop_assert!(page.pitch.sentences().len() <= MOST_SENTENCES);
    prop_assert!(sentences(&text).len() <= MOST_SENTENCES, "{text}");
    prop_assert!(count_words(&text) <= MOST_WORDS, "{text}");
    for sentence in page.pitch.sentences() {
        prop_assert!(!sentence.sources.is_empty(), "{}", sentence.text);
        let unsaid = unsaid(sentence, case);
        prop_assert!(unsaid.is_empty(), "{}: {unsaid:?}", sentence.text);
        for source in &sentence.sources {
            if let Source::Fact(id) = source {
                let notes = case.guests.iter().filter_map(|guest| guest.person.as_ref());
                let notes = notes.flat_map(|one| &one.notes).chain(&case.reader.notes);
                let mut private = notes.filter(|note| note.is_private).map(|note| note.id);
                prop_assert!(private.all(|private| private != *id), "{}", sentence.text);
            }
        }
    }
    for reason in &page.reasons {
        prop_assert!(!reason.told.sources.is_empty(), "{}", reason.told.text);
    }
    Ok(())
}

proptest! {
    #[test]
    fn a_pitch_is_short_and_says_what_its_sources_say_and_no_secret(
        own in known(),
        others in prop::collection::vec(known(), 1..4),
        pace in 0..Pace::ALL.len(),
        own_words in prop::option::of("[A-Za-z ]{0,40}\\. [A-Za-z ]{0,40}"),
    ) {
        let case = case(&own, &others, Pace::ALL[pace], own_words);
        let briefing = prepare(&occasion(), &case.reader, &case.guests);
        for page in &briefing.pages {
            holds(page, &case)?;
        }
        prop_assert_eq!(briefing.pages.len() + briefing.others, case.guests.len());
        // However it is written, it is written.
        for written in [briefing.text(), briefing.markdown(), briefing.html()] {
            prop_assert!(written.contains("Repair Week"));
        }
    }

    #[test]
    fn what_is_too_long_is_refused_and_what_is_not_is_taken(text in "[a-z]{1,3}( [a-z]{1,3}){0,80}(\\. [A-Z][a-z]{1,4}){0,5}") {
        let fits = sentences(&text).len() <= MOST_SENTENCES && count_words(&text) <= MOST_WORDS;
        prop_assert_eq!(pitch::check(&text).is_ok(), fits);
    }
}
