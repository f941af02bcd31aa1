//! Keys that open nothing.

use std::time::Duration;

use anyhow::Result;
use kith_domain::time::SECOND;
use kith_proto::kith::admin::v1::admin_service_client::AdminServiceClient;
use kith_proto::kith::admin::v1::{
    CreateApiKeyRequest, GetServerInfoRequest, ListApiKeysRequest, RevokeApiKeyRequest,
};
use kith_proto::kith::event::v1::Role;
use kith_testkit::eventually;
use kith_tests::world::{PATIENCE, World, refused, request_id};
use tonic::{Code, Request};

use crate::roles::recording;

on_both_engines! {
    keys_that_are_wrong_missing_or_revoked_open_nothing
    a_revoked_key_opens_nothing_though_the_rows_stand_still
    a_revoked_key_opens_nothing_in_an_organisation_that_is_parked
    an_unknown_key_may_be_newer_than_rows_that_stand_still
}

async fn keys_that_are_wrong_missing_or_revoked_open_nothing(world: &World) -> Result<()> {
    let ours = &world.ours;
    let mut admin = ours.admin.admin();
    let request = CreateApiKeyRequest {
        request_id: request_id(),
        role: Role::Member.into(),
        member_id: ours.bo.id.clone(),
        ..CreateApiKeyRequest::default()
    };
    let made = admin.create_api_key(request).await?.into_inner();
    let list = ListApiKeysRequest {
        min_position: made.position,
        ..ListApiKeysRequest::default()
    };
    admin.list_api_keys(list).await?;
    let bo = world.client(&made.secret)?;
    let info = || GetServerInfoRequest {};
    assert_eq!(
        bo.admin()
            .get_server_info(info())
            .await?
            .into_inner()
            .organisation_id,
        ours.id
    );

    let (name, secret) = made.secret.rsplit_once('_').unwrap_or_default();
    let wrong_secret = format!("{name}_{}", "0".repeat(secret.len()));
    let elsewhere = made.secret.replace(&ours.id, &world.theirs.id);
    assert_ne!(elsewhere, made.secret);
    for key in [wrong_secret.as_str(), elsewhere.as_str(), "kith", name] {
        let refusal = refused(world.client(key)?.admin().get_server_info(info()).await)?;
        assert_eq!(
            (refusal.code, refusal.reason.as_str()),
            (Code::Unauthenticated, "KEY_INVALID")
        );
    }
    let mut nobody = AdminServiceClient::new(world.channel());
    assert_eq!(
        refused(nobody.get_server_info(info()).await)?.reason,
        "KEY_INVALID"
    );

    let revocation = |key_id: String| RevokeApiKeyRequest {
        request_id: request_id(),
        key_id,
    };
    let key_id = made.key.map(|key| key.key_id).unwrap_or_default();
    // It is not theirs to revoke.
    let mut other = world.theirs.admin.admin();
    let refusal = refused(other.revoke_api_key(revocation(key_id.clone())).await)?;
    assert_eq!(refusal.reason, "NOT_FOUND");
    admin.revoke_api_key(revocation(key_id)).await?;
    assert_eq!(
        refused(bo.admin().get_server_info(info()).await)?.reason,
        "KEY_INVALID"
    );
    world.pass(10 * SECOND);
    assert_eq!(
        refused(bo.admin().get_server_info(info()).await)?.reason,
        "KEY_INVALID"
    );
    assert!(ours.bo.client.admin().get_server_info(info()).await.is_ok());
    Ok(())
}

async fn a_revoked_key_opens_nothing_though_the_rows_stand_still(world: &World) -> Result<()> {
    let ours = &world.ours;
    let request = CreateApiKeyRequest {
        request_id: request_id(),
        role: Role::Analyst.into(),
        ..CreateApiKeyRequest::default()
    };
    let made = ours.admin.admin().create_api_key(request).await?;
    let made = made.into_inner();
    let analyst = world.client(&made.secret)?;
    analyst.works().await?;

    world.stop_projecting().await?;
    let revocation = RevokeApiKeyRequest {
        request_id: request_id(),
        key_id: made.key.map(|key| key.key_id).unwrap_or_default(),
    };
    // It waits for rows that don't come, and says so; the revocation is in the log all the same.
    let mut impatient = Request::new(revocation);
    impatient.set_timeout(Duration::from_secs(1));
    assert!(ours.admin.admin().revoke_api_key(impatient).await.is_err());
    world.pass(2 * SECOND);
    let answer = analyst
        .admin()
        .get_server_info(GetServerInfoRequest {})
        .await;
    assert_eq!(refused(answer)?.reason, "KEY_INVALID");
    ours.admin.works().await?;
    Ok(())
}

async fn a_revoked_key_opens_nothing_in_an_organisation_that_is_parked(
    world: &World,
) -> Result<()> {
    let ours = &world.ours;
    let parked = world.park(&ours.id).await?;
    // A position of before: what the rows have is still answered.
    let mut bo = ours.bo.client.interaction();
    bo.record_interaction(recording(world)).await?;
    let list = ListApiKeysRequest {
        page_size: 1000,
        min_position: String::new(),
        ..ListApiKeysRequest::default()
    };
    let mut admin = ours.admin.admin();
    eventually(PATIENCE, async || {
        world.pass(2 * SECOND);
        let answer = admin.list_api_keys(list.clone()).await;
        refused(answer).is_ok_and(|refusal| refusal.reason == "PROJECTION_PARKED")
    })
    .await?;
    let mine = ours.bo.client.key.split('_').nth(2).unwrap_or_default();
    let revocation = RevokeApiKeyRequest {
        request_id: request_id(),
        key_id: mine.to_owned(),
    };
    admin.revoke_api_key(revocation).await?;
    world.pass(2 * SECOND);
    let told = refused(bo.record_interaction(recording(world)).await)?;
    assert_eq!(told.reason, "KEY_INVALID", "parked at {parked}");
    Ok(())
}

async fn an_unknown_key_may_be_newer_than_rows_that_stand_still(world: &World) -> Result<()> {
    let mine = world.ours.ana.client.key.as_str();
    let words: Vec<&str> = mine.split('_').collect();
    let unknown = mine.replace(words[2], &world.ours.id);
    let unknown = world.client(&unknown)?;
    let asked = async || {
        let request = GetServerInfoRequest {};
        let answer = unknown.admin().get_server_info(request).await;
        refused(answer).map(|refusal| refusal.reason)
    };
    assert_eq!(asked().await?, "KEY_INVALID");
    world.stop_projecting().await?;
    let mut ana = world.ours.ana.client.interaction();
    ana.record_interaction(recording(world)).await?;
    assert_eq!(asked().await?, "NOT_YET_VISIBLE");
    Ok(())
}
