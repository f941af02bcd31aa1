//! Notifications as they arrive, to watchers that come and go.

use anyhow::{Context as _, Result};
use kith_domain::time::{DAY, HOUR};
use kith_proto::kith::event::v1::{FollowUpReason, InteractionKind};
use kith_proto::kith::followup::v1::{
    CreateFollowUpRequest, FollowUp, FollowUpStatus, WatchNotificationsRequest,
    WatchNotificationsResponse,
};
use kith_tests::world::{EVA, Member, PATIENCE, World, keyed, moment, request_id};
use tonic::Streaming;

on_both_engines! {
    a_promise_falls_due_and_arrives_once_and_a_resumed_stream_has_no_gap
    hundreds_that_fall_due_at_once_arrive_once_each
}

pub(crate) async fn promise(
    world: &World,
    member: &Member,
    text: &str,
    ahead: i64,
) -> Result<String> {
    let request = CreateFollowUpRequest {
        request_id: request_id(),
        person_id: member.id_of(EVA, "").await?,
        mine: true,
        text: text.to_owned(),
        due_at: world.ahead(ahead),
        min_position: String::new(),
    };
    let made = member.client.followup().create_follow_up(request).await?;
    Ok(made.into_inner().follow_up_id)
}

/// Eva is in the directory, and known to the caller by mail alone.
pub(crate) async fn knows_eva(world: &World, member: &Member) -> Result<()> {
    let mail = moment(InteractionKind::Mail, world.ago(HOUR), &[EVA]);
    let position = member.record(mail).await?.position;
    member.id_of(EVA, &position).await?;
    Ok(())
}

/// A stream whose greeting was read, and the token in it.
pub(crate) async fn watch(
    member: &Member,
    resume_token: &str,
) -> Result<(Streaming<WatchNotificationsResponse>, String)> {
    let request = WatchNotificationsRequest {
        resume_token: resume_token.to_owned(),
    };
    let mut client = member.client.followup();
    let mut stream = client.watch_notifications(request).await?.into_inner();
    let greeting = stream.message().await?.context("a greeting")?;
    assert!(greeting.follow_up.is_none());
    Ok((stream, greeting.resume_token))
}

/// The next notification and the token that came with it.
pub(crate) async fn next(
    stream: &mut Streaming<WatchNotificationsResponse>,
) -> Result<(FollowUp, String)> {
    let notification = async {
        loop {
            let message = stream.message().await?.context("the stream ended")?;
            if let Some(follow_up) = message.follow_up {
                return Ok((follow_up, message.resume_token));
            }
        }
    };
    tokio::time::timeout(PATIENCE, notification).await?
}

async fn a_promise_falls_due_and_arrives_once_and_a_resumed_stream_has_no_gap(
    world: &World,
) -> Result<()> {
    let ana = &world.ours.ana;
    knows_eva(world, ana).await?;
    let paper = promise(world, ana, "send the paper", 2 * DAY).await?;
    let (mut stream, from_the_start) = watch(ana, "").await?;
    world.pass(3 * DAY);
    let (told, token) = next(&mut stream).await?;
    assert_eq!(told.follow_up_id, paper);
    assert_eq!((told.text.as_str(), told.mine), ("send the paper", true));
    assert_eq!(told.reason(), FollowUpReason::Promise);
    assert!(!told.why.is_empty());

    // What comes next is not the same again.
    let book = promise(world, ana, "return the book", HOUR).await?;
    world.pass(2 * HOUR);
    assert_eq!(next(&mut stream).await?.0.follow_up_id, book);
    drop(stream);

    // A stream that broke after the first goes on with the second; one from the start has both.
    let (mut resumed, _) = watch(ana, &token).await?;
    assert_eq!(next(&mut resumed).await?.0.follow_up_id, book);
    let (mut again, _) = watch(ana, &from_the_start).await?;
    assert_eq!(next(&mut again).await?.0.follow_up_id, paper);
    assert_eq!(next(&mut again).await?.0.follow_up_id, book);

    // A promise of hers tells nobody else, here or there.
    for other in [&world.ours.bo, &world.theirs.ana] {
        assert!(other.follow_ups(FollowUpStatus::Open, "").await?.is_empty());
    }
    Ok(())
}

/// More than a page of a watcher, told by one commit.
async fn hundreds_that_fall_due_at_once_arrive_once_each(world: &World) -> Result<()> {
    const MANY: usize = 450;
    let ana = &world.ours.ana;
    let met = |n: usize| {
        let address = format!("p{n}@y.org");
        let encounter = moment(
            InteractionKind::Encounter,
            world.ago(HOUR),
            &[address.as_str()],
        );
        keyed(encounter, format!("met {n}"))
    };
    let (mut stream, from_the_start) = watch(ana, "").await?;
    let recorded = ana.record_all((0..MANY).map(met).collect()).await?;
    assert_eq!(recorded.recorded, MANY as u64);
    ana.tie("p0@y.org", &recorded.position).await?;
    world.pass(3 * DAY);
    let mut everybody = std::collections::HashSet::new();
    for arrived in 0..MANY {
        let (told, _) = next(&mut stream).await?;
        assert!(
            everybody.insert(told.follow_up_id),
            "twice, after {arrived}"
        );
    }
    // Who resumes from before gets all of them too.
    let (mut again, _) = watch(ana, &from_the_start).await?;
    for _ in 0..MANY {
        assert!(!everybody.insert(next(&mut again).await?.0.follow_up_id));
    }
    Ok(())
}
