//! What a member decided about a tie holds: tend, quiet, never, important, pause, review.

use std::time::Duration;

use anyhow::{Context as _, Result};
use kith_domain::time::{DAY, HOUR, SECOND};
use kith_proto::kith::event::v1::{Care, InteractionKind};
use kith_proto::kith::followup::v1::{FollowUpStatus, ListFollowUpsRequest, SetPauseRequest};
use kith_proto::kith::interaction::v1::InteractionInput;
use kith_proto::kith::relationship::v1::{ListReviewRequest, ListTiesRequest, SetCareRequest, Tie};
use kith_proto::words;
use kith_testkit::eventually;
use kith_tests::world::{EVA, Member, PATIENCE, World, keyed, moment, refused, request_id};

use crate::watching::{next, promise, watch};

on_both_engines! {
    a_quiet_tie_reminds_of_promises_alone_and_never_means_never
    a_pause_holds_back_what_falls_due_until_it_ends
    a_decision_is_nobody_elses_business
    after_a_large_import_twenty_ties_are_worth_a_decision_and_nothing_is_due
}

/// Calls every week, the last one so long ago.
fn calls(world: &World, with: &str, weeks: i64, ago: i64) -> Vec<InteractionInput> {
    let calls = (0..weeks).map(|week| {
        let at = world.ago(ago + week * 7 * DAY);
        keyed(
            moment(InteractionKind::Call, at, &[with]),
            format!("{with} {week}"),
        )
    });
    calls.collect()
}

fn decision(person_id: &str, care: Care, important: Option<bool>) -> SetCareRequest {
    SetCareRequest {
        request_id: request_id(),
        person_id: person_id.to_owned(),
        care: care.into(),
        important,
        min_position: String::new(),
    }
}

async fn decide(member: &Member, person_id: &str, care: Care) -> Result<String> {
    let request = decision(person_id, care, None);
    let answer = member.client.relationship().set_care(request).await?;
    Ok(answer.into_inner().position)
}

async fn open(member: &Member, after: &str) -> Result<usize> {
    Ok(member.follow_ups(FollowUpStatus::Open, after).await?.len())
}

async fn review(member: &Member, after: &str) -> Result<Vec<Tie>> {
    let request = ListReviewRequest {
        min_position: after.to_owned(),
    };
    let answer = member.client.relationship().list_review(request).await?;
    Ok(answer.into_inner().ties)
}

async fn a_quiet_tie_reminds_of_promises_alone_and_never_means_never(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let position = ana.record_all(calls(world, EVA, 30, HOUR)).await?.position;
    let (tie, _) = ana.tie(EVA, &position).await?;
    assert_eq!(tie.care(), Care::Undecided);
    let due = tie.due_at.as_ref().and_then(words::moment).context("due")?;
    let promise = promise(world, ana, "the paper", DAY).await?;
    let (mut stream, _) = watch(ana, "").await?;
    world.clock.set(due.plus_micros(SECOND));
    let told = [next(&mut stream).await?.0, next(&mut stream).await?.0];
    assert!(told.iter().any(|told| told.follow_up_id == promise));
    eventually(PATIENCE, async || {
        open(ana, "").await.is_ok_and(|open| open == 2)
    })
    .await?;

    let eva = tie.person_id;
    let quiet = decide(ana, &eva, Care::Quiet).await?;
    let left = ana.follow_ups(FollowUpStatus::Open, &quiet).await?;
    let left: Vec<&str> = left.iter().map(|f| f.follow_up_id.as_str()).collect();
    assert_eq!(left, [promise.as_str()]);
    let (tie, _) = ana.tie(EVA, &quiet).await?;
    assert_eq!((tie.care(), tie.due_at), (Care::Quiet, None));

    let never = decide(ana, &eva, Care::Never).await?;
    assert_eq!(open(ana, &never).await?, 0);
    // Real contact does not undo the word.
    let call = moment(InteractionKind::Call, world.now(), &[EVA]);
    let position = ana.record(call).await?.position;
    assert_eq!(ana.tie(EVA, &position).await?.0.due_at, None);
    let tend = decide(ana, &eva, Care::Tend).await?;
    let (tie, _) = ana.tie(EVA, &tend).await?;
    assert!(tie.due_at.as_ref().and_then(words::moment) > Some(world.now()));

    let mut relationships = ana.client.relationship();
    let nothing = decision(&eva, Care::Unspecified, None);
    assert_eq!(
        refused(relationships.set_care(nothing).await)?.fields,
        ["care"]
    );
    let nobody = decision(&world.ours.id, Care::Tend, None);
    assert_eq!(
        refused(relationships.set_care(nobody).await)?.reason,
        "NOT_FOUND"
    );
    Ok(())
}

async fn a_pause_holds_back_what_falls_due_until_it_ends(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let position = ana.record_all(calls(world, EVA, 3, HOUR)).await?.position;
    ana.id_of(EVA, &position).await?;
    let pause = |until| SetPauseRequest {
        request_id: request_id(),
        until,
        min_position: String::new(),
    };
    let mut follow_ups = ana.client.followup();
    let past = pause(Some(words::timestamp(world.ago(HOUR))));
    assert_eq!(refused(follow_ups.set_pause(past).await)?.fields, ["until"]);
    let too_far = pause(world.ahead(4_000 * DAY));
    assert_eq!(
        refused(follow_ups.set_pause(too_far).await)?.fields,
        ["until"]
    );

    let until = world.ahead(10 * DAY);
    let paused = follow_ups.set_pause(pause(until)).await?.into_inner();
    let listed = ListFollowUpsRequest {
        min_position: paused.position,
        ..ListFollowUpsRequest::default()
    };
    let listed = follow_ups.list_follow_ups(listed).await?.into_inner();
    assert_eq!(listed.paused_until, until);
    let (mut stream, _) = watch(ana, "").await?;
    promise(world, ana, "the paper", DAY).await?;
    world.pass(2 * DAY);
    let told = tokio::time::timeout(Duration::from_secs(3), next(&mut stream)).await;
    assert!(told.is_err(), "told in a pause: {told:?}");
    world.pass(9 * DAY);
    assert_eq!(next(&mut stream).await?.0.text, "the paper");
    let listed = ListFollowUpsRequest::default();
    let listed = follow_ups.list_follow_ups(listed).await?.into_inner();
    assert_eq!(listed.paused_until, None, "it has ended");
    Ok(())
}

async fn a_decision_is_nobody_elses_business(world: &World) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    ana.record_all(calls(world, EVA, 9, HOUR)).await?;
    let position = bo.record_all(calls(world, EVA, 9, HOUR)).await?.position;
    let eva = bo.id_of(EVA, &position).await?;
    let before = bo.tie(EVA, &position).await?;
    let request = decision(&eva, Care::Never, Some(true));
    let answer = ana.client.relationship().set_care(request).await?;
    let position = answer.into_inner().position;
    assert_eq!(bo.tie(EVA, &position).await?, before);
    let important = |after: &str| ListTiesRequest {
        important: true,
        cares: vec![Care::Never.into()],
        min_position: after.to_owned(),
        ..ListTiesRequest::default()
    };
    let of = async |member: &Member| -> Result<u64> {
        let answer = member
            .client
            .relationship()
            .list_ties(important(&position))
            .await?;
        Ok(answer.into_inner().total)
    };
    assert_eq!((of(ana).await?, of(bo).await?), (1, 0));
    Ok(())
}

async fn after_a_large_import_twenty_ties_are_worth_a_decision_and_nothing_is_due(
    world: &World,
) -> Result<()> {
    let ana = &world.ours.ana;
    let mut all = Vec::new();
    for person in 0..30 {
        let address = format!("person{person}@y.org");
        all.extend(calls(world, &address, 20 + person, 400 * DAY));
    }
    // A colleague, somebody who is well, and somebody whom she hardly knew.
    all.extend(calls(world, "bo@x.org", 40, 400 * DAY));
    all.extend(calls(world, EVA, 40, DAY));
    all.extend(calls(world, "stranger@y.org", 1, 900 * DAY));
    let position = ana.record_all(all).await?.position;
    assert_eq!(open(ana, &position).await?, 0);
    let waiting = review(ana, &position).await?;
    assert_eq!(waiting.len(), 20);
    let fades = |tie: &Tie| tie.name.starts_with("person") && tie.due_at.is_none();
    assert!(waiting.iter().all(fades), "{waiting:?}");

    world.pass(HOUR);
    let (kept, left, never) = (&waiting[0], &waiting[1], &waiting[2]);
    let (mut stream, _) = watch(ana, "").await?;
    decide(ana, &left.person_id, Care::Quiet).await?;
    decide(ana, &never.person_id, Care::Never).await?;
    let position = decide(ana, &kept.person_id, Care::Tend).await?;
    let next_ones = review(ana, &position).await?;
    let decided = [kept, left, never].map(|tie| tie.person_id.as_str());
    assert!(
        next_ones
            .iter()
            .all(|tie| !decided.contains(&tie.person_id.as_str()))
    );
    // Whom she wants to tend, and nobody else, comes up.
    world.pass(SECOND);
    assert_eq!(next(&mut stream).await?.0.person_id, kept.person_id);
    assert_eq!(open(ana, &position).await?, 1);
    assert!(review(&world.ours.bo, &position).await?.is_empty());
    Ok(())
}
