use std::collections::HashMap;

use super::*;

/// What no question is about, unless the person raised it.
const FORBIDDEN: [&str; 42] = [
    "health",
    "ill",
    "illness",
    "disease",
    "doctor",
    "hospital",
    "therapy",
    "pregnant",
    "weight",
    "diet",
    "religion",
    "religious",
    "church",
    "mosque",
    "god",
    "pray",
    "faith",
    "politics",
    "political",
    "party",
    "vote",
    "election",
    "government",
    "salary",
    "wage",
    "income",
    "earn",
    "pay",
    "paid",
    "rent",
    "wife",
    "husband",
    "spouse",
    "married",
    "children",
    "child",
    "kids",
    "parents",
    "mother",
    "father",
    "alcohol",
    "wine",
];

fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric());
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

fn bank() -> Vec<Question> {
    parse::bank(include_str!("bank.txt")).unwrap()
}

#[test]
fn every_line_of_the_bank_is_read() {
    let all = bank();
    let numbered = include_str!("bank.txt").lines().filter(|line| {
        let first = line.split(' ').next().unwrap_or_default();
        first.parse::<u16>().is_ok()
    });
    assert_eq!(all.len(), numbered.count());
    assert!(all.len() >= 300, "{} questions", all.len());
}

#[test]
fn thirty_topics_have_three_questions_at_each_depth() {
    let mut cells: HashMap<(&str, Depth), Vec<u16>> = HashMap::new();
    let all = bank();
    for question in &all {
        let cell = (question.topic.slug.as_str(), question.depth);
        cells.entry(cell).or_default().push(question.number);
    }
    assert_eq!(cells.len() % 3, 0, "a topic lacks a depth");
    assert!(cells.len() / 3 >= 30, "{} topics", cells.len() / 3);
    for (cell, numbers) in cells {
        let expected: Vec<u16> = (1..=numbers.len() as u16).collect();
        assert_eq!(numbers, expected, "{cell:?}");
        assert!(numbers.len() >= 3, "{cell:?}");
    }
}

#[test]
fn every_question_is_one_open_short_sentence_that_nobody_minds() {
    const CLOSED: [&str; 14] = [
        "do", "does", "did", "is", "are", "have", "has", "can", "could", "would", "will", "was",
        "were", "should",
    ];
    let mut seen = HashSet::new();
    for question in bank() {
        let (id, text) = (question.id(), question.text.as_str());
        assert!(seen.insert(text.to_lowercase()), "{id} is there twice");
        assert!(
            text.ends_with('?') && text.matches('?').count() == 1,
            "{id}: {text}"
        );
        assert_eq!(crate::wording::sentences(text).len(), 1, "{id}: {text}");
        let words = words(text);
        assert!((4..=22).contains(&words.len()), "{id}: {text}");
        assert!(!CLOSED.contains(&words[0].as_str()), "{id}: {text}");
        if !matches!(question.topic.whom, For::Raised(_)) {
            let bad = words.iter().find(|word| FORBIDDEN.contains(&word.as_str()));
            assert_eq!(bad, None, "{id}: {text}");
            assert!(
                !text.contains("old are you") && !text.contains("your age"),
                "{id}: {text}"
            );
        }
        let names: Vec<&str> = ["{company}", "{talk}", "{gathering}"]
            .into_iter()
            .filter(|place| text.contains(place))
            .collect();
        assert_eq!(names.len(), text.matches('{').count(), "{id}: {text}");
        let may = match question.topic.whom {
            For::Company => "{company}",
            For::Talk => "{talk}",
            For::Gathering => "{gathering}",
            _ => "",
        };
        assert!(names.iter().all(|name| *name == may), "{id}: {text}");
    }
}

#[test]
fn no_word_belongs_to_two_topics() {
    let mut owners: HashMap<String, &str> = HashMap::new();
    for topic in Bank::get().topics() {
        if let For::Words(words) | For::Raised(words) = &topic.whom {
            assert!(!words.is_empty(), "{}", topic.slug);
            for word in words {
                let other = owners.insert(word.clone(), &topic.slug);
                assert_eq!(other, None, "{word} of {}", topic.slug);
            }
        }
    }
}

#[test]
fn a_stranger_is_asked_three_opening_questions_about_different_things() {
    let known = Known {
        company: Some("Nordwind"),
        gathering: Some("Tidelines"),
        ..Known::default()
    };
    let asked = choose(&known);
    assert_eq!(asked.len(), 3);
    assert!(asked.iter().all(|one| one.depth == Depth::Opening));
    let about: HashSet<&str> = asked.iter().map(|one| one.about).collect();
    assert_eq!(about.len(), 3);
    assert!(asked.iter().all(|one| !one.text.contains('{')), "{asked:?}");
}

#[test]
fn what_somebody_cares_about_is_asked_of_them_deeper_as_the_tie_deepens() {
    let with = |depth| Known {
        texts: vec!["Builds wind turbines for the grid."],
        depth,
        ..Known::default()
    };
    let depth_of_energy = |depth| {
        let asked = choose(&with(depth));
        let energy = asked.into_iter().find(|one| one.id.starts_with("energy."));
        energy.map(|one| one.depth)
    };
    // A talk begins lighter than it may become.
    assert_eq!(depth_of_energy(None), Some(Depth::Opening));
    assert_eq!(depth_of_energy(Some(20.0)), Some(Depth::Opening));
    assert_eq!(depth_of_energy(Some(70.0)), Some(Depth::Professional));
    let deepest = choose(&with(Some(70.0)));
    let personal = deepest.iter().filter(|one| one.depth == Depth::Personal);
    assert_eq!(personal.count(), 1, "{deepest:?}");
}

#[test]
fn nothing_is_asked_twice_until_there_is_nothing_else() {
    let mut asked: Vec<String> = Vec::new();
    for _ in 0..40 {
        let known = Known {
            texts: vec!["Builds wind turbines."],
            depth: Some(90.0),
            asked: asked.iter().map(String::as_str).collect(),
            ..Known::default()
        };
        let chosen = choose(&known);
        assert!(!chosen.is_empty());
        for one in chosen {
            assert!(!asked.contains(&one.id), "{} again", one.id);
            asked.push(one.id);
        }
    }
}

#[test]
fn what_is_private_is_asked_only_of_those_who_spoke_of_it() {
    let is_private = |one: &choice::Asked| {
        let question = Bank::get().find(&one.id);
        question.is_some_and(|question| matches!(question.topic.whom, For::Raised(_)))
    };
    let raised: Vec<&str> = vec!["Told me that her daughter starts school."];
    let known = |raised: Vec<&'static str>| Known {
        texts: vec!["Told me that her daughter starts school."],
        raised,
        depth: Some(90.0),
        ..Known::default()
    };
    assert!(choose(&known(raised)).iter().any(is_private));
    assert!(!choose(&known(vec![])).iter().any(is_private));
}

#[test]
fn what_was_just_learnt_leads_to_two_questions() {
    let known = Known::default();
    let asked = next(&known, "runs a wind farm near Porto");
    assert_eq!(asked.len(), 2);
    assert!(asked[0].id.starts_with("energy."), "{asked:?}");
}
