//! The suite that holds every log to the specification of [`EventLog`](super::EventLog).
//!
//! Each adapter brings a [`Harness`]: how to make an empty log, and how to disturb it. A check is
//! named after what it holds, and says which obligation that is.

mod appending;
mod crashes;
mod reading;

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::BoxStream;
use futures::{StreamExt, TryStreamExt};
use kith_domain::id::{CommitId, OrganisationId};

use super::{
    Append, Appended, EventLog, Expected, Filter, ReadError, Record, Subject, SubjectKind,
};
use crate::entropy;

const PATIENCE: Duration = Duration::from_secs(60);

/// What the suite needs of an adapter's tests.
#[async_trait::async_trait(?Send)]
pub trait Harness {
    /// A handle on the log, as another replica would open one.
    async fn open(&self) -> Arc<dyn EventLog>;

    /// Ends the log's server or process without warning and starts it again. Nothing for a log that
    /// survives nothing.
    async fn crash(&self);

    /// Whether what was acknowledged is there after [`crash`](Harness::crash).
    fn survives(&self) -> bool;

    /// Whether the log has a server, so that handles outlive its crash. Only then is it silenced.
    fn has_server(&self) -> bool {
        false
    }

    /// Keeps the server from doing or answering anything, while connections stay.
    async fn silence(&self) {}

    /// Lets it go on with whatever arrived meanwhile.
    async fn resume(&self) {}
}

/// Runs the whole suite against an empty log.
///
/// # Panics
/// When an obligation is broken.
pub async fn holds(harness: &dyn Harness) {
    appending::holds(harness).await;
    reading::holds(harness).await;
    crashes::holds(harness).await;
}

fn organisation() -> OrganisationId {
    OrganisationId::from_bytes(entropy::bytes())
}

fn journal(organisation: OrganisationId) -> Subject {
    Subject {
        shard: 0,
        organisation,
        kind: SubjectKind::Journal,
    }
}

fn aggregate(organisation: OrganisationId, id: &str) -> Subject {
    Subject {
        shard: 0,
        organisation,
        kind: SubjectKind::Aggregate("test", id.to_owned()),
    }
}

fn append(subject: &Subject, expected: Expected, bytes: &[u8]) -> Append {
    Append {
        subject: subject.clone(),
        expected,
        id: CommitId::from_bytes(entropy::bytes()),
        fingerprint: entropy::bytes(),
        bytes: Bytes::copy_from_slice(bytes),
    }
}

async fn must(log: &dyn EventLog, append: Append) -> Appended {
    log.append(append)
        .await
        .expect("an append that nothing speaks against")
}

async fn read(log: &dyn EventLog, filter: Filter, after: u64) -> Vec<Record> {
    let read = log.read(filter, after).try_collect();
    tokio::time::timeout(PATIENCE, read)
        .await
        .expect("read ends")
        .expect("read works")
}

async fn tail(log: &dyn EventLog, shard: u16) -> u64 {
    log.tail(shard).await.expect("the tail is known")
}

/// The next record of a follower.
async fn next(follower: &mut BoxStream<'static, Result<Record, ReadError>>) -> Record {
    tokio::time::timeout(PATIENCE, follower.next())
        .await
        .expect("follow goes on")
        .expect("never ends")
        .expect("works")
}

/// The next `count` records of a follower.
async fn take(log: &dyn EventLog, shard: u16, after: u64, count: usize) -> Vec<Record> {
    let mut follower = log.follow(shard, after);
    let mut records = Vec::with_capacity(count);
    while records.len() < count {
        records.push(next(&mut follower).await);
    }
    records
}
