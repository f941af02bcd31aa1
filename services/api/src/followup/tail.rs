//! Who was told something, found once for all watchers of this server.
//!
//! A watcher that asked for itself whenever its shard moves would cost a query per watcher and
//! commit. One tail per shard asks instead, and wakes those whom it concerns.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use kith_domain::id::{OrganisationId, PersonId};
use kith_readmodel::query::followups::told_between;
use tokio::sync::broadcast;

use crate::Api;

/// News that wait for a watcher; one that is further behind looks for itself.
const WAITING: usize = 256;
/// The shortest time between two looks: nobody notices, and a busy shard moves all the time.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
/// A failed look is not repeated at once.
const AFTER_FAILURE: Duration = Duration::from_secs(1);

/// What became known of one shard.
#[derive(Debug)]
pub(crate) struct News {
    /// Up to where.
    pub(super) reached: u64,
    /// Who was told something.
    pub(super) told: HashSet<(OrganisationId, PersonId)>,
}

/// The tails of all shards.
#[derive(Debug)]
pub(crate) struct Tails(Vec<broadcast::Sender<Arc<News>>>);

impl Tails {
    pub(crate) fn new(shards: u16) -> Self {
        Self((0..shards).map(|_| broadcast::channel(WAITING).0).collect())
    }

    /// News of a shard from now on; `None` when there is no such shard.
    pub(super) fn of(&self, shard: u16) -> Option<broadcast::Receiver<Arc<News>>> {
        self.0
            .get(usize::from(shard))
            .map(broadcast::Sender::subscribe)
    }
}

/// Follows one shard for as long as the server lives.
pub(crate) async fn follow(api: &Api, shard: u16) {
    let Some(news) = api.parts.tails.0.get(usize::from(shard)) else {
        return;
    };
    let mut above = api.progress().reached(shard);
    loop {
        let reached = api.progress().beyond(shard, above).await;
        // Whoever comes later looks for themselves first.
        if news.receiver_count() > 0 {
            match told_between(&api.live().reading, shard, (above, reached)).await {
                Ok(told) => drop(news.send(Arc::new(News { reached, told }))),
                Err(error) => {
                    tracing::warn!(shard, %error, "watchers wait: the database can not be asked");
                    tokio::time::sleep(AFTER_FAILURE).await;
                    continue;
                }
            }
        }
        above = reached;
        tokio::time::sleep(BETWEEN_LOOKS).await;
    }
}
