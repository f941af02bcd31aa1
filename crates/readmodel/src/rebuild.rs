//! Rebuilding: a new generation beside the live one, and the comparison of two.

mod compare;

use kith_eventlog::ledger::Ledger;
use sea_orm::{DbBackend, EntityTrait, IsolationLevel, TransactionTrait};

use crate::entity::checkpoint;
use crate::query::erasures;
use crate::runner::{RunnerError, catch_up, parking};
use crate::store::{Generation, Store};
pub use compare::Verdict;

/// Builds a new generation from the log, makes it the live one once it has caught up, and drops the
/// old one. What is parked is tried again: it stands still in a generation, not for ever. Answers the
/// number of commits read.
pub async fn rebuild(store: &Store, ledger: &Ledger) -> Result<u64, RunnerError> {
    alone(store, Box::pin(build(store, ledger))).await
}

/// One rebuild or verification at a time, which begins with what is live now and leaves nothing else
/// behind.
async fn alone<T>(
    store: &Store,
    work: impl Future<Output = Result<T, RunnerError>>,
) -> Result<T, RunnerError> {
    let lease = store.maintain().await?.ok_or(RunnerError::Maintained)?;
    let done = between_look_and_sweep(store, work).await;
    lease.end().await?;
    done
}

async fn between_look_and_sweep<T>(
    store: &Store,
    work: impl Future<Output = Result<T, RunnerError>>,
) -> Result<T, RunnerError> {
    // Another process may have rebuilt since this one looked.
    store.refresh().await?;
    let done = work.await;
    let swept = store.sweep().await;
    let done = done?;
    swept?;
    Ok(done)
}

async fn build(store: &Store, ledger: &Ledger) -> Result<u64, RunnerError> {
    let old = store.live();
    let fresh = store.beside().await?;
    let commits = catch_up_everywhere(&fresh, ledger).await?;
    // A replay writes of the erased what is sealed for others too, and removes it again.
    erasures::scrub(&fresh.writing).await?;
    store.switch_to(&fresh, &old).await?;
    Ok(commits)
}

/// Projects all shards, again and again, until a whole pass finds nothing new: while the last shard
/// is read, the first one grows. Answers the number of commits.
async fn catch_up_everywhere(fresh: &Generation, ledger: &Ledger) -> Result<u64, RunnerError> {
    let mut before = 0;
    loop {
        let mut commits = 0;
        for shard in 0..ledger.log().description().shards {
            let tail = ledger.log().tail(shard).await?;
            commits += catch_up(&fresh.writing, ledger, shard, tail).await?;
        }
        if commits == before {
            return Ok(commits);
        }
        before = commits;
    }
}

/// Replays the log into a generation beside the live one, up to the live checkpoints, and compares
/// every row. The live rows are read in one snapshot, so that a runner may go on meanwhile.
pub async fn verify(store: &Store, ledger: &Ledger) -> Result<Verdict, RunnerError> {
    alone(store, Box::pin(replay_and_compare(store, ledger))).await
}

async fn replay_and_compare(store: &Store, ledger: &Ledger) -> Result<Verdict, RunnerError> {
    let live = store.live();
    let beside = store.beside().await?;
    // On SQLite a transaction is a snapshot by itself and takes no level.
    let level = match live.reading.get_database_backend() {
        DbBackend::Postgres => Some(IsolationLevel::RepeatableRead),
        _ => None,
    };
    let snapshot = live.reading.begin_with_config(level, None).await?;
    parking::copy(&snapshot, &beside.writing).await?;
    for checkpoint in checkpoint::Entity::find().all(&snapshot).await? {
        let shard = checkpoint.shard as u16;
        catch_up(&beside.writing, ledger, shard, checkpoint.sequence as u64).await?;
    }
    let verdict = compare::rows(&snapshot, &beside.writing).await?;
    snapshot.rollback().await?;
    store.discard(beside).await?;
    Ok(verdict)
}
