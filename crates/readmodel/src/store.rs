//! Databases: one for `work`, one for the live generation.
//!
//! On Postgres both are schemas of one database, on SQLite two files of one directory. A
//! generation's name is one row of `work`; replicas notice a switch within a second.

mod accesses;
mod bell;
mod connection;
mod generations;
mod lease;

use std::path::PathBuf;
use std::sync::{Arc, RwLock};
use std::time::Duration;

use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, Statement};
use sea_orm_migration::MigratorTrait;
use tokio::sync::broadcast;

use crate::migration;
pub use accesses::Access;
pub(crate) use bell::{CHANNEL, MOVED, Ring};
pub(crate) use connection::begin_writing;
pub use lease::Lease;

/// How often readers and runners look which generation is live, however busy they are.
pub(crate) const LOOK_FOR_GENERATION_EVERY: Duration = Duration::from_secs(1);

/// Where the read models are.
#[derive(Debug, Clone)]
pub enum Place {
    /// A Postgres database: `postgres://…`.
    Postgres(String),
    /// A directory for SQLite files.
    Directory(PathBuf),
}

/// The read models of an installation.
#[derive(Debug, Clone)]
pub struct Store {
    place: Place,
    work: DatabaseConnection,
    live: Arc<RwLock<Generation>>,
    taken: lease::Taken,
    bell: broadcast::Sender<Ring>,
}

/// One generation of read models.
#[derive(Debug, Clone)]
pub struct Generation {
    /// Its name: a schema or a file.
    pub name: String,
    /// For queries.
    pub reading: DatabaseConnection,
    /// For the runner; the same pool on Postgres, one connection on SQLite.
    pub writing: DatabaseConnection,
}

impl Store {
    /// Opens the store. On SQLite missing tables are made; on Postgres that is the job of
    /// `kith migrate up`, and they are only checked for.
    pub async fn open(place: Place) -> Result<Self, StoreError> {
        let work = connection::work(&place).await?;
        if matches!(place, Place::Directory(_)) {
            migration::Work::up(&work, None).await?;
        }
        let name = live_name(&work)
            .await
            .map_err(|_| StoreError::NotMigrated)?;
        let live = connection::generation(&place, &name).await?;
        if matches!(place, Place::Directory(_)) {
            migration::Model::up(&live.writing, None).await?;
        } else if !migration::Model::get_pending_migrations(&live.writing)
            .await?
            .is_empty()
        {
            return Err(StoreError::NotMigrated);
        }
        Ok(Self {
            place,
            work,
            live: Arc::new(RwLock::new(live)),
            taken: lease::Taken::default(),
            bell: bell::new(),
        })
    }

    /// Makes or updates all tables. For `kith migrate up`.
    pub async fn migrate(place: Place) -> Result<(), StoreError> {
        let work = connection::work(&place).await?;
        if let Place::Postgres(_) = place {
            work.execute_unprepared("CREATE SCHEMA IF NOT EXISTS work")
                .await?;
        }
        migration::Work::up(&work, None).await?;
        let name = live_name(&work).await?;
        create(&place, &work, &name).await?;
        let live = connection::generation(&place, &name).await?;
        migration::Model::up(&live.writing, None).await?;
        Ok(())
    }

    /// The migrations that are waiting. For `kith migrate status`.
    pub async fn pending(place: Place) -> Result<Vec<String>, StoreError> {
        let names = |all: Vec<sea_orm_migration::Migration>| {
            all.iter()
                .map(|migration| migration.name().to_owned())
                .collect::<Vec<_>>()
        };
        let work = connection::work(&place).await?;
        let mut pending = names(migration::Work::get_pending_migrations(&work).await?);
        if pending.is_empty() {
            let live = connection::generation(&place, &live_name(&work).await?).await?;
            pending = names(migration::Model::get_pending_migrations(&live.writing).await?);
        }
        Ok(pending)
    }

    /// The live generation.
    #[must_use]
    pub fn live(&self) -> Generation {
        self.live
            .read()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .clone()
    }

    /// A connection of one's own to a generation, for whoever writes one transaction after another:
    /// a session of Postgres that worked a moment ago is quicker than one of many that take turns.
    pub(crate) async fn writer(&self, to: &Generation) -> Result<DatabaseConnection, DbErr> {
        connection::writer(&self.place, to).await
    }

    /// The schema `work`.
    #[must_use]
    pub fn work(&self) -> &DatabaseConnection {
        &self.work
    }

    /// `sqlite` or `postgres`.
    #[must_use]
    pub fn engine(&self) -> &'static str {
        match self.place {
            Place::Postgres(_) => "postgres",
            Place::Directory(_) => "sqlite",
        }
    }

    /// Looks whether another generation went live, and uses it from now on. Answers whether it did.
    pub async fn refresh(&self) -> Result<bool, StoreError> {
        let name = live_name(&self.work).await?;
        if name == self.live().name {
            return Ok(false);
        }
        self.uses(connection::generation(&self.place, &name).await?);
        Ok(true)
    }

    fn uses(&self, generation: Generation) {
        *self
            .live
            .write()
            .unwrap_or_else(std::sync::PoisonError::into_inner) = generation;
    }
}

/// Why a store can't be opened, or a generation not be changed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The database refused or can't be reached.
    #[error("the database of read models can not be used")]
    Database(#[from] DbErr),
    /// Tables are missing or old.
    #[error("the database is not prepared; run `kith migrate up` first")]
    NotMigrated,
    /// A file can't be found or removed.
    #[error("a file of read models can not be removed")]
    File(#[source] std::io::Error),
    /// The live generation is never dropped.
    #[error("the read models {0} are live")]
    Live(String),
    /// Another process switched first: nothing was changed.
    #[error("other read models went live meanwhile; try again")]
    Switched,
}

async fn live_name(work: &DatabaseConnection) -> Result<String, DbErr> {
    let sql = "SELECT name FROM generation WHERE only_row = 1";
    let row = work
        .query_one_raw(Statement::from_string(work.get_database_backend(), sql))
        .await?;
    row.ok_or_else(|| DbErr::RecordNotFound("generation".into()))?
        .try_get("", "name")
}

async fn create(place: &Place, work: &DatabaseConnection, name: &str) -> Result<(), DbErr> {
    if let Place::Postgres(_) = place {
        work.execute_unprepared(&format!("CREATE SCHEMA IF NOT EXISTS {name}"))
            .await?;
    }
    Ok(())
}
