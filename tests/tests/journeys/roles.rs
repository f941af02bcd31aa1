//! What each role may do.

use anyhow::Result;
use kith_domain::time::HOUR;
use kith_proto::kith::admin::v1::{
    CreateApiKeyRequest, CreateMemberRequest, CreateOrganisationRequest, ListApiKeysRequest,
    RevokeApiKeyRequest, SetOrganisationSharingRequest,
};
use kith_proto::kith::directory::v1::{CreatePersonRequest, Person};
use kith_proto::kith::event::v1::{InteractionKind, Role};
use kith_proto::kith::followup::v1::ListFollowUpsRequest;
use kith_proto::kith::interaction::v1::{ListInteractionsRequest, RecordInteractionRequest};
use kith_proto::kith::relationship::v1::{
    ExportTiesRequest, GetTieRequest, ListTiesRequest, WhoKnowsRequest,
};
use kith_tests::world::{ANA, BO, Client, EVA, World, moment, refused, request_id};
use tonic::Code;

on_both_engines! {
    only_admins_and_operators_run_things
    only_those_who_record_may_record
    a_key_that_speaks_for_nobody_has_no_ties
    all_ties_are_exported_for_an_analyst_alone
}

/// Asserts that a call is refused with a reason, however it is called.
macro_rules! refuses {
    ($reason:literal: $($client:expr, $method:ident, $request:expr;)*) => {
        $(
            let answer = $client.$method($request).await.map(|_| stringify!($method));
            let refusal = refused(answer)?;
            assert_eq!(refusal.reason, $reason, stringify!($method));
            assert_eq!(refusal.code, Code::PermissionDenied, stringify!($method));
        )*
    };
}

async fn only_admins_and_operators_run_things(world: &World) -> Result<()> {
    let ours = &world.ours;
    let analyst = ours.key(Role::Analyst, "").await?;
    let service = ours.key(Role::Service, "").await?;
    for client in [&ours.ana.client, &analyst, &service] {
        refuses! { "ROLE_MISSING":
            client.admin(), create_organisation, CreateOrganisationRequest::default();
            client.admin(), create_member, CreateMemberRequest::default();
            client.admin(), create_api_key, CreateApiKeyRequest::default();
            client.admin(), list_api_keys, ListApiKeysRequest::default();
            client.admin(), revoke_api_key, RevokeApiKeyRequest::default();
            client.admin(), set_organisation_sharing, SetOrganisationSharingRequest::default();
        }
    }
    // Who runs an organisation makes no other, and who runs the installation looks into none.
    refuses! { "ROLE_MISSING":
        ours.admin.admin(), create_organisation, CreateOrganisationRequest::default();
        world.operator.admin(), create_member, CreateMemberRequest::default();
        world.operator.directory(), create_person, CreatePersonRequest::default();
    }
    refuses! { "MEMBER_MISSING":
        world.operator.relationship(), list_ties, ListTiesRequest::default();
    }
    Ok(())
}

pub(crate) fn recording(world: &World) -> RecordInteractionRequest {
    let call = moment(InteractionKind::Call, world.ago(HOUR), &[EVA, ANA.1]);
    RecordInteractionRequest {
        request_id: request_id(),
        interaction: Some(call),
        ..RecordInteractionRequest::default()
    }
}

async fn only_those_who_record_may_record(world: &World) -> Result<()> {
    let analyst = world.ours.key(Role::Analyst, &world.ours.bo.id).await?;
    for client in [&analyst, &world.operator] {
        refuses! { "ROLE_MISSING":
            client.interaction(), record_interaction, recording(world);
            client.directory(), create_person, CreatePersonRequest {
                request_id: request_id(),
                person: Some(Person { name: "Eva".to_owned(), ..Person::default() }),
                ..CreatePersonRequest::default()
            };
        }
    }
    // A program may record for everybody, but not a note, which would be nobody's.
    let service = world.ours.key(Role::Service, "").await?;
    let mut noted = recording(world);
    if let Some(interaction) = &mut noted.interaction {
        "for whom?".clone_into(&mut interaction.note);
    }
    let refusal = refused(service.interaction().record_interaction(noted).await)?;
    assert_eq!(refusal.fields, ["interaction.note"]);
    let done = service
        .interaction()
        .record_interaction(recording(world))
        .await?;
    let position = done.into_inner().position;
    let (tie, _) = world.ours.ana.tie(EVA, &position).await?;
    assert_eq!(tie.last_contact, world.ahead(-HOUR));
    // For a member it would read what is theirs alone.
    let for_bo = CreateApiKeyRequest {
        request_id: request_id(),
        role: Role::Service.into(),
        member_id: world.ours.bo.id.clone(),
        ..CreateApiKeyRequest::default()
    };
    let refusal = refused(world.ours.admin.admin().create_api_key(for_bo).await)?;
    assert_eq!(refusal.fields, ["member_id"]);
    Ok(())
}

async fn a_key_that_speaks_for_nobody_has_no_ties(world: &World) -> Result<()> {
    let service = world.ours.key(Role::Service, "").await?;
    let (mut ties, person) = (service.relationship(), BO.1.to_owned());
    let tie = GetTieRequest {
        person: person.clone(),
        ..GetTieRequest::default()
    };
    let who = WhoKnowsRequest {
        person,
        ..WhoKnowsRequest::default()
    };
    refuses! { "MEMBER_MISSING":
        ties, get_tie, tie;
        ties, who_knows, who;
        ties, list_ties, ListTiesRequest::default();
        ties, export_ties, ExportTiesRequest::default();
        service.followup(), list_follow_ups, ListFollowUpsRequest::default();
        service.interaction(), list_interactions, ListInteractionsRequest::default();
    }
    Ok(())
}

async fn all_ties_are_exported_for_an_analyst_alone(world: &World) -> Result<()> {
    let ours = &world.ours;
    let call = |hours| moment(InteractionKind::Call, world.ago(hours * HOUR), &[EVA]);
    ours.bo.record(call(30)).await?;
    let position = ours.ana.record(call(20)).await?.position;
    let all = |all| ExportTiesRequest {
        all,
        min_position: position.clone(),
        ..ExportTiesRequest::default()
    };
    let service = ours.key(Role::Service, "").await?;
    for client in [&ours.ana.client, &ours.admin, &service] {
        refuses! { "ROLE_MISSING": client.relationship(), export_ties, all(true); }
    }
    let rows = async |client: &Client, every| -> Result<Vec<(String, String)>> {
        let mut rows = client
            .relationship()
            .export_ties(all(every))
            .await?
            .into_inner();
        let mut pairs = Vec::new();
        while let Some(row) = rows.message().await? {
            pairs.push((row.member, row.person));
        }
        Ok(pairs)
    };
    let pair = |member: &str| (member.to_owned(), EVA.to_owned());
    assert_eq!(rows(&ours.ana.client, false).await?, [pair(ANA.1)]);
    let analyst = ours.key(Role::Analyst, &ours.bo.id).await?;
    assert_eq!(rows(&analyst, true).await?, [pair(ANA.1), pair(BO.1)]);
    Ok(())
}
