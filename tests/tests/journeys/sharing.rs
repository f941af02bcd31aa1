//! What others see of a tie: as much as its member shares, and of a private one nothing at all.

use anyhow::Result;
use kith_domain::time::DAY;
use kith_proto::kith::admin::v1::SetOrganisationSharingRequest;
use kith_proto::kith::directory::v1::{GetPersonRequest, ListPersonsRequest, Person};
use kith_proto::kith::event::v1::{InteractionKind, Role, SharingLevel};
use kith_proto::kith::followup::v1::{FollowUpStatus, ListFollowUpsRequest};
use kith_proto::kith::relationship::v1::set_sharing_request::Target;
use kith_proto::kith::relationship::v1::{
    Acquaintance, ExportTiesRequest, ExportTiesResponse, GetTieRequest, ListTiesRequest,
    SetSharingRequest, WhoKnowsRequest,
};
use kith_tests::world::{Client, EVA, Member, World, keyed, moment, request_id};
use prost::Message;

on_both_engines! {
    a_tie_is_shared_by_name_without_name_or_not_at_all
    a_private_tie_changes_no_byte_of_any_answer
}

/// Two months of weekly calls, the last one before this week began.
async fn calls_eva(world: &World, member: &Member) -> Result<String> {
    let calls = (1..9).map(|week| {
        let at = world.ago(week * 7 * DAY);
        let call = moment(InteractionKind::Call, at, &[EVA]);
        keyed(call, format!("{} {week}", member.id))
    });
    Ok(member.record_all(calls.collect()).await?.position)
}

async fn share(member: &Member, target: Target, level: SharingLevel) -> Result<String> {
    let request = SetSharingRequest {
        request_id: request_id(),
        target: Some(target),
        level: level.into(),
        min_position: String::new(),
    };
    let done = member.client.relationship().set_sharing(request).await?;
    Ok(done.into_inner().position)
}

async fn who_knows(client: &Client, after: &str) -> Result<Vec<Acquaintance>> {
    let request = WhoKnowsRequest {
        person: EVA.to_owned(),
        page_size: 0,
        min_position: after.to_owned(),
    };
    let answer = client.relationship().who_knows(request).await?;
    Ok(answer.into_inner().acquaintances)
}

async fn exported(world: &World) -> Result<Vec<ExportTiesResponse>> {
    let analyst = world.ours.key(Role::Analyst, &world.ours.bo.id).await?;
    let request = ExportTiesRequest {
        all: true,
        ..ExportTiesRequest::default()
    };
    let mut rows = analyst
        .relationship()
        .export_ties(request)
        .await?
        .into_inner();
    let mut all = Vec::new();
    while let Some(row) = rows.message().await? {
        all.push(row);
    }
    Ok(all)
}

async fn a_tie_is_shared_by_name_without_name_or_not_at_all(world: &World) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo.client);
    let position = calls_eva(world, ana).await?;
    let anonymous = who_knows(bo, &position).await?;
    assert_eq!(anonymous.len(), 1);
    assert_eq!(
        (anonymous[0].member_id.as_str(), anonymous[0].name.as_str()),
        ("", "")
    );
    assert_ne!(anonymous[0].band, 0);

    let by_name = SetOrganisationSharingRequest {
        request_id: request_id(),
        level: SharingLevel::Named.into(),
        min_position: String::new(),
    };
    let mut admin = world.ours.admin.admin();
    let position = admin
        .set_organisation_sharing(by_name)
        .await?
        .into_inner()
        .position;
    let named = who_knows(bo, &position).await?;
    assert_eq!(named[0].member_id, ana.id);
    assert_eq!(named[0].name, "Ana Silva");
    assert_eq!(named[0].band, anonymous[0].band);

    let eva = ana.id_of(EVA, "").await?;
    let target = || Target::PersonId(eva.clone());
    let position = share(ana, target(), SharingLevel::Anonymous).await?;
    assert_eq!(who_knows(bo, &position).await?, anonymous);
    let position = share(ana, target(), SharingLevel::Private).await?;
    assert!(who_knows(bo, &position).await?.is_empty());
    assert!(exported(world).await?.is_empty());
    let position = share(ana, target(), SharingLevel::Unspecified).await?;
    assert_eq!(who_knows(bo, &position).await?, named);
    assert_eq!(exported(world).await?.len(), 1);
    // Her own is not told to her, and not to the other organisation.
    assert!(who_knows(&ana.client, &position).await?.is_empty());
    Ok(())
}

/// Everything that Bo can ask for about Eva, as it goes over the wire.
async fn all_that_bo_sees(world: &World, after: &str) -> Result<Vec<Vec<u8>>> {
    let bo = &world.ours.bo.client;
    let mut relationship = bo.relationship();
    let min_position = || after.to_owned();
    let who = WhoKnowsRequest {
        person: EVA.to_owned(),
        page_size: 0,
        min_position: min_position(),
    };
    let tie = GetTieRequest {
        person: EVA.to_owned(),
        min_position: min_position(),
        ..GetTieRequest::default()
    };
    let person = GetPersonRequest {
        person: EVA.to_owned(),
        min_position: min_position(),
    };
    let follow_ups = ListFollowUpsRequest {
        status: FollowUpStatus::Open.into(),
        ..ListFollowUpsRequest::default()
    };
    let persons = ListPersonsRequest::default();
    Ok(vec![
        relationship
            .who_knows(who)
            .await?
            .into_inner()
            .encode_to_vec(),
        relationship
            .get_tie(tie)
            .await?
            .into_inner()
            .encode_to_vec(),
        relationship
            .list_ties(ListTiesRequest::default())
            .await?
            .into_inner()
            .encode_to_vec(),
        bo.directory()
            .get_person(person)
            .await?
            .into_inner()
            .encode_to_vec(),
        bo.directory()
            .list_persons(persons)
            .await?
            .into_inner()
            .encode_to_vec(),
        bo.followup()
            .list_follow_ups(follow_ups)
            .await?
            .into_inner()
            .encode_to_vec(),
        exported(world)
            .await?
            .iter()
            .flat_map(Message::encode_to_vec)
            .collect(),
    ])
}

async fn a_private_tie_changes_no_byte_of_any_answer(world: &World) -> Result<()> {
    let eva = Person {
        name: "Eva Moreau".to_owned(),
        addresses: vec![EVA.to_owned()],
        ..Person::default()
    };
    world.ours.person(eva).await?;
    let cleo = world.ours.member("Cleo Roux", "cleo@x.org").await?;
    calls_eva(world, &cleo).await?;
    let position = calls_eva(world, &world.ours.bo).await?;
    let domain = Target::Domain("y.org".to_owned());
    share(&world.ours.ana, domain, SharingLevel::Private).await?;
    let without = all_that_bo_sees(world, &position).await?;
    assert!(without.iter().filter(|answer| !answer.is_empty()).count() >= 6);

    let position = calls_eva(world, &world.ours.ana).await?;
    assert_eq!(world.ours.ana.tie(EVA, &position).await?.0.outgoing, 8);
    let with = all_that_bo_sees(world, &position).await?;
    assert_eq!(with, without);
    Ok(())
}
