//! The role that claims what is due.
//!
//! It keeps nothing in memory: every second it asks the read models what passed, appends it, and
//! waits until the projection knows. Any number of replicas may do so.

mod forget;

use std::sync::Arc;
use std::time::Duration;

use kith_domain::time::Clock;
use kith_eventlog::ledger::Ledger;
use kith_eventlog::log::ReadError;
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
    let rounds = async {
        loop {
            round(store, ledger, clock, progress).await;
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    let forgetting = forget::keep_forgetting(store, ledger);
    // A round may wait for a log or a projection that is away. Claiming is safe at any moment of
    // dying, so it is left wherever it is.
    tokio::select! {
        () = stop.stopped() => {}
        () = rounds => {}
        () = forgetting => {}
    }
}

/// Claims what passed, if the rows can be trusted, and waits until it is projected.
async fn round(store: &Store, ledger: &Ledger, clock: &dyn Clock, progress: &Progress) {
    // Rows that lag behind the log hold due moments that contact moved long ago.
    if !is_caught_up(ledger, progress).await {
        return;
    }
    let positions = match claim(store, ledger, clock.now()).await {
        Ok(positions) => positions,
        Err(error) => return tracing::warn!("nothing was claimed: {}", chain(&error)),
    };
    for position in positions {
        let projected = progress.wait_for(position.shard, position.sequence);
        if tokio::time::timeout(PATIENCE, projected).await.is_err() {
            tracing::warn!(shard = position.shard, "the projection is behind");
        }
    }
}

/// Waits a while until the rows know what the log knew a moment ago. Answers whether they do.
async fn is_caught_up(ledger: &Ledger, progress: &Progress) -> bool {
    for shard in 0..ledger.log().description().shards {
        let caught_up = async {
            let tail = ledger.log().tail(shard).await?;
            progress.wait_for(shard, tail).await;
            Ok::<(), ReadError>(())
        };
        match tokio::time::timeout(PATIENCE, caught_up).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(shard, "the log can not be asked: {}", chain(&error));
                return false;
            }
            Err(_) => {
                let reached = progress.reached(shard);
                tracing::warn!(
                    shard,
                    reached,
                    "nothing is claimed anywhere: the projection of this shard is behind"
                );
                return false;
            }
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_domain::id::{CommitId, OrganisationId};
    use kith_eventlog::log::memory::Memory as MemoryLog;
    use kith_eventlog::log::{Append, EventLog, Expected, Subject, SubjectKind};
    use kith_eventlog::sealing::{KeyRing, MasterKey};
    use kith_eventlog::vault::memory::Memory as MemoryVault;
    use kith_readmodel::store::Place;
    use kith_servicekit::clock::System;

    #[tokio::test]
    async fn a_stop_is_heard_while_the_projection_is_behind() {
        let directory = tempfile::tempdir().expect("a directory");
        let place = Place::Directory(directory.path().to_owned());
        let store = Store::open(place).await.expect("opens");
        let log = MemoryLog::new(1);
        let subject = Subject {
            shard: 0,
            organisation: OrganisationId::from_bytes([1; 16]),
            kind: SubjectKind::Journal,
        };
        let never_projected = Append {
            subject,
            expected: Expected::Any,
            id: CommitId::from_bytes([1; 16]),
            fingerprint: [1; 16],
            bytes: b"a commit".as_slice().into(),
        };
        log.append(never_projected).await.expect("appends");
        let keys = KeyRing::new(Arc::new(MemoryVault::default()), MasterKey::generate());
        let ledger = Ledger::new(Arc::new(log), keys);

        let (progress, stop) = (Progress::default(), Stop::new());
        let both = async {
            // The first is waiting for the projection when the second is polled.
            tokio::join!(
                schedule(&store, &ledger, &System, &progress, &stop),
                async { stop.stop() }
            )
        };
        let ended = tokio::time::timeout(Duration::from_secs(5), both).await;
        assert!(ended.is_ok(), "it waits for the projection instead");
    }
}
