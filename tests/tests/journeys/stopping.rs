//! Stopping in good order.

use anyhow::{Context as _, Result};
use kith_proto::kith::admin::v1::GetServerInfoRequest;
use kith_proto::kith::followup::v1::WatchNotificationsRequest;
use kith_tests::world::{PATIENCE, World};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;

on_both_engines! {
    a_stopping_server_says_so_and_ends_its_streams
}

async fn a_stopping_server_says_so_and_ends_its_streams(world: &World) -> Result<()> {
    let mut health = HealthClient::new(world.channel());
    let whole = HealthCheckRequest::default();
    let mut statuses = health.watch(whole).await?.into_inner();
    let status = statuses.message().await?.context("a status")?;
    assert_eq!(status.status(), ServingStatus::Serving);
    let mut followup = world.ours.ana.client.followup();
    let watching = followup.watch_notifications(WatchNotificationsRequest::default());
    let mut notifications = watching.await?.into_inner();
    assert!(notifications.message().await?.is_some(), "a greeting");

    world.stop();
    let told = tokio::time::timeout(PATIENCE, statuses.message()).await??;
    assert_eq!(
        told.context("a status")?.status(),
        ServingStatus::NotServing
    );
    // An open stream is ended, not broken: its client resumes elsewhere.
    let ended = tokio::time::timeout(PATIENCE, notifications.message()).await??;
    assert!(ended.is_none());
    let gone = kith_testkit::eventually(PATIENCE, async || {
        let mut admin = world.ours.admin.admin();
        admin
            .get_server_info(GetServerInfoRequest {})
            .await
            .is_err()
    });
    Ok(gone.await?)
}
