//! Generations beside the live one: made, gone live, dropped.
//!
//! Which one is live is read from the database each time: what this process remembers may be a
//! second old. Everything here is done under the lease of [`Store::maintain`].

use std::collections::BTreeSet;
use std::path::Path;
use std::time::Duration;

use sea_orm::{ConnectionTrait, DbErr, Statement};
use sea_orm_migration::MigratorTrait;

use super::{Generation, LOOK_FOR_GENERATION_EVERY, Place, Store, StoreError};
use super::{connection, create, live_name};
use crate::migration;

/// How long a generation that is not live is kept for those who have not looked yet and read it.
const GRACE: Duration = Duration::from_secs(3);
const _: () = assert!(GRACE.as_secs() > LOOK_FOR_GENERATION_EVERY.as_secs());

/// A generation that was just left has readers and a runner in their last transactions, and
/// Postgres ends one of two that wait for each other.
const DROP_ATTEMPTS: u32 = 20;
const DROP_PAUSE: Duration = Duration::from_millis(200);

impl Store {
    /// A new, empty generation beside the live one, of a name that no other has.
    pub async fn beside(&self) -> Result<Generation, StoreError> {
        let names = self.names().await?;
        let highest = names.iter().filter_map(|name| number(name)).max();
        let name = format!("model_{}", highest.unwrap_or(0) + 1);
        create(&self.place, &self.work, &name).await?;
        let generation = connection::generation(&self.place, &name).await?;
        migration::Model::up(&generation.writing, None).await?;
        Ok(generation)
    }

    /// Makes a generation the live one, for all replicas; refused when another than the `old` one
    /// is live by now.
    pub async fn switch_to(&self, new: &Generation, old: &Generation) -> Result<(), StoreError> {
        let backend = self.work.get_database_backend();
        let sql = "UPDATE generation SET name = $1 WHERE only_row = 1 AND name = $2";
        let names = [new.name.clone().into(), old.name.clone().into()];
        let statement = Statement::from_sql_and_values(backend, sql, names);
        if self.work.execute_raw(statement).await?.rows_affected() != 1 {
            return Err(StoreError::Switched);
        }
        self.uses(new.clone());
        Ok(())
    }

    /// Drops a generation that was never live, so that nobody reads it.
    pub(crate) async fn discard(&self, generation: Generation) -> Result<(), StoreError> {
        // The name is free from here on. A connection to the former file that closes later would
        // take the write-ahead log of a new file of this name along.
        generation.reading.close().await?;
        generation.writing.close().await?;
        self.remove(&generation.name).await
    }

    /// Drops every generation that is not live, whoever left it. They are of no use, and hold
    /// personal text in clear.
    pub(crate) async fn sweep(&self) -> Result<(), StoreError> {
        let live = live_name(&self.work).await?;
        let mut left = self.names().await?;
        left.remove(&live);
        if left.is_empty() {
            return Ok(());
        }
        tokio::time::sleep(GRACE).await;
        for name in left {
            self.remove(&name).await?;
        }
        Ok(())
    }

    /// Drops a generation that is not live.
    pub async fn remove(&self, name: &str) -> Result<(), StoreError> {
        if live_name(&self.work).await? == name {
            return Err(StoreError::Live(name.to_owned()));
        }
        match &self.place {
            Place::Postgres(_) => self.drop_schema(name).await,
            Place::Directory(directory) => remove_files(directory, name),
        }
    }

    async fn drop_schema(&self, name: &str) -> Result<(), StoreError> {
        // The name is ours: `model_` and a number.
        let sql = format!("DROP SCHEMA IF EXISTS {name} CASCADE");
        let mut attempts = 0;
        while let Err(error) = self.work.execute_unprepared(&sql).await {
            attempts += 1;
            if attempts == DROP_ATTEMPTS || !is_deadlock(&error) {
                return Err(error.into());
            }
            tokio::time::sleep(DROP_PAUSE).await;
        }
        Ok(())
    }

    /// The names of all generations.
    async fn names(&self) -> Result<BTreeSet<String>, StoreError> {
        let all = match &self.place {
            Place::Postgres(_) => {
                let sql = "SELECT nspname::text AS name FROM pg_namespace";
                let all = Statement::from_string(self.work.get_database_backend(), sql);
                let rows = self.work.query_all_raw(all).await?;
                let names = rows.iter().map(|row| row.try_get("", "name"));
                names.collect::<Result<Vec<String>, _>>()?
            }
            Place::Directory(directory) => files(directory).map_err(StoreError::File)?,
        };
        let generations = all.into_iter().filter(|name| number(name).is_some());
        Ok(generations.collect())
    }
}

/// The number in a generation's name.
fn number(name: &str) -> Option<u64> {
    name.strip_prefix("model_")?.parse().ok()
}

/// What the databases of a directory are called.
fn files(directory: &Path) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let file = entry?.file_name();
        // `.db`, and what SQLite keeps beside it: it may be all that is left.
        let name = file.to_str().and_then(|file| file.split_once(".db"));
        names.extend(name.map(|(name, _)| name.to_owned()));
    }
    Ok(names)
}

fn remove_files(directory: &Path, name: &str) -> Result<(), StoreError> {
    for suffix in ["", "-wal", "-shm"] {
        let file = directory.join(format!("{name}.db{suffix}"));
        match std::fs::remove_file(file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(StoreError::File(error));
            }
            _ => {}
        }
    }
    Ok(())
}

fn is_deadlock(error: &DbErr) -> bool {
    let DbErr::Exec(sea_orm::RuntimeErr::SqlxError(error)) = error else {
        return false;
    };
    error
        .as_database_error()
        .is_some_and(|error| error.code().as_deref() == Some("40P01"))
}
