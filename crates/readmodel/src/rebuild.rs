//! Rebuilding: a new generation beside the live one, and the comparison of two.

use kith_eventlog::ledger::Ledger;
use sea_orm::{
    ConnectionTrait, DbBackend, DbErr, EntityTrait, IsolationLevel, QueryResult, TransactionTrait,
    TryGetable,
};
use sha2::{Digest, Sha256};

use crate::bulk::statement;
use crate::entity::checkpoint;
use crate::runner::{RunnerError, catch_up, parking};
use crate::store::Store;

/// Builds a new generation from the log, makes it the live one once it has caught up, and drops the
/// old one. What is parked is tried again: it stands still in a generation, not for ever. Answers the
/// number of commits read.
pub async fn rebuild(store: &Store, ledger: &Ledger) -> Result<u64, RunnerError> {
    alone(store, Box::pin(build(store, ledger))).await
}

/// One rebuild or verification at a time: two would fill the same generation.
async fn alone<T>(
    store: &Store,
    work: impl Future<Output = Result<T, RunnerError>>,
) -> Result<T, RunnerError> {
    let lease = store.maintain().await?.ok_or(RunnerError::Maintained)?;
    let done = work.await;
    lease.end().await?;
    done
}

async fn build(store: &Store, ledger: &Ledger) -> Result<u64, RunnerError> {
    let old = store.live();
    let fresh = store.beside().await?;
    let mut commits = 0;
    for shard in 0..ledger.log().description().shards {
        // Until nothing came meanwhile.
        loop {
            let tail = ledger.log().tail(shard).await?;
            let reached = catch_up(&fresh.writing, ledger, shard, tail).await?;
            if reached >= ledger.log().tail(shard).await? {
                commits += reached;
                break;
            }
        }
    }
    store.switch_to(&fresh).await?;
    store.remove(&old.name).await?;
    Ok(commits)
}

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Live rows and a replay agree; the canonical hash of all rows.
    Equal {
        /// SHA-256 over all tables.
        hash: String,
        /// Rows compared.
        rows: u64,
    },
    /// They differ, first in this row.
    Differs {
        /// In which table.
        table: String,
        /// The row's key, as hexadecimal and numbers.
        key: String,
    },
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
    let verdict = compare(&snapshot, &beside.writing).await?;
    snapshot.rollback().await?;
    store.remove(&beside.name).await?;
    Ok(verdict)
}

/// Every table, with the columns that order it: its key.
const TABLES: &[(&str, &[&str])] = &[
    ("checkpoint", &["shard"]),
    ("organisation", &["id"]),
    ("member", &["organisation", "id"]),
    ("api_key", &["id"]),
    ("person", &["organisation", "id"]),
    ("person_address", &["organisation", "address", "person"]),
    ("person_tag", &["organisation", "tag", "person"]),
    ("fact", &["organisation", "id"]),
    ("interaction", &["organisation", "id", "revision"]),
    (
        "participation",
        &["organisation", "person", "at_us", "interaction"],
    ),
    ("tie", &["organisation", "member", "person"]),
    ("follow_up", &["organisation", "id"]),
    (
        "sharing_rule",
        &["organisation", "member", "kind", "target"],
    ),
    ("export_record", &["organisation", "position"]),
];

/// Rows compared at a time.
const PAGE: u64 = 5_000;

async fn compare(
    one: &impl ConnectionTrait,
    other: &impl ConnectionTrait,
) -> Result<Verdict, DbErr> {
    let mut hash = Sha256::new();
    let mut rows = 0;
    for (table, key) in TABLES {
        let mut offset = 0;
        loop {
            let left = page(one, table, key, offset).await?;
            let right = page(other, table, key, offset).await?;
            let longer = left.len().max(right.len());
            for row in 0..longer {
                let (left, right) = (left.get(row), right.get(row));
                if left.map(|r| &r.1) != right.map(|r| &r.1) {
                    // The smaller key is the one that the other side lacks.
                    let keys = [left, right].into_iter().flatten().map(|r| r.0.clone());
                    return Ok(Verdict::Differs {
                        table: (*table).to_owned(),
                        key: keys.min().unwrap_or_default(),
                    });
                }
                hash.update(left.map(|r| r.1.as_bytes()).unwrap_or_default());
                rows += 1;
            }
            if longer < PAGE as usize {
                break;
            }
            offset += PAGE;
        }
    }
    let hash = hexadecimal(&hash.finalize());
    Ok(Verdict::Equal { hash, rows })
}

/// A page of a table: each row's key and its canonical text.
async fn page(
    database: &impl ConnectionTrait,
    table: &str,
    key: &[&str],
    offset: u64,
) -> Result<Vec<(String, String)>, DbErr> {
    let order = key.join(", ");
    let sql = format!("SELECT * FROM {table} ORDER BY {order} LIMIT {PAGE} OFFSET {offset}");
    let rows = database.query_all_raw(statement(database.get_database_backend(), sql, vec![]));
    let canonical = |row: &QueryResult| {
        let mut columns: Vec<String> = row.column_names();
        columns.sort_unstable();
        let all: Result<Vec<String>, DbErr> = columns
            .iter()
            .map(|c| Ok(format!("{c}={}", value(row, c)?)))
            .collect();
        let key: Result<Vec<String>, DbErr> = key.iter().map(|c| value(row, c)).collect();
        Ok((key?.join(" "), all?.join("\u{1f}")))
    };
    rows.await?.iter().map(canonical).collect()
}

/// A column's value in the same text on both engines. Of what type it is, only the engine knows.
fn value(row: &QueryResult, column: &str) -> Result<String, DbErr> {
    fn read<T: TryGetable>(
        row: &QueryResult,
        column: &str,
        text: impl FnOnce(T) -> String,
    ) -> Result<String, DbErr> {
        let value = row.try_get::<Option<T>>("", column)?;
        Ok(value.map_or_else(|| "null".to_owned(), text))
    }
    read(row, column, |number: i64| number.to_string())
        .or_else(|_| read(row, column, |number: i32| number.to_string()))
        .or_else(|_| read(row, column, |number: i16| number.to_string()))
        .or_else(|_| read(row, column, |flag: bool| i32::from(flag).to_string()))
        .or_else(|_| read(row, column, |text: String| format!("{text:?}")))
        .or_else(|_| read(row, column, |bytes: Vec<u8>| hexadecimal(&bytes)))
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
