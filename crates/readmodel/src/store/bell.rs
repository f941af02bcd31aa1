//! A bell that rings when a checkpoint moved, so that whoever waits need not look all the time.
//!
//! What it says comes in the order of the commits, and is true of the rows by then. It may be
//! silent while a connection is lost: who waits looks by itself too, only less often.

use std::time::Duration;

use sea_orm::sqlx;
use sea_orm::sqlx::postgres::PgListener;
use tokio::sync::broadcast;

use super::{Place, Store};

/// Where Postgres is told of a moved checkpoint, in the transaction that moves it.
pub(crate) const CHANNEL: &str = "kith_progress";
/// What it is told, as an expression over the row of `checkpoint`: see [`Ring::read`].
pub(crate) const MOVED: &str = "current_schema() || ' ' || shard || ' ' || sequence";
/// Rings that a listener may be behind, before it has to look instead.
const BEHIND: usize = 256;
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// What the bell says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Ring {
    /// A checkpoint moved, and nothing else happened to its shard.
    Moved {
        generation: String,
        shard: u16,
        sequence: u64,
    },
    /// Something else happened, or rings may have been missed: look at the rows.
    Look,
}

impl Ring {
    /// Reads what [`MOVED`] wrote; any other text means that there is something to look at.
    fn read(text: &str) -> Self {
        let moved = || {
            let mut words = text.split(' ');
            let (generation, shard, sequence) = (words.next()?, words.next()?, words.next()?);
            Some(Self::Moved {
                generation: generation.to_owned(),
                shard: shard.parse().ok()?,
                sequence: sequence.parse().ok()?,
            })
        };
        moved().unwrap_or(Self::Look)
    }
}

pub(super) fn new() -> broadcast::Sender<Ring> {
    broadcast::Sender::new(BEHIND)
}

impl Store {
    /// Rings in this process, after the commit. On Postgres it was heard there already: it rings
    /// in this process as in any other.
    pub(crate) fn ring(&self, ring: Ring) {
        if matches!(self.place, Place::Directory(_)) {
            // Nobody may listen.
            let _ = self.bell.send(ring);
        }
    }

    /// What the bell says from now on. Who lags behind must look.
    pub(crate) fn hear(&self) -> broadcast::Receiver<Ring> {
        self.bell.subscribe()
    }

    /// Rings for what Postgres tells, until it is dropped. An SQLite file has no other process.
    pub(crate) async fn pass_on(&self) {
        if matches!(self.place, Place::Directory(_)) {
            std::future::pending::<()>().await;
        }
        loop {
            if let Err(error) = self.listen().await {
                tracing::warn!(%error, "moved checkpoints are not heard of; looking for them instead");
            }
            tokio::time::sleep(AFTER_FAILURE).await;
        }
    }

    async fn listen(&self) -> Result<(), sqlx::Error> {
        let pool = self.work.get_postgres_connection_pool();
        let mut listener = PgListener::connect_with(pool).await?;
        listener.listen(CHANNEL).await?;
        let mut ring = Ring::Look;
        loop {
            // Whoever listens is in this process: there is at least one.
            let _ = self.bell.send(ring);
            ring = match listener.try_recv().await? {
                Some(told) => Ring::read(told.payload()),
                // The connection was lost, and is made anew.
                None => Ring::Look,
            };
        }
    }
}
