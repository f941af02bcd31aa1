//! The role that claims what is due.
//!
//! It keeps nothing in memory: every second it asks the read models what passed, appends it, and
//! waits until the projection knows. Any number of replicas may do so.

use std::sync::Arc;
use std::time::Duration;

use kith_domain::time::Clock;
use kith_eventlog::ledger::Ledger;
use kith_followup::claim::claim;
use kith_readmodel::query::progress::Progress;
use kith_readmodel::store::Store;
use kith_servicekit::failure::chain;
use kith_servicekit::shutdown::{Stop, Tasks};

const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long to wait for the projection before looking again.
const PATIENCE: Duration = Duration::from_secs(10);

/// Starts the scheduler.
pub fn run(store: &Store, ledger: &Ledger, clock: Arc<dyn Clock>, tasks: &Tasks) {
    let progress = Progress::default();
    let (reader, store_of_reader, stop) = (progress.clone(), store.clone(), tasks.stop().clone());
    tasks.spawn("scheduler's progress", async move {
        reader.run(&store_of_reader, stop.token()).await;
        Ok::<(), std::convert::Infallible>(())
    });
    let (store, ledger, stop) = (store.clone(), ledger.clone(), tasks.stop().clone());
    tasks.spawn("scheduler", async move {
        schedule(&store, &ledger, &*clock, &progress, &stop).await;
        Ok::<(), std::convert::Infallible>(())
    });
}

async fn schedule(
    store: &Store,
    ledger: &Ledger,
    clock: &dyn Clock,
    progress: &Progress,
    stop: &Stop,
) {
    while !stop.is_stopped() {
        // Rows that lag behind the log hold due moments that contact moved long ago.
        if !is_caught_up(ledger, progress).await {
            continue;
        }
        match claim(store, ledger, clock.now()).await {
            Ok(positions) => {
                for position in positions {
                    let projected = progress.wait_for(position.shard, position.sequence);
                    if tokio::time::timeout(PATIENCE, projected).await.is_err() {
                        tracing::warn!(shard = position.shard, "the projection is behind");
                    }
                }
            }
            Err(error) => tracing::warn!("nothing was claimed: {}", chain(&error)),
        }
        tokio::select! {
            () = stop.stopped() => {}
            () = tokio::time::sleep(LOOK_EVERY) => {}
        }
    }
}

/// Waits a while until the rows know what the log knew a moment ago. Answers whether they do.
async fn is_caught_up(ledger: &Ledger, progress: &Progress) -> bool {
    for shard in 0..ledger.log().description().shards {
        let caught_up = async {
            let tail = ledger.log().tail(shard).await?;
            progress.wait_for(shard, tail).await;
            Ok::<(), kith_eventlog::log::ReadError>(())
        };
        match tokio::time::timeout(PATIENCE, caught_up).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(shard, "the log can not be asked: {}", chain(&error));
                tokio::time::sleep(LOOK_EVERY).await;
                return false;
            }
            Err(_) => return false,
        }
    }
    true
}
