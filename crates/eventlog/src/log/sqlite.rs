//! The embedded log: one SQLite file, one writer thread, group commit, one shard.
//!
//! Appends queue up while a transaction is being made durable and then share the next one: one
//! fsync for all of them. Reading uses a connection of its own (WAL), in pages.

mod writer;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};
use rusqlite::{Connection, OpenFlags, params};
use tokio::sync::watch;

use super::{
    Append, AppendError, Appended, Description, EventLog, Filter, MAX_COMMIT_BYTES, OpenError,
    Position, ReadError, Record,
};
use crate::entropy;
use writer::Writer;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS meta (
        only INTEGER PRIMARY KEY CHECK (only = 1), schema INTEGER NOT NULL, epoch BLOB NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS log (
        sequence INTEGER PRIMARY KEY AUTOINCREMENT, subject TEXT NOT NULL, commit_id BLOB NOT NULL,
        fingerprint BLOB NOT NULL, bytes BLOB NOT NULL
    ) STRICT;
    CREATE UNIQUE INDEX IF NOT EXISTS log_commit_id ON log (commit_id);
    CREATE INDEX IF NOT EXISTS log_subject ON log (subject, sequence);
";
const SCHEMA_VERSION: i64 = 1;
/// A page ends with the record that fills it; the largest record is 512 KiB.
const PAGE_BYTES: usize = 2 * 1024 * 1024;
const PAGE_RECORDS: usize = 4096;

/// A log in one SQLite file.
#[derive(Debug, Clone)]
pub struct Sqlite {
    epoch: [u8; 16],
    writer: Writer,
    tail: watch::Receiver<u64>,
    reader: Arc<Mutex<Connection>>,
}

impl Sqlite {
    /// Opens the log at `path`, creating it when there is none. Blocks on the disk.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let write = Connection::open(path).map_err(unavailable)?;
        write
            .pragma_update(None, "journal_mode", "WAL")
            .map_err(unavailable)?;
        write
            .pragma_update(None, "synchronous", "FULL")
            .map_err(unavailable)?;
        write.execute_batch(SCHEMA).map_err(unavailable)?;
        let fresh: [u8; 16] = entropy::bytes();
        let insert = "INSERT INTO meta VALUES (1, ?1, ?2) ON CONFLICT DO NOTHING";
        write
            .execute(insert, params![SCHEMA_VERSION, fresh])
            .map_err(unavailable)?;
        let read_meta = |row: &rusqlite::Row<'_>| Ok((row.get(0)?, row.get(1)?));
        let (schema, epoch): (i64, [u8; 16]) = write
            .query_row("SELECT schema, epoch FROM meta", [], read_meta)
            .map_err(unavailable)?;
        if schema != SCHEMA_VERSION {
            return Err(OpenError::Refused(format!(
                "the log file has schema {schema}, this version reads {SCHEMA_VERSION}"
            )));
        }
        let last = "SELECT coalesce(max(sequence), 0) FROM log";
        let tail: i64 = write
            .query_row(last, [], |row| row.get(0))
            .map_err(unavailable)?;
        let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let reader = Connection::open_with_flags(path, flags).map_err(unavailable)?;
        let (sender, tail) = watch::channel(tail as u64);
        let writer = Writer::start(write, sender).map_err(|e| OpenError::Unavailable(e.into()))?;
        Ok(Self {
            epoch,
            writer,
            tail,
            reader: Arc::new(Mutex::new(reader)),
        })
    }

    async fn page(
        &self,
        subject: Option<String>,
        after: u64,
        until: u64,
    ) -> Result<Vec<Record>, ReadError> {
        let reader = Arc::clone(&self.reader);
        let page = move || {
            let reader = reader.lock().unwrap_or_else(PoisonError::into_inner);
            select_page(&reader, subject.as_deref(), after, until)
        };
        let page = tokio::task::spawn_blocking(page).await;
        page.map_err(|e| ReadError::Unavailable(e.into()))?
            .map_err(|e| ReadError::Unavailable(e.into()))
    }
}

fn select_page(
    reader: &Connection,
    subject: Option<&str>,
    after: u64,
    until: u64,
) -> rusqlite::Result<Vec<Record>> {
    let (after, until) = (after as i64, i64::try_from(until).unwrap_or(i64::MAX));
    let mut statement = reader.prepare_cached(if subject.is_some() {
        "SELECT sequence, bytes FROM log WHERE sequence > ?1 AND sequence <= ?2 AND subject = ?3
         ORDER BY sequence LIMIT ?4"
    } else {
        "SELECT sequence, bytes FROM log WHERE sequence > ?1 AND sequence <= ?2 AND ?3 IS NULL
         ORDER BY sequence LIMIT ?4"
    })?;
    let mut rows = statement.query(params![after, until, subject, PAGE_RECORDS as i64])?;
    let mut page = Vec::new();
    let mut bytes_in_page = 0;
    while let Some(row) = rows.next()? {
        let bytes: Vec<u8> = row.get(1)?;
        bytes_in_page += bytes.len();
        page.push(Record {
            sequence: row.get::<_, i64>(0)? as u64,
            bytes: bytes.into(),
        });
        if bytes_in_page >= PAGE_BYTES {
            break;
        }
    }
    Ok(page)
}

#[async_trait]
impl EventLog for Sqlite {
    fn description(&self) -> Description {
        Description {
            engine: "sqlite",
            durability: "an acknowledged change survives the end of the process and a power failure",
            shards: 1,
        }
    }

    fn epoch(&self) -> [u8; 16] {
        self.epoch
    }

    async fn append(&self, append: Append) -> Result<Appended, AppendError> {
        if append.bytes.len() > MAX_COMMIT_BYTES {
            return Err(AppendError::TooLarge);
        }
        let shard = append.subject.shard;
        only_shard(shard).map_err(|e| AppendError::Unavailable(e.into()))?;
        let (sequence, duplicate) = self.writer.append(append).await?;
        Ok(Appended {
            position: Position { shard, sequence },
            duplicate,
        })
    }

    fn read(&self, filter: Filter, after: u64) -> BoxStream<'static, Result<Record, ReadError>> {
        let (shard, subject) = match filter {
            Filter::Shard(shard) => (shard, None),
            Filter::Subject(subject) => (subject.shard, Some(subject.name())),
        };
        if let Err(error) = only_shard(shard) {
            return stream::iter([Err(error)]).boxed();
        }
        let (log, until) = (self.clone(), *self.tail.borrow());
        let pages = stream::try_unfold(after, move |after| {
            let (log, subject) = (log.clone(), subject.clone());
            async move {
                let page = log.page(subject, after, until).await?;
                let last = page.last().map(|record| record.sequence);
                Ok(last.map(|last| (stream::iter(page.into_iter().map(Ok)), last)))
            }
        });
        pages.try_flatten().boxed()
    }

    fn follow(&self, shard: u16, after: u64) -> BoxStream<'static, Result<Record, ReadError>> {
        if let Err(error) = only_shard(shard) {
            return stream::iter([Err(error)]).boxed();
        }
        let state = (self.clone(), self.tail.clone(), after);
        let pages = stream::try_unfold(state, move |(log, mut tail, after)| async move {
            // The sender lives as long as the writer thread; its end is the end of the log.
            let Ok(until) = tail.wait_for(|tail| *tail > after).await.map(|tail| *tail) else {
                return Ok(None);
            };
            let page = log.page(None, after, until).await?;
            let last = page.last().map_or(until, |record| record.sequence);
            Ok(Some((
                stream::iter(page.into_iter().map(Ok)),
                (log, tail, last),
            )))
        });
        pages.try_flatten().boxed()
    }

    async fn tail(&self, shard: u16) -> Result<u64, ReadError> {
        only_shard(shard).map(|()| *self.tail.borrow())
    }
}

fn only_shard(shard: u16) -> Result<(), ReadError> {
    if shard == 0 {
        Ok(())
    } else {
        Err(ReadError::NoSuchShard(shard))
    }
}

fn unavailable(error: rusqlite::Error) -> OpenError {
    OpenError::Unavailable(error.into())
}
