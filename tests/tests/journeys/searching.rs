//! One box: people, facts, and one's own notes and subjects, by words.

use anyhow::Result;
use kith_domain::time::{DAY, HOUR};
use kith_proto::kith::directory::v1::found::What;
use kith_proto::kith::directory::v1::{
    AddFactRequest, Fact, Found, FoundKind, Person, SearchRequest,
};
use kith_proto::kith::event::v1::{FactKind, InteractionKind, Role};
use kith_tests::world::{Client, World, moment, personal, refused, request_id};

on_both_engines! {
    one_box_finds_people_facts_and_own_moments_page_by_page
    what_is_asked_for_alone_is_found_alone
    what_is_no_word_is_refused
}

/// A line for each thing that is found.
fn line(found: Found) -> String {
    match found.what {
        Some(What::Person(person)) => person.name,
        Some(What::Fact(about)) => {
            let fact = about.fact.unwrap_or_default();
            format!("{}: {}", about.person_name, fact.text)
        }
        Some(What::Moment(moment)) => format!("{}|{}", moment.subject, moment.note),
        None => String::new(),
    }
}

async fn finds(client: &Client, text: &str, page_size: u32, after: &str) -> Result<Vec<String>> {
    let (mut lines, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = SearchRequest {
            text: text.to_owned(),
            kinds: Vec::new(),
            page_size,
            page_token,
            min_position: after.to_owned(),
        };
        let page = client.directory().search(request).await?.into_inner();
        assert!(page.found.len() <= page_size as usize);
        lines.extend(page.found.into_iter().map(line));
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(lines);
        }
    }
}

async fn one_box_finds_people_facts_and_own_moments_page_by_page(world: &World) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let mut position = String::new();
    for name in ["José Wind", "Ana Wind", "Zoë"] {
        let person = Person {
            name: name.to_owned(),
            addresses: vec![format!("{}@out.example", name.len())],
            company: "Windmühle".to_owned(),
            ..Person::default()
        };
        let id = world.ours.person(person).await?.person_id;
        for (text, private) in [("loves wind", false), ("a wind of secrets", true)] {
            let request = AddFactRequest {
                request_id: request_id(),
                person_id: id.clone(),
                fact: Some(Fact {
                    kind: FactKind::Interest.into(),
                    text: format!("{text} {name}"),
                    private,
                    ..Fact::default()
                }),
                min_position: String::new(),
            };
            ana.client.directory().add_fact(request).await?;
        }
    }
    for number in 1..=3 {
        let call = moment(
            InteractionKind::Call,
            world.ago(number * DAY + HOUR),
            &["9@out.example"],
        );
        let call = personal(call, "the wind note", &format!("wind {number}"));
        position = ana.record(call).await?.position;
    }
    let all = [
        "Ana Wind",
        "José Wind",
        "Zoë",
        "Zoë: a wind of secrets Zoë",
        "Zoë: loves wind Zoë",
        "Ana Wind: a wind of secrets Ana Wind",
        "Ana Wind: loves wind Ana Wind",
        "José Wind: a wind of secrets José Wind",
        "José Wind: loves wind José Wind",
        "wind 1|the wind note",
        "wind 2|the wind note",
        "wind 3|the wind note",
    ];
    for page_size in [1, 2, 5, 12, 50] {
        let mut found = finds(&ana.client, "WIND", page_size, &position).await?;
        // Facts of one moment have no order that anybody chose.
        found[3..9].sort_unstable();
        let mut expected = all;
        expected[3..9].sort_unstable();
        assert_eq!(found, expected, "{page_size} at a time");
    }
    // Others find what they may see: neither her private facts nor her moments.
    let bos = finds(&bo.client, "wind", 50, &position).await?;
    assert_eq!(bos.len(), 6, "{bos:?}");
    assert_eq!(
        finds(&bo.client, "windmuhle jose", 50, &position).await?,
        ["José Wind"]
    );
    assert!(
        finds(&world.theirs.ana.client, "wind", 50, "")
            .await?
            .is_empty()
    );
    // A program sees the directory alone.
    let program = world.ours.key(Role::Service, "").await?;
    assert_eq!(finds(&program, "wind", 50, &position).await?.len(), 3);
    Ok(())
}

async fn what_is_asked_for_alone_is_found_alone(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let call = moment(
        InteractionKind::Call,
        world.ago(HOUR),
        &["wind@out.example"],
    );
    let position = ana.record(personal(call, "", "wind")).await?.position;
    for (kinds, count) in [
        (vec![], 2),
        (vec![FoundKind::Person], 1),
        (vec![FoundKind::Fact], 0),
        (vec![FoundKind::Moment], 1),
        (vec![FoundKind::Moment, FoundKind::Person], 2),
    ] {
        let request = SearchRequest {
            text: "wind".to_owned(),
            kinds: kinds.iter().map(|kind| (*kind).into()).collect(),
            min_position: position.clone(),
            ..SearchRequest::default()
        };
        let answer = ana.client.directory().search(request).await?.into_inner();
        assert_eq!(answer.found.len(), count, "{kinds:?}");
    }
    for wrong in [0, 4] {
        let request = SearchRequest {
            text: "wind".to_owned(),
            kinds: vec![wrong],
            ..SearchRequest::default()
        };
        let answer = ana.client.directory().search(request).await;
        assert_eq!(refused(answer)?.fields, ["kinds"]);
    }
    Ok(())
}

async fn what_is_no_word_is_refused(world: &World) -> Result<()> {
    for text in ["", " ?! ", "a b c d e f g h i j k", &"x".repeat(201)] {
        let request = SearchRequest {
            text: text.to_owned(),
            ..SearchRequest::default()
        };
        let answer = world.ours.ana.client.directory().search(request).await;
        let refused = refused(answer)?;
        assert_eq!(refused.fields, ["text"], "{text}");
    }
    Ok(())
}
