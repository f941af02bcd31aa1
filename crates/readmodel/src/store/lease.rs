//! Leases: what one process at a time does, in an installation of many.
//!
//! On Postgres a lease is an advisory lock on a connection of its own, given back by closing it,
//! however the process ends. On SQLite the directory has one process, and a lease is a lock in it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex, PoisonError};

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, DbErr, Statement};

use super::{Place, Store, StoreError, connection};

/// The first half of the advisory locks: "kith" in ASCII. The second is the shard.
const CLASS: i32 = 0x6b69_7468;
/// The second half of the lock of [`Store::maintain`]: no shard.
const MAINTENANCE: i32 = -1;

/// What this process has taken on SQLite.
pub(super) type Taken = Arc<Mutex<HashSet<i32>>>;

/// Something taken, for as long as this lives.
#[derive(Debug)]
pub struct Lease {
    held: Held,
}

#[derive(Debug)]
enum Held {
    Connection(DatabaseConnection),
    Here(Here),
}

impl Lease {
    /// Gives it back, and answers once others can take it: a dropped lease of Postgres is theirs a
    /// moment later.
    pub(crate) async fn end(self) -> Result<(), DbErr> {
        match self.held {
            Held::Connection(connection) => connection.close().await,
            Held::Here(here) => {
                drop(here);
                Ok(())
            }
        }
    }
}

/// A lock in this process.
#[derive(Debug)]
struct Here {
    taken: Taken,
    what: i32,
}

impl Drop for Here {
    fn drop(&mut self) {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.remove(&self.what);
    }
}

impl Store {
    /// Takes a shard for one runner; `None` while another has it. A hint that spares double work:
    /// safety is the checkpoint's compare-and-set.
    pub async fn lease(&self, shard: u16) -> Result<Option<Lease>, StoreError> {
        self.take(i32::from(shard)).await
    }

    /// Takes the right to make generations; `None` while another verification or rebuild is at
    /// work. Two of them would fill the same one.
    pub async fn maintain(&self) -> Result<Option<Lease>, StoreError> {
        self.take(MAINTENANCE).await
    }

    async fn take(&self, what: i32) -> Result<Option<Lease>, StoreError> {
        let held = match &self.place {
            Place::Postgres(url) => lock(url, what).await?.map(Held::Connection),
            Place::Directory(_) => {
                let taken = Arc::clone(&self.taken);
                let is_new = taken
                    .lock()
                    .unwrap_or_else(PoisonError::into_inner)
                    .insert(what);
                is_new.then(|| Held::Here(Here { taken, what }))
            }
        };
        Ok(held.map(|held| Lease { held }))
    }
}

/// A connection that holds the advisory lock.
async fn lock(url: &str, what: i32) -> Result<Option<DatabaseConnection>, StoreError> {
    let mut options = connection::postgres(url, "work");
    // Never closed for being idle or old: the lock is the connection.
    options
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None);
    let connection = Database::connect(options).await?;
    let sql = "SELECT pg_try_advisory_lock($1, $2) AS taken";
    let values = [CLASS.into(), what.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let row = connection.query_one_raw(statement).await?;
    let taken = row.map_or(Ok(false), |row| row.try_get("", "taken"))?;
    Ok(taken.then_some(connection))
}
