//! The log in memory: for tests of everything above it. It survives nothing.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use kith_domain::id::CommitId;
use tokio::sync::watch;

use super::{
    Append, AppendError, Appended, Description, EventLog, Expected, Filter, MAX_COMMIT_BYTES,
    Position, ReadError, Record,
};
use crate::entropy;

/// A log in memory with any number of shards.
#[derive(Debug, Clone)]
pub struct Memory {
    epoch: [u8; 16],
    shards: Arc<[Shard]>,
}

#[derive(Debug)]
struct Shard {
    commits: Mutex<Commits>,
    tail: watch::Sender<u64>,
}

#[derive(Debug, Default)]
struct Commits {
    records: Vec<(String, Record)>,
    last_of_subject: HashMap<String, u64>,
    by_id: HashMap<CommitId, (u64, [u8; 16])>,
}

impl Memory {
    /// An empty log.
    #[must_use]
    pub fn new(shards: u16) -> Self {
        let shard = |_| Shard {
            commits: Mutex::default(),
            tail: watch::Sender::new(0),
        };
        Self {
            epoch: entropy::bytes(),
            shards: (0..shards).map(shard).collect(),
        }
    }

    fn shard(&self, shard: u16) -> Result<&Shard, ReadError> {
        self.shards
            .get(usize::from(shard))
            .ok_or(ReadError::NoSuchShard(shard))
    }
}

impl Commits {
    fn append(&mut self, append: Append) -> Result<(u64, bool), AppendError> {
        if append.bytes.len() > MAX_COMMIT_BYTES {
            return Err(AppendError::TooLarge);
        }
        if let Some((sequence, fingerprint)) = self.by_id.get(&append.id) {
            let same = *fingerprint == append.fingerprint;
            return if same {
                Ok((*sequence, true))
            } else {
                Err(AppendError::IdReused)
            };
        }
        let subject = append.subject.name();
        let last = self.last_of_subject.get(&subject).copied();
        let as_expected = match append.expected {
            Expected::Any => true,
            Expected::Empty => last.is_none(),
            Expected::At(sequence) => last == Some(sequence),
        };
        if !as_expected {
            return Err(AppendError::Conflict);
        }
        let sequence = self.records.len() as u64 + 1;
        self.records.push((
            subject.clone(),
            Record {
                sequence,
                bytes: append.bytes,
            },
        ));
        self.last_of_subject.insert(subject, sequence);
        self.by_id.insert(append.id, (sequence, append.fingerprint));
        Ok((sequence, false))
    }

    fn after(&self, subject: Option<&str>, after: u64) -> Vec<Record> {
        let from = usize::try_from(after)
            .unwrap_or(usize::MAX)
            .min(self.records.len());
        let matching = self.records[from..]
            .iter()
            .filter(|(s, _)| subject.is_none_or(|w| w == s));
        matching.map(|(_, record)| record.clone()).collect()
    }
}

impl Shard {
    fn after(&self, subject: Option<&str>, after: u64) -> Vec<Record> {
        self.commits
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .after(subject, after)
    }
}

#[async_trait]
impl EventLog for Memory {
    fn description(&self) -> Description {
        Description {
            engine: "memory",
            durability: "nothing survives the end of the process",
            shards: self.shards.len() as u16,
        }
    }

    fn epoch(&self) -> [u8; 16] {
        self.epoch
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        let number = append.subject.shard;
        let shard = self
            .shard(number)
            .map_err(|e| AppendError::Unavailable(e.into()))?;
        let mut commits = shard.commits.lock().unwrap_or_else(PoisonError::into_inner);
        let (sequence, duplicate) = commits.append(append)?;
        shard.tail.send_if_modified(|tail| {
            let grew = sequence > *tail;
            *tail = sequence.max(*tail);
            grew
        });
        Ok(Appended {
            position: Position {
                shard: number,
                sequence,
            },
            duplicate,
        })
    }

    fn read(&self, filter: Filter, after: u64) -> BoxStream<'static, Result<Record, ReadError>> {
        let (number, subject) = match filter {
            Filter::Shard(shard) => (shard, None),
            Filter::Subject(subject) => (subject.shard, Some(subject.name())),
        };
        let records = self
            .shard(number)
            .map(|shard| shard.after(subject.as_deref(), after));
        match records {
            Ok(records) => stream::iter(records.into_iter().map(Ok)).boxed(),
            Err(error) => stream::iter([Err(error)]).boxed(),
        }
    }

    fn follow(&self, shard: u16, after: u64) -> BoxStream<'static, Result<Record, ReadError>> {
        let tail = match self.shard(shard) {
            Ok(shard) => shard.tail.subscribe(),
            Err(error) => return stream::iter([Err(error)]).boxed(),
        };
        let log = self.clone();
        let pages = stream::unfold((tail, after), move |(mut tail, after)| {
            let log = log.clone();
            async move {
                tail.wait_for(|tail| *tail > after).await.ok()?;
                let records = log.shards[usize::from(shard)].after(None, after);
                let last = records.last().map_or(after, |record| record.sequence);
                Some((stream::iter(records.into_iter().map(Ok)), (tail, last)))
            }
        });
        pages.flatten().boxed()
    }

    async fn tail(&self, shard: u16) -> Result<u64, ReadError> {
        Ok(*self.shard(shard)?.tail.borrow())
    }
}
