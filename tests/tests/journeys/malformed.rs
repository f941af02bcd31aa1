//! Malformed requests: each is refused with a reason and the fields that are wrong.

mod moments;

use anyhow::Result;
use kith_domain::time::DAY;
use kith_proto::kith::admin::v1::{CreateApiKeyRequest, CreateMemberRequest, ListMembersRequest};
use kith_proto::kith::directory::v1::{
    AddFactRequest, CreatePersonRequest, Fact, GetPersonRequest, ListPersonsRequest, Person,
    UpdatePersonRequest,
};
use kith_proto::kith::event::v1::{InteractionKind, Role};
use kith_proto::kith::followup::v1::{
    CreateFollowUpRequest, ListFollowUpsRequest, SnoozeFollowUpRequest, WatchNotificationsRequest,
};
use kith_proto::kith::interaction::v1::{InteractionInput, RecordInteractionRequest};
use kith_proto::kith::relationship::v1::{
    ExportTiesRequest, GetTieHistoryRequest, GetTieRequest, ListTiesRequest, SetSharingRequest,
};
use kith_tests::world::{EVA, Refusal, World, moment, refused, request_id};
use tonic::Code;

on_both_engines! {
    each_of_many_malformed_requests_gets_a_reason_and_its_fields
    tokens_that_are_made_up_have_reasons_of_their_own
    all_wrong_fields_are_told_at_once
}

/// Calls a method with a request and answers its refusal.
macro_rules! refusal {
    ($client:expr, $method:ident, $request:expr) => {
        refused($client.$method($request).await.map(|_| stringify!($method)))?
    };
}

/// The field that is wrong, and what was answered.
type Told = Vec<(&'static str, Refusal)>;

async fn each_of_many_malformed_requests_gets_a_reason_and_its_fields(world: &World) -> Result<()> {
    let mut told = moments::moments(world).await?;
    told.extend(directory(world).await?);
    told.extend(ties(world).await?);
    told.extend(follow_ups(world).await?);
    told.extend(administration(world).await?);
    assert!(told.len() >= 20);
    for (field, refusal) in &told {
        assert_eq!(refusal.code, Code::InvalidArgument, "{field}: {refusal:?}");
        assert_eq!(refusal.reason, "FIELDS_INVALID", "{field}");
        assert_eq!(refusal.domain, "kith", "{field}");
        assert!(
            refusal.fields.iter().any(|told| told == field),
            "{field}: {refusal:?}"
        );
    }
    Ok(())
}

/// People and facts without what makes them.
async fn directory(world: &World) -> Result<Told> {
    let mut directory = world.ours.ana.client.directory();
    let mut told = Told::new();
    let request = CreatePersonRequest {
        request_id: request_id(),
        ..CreatePersonRequest::default()
    };
    told.push(("person", refusal!(directory, create_person, request)));
    let request = UpdatePersonRequest {
        request_id: request_id(),
        person: Some(Person::default()),
        etag: "not one".to_owned(),
        ..UpdatePersonRequest::default()
    };
    told.push((
        "person.person_id",
        refusal!(directory, update_person, request),
    ));
    let request = AddFactRequest {
        request_id: request_id(),
        person_id: world.ours.ana.id.clone(),
        fact: Some(Fact {
            kind: 1,
            ..Fact::default()
        }),
        ..AddFactRequest::default()
    };
    told.push(("fact.text", refusal!(directory, add_fact, request)));
    let request = ListPersonsRequest {
        page_size: 1_001,
        ..ListPersonsRequest::default()
    };
    told.push(("page_size", refusal!(directory, list_persons, request)));
    told.push((
        "person",
        refusal!(directory, get_person, GetPersonRequest::default()),
    ));
    Ok(told)
}

/// Questions about ties that have no answer.
async fn ties(world: &World) -> Result<Told> {
    let mut relationship = world.ours.ana.client.relationship();
    let eva = || EVA.to_owned();
    let mut told = Told::new();
    let request = GetTieRequest {
        person: eva(),
        horizon_days: 9_999,
        ..GetTieRequest::default()
    };
    told.push(("horizon_days", refusal!(relationship, get_tie, request)));
    let request = GetTieHistoryRequest {
        person: eva(),
        points: 1,
        ..Default::default()
    };
    told.push(("points", refusal!(relationship, get_tie_history, request)));
    let request = ListTiesRequest {
        order: 42,
        ..ListTiesRequest::default()
    };
    told.push(("order", refusal!(relationship, list_ties, request)));
    let request = ListTiesRequest {
        bands: vec![99],
        ..ListTiesRequest::default()
    };
    told.push(("bands", refusal!(relationship, list_ties, request)));
    let request = SetSharingRequest {
        request_id: request_id(),
        ..SetSharingRequest::default()
    };
    told.push(("target", refusal!(relationship, set_sharing, request)));
    let request = ExportTiesRequest {
        formula: "v9".to_owned(),
        ..ExportTiesRequest::default()
    };
    told.push(("formula", refusal!(relationship, export_ties, request)));
    Ok(told)
}

/// Follow-ups of no time, place or kind.
async fn follow_ups(world: &World) -> Result<Told> {
    let mut followup = world.ours.ana.client.followup();
    let mut told = Told::new();
    let request = CreateFollowUpRequest {
        request_id: request_id(),
        person_id: world.ours.bo.id.clone(),
        due_at: world.ahead(4_000 * DAY),
        ..CreateFollowUpRequest::default()
    };
    told.push(("due_at", refusal!(followup, create_follow_up, request)));
    let request = SnoozeFollowUpRequest {
        request_id: request_id(),
        follow_up_id: "!".to_owned(),
        ..SnoozeFollowUpRequest::default()
    };
    told.push(("until", refusal!(followup, snooze_follow_up, request)));
    let request = ListFollowUpsRequest {
        status: -1,
        ..ListFollowUpsRequest::default()
    };
    told.push(("status", refusal!(followup, list_follow_ups, request)));
    Ok(told)
}

/// Members and keys of nobody.
async fn administration(world: &World) -> Result<Told> {
    let mut admin = world.ours.admin.admin();
    let mut told = Told::new();
    let request = CreateMemberRequest {
        request_id: request_id(),
        ..Default::default()
    };
    told.push(("address", refusal!(admin, create_member, request)));
    let request = CreateApiKeyRequest {
        request_id: request_id(),
        role: Role::Member.into(),
        ..CreateApiKeyRequest::default()
    };
    told.push(("member_id", refusal!(admin, create_api_key, request)));
    let operator = CreateApiKeyRequest {
        request_id: request_id(),
        role: Role::Operator.into(),
        ..CreateApiKeyRequest::default()
    };
    told.push(("role", refusal!(admin, create_api_key, operator)));
    Ok(told)
}

async fn tokens_that_are_made_up_have_reasons_of_their_own(world: &World) -> Result<()> {
    let ana = &world.ours.ana.client;
    let (mut relationship, mut followup) = (ana.relationship(), ana.followup());
    let mut admin = world.ours.admin.admin();
    let eva = || EVA.to_owned();
    let page = ListMembersRequest {
        page_token: "made up".to_owned(),
        ..Default::default()
    };
    let refusal = refusal!(admin, list_members, page);
    assert_eq!(refusal.reason, "PAGE_TOKEN_INVALID");
    assert_eq!(refusal.fields, ["page_token"]);
    let position = GetTieRequest {
        person: eva(),
        min_position: "made up".to_owned(),
        ..GetTieRequest::default()
    };
    let refusal = refusal!(relationship, get_tie, position);
    assert_eq!(refusal.reason, "POSITION_INVALID");
    assert_eq!(refusal.fields, ["min_position"]);
    let resume = WatchNotificationsRequest {
        resume_token: "made up".to_owned(),
    };
    let refusal = refusal!(followup, watch_notifications, resume);
    assert_eq!(refusal.reason, "POSITION_INVALID");
    assert_eq!(refusal.fields, ["resume_token"]);
    Ok(())
}

async fn all_wrong_fields_are_told_at_once(world: &World) -> Result<()> {
    let mut interaction = world.ours.ana.client.interaction();
    let request = RecordInteractionRequest {
        request_id: "no".to_owned(),
        interaction: Some(InteractionInput {
            channel: "x".repeat(51),
            ..moment(InteractionKind::Unspecified, world.now(), &["nobody"])
        }),
        ..RecordInteractionRequest::default()
    };
    let refusal = refusal!(interaction, record_interaction, request);
    assert_eq!(
        refusal.fields,
        [
            "request_id",
            "interaction.participants[0].address",
            "interaction.kind",
            "interaction.channel",
        ]
    );
    Ok(())
}
