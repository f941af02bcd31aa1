//! What falls due, how it is told, and what makes it vanish.

use std::time::Duration;

use anyhow::{Context as _, Result};
use kith_domain::time::{DAY, HOUR, SECOND};
use kith_proto::kith::event::v1::{FollowUpReason, InteractionKind};
use kith_proto::kith::followup::v1::{
    CompleteFollowUpRequest, DismissFollowUpRequest, FollowUpStatus, ReopenFollowUpRequest,
    SnoozeFollowUpRequest,
};
use kith_proto::words;
use kith_testkit::{eventually, eventually_some};
use kith_tests::world::{EVA, Member, PATIENCE, World, keyed, moment, refused, request_id};

use crate::watching::{knows_eva, next, promise, watch};

on_both_engines! {
    a_follow_up_can_be_done_reopened_snoozed_and_dismissed
    real_contact_makes_a_fading_follow_up_vanish
    an_encounter_proposes_the_second_contact_within_48_hours_and_mail_alone_does_not
    twenty_years_of_imported_history_wake_nobody
}

async fn a_follow_up_can_be_done_reopened_snoozed_and_dismissed(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    knows_eva(world, ana).await?;
    let id = promise(world, ana, "call back", DAY).await?;
    let mut client = ana.client.followup();
    let has = async |status, after: &str| -> Result<bool> {
        let all = ana.follow_ups(status, after).await?;
        Ok(all.iter().any(|f| f.follow_up_id == id))
    };

    // The promise itself may not be visible yet: its position was not asked for.
    eventually(PATIENCE, async || {
        has(FollowUpStatus::Open, "").await.unwrap_or(false)
    })
    .await?;
    let request = CompleteFollowUpRequest {
        request_id: request_id(),
        follow_up_id: id.clone(),
        min_position: String::new(),
    };
    let done = client
        .complete_follow_up(request)
        .await?
        .into_inner()
        .position;
    assert!(has(FollowUpStatus::Done, &done).await?);
    assert!(!has(FollowUpStatus::Open, &done).await?);
    let snooze = |until| SnoozeFollowUpRequest {
        request_id: request_id(),
        follow_up_id: id.clone(),
        until,
        min_position: String::new(),
    };
    let refusal = refused(client.snooze_follow_up(snooze(world.ahead(DAY))).await)?;
    assert_eq!(refusal.reason, "STATE");

    let request = ReopenFollowUpRequest {
        request_id: request_id(),
        follow_up_id: id.clone(),
        min_position: String::new(),
    };
    let open = client
        .reopen_follow_up(request)
        .await?
        .into_inner()
        .position;
    assert!(has(FollowUpStatus::Open, &open).await?);

    let (mut stream, _) = watch(ana, "").await?;
    world.pass(2 * DAY);
    assert_eq!(next(&mut stream).await?.0.follow_up_id, id);
    let snoozed = client
        .snooze_follow_up(snooze(world.ahead(3 * DAY)))
        .await?;
    let snoozed = snoozed.into_inner().position;
    let later = ana.follow_ups(FollowUpStatus::Open, &snoozed).await?;
    assert_eq!(later[0].due_at, world.ahead(3 * DAY));
    world.pass(4 * DAY);
    assert_eq!(next(&mut stream).await?.0.follow_up_id, id);

    let request = DismissFollowUpRequest {
        request_id: request_id(),
        follow_up_id: id.clone(),
        min_position: String::new(),
    };
    let gone = client
        .dismiss_follow_up(request)
        .await?
        .into_inner()
        .position;
    assert!(has(FollowUpStatus::Dismissed, &gone).await?);
    assert!(!has(FollowUpStatus::Open, &gone).await?);

    let foreign = CompleteFollowUpRequest {
        request_id: request_id(),
        follow_up_id: id.clone(),
        min_position: String::new(),
    };
    let mut bo = world.ours.bo.client.followup();
    assert_eq!(
        refused(bo.complete_follow_up(foreign).await)?.reason,
        "NOT_FOUND"
    );
    Ok(())
}

/// Calls every week, the last one an hour ago.
async fn call_weekly(world: &World, member: &Member, weeks: i64) -> Result<String> {
    let calls = (0..weeks).map(|week| {
        let at = world.ago(week * 7 * DAY + HOUR);
        keyed(
            moment(InteractionKind::Call, at, &[EVA]),
            format!("call {week}"),
        )
    });
    Ok(member.record_all(calls.collect()).await?.position)
}

async fn real_contact_makes_a_fading_follow_up_vanish(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let position = call_weekly(world, ana, 30).await?;
    let (tie, _) = ana.tie(EVA, &position).await?;
    let due = tie
        .due_at
        .as_ref()
        .and_then(words::moment)
        .context("a due moment")?;
    assert!(due > world.now());
    let (mut stream, _) = watch(ana, "").await?;
    world.clock.set(due.plus_micros(SECOND));
    let (told, _) = next(&mut stream).await?;
    assert_eq!(told.reason(), FollowUpReason::Fading);
    let open = ana.follow_ups(FollowUpStatus::Open, "").await?;
    assert_eq!(open.len(), 1, "{open:?}");

    let call = moment(InteractionKind::Call, world.now(), &[EVA]);
    let position = ana.record(call).await?.position;
    let open = ana.follow_ups(FollowUpStatus::Open, &position).await?;
    assert!(open.is_empty(), "{open:?}");
    let (tie, _) = ana.tie(EVA, &position).await?;
    assert!(tie.due_at.as_ref().and_then(words::moment) > Some(world.now()));
    Ok(())
}

async fn an_encounter_proposes_the_second_contact_within_48_hours_and_mail_alone_does_not(
    world: &World,
) -> Result<()> {
    let ana = &world.ours.ana;
    let by_mail = "mail@y.org";
    let mail = moment(InteractionKind::Mail, world.now(), &[by_mail]);
    let position = ana.record(mail).await?.position;
    assert_eq!(ana.tie(by_mail, &position).await?.0.due_at, None);

    let encounter = moment(InteractionKind::Encounter, world.now(), &[EVA]);
    let position = ana.record(encounter).await?.position;
    let in_two_days = world.ahead(48 * HOUR);
    assert_eq!(ana.tie(EVA, &position).await?.0.due_at, in_two_days);
    world.pass(48 * HOUR + SECOND);
    let told = eventually_some(PATIENCE, async || {
        let open = ana.follow_ups(FollowUpStatus::Open, "").await.ok()?;
        (!open.is_empty()).then_some(open)
    });
    let told = told.await?;
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0].reason(), FollowUpReason::Ladder);
    assert_eq!(told[0].due_at, in_two_days);

    // Once met, a mail is contact too: the third contact is proposed two weeks later.
    let mail = moment(InteractionKind::Mail, world.now(), &[EVA]);
    let position = ana.record(mail).await?.position;
    assert!(
        ana.follow_ups(FollowUpStatus::Open, &position)
            .await?
            .is_empty()
    );
    assert_eq!(
        ana.tie(EVA, &position).await?.0.due_at,
        world.ahead(14 * DAY)
    );
    Ok(())
}

async fn twenty_years_of_imported_history_wake_nobody(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let years = (0..60).map(|n| {
        let at = world.ago((400 + n * 120) * DAY);
        let old = moment(InteractionKind::Encounter, at, &["old@y.org"]);
        keyed(old, format!("old {n}"))
    });
    let position = ana.record_all(years.collect()).await?.position;
    assert!(
        ana.tie("old@y.org", &position)
            .await?
            .0
            .last_contact
            .is_some()
    );
    knows_eva(world, ana).await?;
    let fence = promise(world, ana, "a fence", HOUR).await?;
    let (mut stream, _) = watch(ana, "").await?;
    world.pass(2 * HOUR);
    // Whatever was due before it would have been told before it.
    assert_eq!(next(&mut stream).await?.0.follow_up_id, fence);
    let open = ana.follow_ups(FollowUpStatus::Open, "").await?;
    assert_eq!(open.len(), 1, "{open:?}");
    let silence = tokio::time::timeout(Duration::from_millis(100), next(&mut stream));
    assert!(silence.await.is_err());
    Ok(())
}
