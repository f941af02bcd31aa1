//! From a recorded moment to the tie, and to nobody else.

use anyhow::{Context as _, Result};
use kith_domain::time::{DAY, HOUR};
use kith_proto::kith::directory::v1::{GetPersonRequest, Person};
use kith_proto::kith::event::v1::InteractionKind;
use kith_proto::kith::interaction::v1::{CorrectInteractionRequest, RetractInteractionRequest};
use kith_proto::kith::relationship::v1::{
    Band, GetTieRequest, ListTiesRequest, Tie, WhoKnowsRequest,
};
use kith_tests::world::{EVA, World, moment, refused, request_id};
use tonic::Code;

on_both_engines! {
    a_recorded_call_is_visible_at_once_by_its_position_and_raises_the_tie
    nothing_of_a_tie_is_seen_in_the_other_organisation
    a_position_of_one_organisation_is_worth_nothing_in_the_other
    a_correction_and_a_retraction_change_the_tie
}

async fn a_recorded_call_is_visible_at_once_by_its_position_and_raises_the_tie(
    world: &World,
) -> Result<()> {
    let ana = &world.ours.ana;
    let earlier = moment(InteractionKind::Call, world.ago(20 * DAY), &[EVA]);
    let position = ana.record(earlier).await?.position;
    let (before, explained) = ana.tie(EVA, &position).await?;
    assert_eq!(before.outgoing, 1);
    assert!(explained.explanation.is_some());

    let today = moment(InteractionKind::Call, world.ago(HOUR), &[EVA]);
    let recorded = ana.record(today).await?;
    let (after, _) = ana.tie(EVA, &recorded.position).await?;
    assert_eq!(after.outgoing, 2);
    assert!(after.alive > before.alive, "{before:?} {after:?}");
    assert!(after.depth >= before.depth, "{before:?} {after:?}");
    assert_eq!(after.last_contact, world.ahead(-HOUR));
    let timeline = ana.interactions(&recorded.position).await?;
    assert_eq!(timeline[0].interaction_id, recorded.interaction_id);
    Ok(())
}

async fn nothing_of_a_tie_is_seen_in_the_other_organisation(world: &World) -> Result<()> {
    let eva = Person {
        name: "Eva Moreau".to_owned(),
        addresses: vec![EVA.to_owned()],
        ..Person::default()
    };
    let here = world.ours.person(eva.clone()).await?;
    let there = world.theirs.person(eva).await?;
    assert_ne!(here.person_id, there.person_id);
    let theirs = &world.theirs.ana;
    let who = || WhoKnowsRequest {
        person: EVA.to_owned(),
        ..WhoKnowsRequest::default()
    };
    let (_, before) = theirs.tie(EVA, "").await?;
    assert_eq!(before.tie.as_ref().map(Tie::band), Some(Band::Unknown));
    let known_before = theirs.client.relationship().who_knows(who()).await?;

    let call = moment(InteractionKind::Call, world.ago(20 * DAY), &[EVA]);
    let recorded = world.ours.ana.record(call).await?;
    world.ours.ana.tie(EVA, &recorded.position).await?;

    let (_, after) = theirs.tie(EVA, "").await?;
    assert_eq!(after, before);
    let known_after = theirs.client.relationship().who_knows(who()).await?;
    assert_eq!(known_after.into_inner(), known_before.into_inner());
    assert!(theirs.interactions("").await?.is_empty());
    let ties = ListTiesRequest::default();
    let ties = theirs.client.relationship().list_ties(ties).await?;
    assert_eq!(ties.into_inner().total, 0);
    let by_id = GetPersonRequest {
        person: here.person_id,
        min_position: String::new(),
    };
    let refusal = refused(theirs.client.directory().get_person(by_id).await)?;
    assert_eq!(refusal.reason, "NOT_FOUND");
    let retraction = RetractInteractionRequest {
        request_id: request_id(),
        interaction_id: recorded.interaction_id,
        min_position: String::new(),
    };
    let mut client = theirs.client.interaction();
    let refusal = refused(client.retract_interaction(retraction).await)?;
    assert_eq!(refusal.reason, "NOT_FOUND");
    Ok(())
}

async fn a_position_of_one_organisation_is_worth_nothing_in_the_other(world: &World) -> Result<()> {
    let call = moment(InteractionKind::Call, world.ago(HOUR), &[EVA]);
    let recorded = world.ours.ana.record(call).await?;
    let request = GetTieRequest {
        person: EVA.to_owned(),
        min_position: recorded.position,
        ..GetTieRequest::default()
    };
    let theirs = &world.theirs.ana.client;
    let refusal = refused(theirs.relationship().get_tie(request).await)?;
    assert_eq!(refusal.code, Code::InvalidArgument);
    assert_eq!(refusal.reason, "POSITION_INVALID");
    Ok(())
}

async fn a_correction_and_a_retraction_change_the_tie(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let call = |days| moment(InteractionKind::Call, world.ago(days * DAY), &[EVA]);
    ana.record(call(50)).await?;
    let recorded = ana.record(call(40)).await?;
    let (wrong, _) = ana.tie(EVA, &recorded.position).await?;

    let correction = CorrectInteractionRequest {
        request_id: request_id(),
        interaction_id: recorded.interaction_id.clone(),
        interaction: Some(call(4)),
        min_position: recorded.position,
    };
    let mut client = ana.client.interaction();
    let position = client.correct_interaction(correction).await?.into_inner();
    let (right, _) = ana.tie(EVA, &position.position).await?;
    assert_eq!(right.last_contact, world.ahead(-4 * DAY));
    assert_eq!(right.outgoing, 2);
    assert!(right.alive > wrong.alive);
    let timeline = ana.interactions("").await?;
    let corrected = timeline.first().context("two moments")?;
    assert_eq!((timeline.len(), corrected.revision), (2, 2));

    let mut bo = world.ours.bo.client.interaction();
    let retraction = |id: &str| RetractInteractionRequest {
        request_id: request_id(),
        interaction_id: id.to_owned(),
        min_position: String::new(),
    };
    let answer = bo.retract_interaction(retraction(&recorded.interaction_id));
    assert_eq!(refused(answer.await)?.reason, "NOT_FOUND");
    let answer = client.retract_interaction(retraction(&recorded.interaction_id));
    let position = answer.await?.into_inner().position;
    let (left, _) = ana.tie(EVA, &position).await?;
    assert_eq!(left.last_contact, world.ahead(-50 * DAY));
    assert_eq!(left.outgoing, 1);
    assert_eq!(ana.interactions("").await?.len(), 1);
    Ok(())
}
