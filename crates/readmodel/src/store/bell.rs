//! A bell that rings when a checkpoint moved, so that whoever waits need not look all the time.
//!
//! It is a hint: who waits looks by itself too, only less often.

use std::time::Duration;

use sea_orm::sqlx;
use sea_orm::sqlx::postgres::PgListener;

use super::{Place, Store};

/// Where Postgres is told of a moved checkpoint, in the transaction that moves it.
pub(crate) const CHANNEL: &str = "kith_progress";
const AFTER_FAILURE: Duration = Duration::from_secs(1);

impl Store {
    /// This process moved a checkpoint.
    pub(crate) fn ring(&self) {
        self.bell.notify_one();
    }

    /// Waits for the bell. For one listener.
    pub(crate) async fn rung(&self) {
        self.bell.notified().await;
    }

    /// Rings when another process moved a checkpoint, until it is dropped. An SQLite file has no
    /// other process.
    pub(crate) async fn hear_others(&self) {
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
        loop {
            listener.recv().await?;
            self.ring();
        }
    }
}
