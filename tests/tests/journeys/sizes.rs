//! Much at once: commits that are shared, answers that are large.

use anyhow::Result;
use futures::future;
use kith_domain::time::{HOUR, MINUTE};
use kith_proto::kith::directory::v1::{
    CreatePersonRequest, ListPersonsRequest, Person, UpdatePersonRequest,
};
use kith_proto::kith::event::v1::InteractionKind;
use kith_proto::kith::interaction::v1::participant_ref::Who;
use kith_proto::kith::interaction::v1::{
    InteractionInput, ListInteractionsRequest, ParticipantRef, RecordInteractionRequest,
};
use kith_tests::world::{EVA, World, keyed, moment, noted, request_id};

on_both_engines! {
    large_recordings_at_once_are_all_recorded
    a_page_of_long_notes_is_shorter_than_was_asked_for
    somebody_just_added_is_met_without_waiting
    what_a_change_does_not_name_stays_as_it_is
}

/// A meeting with eighty people whom nobody knew before.
fn crowd(world: &World, number: usize) -> InteractionInput {
    let addresses: Vec<String> = (0..80)
        .map(|n| format!("{number}.{n}@{}.example", "long".repeat(12)))
        .collect();
    let all: Vec<&str> = addresses.iter().map(String::as_str).collect();
    moment(InteractionKind::Meeting, world.ago(HOUR), &all)
}

/// Together they are more than one commit holds.
async fn large_recordings_at_once_are_all_recorded(world: &World) -> Result<()> {
    const MANY: usize = 80;
    let ana = &world.ours.ana;
    let recordings = (0..MANY).map(|number| ana.record(crowd(world, number)));
    let done = future::try_join_all(recordings).await?;
    let mut found = 0;
    for done in &done {
        ana.interactions(&done.position).await?;
    }
    let mut request = ListInteractionsRequest::default();
    loop {
        let mut client = ana.client.interaction();
        let page = client
            .list_interactions(request.clone())
            .await?
            .into_inner();
        found += page.interactions.len();
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert_eq!(found, MANY);
    Ok(())
}

async fn a_page_of_long_notes_is_shorter_than_was_asked_for(world: &World) -> Result<()> {
    const MANY: usize = 500;
    let ana = &world.ours.ana;
    let long = "ö".repeat(10_000);
    let all = (0..MANY).map(|n| {
        let call = moment(InteractionKind::Call, world.ago(n as i64 * MINUTE), &[EVA]);
        keyed(noted(call, &long), n.to_string())
    });
    let min_position = ana.record_all(all.collect()).await?.position;
    let mut request = ListInteractionsRequest {
        page_size: 1_000,
        min_position,
        ..ListInteractionsRequest::default()
    };
    let mut sizes = Vec::new();
    loop {
        let mut client = ana.client.interaction();
        let page = client
            .list_interactions(request.clone())
            .await?
            .into_inner();
        sizes.push(page.interactions.len());
        if page.next_page_token.is_empty() {
            break;
        }
        request.page_token = page.next_page_token;
    }
    assert!(sizes.len() > 2, "{sizes:?}");
    assert_eq!(sizes.iter().sum::<usize>(), MANY);
    Ok(())
}

async fn somebody_just_added_is_met_without_waiting(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    for number in 0..20 {
        let request = CreatePersonRequest {
            request_id: request_id(),
            person: Some(Person {
                name: format!("Person {number}"),
                ..Person::default()
            }),
            ..CreatePersonRequest::default()
        };
        let mut directory = ana.client.directory();
        let made = directory.create_person(request.clone()).await?.into_inner();
        let person = made.person.unwrap_or_default().person_id;
        let mut call = moment(InteractionKind::Call, world.ago(HOUR), &[]);
        call.participants = vec![ParticipantRef {
            who: Some(Who::PersonId(person)),
            ..ParticipantRef::default()
        }];
        let recording = RecordInteractionRequest {
            request_id: request_id(),
            interaction: Some(call),
            min_position: made.position.clone(),
        };
        let mut interaction = ana.client.interaction();
        interaction.record_interaction(recording).await?;
        // Asked again, it says where it is visible.
        let again = directory.create_person(request).await?.into_inner();
        assert_ne!(again.position, "");
    }
    Ok(())
}

async fn what_a_change_does_not_name_stays_as_it_is(world: &World) -> Result<()> {
    let eva = Person {
        name: "Eva Moreau".to_owned(),
        addresses: vec![EVA.to_owned()],
        company: "Harbour".to_owned(),
        tags: vec!["grid".to_owned()],
        ..Person::default()
    };
    let eva = world.ours.person(eva).await?;
    let mut directory = world.ours.ana.client.directory();
    let change = |person| UpdatePersonRequest {
        request_id: request_id(),
        person: Some(person),
        ..UpdatePersonRequest::default()
    };
    let title = Person {
        person_id: eva.person_id.clone(),
        title: "Harbour master".to_owned(),
        ..Person::default()
    };
    let changed = directory.update_person(change(title)).await?.into_inner();
    let changed = changed.person.unwrap_or_default();
    let expected = Person {
        title: "Harbour master".to_owned(),
        etag: changed.etag.clone(),
        ..eva.clone()
    };
    assert_ne!(changed.etag, eva.etag);
    assert_eq!(changed, expected);
    // It is visible, wherever one looks.
    let all = directory
        .list_persons(ListPersonsRequest::default())
        .await?;
    assert!(all.into_inner().persons.contains(&changed));
    Ok(())
}
