//! A request that is sent again does what it did; another one under its name is refused.

use anyhow::Result;
use kith_domain::time::{DAY, HOUR};
use kith_proto::kith::admin::v1::{CreateApiKeyRequest, ListApiKeysRequest};
use kith_proto::kith::directory::v1::{
    AddFactRequest, CreatePersonRequest, Fact, GetPersonRequest, Person,
};
use kith_proto::kith::event::v1::{FactKind, InteractionKind, Role};
use kith_proto::kith::followup::v1::{CreateFollowUpRequest, FollowUpStatus};
use kith_proto::kith::interaction::v1::RecordInteractionRequest;
use kith_tests::world::{EVA, Refusal, World, moment, noted, refused, request_id};
use tonic::Code;

on_both_engines! {
    a_recording_sent_twice_is_one_moment
    a_fact_sent_twice_is_one_fact
    a_promise_sent_twice_is_one_promise
    a_key_asked_for_twice_is_one_key
    a_person_sent_twice_is_one_person
}

fn assert_reused(refusal: &Refusal) {
    assert_eq!(refusal.code, Code::InvalidArgument);
    assert_eq!(refusal.reason, "REQUEST_ID_REUSED");
    assert_eq!(refusal.domain, "kith");
}

async fn a_recording_sent_twice_is_one_moment(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let mut client = ana.client.interaction();
    let call = moment(InteractionKind::Call, world.ago(HOUR), &[EVA]);
    let request = RecordInteractionRequest {
        request_id: request_id(),
        interaction: Some(call.clone()),
        ..RecordInteractionRequest::default()
    };
    let first = client
        .record_interaction(request.clone())
        .await?
        .into_inner();
    let at_once = client
        .record_interaction(request.clone())
        .await?
        .into_inner();
    assert_eq!(at_once.interaction_id, first.interaction_id);
    assert_eq!(ana.interactions(&first.position).await?.len(), 1);
    let later = client
        .record_interaction(request.clone())
        .await?
        .into_inner();
    assert_eq!(later.interaction_id, first.interaction_id);
    assert_eq!(ana.interactions(&later.position).await?.len(), 1);
    assert_eq!(ana.tie(EVA, "").await?.0.outgoing, 1);

    let other = RecordInteractionRequest {
        interaction: Some(noted(call.clone(), "another body")),
        ..request.clone()
    };
    assert_reused(&refused(client.record_interaction(other).await)?);
    // Whose request it is counts: Bo's is another one.
    let mut bo = world.ours.bo.client.interaction();
    let his = bo.record_interaction(request).await?.into_inner();
    assert_ne!(his.interaction_id, first.interaction_id);
    Ok(())
}

async fn a_fact_sent_twice_is_one_fact(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let person = Person {
        addresses: vec![EVA.to_owned()],
        ..Person::default()
    };
    let eva = world.ours.person(person).await?.person_id;
    let mut client = ana.client.directory();
    let request = AddFactRequest {
        request_id: request_id(),
        person_id: eva.clone(),
        fact: Some(Fact {
            kind: FactKind::Need.into(),
            text: "needs a berth in June".to_owned(),
            ..Fact::default()
        }),
        min_position: String::new(),
    };
    let first = client.add_fact(request.clone()).await?.into_inner();
    client.add_fact(request.clone()).await?;
    let read = GetPersonRequest {
        person: eva,
        min_position: first.position,
    };
    let known = client.get_person(read).await?.into_inner();
    assert_eq!(known.facts.len(), 1);
    let later = client.add_fact(request.clone()).await?.into_inner();
    assert_eq!(later.fact, first.fact);
    let mut other = request;
    if let Some(fact) = &mut other.fact {
        fact.private = true;
    }
    assert_reused(&refused(client.add_fact(other).await)?);
    Ok(())
}

async fn a_promise_sent_twice_is_one_promise(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let person = Person {
        addresses: vec![EVA.to_owned()],
        ..Person::default()
    };
    let mut client = ana.client.followup();
    let request = CreateFollowUpRequest {
        request_id: request_id(),
        person_id: world.ours.person(person).await?.person_id,
        mine: false,
        text: "an introduction".to_owned(),
        due_at: world.ahead(DAY),
        min_position: String::new(),
    };
    let first = client.create_follow_up(request.clone()).await?.into_inner();
    let at_once = client.create_follow_up(request.clone()).await?.into_inner();
    assert_eq!(at_once.follow_up_id, first.follow_up_id);
    let open = ana
        .follow_ups(FollowUpStatus::Open, &first.position)
        .await?;
    assert_eq!(open.len(), 1);
    let other = CreateFollowUpRequest {
        mine: true,
        ..request
    };
    assert_reused(&refused(client.create_follow_up(other).await)?);
    Ok(())
}

async fn a_key_asked_for_twice_is_one_key(world: &World) -> Result<()> {
    let mut client = world.ours.admin.admin();
    let request = CreateApiKeyRequest {
        request_id: request_id(),
        role: Role::Service.into(),
        label: "importer".to_owned(),
        ..CreateApiKeyRequest::default()
    };
    let first = client.create_api_key(request.clone()).await?.into_inner();
    let again = client.create_api_key(request.clone()).await?.into_inner();
    assert_eq!(again.secret, first.secret);
    let list = ListApiKeysRequest {
        min_position: first.position,
        ..ListApiKeysRequest::default()
    };
    let keys = client.list_api_keys(list).await?.into_inner().keys;
    let importers = keys.iter().filter(|key| key.label == "importer").count();
    assert_eq!(importers, 1);
    let other = CreateApiKeyRequest {
        role: Role::Analyst.into(),
        ..request
    };
    assert_reused(&refused(client.create_api_key(other).await)?);
    Ok(())
}

async fn a_person_sent_twice_is_one_person(world: &World) -> Result<()> {
    let mut client = world.ours.ana.client.directory();
    let eva = |name: &str| Person {
        name: name.to_owned(),
        ..Person::default()
    };
    let request = CreatePersonRequest {
        request_id: request_id(),
        person: Some(eva("Eva Moreau")),
        min_position: String::new(),
        ..CreatePersonRequest::default()
    };
    let first = client.create_person(request.clone()).await?.into_inner();
    let again = client.create_person(request.clone()).await?.into_inner();
    let id = |person: Option<Person>| person.map(|person| person.person_id);
    let made = id(first.person);
    assert_eq!(id(again.person), made);
    world
        .ours
        .ana
        .id_of(&made.unwrap_or_default(), &first.position)
        .await?;
    let other = CreatePersonRequest {
        person: Some(eva("Eva Morel")),
        ..request
    };
    assert_reused(&refused(client.create_person(other).await)?);
    Ok(())
}
