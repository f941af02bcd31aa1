//! Runners at work, and runners that die.

use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use anyhow::{Context, Result};
use kith_readmodel::runner;
use kith_readmodel::store::Store;
use kith_testkit::eventually;
use tokio_util::sync::CancellationToken;

use super::{SHARD, World, checkpoint};

/// Longest wait for a runner.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);

impl World {
    /// Does something while a runner follows the log, and stops the runner.
    pub(crate) async fn while_running<T>(
        &self,
        store: &Store,
        during: impl Future<Output = Result<T>>,
    ) -> Result<T> {
        let stop = CancellationToken::new();
        let stopping = async {
            let outcome = during.await;
            stop.cancel();
            outcome
        };
        let (ran, outcome) = tokio::join!(runner::run(store, &self.ledger, SHARD, &stop), stopping);
        ran.with_context(|| format!("the runner on {}", store.engine()))?;
        outcome
    }

    /// Waits until a runner has brought the live generation to the log's tail.
    pub(crate) async fn reaches_the_tail(&self, store: &Store) -> Result<()> {
        let tail = self.tail().await?;
        let there = async || checkpoint(store).await.is_ok_and(|reached| reached == tail);
        Ok(eventually(PATIENCE, there).await?)
    }
}

/// Polls a future at most so many times and then drops it where it stands, as a crash would.
pub(crate) async fn dropped_after<F: Future>(polls: usize, future: F) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    std::future::poll_fn(move |context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        future.as_mut().poll(context).map(Some)
    })
    .await
}
