//! The care of the read models, while they serve.

use anyhow::{Context as _, Result};
use kith_domain::time::HOUR;
use kith_proto::kith::admin::v1::verify_read_models_response::Verdict;
use kith_proto::kith::admin::v1::{
    Agreement, ListParkedRequest, RebuildReadModelsRequest, RetryParkedRequest,
    VerifyReadModelsRequest,
};
use kith_proto::kith::event::v1::InteractionKind;
use kith_testkit::eventually_some;
use kith_tests::world::{EVA, PATIENCE, World, moment, refused};
use tonic::Code;

on_both_engines! {
    the_read_models_are_compared_and_rebuilt_while_they_serve
    a_parked_organisation_is_listed_and_its_retry_says_where_it_still_stands
    only_operators_care_for_the_read_models
}

async fn verified(world: &World) -> Result<Agreement> {
    let mut operations = world.operator.operations();
    let answer = operations
        .verify_read_models(VerifyReadModelsRequest {})
        .await?;
    match answer.into_inner().verdict.context("a verdict")? {
        Verdict::Equal(agreement) => Ok(agreement),
        Verdict::Differs(row) => anyhow::bail!("{row:?}"),
    }
}

async fn the_read_models_are_compared_and_rebuilt_while_they_serve(world: &World) -> Result<()> {
    let call = |hours| moment(InteractionKind::Call, world.ago(hours * HOUR), &[EVA]);
    let ana = &world.ours.ana;
    let position = ana.record(call(20)).await?.position;
    let before = ana.tie(EVA, &position).await?;
    assert!(verified(world).await?.rows > 0);

    let mut operations = world.operator.operations();
    let rebuilt = operations.rebuild_read_models(RebuildReadModelsRequest {});
    assert!(rebuilt.await?.into_inner().commits > 0);
    // Positions of before stay valid, the figures are the same, and what comes is projected.
    assert_eq!(ana.tie(EVA, &position).await?, before);
    let position = ana.record(call(10)).await?.position;
    let (tie, _) = ana.tie(EVA, &position).await?;
    assert_eq!(tie.last_contact, world.ahead(-10 * HOUR));
    assert!(verified(world).await?.rows > 0);

    let parked = operations.list_parked(ListParkedRequest {}).await?;
    assert_eq!(parked.into_inner().parked, []);
    Ok(())
}

async fn a_parked_organisation_is_listed_and_its_retry_says_where_it_still_stands(
    world: &World,
) -> Result<()> {
    let (ours, theirs) = (&world.ours, &world.theirs);
    let sequence = world.park(&ours.id).await?;
    let mut operations = world.operator.operations();
    let mut parked = async || {
        let listed = operations.list_parked(ListParkedRequest {}).await.ok()?;
        listed.into_inner().parked.into_iter().next()
    };
    let one = eventually_some(PATIENCE, &mut parked).await?;
    assert_eq!((&one.organisation_id, one.sequence), (&ours.id, sequence));
    let retry = async |organisation_id: &str| {
        let request = RetryParkedRequest {
            organisation_id: organisation_id.to_owned(),
        };
        let mut operations = world.operator.operations();
        let answer = operations.retry_parked(request).await?;
        anyhow::Ok(answer.into_inner().parked)
    };
    // The cause is not gone.
    assert_eq!(retry(&ours.id).await?, Some(one));
    assert_eq!(retry(&theirs.id).await?, None);
    // A neighbour goes on all the time.
    let call = moment(InteractionKind::Call, world.ago(HOUR), &[EVA]);
    let position = theirs.ana.record(call).await?.position;
    theirs.ana.tie(EVA, &position).await?;
    assert!(verified(world).await?.rows > 0);
    Ok(())
}

async fn only_operators_care_for_the_read_models(world: &World) -> Result<()> {
    let mut admin = world.ours.admin.operations();
    let refusals = [
        refused(admin.verify_read_models(VerifyReadModelsRequest {}).await)?,
        refused(admin.rebuild_read_models(RebuildReadModelsRequest {}).await)?,
        refused(admin.list_parked(ListParkedRequest {}).await)?,
        refused(admin.retry_parked(RetryParkedRequest::default()).await)?,
    ];
    for refusal in refusals {
        assert_eq!(
            (refusal.code, refusal.reason.as_str()),
            (Code::PermissionDenied, "ROLE_MISSING")
        );
    }
    Ok(())
}
