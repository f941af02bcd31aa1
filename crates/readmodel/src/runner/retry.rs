//! A parked organisation is taken along again, from the commit it waits at.

use std::collections::HashMap;

use futures::{StreamExt, TryStreamExt, future};
use kith_domain::id::OrganisationId;
use kith_eventlog::ledger::Ledger;
use kith_eventlog::log::{Filter, Record};
use kith_proto::event::Stored;
use sea_orm::DatabaseTransaction;

use super::batch::{Failed, open};
use super::checkpoint::Checkpoint;
use super::parking::{apply_until_failure, find_parked, park, unpark};
use super::{Parked, RunnerError, gather};
use crate::store::{Store, begin_writing};

/// Applies what a parked organisation missed, up to the checkpoint of its shard. Answers where and
/// why it stands still all the same; `None` when it goes on.
///
/// The whole is one transaction that holds the checkpoint: it can't move meanwhile, and a runner
/// that took the organisation for parked until now looks again.
pub async fn retry_parked(
    store: &Store,
    ledger: &Ledger,
    organisation: OrganisationId,
) -> Result<Option<Parked>, RunnerError> {
    store.refresh().await?;
    let database = store.live().writing;
    let Some(Parked { shard, .. }) = find_parked(&database, organisation).await? else {
        return Ok(None);
    };
    let transaction = begin_writing(&database).await?;
    let reached = Checkpoint::to_retry(&transaction, ledger, shard).await?;
    // Somebody else may have done the same meanwhile.
    let Some(parked) = find_parked(&transaction, organisation).await? else {
        transaction.rollback().await?;
        return Ok(None);
    };
    unpark(&transaction, &parked).await?;
    let until = reached.sequence;
    if let Some((organisation, position, reason)) =
        catch_up(&transaction, ledger, &parked, until).await?
    {
        park(&transaction, shard, organisation, position, &reason).await?;
    }
    let parked = find_parked(&transaction, organisation).await?;
    transaction.commit().await?;
    Ok(parked)
}

async fn catch_up(
    transaction: &DatabaseTransaction,
    ledger: &Ledger,
    parked: &Parked,
    until: u64,
) -> Result<Option<Failed>, RunnerError> {
    let records = ledger
        .log()
        .read(Filter::Shard(parked.shard), parked.position - 1);
    let mut missed = records
        .try_take_while(|record| future::ok(record.sequence <= until))
        .try_filter(|record| future::ready(is_of(parked.organisation, record)));
    let nobody = HashMap::new();
    while let Some(first) = missed.next().await {
        let batch = gather::batch(first?, &mut missed)?;
        let (placed, unreadable) = open(ledger, batch, &nobody).await?;
        let failed = apply_until_failure(transaction, &placed).await?;
        let failed = failed.or_else(|| unreadable.into_iter().next());
        if failed.is_some() {
            return Ok(failed);
        }
    }
    Ok(None)
}

fn is_of(organisation: OrganisationId, record: &Record) -> bool {
    Stored::decode(&record.bytes)
        .and_then(|stored| stored.organisation())
        .is_ok_and(|found| found == organisation)
}
