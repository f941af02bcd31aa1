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
use kith_tests::world::{Client, EVA, Member, World, keyed, moment, refused, request_id};
use prost::Message;
use tonic::{Code, Response, Status};

on_both_engines! {
    a_tie_is_shared_by_name_without_name_or_not_at_all
    a_private_tie_changes_no_byte_of_any_answer
    somebody_known_through_a_private_tie_alone_does_not_exist_for_others
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
        min_position: after.to_owned(),
        ..WhoKnowsRequest::default()
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
    // Nothing else leads to her.
    let request = WhoKnowsRequest {
        person: EVA.to_owned(),
        min_position: position,
        ..WhoKnowsRequest::default()
    };
    let answer = bo.relationship().who_knows(request).await;
    assert_eq!(refused(answer)?.code, Code::NotFound);
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
        min_position: min_position(),
        ..WhoKnowsRequest::default()
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
    let exported = exported(world).await?;
    Ok(vec![
        encoded(relationship.who_knows(who).await),
        encoded(relationship.get_tie(tie).await),
        encoded(relationship.list_ties(ListTiesRequest::default()).await),
        encoded(bo.directory().get_person(person).await),
        encoded(bo.directory().list_persons(persons).await),
        encoded(bo.followup().list_follow_ups(follow_ups).await),
        exported.iter().flat_map(Message::encode_to_vec).collect(),
    ])
}

/// An answer or a refusal, as it goes over the wire.
fn encoded<T: Message>(answer: Result<Response<T>, Status>) -> Vec<u8> {
    match answer {
        Ok(answer) => answer.into_inner().encode_to_vec(),
        Err(status) => {
            let told = format!("{:?} {}", status.code(), status.message());
            [told.as_bytes(), status.details()].concat()
        }
    }
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

async fn somebody_known_through_a_private_tie_alone_does_not_exist_for_others(
    world: &World,
) -> Result<()> {
    let domain = Target::Domain("y.org".to_owned());
    let position = share(&world.ours.ana, domain, SharingLevel::Private).await?;
    let without = all_that_bo_sees(world, &position).await?;
    let position = calls_eva(world, &world.ours.ana).await?;
    assert_eq!(world.ours.ana.tie(EVA, &position).await?.0.outgoing, 8);
    let with = all_that_bo_sees(world, &position).await?;
    assert_eq!(with, without);

    // Whoever enters her is answered as if she were new, and what Ana knows of her stays Ana's.
    let eva = Person {
        addresses: vec![EVA.to_owned()],
        company: "Windfarm".to_owned(),
        ..Person::default()
    };
    let made = world.ours.person(eva).await?;
    assert_eq!(world.ours.ana.id_of(EVA, &position).await?, made.person_id);
    let request = GetPersonRequest {
        person: made.person_id,
        min_position: String::new(),
    };
    let bo = &world.ours.bo.client;
    let seen = bo.directory().get_person(request).await?.into_inner();
    assert_eq!(seen.person.unwrap_or_default().company, "Windfarm");
    Ok(())
}
