//! The care of the read models, for operators. The work goes on when its caller goes away, and ends
//! with the server.

use kith_domain::access::Role;
use kith_eventlog::ledger::Ledger;
use kith_proto::kith::admin::v1::verify_read_models_response::Verdict as Told;
use kith_proto::kith::admin::v1::{
    Agreement, Difference, ListParkedRequest, ListParkedResponse, ParkedOrganisation,
    RebuildReadModelsRequest, RebuildReadModelsResponse, RetryParkedRequest, RetryParkedResponse,
    VerifyReadModelsRequest, VerifyReadModelsResponse,
};
use kith_readmodel::rebuild::{self, Verdict};
use kith_readmodel::runner::{self, Parked, RunnerError};
use kith_readmodel::store::Store;
use kith_servicekit::failure::{Failure, Violations};
use tokio::sync::oneshot;

use crate::Api;
use crate::caller::Caller;

const MAX_PARKED: usize = 1_000;

/// Does work that must not be cut short when a caller hangs up.
async fn to_its_end<T, W>(api: &Api, work: impl FnOnce(Store, Ledger) -> W) -> Result<T, Failure>
where
    T: Send + 'static,
    W: Future<Output = Result<T, RunnerError>> + Send + 'static,
{
    let work = work(api.parts.store.clone(), api.ledger().clone());
    let (answer, answered) = oneshot::channel();
    let stop = api.parts.tasks.stop().clone();
    api.parts
        .tasks
        .spawn("care of the read models", async move {
            tokio::select! {
                () = stop.stopped() => {}
                // Whoever asked may have gone.
                outcome = work => drop(answer.send(outcome)),
            }
            Ok::<(), std::convert::Infallible>(())
        });
    match answered.await {
        Ok(Ok(done)) => Ok(done),
        Ok(Err(error @ RunnerError::Maintained)) => Err(Failure::state(error.to_string())),
        Ok(Err(error)) => Err(Failure::unavailable(error)),
        Err(stopped) => Err(Failure::unavailable(stopped)),
    }
}

pub(super) async fn verify(
    api: &Api,
    caller: &Caller,
    _: VerifyReadModelsRequest,
) -> Result<VerifyReadModelsResponse, Failure> {
    caller.must_be(&[Role::Operator])?;
    let verdict = to_its_end(api, async |store, ledger| {
        rebuild::verify(&store, &ledger).await
    })
    .await?;
    let verdict = match verdict {
        Verdict::Equal { hash, rows } => Told::Equal(Agreement { hash, rows }),
        Verdict::Differs { table, key } => Told::Differs(Difference { table, key }),
    };
    Ok(VerifyReadModelsResponse {
        verdict: Some(verdict),
    })
}

pub(super) async fn rebuild(
    api: &Api,
    caller: &Caller,
    _: RebuildReadModelsRequest,
) -> Result<RebuildReadModelsResponse, Failure> {
    caller.must_be(&[Role::Operator])?;
    let commits = to_its_end(api, async |store, ledger| {
        rebuild::rebuild(&store, &ledger).await
    })
    .await?;
    Ok(RebuildReadModelsResponse { commits })
}

pub(super) async fn list_parked(
    api: &Api,
    caller: &Caller,
    _: ListParkedRequest,
) -> Result<ListParkedResponse, Failure> {
    caller.must_be(&[Role::Operator])?;
    let parked = runner::list_parked(&api.live().reading).await;
    let parked = parked.map_err(Failure::unavailable)?;
    let told = parked.into_iter().take(MAX_PARKED);
    Ok(ListParkedResponse {
        parked: told.map(told_of).collect(),
    })
}

pub(super) async fn retry_parked(
    api: &Api,
    caller: &Caller,
    body: RetryParkedRequest,
) -> Result<RetryParkedResponse, Failure> {
    caller.must_be(&[Role::Operator])?;
    let mut fields = Violations::new();
    let organisation = fields.id("organisation_id", &body.organisation_id);
    fields.finish()?;
    let parked = to_its_end(api, async move |store, ledger| {
        runner::retry_parked(&store, &ledger, organisation).await
    })
    .await?;
    Ok(RetryParkedResponse {
        parked: parked.map(told_of),
    })
}

fn told_of(parked: Parked) -> ParkedOrganisation {
    ParkedOrganisation {
        organisation_id: parked.organisation.to_string(),
        shard: u32::from(parked.shard),
        sequence: parked.position,
        reason: parked.reason,
    }
}
