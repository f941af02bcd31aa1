//! The runner: follows a shard and applies what it reads, batch by batch.
//!
//! Rows and checkpoint move in one transaction; the checkpoint by compare-and-set, so that two
//! runners of one shard are safe and merely waste work. A commit that fails for a reason of its own
//! parks its organisation and nobody else.

mod batch;
mod checkpoint;
mod gather;
pub(crate) mod parking;
mod retry;

use std::time::Duration;

use futures::{StreamExt, TryStreamExt, future};
use kith_eventlog::ledger::Ledger;
use kith_eventlog::log::{Filter, ReadError};
use kith_eventlog::vault::VaultError;
use sea_orm::{DatabaseConnection, DbErr};
use tokio_util::sync::CancellationToken;

use crate::store::{LOOK_FOR_GENERATION_EVERY, Ring, Store, StoreError};
use batch::{Applied, Place};
pub use parking::{Parked, find_parked, list_parked};
pub use retry::retry_parked;

const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// How often a standby looks whether the shard is free.
const STANDBY_PAUSE: Duration = Duration::from_millis(500);
const LONGEST_PAUSE: Duration = Duration::from_secs(5);

/// Why a runner can't go on by itself.
#[derive(Debug, thiserror::Error)]
pub enum RunnerError {
    /// The database refused or can't be reached.
    #[error("the database of read models can not be used")]
    Database(#[from] DbErr),
    /// Tables are missing or old.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The log can't be read.
    #[error(transparent)]
    Log(#[from] ReadError),
    /// The vault did not answer.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A newer version wrote an event that this one doesn't know: it yields to the newer one.
    #[error("commit {0} of the log was written by a newer version of Kith")]
    TooOld(u64),
    /// The read models were built from another log, or from more of this one than there is.
    #[error("the read models were built from another log; run `kith rebuild`")]
    OtherLog,
    /// One verification or rebuild at a time.
    #[error("another verification or rebuild is at work")]
    Maintained,
    /// Another runner moved the checkpoint.
    #[error("another runner is at work on this shard")]
    Displaced,
}

impl RunnerError {
    /// Whether waiting helps.
    fn is_transient(&self) -> bool {
        match self {
            Self::Vault(error) => error.is_transient(),
            Self::TooOld(_) | Self::OtherLog | Self::Maintained => false,
            _ => true,
        }
    }
}

/// Projects one shard until stopped. Transient trouble is waited out; an error that waiting does not
/// mend is returned.
pub async fn run(
    store: &Store,
    ledger: &Ledger,
    shard: u16,
    stop: &CancellationToken,
) -> Result<(), RunnerError> {
    let mut pause = FIRST_PAUSE;
    loop {
        let outcome = tokio::select! {
            () = stop.cancelled() => return Ok(()),
            outcome = follow_alone(store, ledger, shard, &mut pause) => outcome,
        };
        match outcome {
            Ok(()) => {}
            Err(error) if error.is_transient() => {
                tracing::warn!(
                    shard,
                    error = &error as &dyn std::error::Error,
                    "projection waits"
                );
            }
            Err(error) => return Err(error),
        }
        tokio::select! {
            () = stop.cancelled() => return Ok(()),
            () = tokio::time::sleep(pause) => {}
        }
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Follows the shard once no other runner does. A standby that waits is no trouble: it pauses
/// shortly and asks again.
async fn follow_alone(
    store: &Store,
    ledger: &Ledger,
    shard: u16,
    pause: &mut Duration,
) -> Result<(), RunnerError> {
    let Some(_lease) = store.lease(shard).await? else {
        *pause = STANDBY_PAUSE;
        return Ok(());
    };
    store.refresh().await?;
    follow(store, ledger, shard, pause).await
}

/// Follows the shard in the live generation; ends when another generation went live.
async fn follow(
    store: &Store,
    ledger: &Ledger,
    shard: u16,
    pause: &mut Duration,
) -> Result<(), RunnerError> {
    let live = store.live();
    let writer = store.writer(&live).await?;
    let mut place = Place::start(&writer, ledger, shard).await?;
    let mut records = ledger.log().follow(shard, place.at.sequence);
    // The switch is one row in the database: another process may have made it. What is applied to
    // the former generation meanwhile is lost with it, and is applied again to the new one.
    let mut look = tokio::time::interval(LOOK_FOR_GENERATION_EVERY);
    loop {
        let first = tokio::select! {
            biased;
            _ = look.tick() => {
                store.refresh().await?;
                if store.live().name != live.name {
                    return Ok(());
                }
                continue;
            }
            first = records.next() => first,
        };
        let Some(first) = first else { return Ok(()) };
        let applied = place.apply(gather::batch(first?, &mut records)?).await?;
        store.ring(match applied {
            Applied::Whole => Ring::Moved {
                generation: live.name.clone(),
                shard,
                sequence: place.at.sequence,
            },
            Applied::InParts => Ring::Look,
        });
        *pause = FIRST_PAUSE;
    }
}

/// Projects a shard up to a sequence, or to the tail it has now. Answers the sequence reached.
pub async fn catch_up(
    database: &DatabaseConnection,
    ledger: &Ledger,
    shard: u16,
    until: u64,
) -> Result<u64, RunnerError> {
    let mut place = Place::start(database, ledger, shard).await?;
    let records = ledger.log().read(Filter::Shard(shard), place.at.sequence);
    let mut wanted = records.try_take_while(|record| future::ok(record.sequence <= until));
    while let Some(first) = wanted.next().await {
        place.apply(gather::batch(first?, &mut wanted)?).await?;
    }
    Ok(place.at.sequence)
}
