//! How far the projections are, and waiting for it: "read your writes".
//!
//! One task per process hears of checkpoints that moved, and reads them all now and then. Everybody
//! else watches what it knows. Its figures are those of one generation, and say nothing about
//! another one that went live since.

use std::collections::HashMap;
use std::pin::pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use futures::FutureExt;
use kith_domain::id::OrganisationId;
use sea_orm::{FromQueryResult, Statement};
use tokio::sync::{Notify, broadcast, watch};
use tokio_util::sync::CancellationToken;

use crate::store::{LOOK_FOR_GENERATION_EVERY, Ring, Store, StoreError};

/// The bell may be silent.
const WHILE_WAITED_FOR: Duration = Duration::from_millis(5);
const OTHERWISE: Duration = Duration::from_millis(250);
/// A failed read is not repeated at once.
const AFTER_FAILURE: Duration = Duration::from_millis(500);

/// Checkpoints, and who is parked, as of one moment: who is parked by a commit is known with it.
const EVERYTHING: &str = "SELECT shard, NULL AS parked, sequence FROM checkpoint \
                          UNION ALL SELECT shard, organisation, position FROM parked";

#[derive(FromQueryResult)]
struct Row {
    shard: i32,
    parked: Option<Vec<u8>>,
    sequence: i64,
}

/// How far a generation is.
#[derive(Debug, Default, PartialEq, Eq)]
struct Reached {
    generation: String,
    shards: HashMap<u16, u64>,
    /// Organisations that stand still, each with the commit it waits at.
    parked: HashMap<OrganisationId, u64>,
}

impl Reached {
    fn of(&self, shard: u16) -> u64 {
        self.shards.get(&shard).copied().unwrap_or(0)
    }
}

/// The checkpoints of all shards, as of a moment ago.
#[derive(Debug, Clone)]
pub struct Progress {
    reached: watch::Sender<Reached>,
    /// Whose checkpoints these are; known once they are read.
    store: Arc<OnceLock<Store>>,
    waiters: Arc<AtomicUsize>,
    wake: Arc<Notify>,
}

impl Default for Progress {
    fn default() -> Self {
        let reached = watch::Sender::new(Reached::default());
        Self {
            reached,
            store: Arc::default(),
            waiters: Arc::default(),
            wake: Arc::default(),
        }
    }
}

impl Progress {
    /// Reads checkpoints until stopped, and follows the live generation.
    pub async fn run(&self, store: &Store, stop: &CancellationToken) {
        let store = self.store.get_or_init(|| store.clone());
        let bell = store.hear();
        tokio::select! {
            () = stop.cancelled() => {}
            () = store.pass_on() => {}
            () = self.follow(store, bell) => {}
        }
    }

    /// Reads and rings one after another: what a read finds is as new as the rings before it, so
    /// that nothing goes back.
    async fn follow(&self, store: &Store, mut bell: broadcast::Receiver<Ring>) {
        let mut look = tokio::time::interval(LOOK_FOR_GENERATION_EVERY);
        loop {
            let must_look = look.tick().now_or_never().is_some();
            let pause = match self.read(store, must_look).await {
                Ok(()) if self.is_waited_for() => WHILE_WAITED_FOR,
                Ok(()) => OTHERWISE,
                Err(error) => {
                    tracing::warn!(%error, "checkpoints can not be read");
                    AFTER_FAILURE
                }
            };
            let mut pause = pin!(tokio::time::sleep(pause));
            loop {
                tokio::select! {
                    () = &mut pause => break,
                    () = self.wake.notified() => {
                        let shorter = tokio::time::sleep(WHILE_WAITED_FOR);
                        if shorter.deadline() < pause.deadline() {
                            pause.set(shorter);
                        }
                    }
                    ring = bell.recv() => match ring {
                        Ok(Ring::Moved { generation, shard, sequence }) => {
                            self.moved(&generation, shard, sequence);
                        }
                        // The store rings as long as there is one: this is a ring that was missed.
                        Ok(Ring::Look) | Err(_) => break,
                    },
                }
            }
        }
    }

    /// Another generation's checkpoints are found with it.
    fn moved(&self, generation: &str, shard: u16, sequence: u64) {
        self.reached.send_if_modified(|reached| {
            let is_news = reached.generation == generation && reached.of(shard) < sequence;
            if is_news {
                reached.shards.insert(shard, sequence);
            }
            is_news
        });
    }

    fn is_waited_for(&self) -> bool {
        self.waiters.load(Ordering::SeqCst) > 0
    }

    async fn read(&self, store: &Store, look: bool) -> Result<(), StoreError> {
        if look {
            store.refresh().await?;
        }
        let live = store.live();
        let rows = Row::find_by_statement(Statement::from_string(
            live.reading.get_database_backend(),
            EVERYTHING,
        ));
        let rows = rows.all(&live.reading).await;
        let mut found = Reached {
            generation: live.name,
            ..Reached::default()
        };
        for row in rows.map_err(StoreError::Database)? {
            let sequence = row.sequence as u64;
            if let Some(parked) = row.parked.as_deref() {
                found
                    .parked
                    .extend(OrganisationId::from_slice(parked).map(|id| (id, sequence)));
            } else {
                found.shards.insert(row.shard as u16, sequence);
            }
        }
        self.reached.send_if_modified(|reached| {
            let changed = *reached != found;
            *reached = found;
            changed
        });
        Ok(())
    }

    /// How far a shard was when it was last looked at: for reports, and to begin from.
    #[must_use]
    pub fn reached(&self, shard: u16) -> u64 {
        self.reached.borrow().of(shard)
    }

    /// Whether the live generation is known to be at `sequence` of a shard or beyond.
    #[must_use]
    pub fn has(&self, shard: u16, sequence: u64) -> bool {
        self.is_there(&self.reached.borrow(), shard, sequence)
    }

    /// The commit at which an organisation stands still, if it does: true of everything that
    /// [`has`](Self::has) or [`wait_for`](Self::wait_for) answered before.
    #[must_use]
    pub fn parked_at(&self, organisation: OrganisationId) -> Option<u64> {
        self.reached.borrow().parked.get(&organisation).copied()
    }

    fn is_there(&self, reached: &Reached, shard: u16, sequence: u64) -> bool {
        let is_live = |store: &Store| store.live().name == reached.generation;
        reached.of(shard) >= sequence && self.store.get().is_some_and(is_live)
    }

    /// Waits until the live generation is at `sequence` of a shard or beyond.
    pub async fn wait_for(&self, shard: u16, sequence: u64) {
        if self.has(shard, sequence) {
            return;
        }
        let _waiting = Waiting::begin(self);
        let there = |reached: &Reached| self.is_there(reached, shard, sequence);
        // The sender is in `self`: it outlives this wait.
        let _ = self.reached.subscribe().wait_for(there).await;
    }

    /// Waits until a shard is beyond `sequence`; answers where it is then. Unhurried.
    pub async fn beyond(&self, shard: u16, sequence: u64) -> u64 {
        let there = |reached: &Reached| reached.of(shard) > sequence;
        let _ = self.reached.subscribe().wait_for(there).await;
        self.reached(shard)
    }
}

/// Counts one waiter for as long as it lives.
struct Waiting(Arc<AtomicUsize>);

impl Waiting {
    fn begin(progress: &Progress) -> Self {
        progress.waiters.fetch_add(1, Ordering::SeqCst);
        progress.wake.notify_one();
        Self(Arc::clone(&progress.waiters))
    }
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::SeqCst);
    }
}
