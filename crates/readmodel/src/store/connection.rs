//! Connections: one pool per schema of Postgres, two per file of SQLite.

use std::path::Path;
use std::time::Duration;

use sea_orm::{
    ConnectOptions, Database, DatabaseConnection, DatabaseTransaction, DbErr,
    SqliteTransactionMode, TransactionOptions, TransactionTrait,
};

use super::{Generation, Place};

/// Connections per pool.
const POOL: u32 = 16;
/// Page caches of SQLite, in KiB (negative, as the pragma wants it). Ids are hashes, so rows are
/// written all over the tables: with the default of 2 MB nearly every page is read again.
const WRITING_CACHE: &str = "-20000";
const READING_CACHE: &str = "-2000";

pub(super) fn postgres(url: &str, schema: &str) -> ConnectOptions {
    let mut options = ConnectOptions::new(url);
    options
        .set_schema_search_path(schema)
        .max_connections(POOL)
        .acquire_timeout(Duration::from_secs(10))
        .test_before_acquire(false)
        .sqlx_logging(false);
    options
}

/// Begins a transaction that will write. On SQLite it takes the write lock at once: one that read
/// first would fail, not wait, when another writer came in between.
pub(crate) async fn begin_writing(
    database: &DatabaseConnection,
) -> Result<DatabaseTransaction, DbErr> {
    let immediate = TransactionOptions {
        sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate),
        ..TransactionOptions::default()
    };
    database.begin_with_options(immediate).await
}

/// SQLite has one writer: its pool has one connection. `lasts`: whether a commit waits for the disk.
fn sqlite(file: &Path, writing: bool, lasts: bool) -> ConnectOptions {
    let mode = if writing { "rwc" } else { "ro" };
    let mut options = ConnectOptions::new(format!("sqlite://{}?mode={mode}", file.display()));
    options
        .max_connections(if writing { 1 } else { 4 })
        .acquire_timeout(Duration::from_secs(30))
        .test_before_acquire(false)
        .sqlx_logging(false)
        .map_sqlx_sqlite_opts(move |options| {
            use sea_orm::sqlx::sqlite::{SqliteJournalMode, SqliteSynchronous};
            options
                .journal_mode(SqliteJournalMode::Wal)
                .synchronous(if lasts {
                    SqliteSynchronous::Full
                } else {
                    SqliteSynchronous::Normal
                })
                .busy_timeout(Duration::from_secs(10))
                .statement_cache_capacity(64)
                // What a statement of many rows would be undone with: in a file of its own it is
                // written to the disk once more.
                .pragma("temp_store", "MEMORY")
                // Who read of somebody goes with them; generations are written anew instead.
                .pragma("secure_delete", if lasts { "ON" } else { "OFF" })
                .pragma(
                    "cache_size",
                    if writing {
                        WRITING_CACHE
                    } else {
                        READING_CACHE
                    },
                )
        });
    options
}

pub(super) async fn work(place: &Place) -> Result<DatabaseConnection, DbErr> {
    match place {
        Place::Postgres(url) => Database::connect(postgres(url, "work")).await,
        Place::Directory(directory) => {
            // No log gives back what is there.
            Database::connect(sqlite(&directory.join("work.db"), true, true)).await
        }
    }
}

/// Rows and checkpoint commit together, and what a crash takes of both the log gives back: no
/// commit waits for the disk. SQLite's `NORMAL` above is the same promise.
fn postgres_generation(url: &str, name: &str) -> ConnectOptions {
    let mut options = postgres(url, name);
    options.map_sqlx_postgres_opts(|options| options.options([("synchronous_commit", "off")]));
    options
}

/// One connection that nobody else uses; on SQLite the one that writes.
pub(super) async fn writer(place: &Place, to: &Generation) -> Result<DatabaseConnection, DbErr> {
    match place {
        Place::Postgres(url) => {
            let mut options = postgres_generation(url, &to.name);
            options.max_connections(1);
            Database::connect(options).await
        }
        Place::Directory(_) => Ok(to.writing.clone()),
    }
}

pub(super) async fn generation(place: &Place, name: &str) -> Result<Generation, DbErr> {
    let (reading, writing) = match place {
        Place::Postgres(url) => {
            let pool = Database::connect(postgres_generation(url, name)).await?;
            (pool.clone(), pool)
        }
        Place::Directory(directory) => {
            let file = directory.join(format!("{name}.db"));
            let writing = Database::connect(sqlite(&file, true, false)).await?;
            (
                Database::connect(sqlite(&file, false, false)).await?,
                writing,
            )
        }
    };
    Ok(Generation {
        name: name.to_owned(),
        reading,
        writing,
    })
}

#[cfg(test)]
mod tests {
    use sea_orm::ConnectionTrait;

    use super::*;

    #[tokio::test]
    async fn only_what_the_log_gives_back_does_not_wait_for_the_disk() {
        let server = kith_testkit::Postgres::shared().await.unwrap();
        let place = Place::Postgres(server.database().await.unwrap());
        let work = work(&place).await.unwrap();
        let generation = generation(&place, "model_1").await.unwrap().writing;
        for (database, expected) in [(work, "on"), (generation, "off")] {
            let sql = "SELECT current_setting('synchronous_commit') AS setting";
            let asked = database.query_one_raw(sea_orm::Statement::from_string(
                database.get_database_backend(),
                sql,
            ));
            let row = asked.await.unwrap().unwrap();
            let setting: String = row.try_get("", "setting").unwrap();
            assert_eq!(setting, expected);
        }
    }

    #[tokio::test]
    async fn a_writing_transaction_keeps_other_writers_out_from_its_beginning() {
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("model_1.db");
        let ours = Database::connect(sqlite(&file, true, false)).await.unwrap();
        let theirs = Database::connect(sqlite(&file, true, false)).await.unwrap();
        let make = "CREATE TABLE things (id integer); PRAGMA busy_timeout = 0";
        theirs.execute_unprepared(make).await.unwrap();
        let write = "INSERT INTO things VALUES (1)";

        let transaction = begin_writing(&ours).await.unwrap();
        let refused = theirs.execute_unprepared(write).await.unwrap_err();
        assert!(refused.to_string().contains("locked"), "{refused}");
        transaction.rollback().await.unwrap();
        theirs.execute_unprepared(write).await.unwrap();
    }
}
