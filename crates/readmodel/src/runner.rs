//! The runner: follows a shard and applies what it reads, batch by batch.
//!
//! Rows and checkpoint move in one transaction; the checkpoint by compare-and-set, so that two
//! runners of one shard are safe and merely waste work. A commit that fails for a reason of its own
//! parks its organisation and nobody else.

pub(crate) mod parking;

use std::collections::HashMap;
use std::time::Duration;

use futures::{FutureExt, StreamExt};
use kith_domain::id::OrganisationId;
use kith_eventlog::ledger::{Ledger, Opened};
use kith_eventlog::log::{ReadError, Record};
use kith_eventlog::vault::VaultError;
use kith_proto::event::DecodeError;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbErr, EntityTrait, TransactionTrait,
};
use tokio_util::sync::CancellationToken;

use crate::bulk::{blob, statement};
use crate::entity::checkpoint;
use crate::projection::{self, Placed};
use crate::store::{Store, StoreError};
pub use parking::{Parked, list_parked, parked_at};

/// Commits and bytes of a batch: enough to fill a transaction, little enough to keep it short.
const BATCH_COMMITS: usize = 4_096;
const BATCH_BYTES: usize = 3 * 1024 * 1024;
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// How often a standby looks whether the shard is free.
const STANDBY_PAUSE: Duration = Duration::from_millis(500);
/// How often a runner looks whether another generation went live. What it applies to the former one
/// meanwhile is lost with it, and is applied again to the new one.
const LOOK_FOR_GENERATION_EVERY: Duration = Duration::from_secs(1);
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
    /// The read models were built from another log.
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
        !matches!(self, Self::TooOld(_) | Self::OtherLog | Self::Maintained)
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
    let mut at = start(&live.writing, ledger, shard).await?;
    let mut records = ledger.log().follow(shard, at);
    // The switch is one row in the database: another process may have made it.
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
        let mut batch = vec![first?];
        let mut bytes = batch[0].bytes.len();
        while batch.len() < BATCH_COMMITS && bytes < BATCH_BYTES {
            let Some(Some(next)) = records.next().now_or_never() else {
                break;
            };
            let next = next?;
            bytes += next.bytes.len();
            batch.push(next);
        }
        at = step(&live.writing, ledger, shard, at, batch).await?;
        *pause = FIRST_PAUSE;
    }
}

/// Projects a shard up to the tail it has now. Answers the sequence reached.
pub async fn catch_up(
    database: &DatabaseConnection,
    ledger: &Ledger,
    shard: u16,
    until: u64,
) -> Result<u64, RunnerError> {
    let mut at = start(database, ledger, shard).await?;
    let read = ledger
        .log()
        .read(kith_eventlog::log::Filter::Shard(shard), at);
    let mut chunks = read.ready_chunks(256);
    while let Some(chunk) = chunks.next().await {
        let records: Result<Vec<Record>, _> = chunk.into_iter().collect();
        let wanted: Vec<Record> = records?
            .into_iter()
            .filter(|record| record.sequence <= until)
            .collect();
        if wanted.is_empty() {
            break;
        }
        at = step(database, ledger, shard, at, wanted).await?;
    }
    Ok(at)
}

/// The checkpoint, made if there is none.
async fn start(
    database: &DatabaseConnection,
    ledger: &Ledger,
    shard: u16,
) -> Result<u64, RunnerError> {
    let backend = database.get_database_backend();
    let epoch = ledger.log().epoch();
    let sql = "INSERT INTO checkpoint (shard, epoch, sequence) VALUES ($1, $2, 0) \
               ON CONFLICT DO NOTHING";
    let values = vec![i32::from(shard).into(), blob(&epoch)];
    database
        .execute_raw(statement(backend, sql, values))
        .await?;
    let row = checkpoint::Entity::find_by_id(i32::from(shard))
        .one(database)
        .await?;
    let row = row.ok_or_else(|| DbErr::RecordNotFound("checkpoint".into()))?;
    if row.epoch != epoch {
        return Err(RunnerError::OtherLog);
    }
    Ok(row.sequence as u64)
}

/// Applies one batch. A batch that fails for a reason of its own is done again organisation by
/// organisation, and the failing one parked.
async fn step(
    database: &DatabaseConnection,
    ledger: &Ledger,
    shard: u16,
    at: u64,
    records: Vec<Record>,
) -> Result<u64, RunnerError> {
    let reached = records.last().map_or(at, |record| record.sequence);
    let opened = ledger.open(records).await?;
    if let Some(newer) = opened.iter().find(|o| is_newer(o)) {
        return Err(RunnerError::TooOld(newer.sequence));
    }
    let parked = parking::parked_from(database, shard).await?;
    let (placed, failed) = sort_out(opened, &parked);
    if failed.is_empty() {
        match apply(database, shard, at, reached, &placed).await {
            Err(RunnerError::Database(error)) if is_deterministic(&error) => {
                tracing::error!(shard, %error, "a batch can not be applied; looking for the cause");
            }
            outcome => return outcome.map(|()| reached),
        }
    }
    parking::apply_one_by_one(database, shard, (at, reached), placed, failed).await?;
    Ok(reached)
}

fn is_newer(opened: &Opened) -> bool {
    opened
        .commit
        .as_ref()
        .is_err_and(|unreadable| unreadable.error == DecodeError::UnknownEvent)
}

/// Commits that can be applied, and organisations that can't go on, each with the position and the
/// reason. A parked organisation's commits are left out from where it was parked: what came before
/// counts in a rebuild too.
fn sort_out(
    opened: Vec<Opened>,
    parked: &HashMap<OrganisationId, u64>,
) -> (Vec<Placed>, Vec<(OrganisationId, u64, String)>) {
    let is_parked = |organisation, position| {
        parked
            .get(&organisation)
            .is_some_and(|from| position >= *from)
    };
    let mut placed = Vec::with_capacity(opened.len());
    let mut failed: Vec<(OrganisationId, u64, String)> = Vec::new();
    for Opened {
        sequence: position,
        commit,
    } in opened
    {
        match commit {
            Ok(commit) if is_parked(commit.organisation, position) => {}
            Ok(commit) => placed.push(Placed { position, commit }),
            // Without even an organisation it is nobody's: skipped, and said.
            Err(unreadable) => match unreadable.organisation {
                Some(organisation) if !is_parked(organisation, position) => {
                    failed.push((organisation, position, unreadable.error.to_string()));
                }
                _ => tracing::error!(position, error = %unreadable.error, "skipped a commit"),
            },
        }
    }
    (placed, failed)
}

async fn apply(
    database: &DatabaseConnection,
    shard: u16,
    from: u64,
    to: u64,
    commits: &[Placed],
) -> Result<(), RunnerError> {
    let transaction = database.begin().await?;
    projection::apply(&transaction, commits).await?;
    move_checkpoint(&transaction, shard, from, to).await?;
    transaction.commit().await?;
    Ok(())
}

async fn move_checkpoint(
    transaction: &DatabaseTransaction,
    shard: u16,
    from: u64,
    to: u64,
) -> Result<(), RunnerError> {
    let backend = transaction.get_database_backend();
    let sql = "UPDATE checkpoint SET sequence = $3 WHERE shard = $1 AND sequence = $2";
    let values = vec![
        i32::from(shard).into(),
        (from as i64).into(),
        (to as i64).into(),
    ];
    let moved = transaction
        .execute_raw(statement(backend, sql, values))
        .await?;
    if moved.rows_affected() == 1 {
        Ok(())
    } else {
        Err(RunnerError::Displaced)
    }
}

/// Whether the same batch would fail again. Trouble with connections, locks, disks and racing
/// writers passes.
fn is_deterministic(error: &DbErr) -> bool {
    let code = match error {
        DbErr::Exec(sea_orm::RuntimeErr::SqlxError(error))
        | DbErr::Query(sea_orm::RuntimeErr::SqlxError(error)) => error
            .as_database_error()
            .and_then(|error| error.code().map(std::borrow::Cow::into_owned)),
        DbErr::RecordNotFound(_) | DbErr::RecordNotUpdated | DbErr::Type(_) | DbErr::Custom(_) => {
            return true;
        }
        _ => None,
    };
    // Postgres classes 22 (data) and 23 (constraint), SQLite's constraint, mismatch and range.
    code.is_some_and(|code| {
        let sqlite = code
            .parse::<u32>()
            .is_ok_and(|n| [19, 20, 25].contains(&(n & 0xff)));
        (code.len() == 5 && (code.starts_with("22") || code.starts_with("23"))) || sqlite
    })
}
