//! Streams that stay open: what a client does not say, and what becomes of its key meanwhile.

use std::time::Duration;

use anyhow::{Context as _, Result};
use kith_domain::time::{HOUR, SECOND};
use kith_proto::kith::admin::v1::{CreateApiKeyRequest, RevokeApiKeyRequest};
use kith_proto::kith::event::v1::{InteractionKind, Role};
use kith_proto::kith::interaction::v1::RecordInteractionsRequest;
use kith_testkit::eventually_some;
use kith_tests::world::{
    BO, Client, EVA, Member, PATIENCE, World, keyed, moment, refused, request_id,
};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::watching::{knows_eva, promise, watch};

on_both_engines! {
    a_moment_of_a_stream_is_recorded_while_the_stream_waits_for_the_next
    a_revoked_key_ends_the_streams_that_it_opened
    a_quiet_member_hears_a_heartbeat_however_busy_the_others_are
}

fn call(world: &World, number: i64) -> RecordInteractionsRequest {
    let call = moment(InteractionKind::Call, world.ago(number * HOUR), &[EVA]);
    RecordInteractionsRequest {
        interaction: Some(keyed(call, format!("call {number}"))),
        ..RecordInteractionsRequest::default()
    }
}

/// A second key of a member, and its id.
async fn another_key(world: &World, member: &Member) -> Result<(Client, String)> {
    let request = CreateApiKeyRequest {
        request_id: request_id(),
        role: Role::Member.into(),
        member_id: member.id.clone(),
        ..CreateApiKeyRequest::default()
    };
    let made = world.ours.admin.admin().create_api_key(request).await?;
    let made = made.into_inner();
    let id = made.key.context("a key is answered")?.key_id;
    Ok((world.client(&made.secret)?, id))
}

async fn revoke(world: &World, key_id: String) -> Result<()> {
    let revocation = RevokeApiKeyRequest {
        request_id: request_id(),
        key_id,
    };
    world.ours.admin.admin().revoke_api_key(revocation).await?;
    Ok(())
}

async fn a_moment_of_a_stream_is_recorded_while_the_stream_waits_for_the_next(
    world: &World,
) -> Result<()> {
    let ana = &world.ours.ana;
    let (say, said) = mpsc::channel(4);
    let mut client = ana.client.interaction();
    let stream = client.record_interactions(ReceiverStream::new(said));
    let streaming = async { Ok(stream.await?.into_inner()) };
    let talking = async {
        say.send(call(world, 2)).await?;
        let seen = async || Some(ana.interactions("").await.ok()?).filter(|all| all.len() == 1);
        let first = eventually_some(PATIENCE, seen).await;
        say.send(call(world, 1)).await?;
        drop(say);
        first.context("the first is there before the second is said")
    };
    let (answer, first) = tokio::try_join!(streaming, talking)?;
    assert_eq!((answer.recorded, first.len()), (2, 1));
    Ok(())
}

async fn a_revoked_key_ends_the_streams_that_it_opened(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    knows_eva(world, ana).await?;
    let (client, key) = another_key(world, ana).await?;
    let twin = Member {
        id: ana.id.clone(),
        client,
    };
    let (mut watching, _) = watch(&twin, "").await?;
    let (say, said) = mpsc::channel(4);
    let mut recorder = twin.client.interaction();
    let streaming = recorder.record_interactions(ReceiverStream::new(said));
    let talking = async {
        say.send(call(world, 5)).await?;
        let seen = async || Some(ana.interactions("").await.ok()?).filter(|all| all.len() == 2);
        let seen = eventually_some(PATIENCE, seen).await;
        seen.context("the first call is there")?;
        revoke(world, key).await?;
        // The stream may be gone already; whatever is said to it now is not recorded.
        drop(say.send(call(world, 4)).await);
        drop(say);
        anyhow::Ok(())
    };
    let (told, talked) = tokio::join!(streaming, talking);
    talked?;
    assert_eq!(refused(told)?.reason, "KEY_INVALID");
    assert_eq!(ana.interactions("").await?.len(), 2);

    promise(world, ana, "send the paper", HOUR).await?;
    world.pass(2 * HOUR);
    let told = tokio::time::timeout(PATIENCE, watching.message()).await?;
    assert_eq!(refused(told)?.reason, "KEY_INVALID");
    Ok(())
}

async fn a_quiet_member_hears_a_heartbeat_however_busy_the_others_are(world: &World) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let (mut watching, _) = watch(ana, "").await?;
    let heartbeat = async {
        let told = watching.message().await?.context("the stream ended")?;
        assert!(told.follow_up.is_none(), "nothing fell due for {}", BO.0);
        anyhow::Ok(())
    };
    let mut pace = tokio::time::interval(Duration::from_secs(1));
    let chatter = async {
        loop {
            pace.tick().await;
            let call = moment(InteractionKind::Call, world.ago(SECOND), &[EVA]);
            bo.record(call).await?;
        }
    };
    // Every 20 seconds, and some for a slow machine.
    tokio::time::timeout(Duration::from_secs(40), async {
        tokio::select! {
            heard = heartbeat => heard,
            failed = chatter => failed,
        }
    })
    .await?
}
