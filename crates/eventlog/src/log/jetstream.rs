//! The log on NATS JetStream: a stream per shard, replicas of Kith share it.
//!
//! `start` checks the server and the streams before anything is written, `append` keeps the append
//! protocol, `reading` the ordered consumer with its watchdog.

mod append;
mod reading;
mod start;

use async_nats::jetstream::{self, stream};
use async_trait::async_trait;
use futures::stream::BoxStream;
use std::sync::Arc;

use super::{
    Append, AppendError, Appended, Description, EventLog, Filter, OpenError, ReadError, Record,
};

/// How to reach the server, and what to ask of it.
#[derive(Debug, Clone)]
pub struct Config {
    /// `nats://…` or `tls://…`, several separated by commas.
    pub url: String,
    /// A credentials file, if the server wants one.
    pub credentials: Option<std::path::PathBuf>,
    /// Number of shards; fixed at the first start, compared ever after.
    pub shards: u16,
    /// Copies of each stream: 1 on one node, 3 on three.
    pub replicas: usize,
}

/// A log on a JetStream server or cluster.
#[derive(Debug, Clone)]
pub struct JetStream {
    context: jetstream::Context,
    streams: Arc<[stream::Stream]>,
    epoch: [u8; 16],
    replicas: usize,
}

impl JetStream {
    /// Connects, makes what is missing, and refuses to start on whatever would put data at risk.
    pub async fn connect(config: &Config) -> Result<Self, OpenError> {
        start::connect(config).await
    }

    fn stream(&self, shard: u16) -> Result<&stream::Stream, ReadError> {
        self.streams
            .get(usize::from(shard))
            .ok_or(ReadError::NoSuchShard(shard))
    }
}

#[async_trait]
impl EventLog for JetStream {
    fn description(&self) -> Description {
        Description {
            engine: "jetstream",
            durability: if self.replicas >= 3 {
                "an acknowledged change is on a majority of the brokers"
            } else {
                "an acknowledged change survives the end of the broker, and a power failure when \
                 the broker runs with sync_interval: always as the shipped nats.conf says"
            },
            shards: self.streams.len() as u16,
        }
    }

    fn epoch(&self) -> [u8; 16] {
        self.epoch
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        append::append(self, append).await
    }

    fn read(&self, filter: Filter, after: u64) -> BoxStream<'static, Result<Record, ReadError>> {
        match filter {
            Filter::Shard(shard) => reading::to_tail(self.clone(), shard, after),
            Filter::Subject(subject) => reading::subject(self.clone(), subject, after),
        }
    }

    fn follow(&self, shard: u16, after: u64) -> BoxStream<'static, Result<Record, ReadError>> {
        reading::follow(self.clone(), shard, after)
    }

    async fn tail(&self, shard: u16) -> Result<u64, ReadError> {
        let info = self.stream(shard)?.get_info().await;
        Ok(info
            .map_err(|e| ReadError::Unavailable(e.into()))?
            .state
            .last_sequence)
    }
}
