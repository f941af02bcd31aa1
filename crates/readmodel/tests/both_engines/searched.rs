//! What is found by words: the same on both engines, and nothing that its reader may not see.

use std::collections::BTreeSet;

use anyhow::Result;
use kith_domain::access::Principal;
use kith_domain::fact::{self, Fact};
use kith_domain::id::{FactId, PersonId};
use kith_domain::identity;
use kith_domain::interaction::Moment;
use kith_domain::person::{Change, Event};
use kith_domain::search::{Wanted, indexed};
use kith_domain::sharing::{Level, Target};
use kith_domain::text::Text;
use kith_readmodel::query::{interactions, listing, people, search};
use kith_readmodel::store::Store;

use crate::support::World;
use crate::support::moments::{call, day, meeting};
use crate::support::organisation::Organisation;

fn noted(moment: Moment, note: &str, subject: &str) -> Moment {
    let text = |text: &str| (!text.is_empty()).then(|| Text::from(text));
    Moment {
        note: text(note),
        subject: text(subject),
        ..moment
    }
}

/// Everything that a principal finds, a line each: names, facts, and notes with subjects.
async fn found(store: &Store, principal: &Principal, words: &str) -> Result<Vec<String>> {
    let database = store.live().reading;
    let wanted = Wanted::read(words)?;
    let filter = listing::Filter {
        words: Some(wanted.clone()),
        ..listing::Filter::default()
    };
    let people = listing::list(&database, principal, &filter, None, 999).await?;
    let facts = search::facts(&database, principal, &wanted, None, 999).await?;
    let mut lines: Vec<String> = people.iter().map(people::called).collect();
    lines.extend(facts.into_iter().filter_map(|row| row.text));
    if let Some(member) = principal.member {
        let filter = interactions::Filter {
            words: Some(wanted),
            ..interactions::Filter::default()
        };
        let own = interactions::list(&database, principal, member, &filter, None, 999).await?;
        lines.extend(own.into_iter().map(|seen| {
            let [note, subject] = [seen.row.note, seen.row.subject].map(Option::unwrap_or_default);
            format!("{note}|{subject}")
        }));
    }
    Ok(lines)
}

/// The same on both engines.
async fn finds(world: &World, principal: &Principal, words: &str) -> Result<Vec<String>> {
    let mut answers = Vec::new();
    for store in world.caught_up().await? {
        answers.push(found(store, principal, words).await?);
    }
    assert_eq!(answers[0], answers[1], "{words}");
    Ok(answers.remove(0))
}

/// Texts as people write them, and as nobody should.
const TEXTS: [&str; 24] = [
    "wants to meet the harbour master",
    "José Nuñez-Vega, CEO of ACME (Köln)",
    "Straße, ẞ und ß; ſ",
    "İstanbul ıstanbul ISTANBUL istanbul",
    "風力発電所の件でご相談",
    "Встреча в порту: ёлка, Ёлка",
    "Ναυπηγείο ΣΊΣΥΦΟΣ σίσυφος",
    "한국어 텍스트",
    "סירה של אבא، قارب",
    "ana.silva+news@wind.example https://wind.example/a_b?c=d&e",
    "O'Brien's \"quote\" -- '; DROP TABLE person; --",
    "100% of 3.5 MW, 1,000,000 €; #42 @home",
    "AND OR NOT NEAR near and or not",
    "a:b a* (b) ^c c^ {d} \\e f\\",
    "x & y | z ! <-> w:*",
    "e\u{301}clair éclair E\u{301}CLAIR",
    "ﬁsh ﬂow Ⅳ ½ ² ｆｕｌｌ",
    "🚢 ship 🛥️ boat",
    "snake_case and kebab-case and dot.case",
    "tabs\tand\nlines\r\nand\u{a0}hard spaces",
    "null NULL nil none",
    "  ",
    "zzz",
    "the the the harbour harbour",
];

#[tokio::test]
async fn words_find_on_both_engines_what_they_are_defined_to_find() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let zoe = organisation.person("Zoë").await?;
    for (number, text) in (1..).zip(TEXTS) {
        let moment = noted(call(day(number), ana, zoe), text, "");
        organisation.sees(&moment).await?;
    }
    let mut queries: BTreeSet<String> = ["harbour master", "wind ana", "x' y", "zzz\" OR \"the"]
        .map(ToOwned::to_owned)
        .into();
    for text in TEXTS {
        for word in indexed([text]).unwrap_or_default().split(' ') {
            let ends = word.char_indices().map(|(at, c)| at + c.len_utf8());
            queries.extend(ends.map(|end| word[..end].to_owned()));
        }
        // As they stand, too: whatever they hold is no part of a statement.
        queries.extend(text.split_whitespace().map(ToOwned::to_owned));
    }
    let asks = organisation.asks(ana);
    let mut asked = 0;
    for words in queries {
        let Ok(wanted) = Wanted::read(&words) else {
            continue;
        };
        let is_meant = |text: &&str| indexed([*text]).is_some_and(|own| wanted.find(&own));
        let meant: Vec<String> = TEXTS
            .into_iter()
            .rev()
            .filter(is_meant)
            .map(|text| format!("{text}|"))
            .collect();
        let moments: Vec<String> = finds(&world, &asks, &words)
            .await?
            .into_iter()
            .filter(|line| line.ends_with('|'))
            .collect();
        assert_eq!(moments, meant, "{words:?}");
        asked += 1;
    }
    assert!(asked > 300, "{asked}");
    world.expect_replay_to_agree().await.map(drop)
}

fn fact_of(organisation: &Organisation<'_>, author: PersonId, about: PersonId, text: &str) -> Fact {
    Fact {
        id: FactId::from_bytes(organisation.id_bytes()),
        person: about,
        kind: fact::Kind::Interest,
        text: text.into(),
        source: Some("told at the fair".into()),
        question: None,
        private: text.contains("secret"),
        author,
        noted_at: day(3),
        fingerprint: [0; 16],
    }
}

#[tokio::test]
async fn everybody_finds_what_they_may_see_and_no_more() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.member("Ben").await?;
    let zoe = organisation
        .person_at("Zoë Wind", "zoe@port.example")
        .await?;
    let own = noted(
        meeting(day(1), &[ana, ben, zoe]),
        "turbine in private",
        "turbine talk",
    );
    organisation.sees(&own).await?;
    for text in ["likes turbines", "a secret turbine"] {
        let added = fact::Event::Added(fact_of(&organisation, ana, zoe, text));
        organisation.commit(vec![added.into()]).await?;
    }
    // Somebody whom Ana alone met, and keeps to herself.
    let eve = organisation
        .meets(&[ana], "Eve Turbina", "eve@port.example")
        .await?;
    organisation.sees(&call(day(2), ana, eve)).await?;
    let private = Some(Level::Private);
    organisation
        .shares(ana, Target::Person(eve), private)
        .await?;
    let about = fact::Event::Added(fact_of(&organisation, ana, eve, "turbine of Eve's"));
    organisation.commit(vec![about.into()]).await?;

    let (anas, bens) = (organisation.asks(ana), organisation.asks(ben));
    let mut all = finds(&world, &anas, "turbin").await?;
    all.sort_unstable();
    let expected = [
        "Eve Turbina",
        "a secret turbine",
        "likes turbines",
        "turbine in private|turbine talk",
        "turbine of Eve's",
    ];
    assert_eq!(all, expected);
    assert_eq!(
        finds(&world, &bens, "turbin").await?,
        ["likes turbines", "|turbine talk"]
    );
    // Of the note that he does not see no word finds the moment, with those of the subject or without.
    assert!(finds(&world, &bens, "private").await?.is_empty());
    assert!(finds(&world, &bens, "private turbine").await?.is_empty());
    assert!(finds(&world, &bens, "eve").await?.is_empty());
    // A program that speaks for nobody sees the directory, and nothing that members wrote.
    let outsider = organisation.outsider();
    assert!(finds(&world, &outsider, "turbin").await?.is_empty());
    assert_eq!(finds(&world, &outsider, "zoe").await?, ["Zoë Wind"]);
    // By address, company and label; of several words each must be there.
    assert_eq!(
        finds(&world, &bens, "port.example ZOE").await?,
        ["Zoë Wind"]
    );
    assert_eq!(
        finds(&world, &anas, "windfarm energy wind zoe").await?,
        ["Zoë Wind"]
    );
    assert_eq!(
        finds(&world, &anas, "eve@port.example").await?,
        ["Eve Turbina"]
    );
    let elsewhere = world.organisation(2).await?;
    let ina = elsewhere.member("Ina").await?;
    assert!(
        finds(&world, &elsewhere.asks(ina), "turbin")
            .await?
            .is_empty()
    );
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn what_was_changed_retracted_merged_or_erased_is_found_as_it_is() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let asks = organisation.asks(ana);
    let zoe = organisation.person_at("Zoë", "zoe@port.example").await?;
    let old = noted(call(day(1), ana, zoe), "about pumps", "");
    let id = organisation.sees(&old).await?;
    assert_eq!(finds(&world, &asks, "pumps").await?, ["about pumps|"]);
    let new = noted(call(day(1), ana, zoe), "about cranes", "");
    organisation.corrects(id, 2, new).await?;
    assert!(finds(&world, &asks, "pumps").await?.is_empty());
    assert_eq!(finds(&world, &asks, "cranes").await?, ["about cranes|"]);
    organisation.retracts(id, ana).await?;
    assert!(finds(&world, &asks, "cranes").await?.is_empty());

    assert!(finds(&world, &asks, "zora").await?.is_empty());
    let change = Change {
        name: Some(Some("Zora".into())),
        affiliations: Some(vec!["Lighthouse\tkeeper\t\t2020".into()]),
        ..Change::default()
    };
    let changed = Event::Changed {
        id: zoe,
        version: 1,
        change,
    };
    organisation.commit(vec![changed.into()]).await?;
    assert_eq!(
        finds(&world, &asks, "lighthouse keeper zora").await?,
        ["Zora"]
    );

    let again = organisation
        .person_at("Z. Ahoy", "ahoy@port.example")
        .await?;
    let added = fact::Event::Added(fact_of(&organisation, ana, again, "sails"));
    organisation.commit(vec![added.into()]).await?;
    let merged = identity::Event::Merged {
        kept: zoe,
        gone: again,
    };
    organisation.commit(vec![merged.into()]).await?;
    assert_eq!(finds(&world, &asks, "ahoy zora").await?, ["Zora"]);
    assert_eq!(finds(&world, &asks, "fair sails").await?, ["sails"]);

    let again_called = noted(call(day(4), ana, zoe), "about anchors", "anchors");
    organisation.sees(&again_called).await?;
    let erased = Event::Erased {
        id: zoe,
        also: vec![again],
    };
    organisation.commit(vec![erased.into()]).await?;
    for words in ["zora", "ahoy", "sails", "anchors", "lighthouse", "port"] {
        let left = finds(&world, &asks, words).await?;
        assert!(left.is_empty(), "{words}: {left:?}");
    }
    world.expect_replay_to_agree().await.map(drop)
}
