//! The port of the event log.

#[cfg(any(test, feature = "test-util"))]
pub mod conformance;
pub mod jetstream;
pub mod memory;
pub mod sqlite;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use kith_domain::aggregate::Aggregate;
use kith_domain::id::{CommitId, OrganisationId};

/// A log of commits, one total order per shard.
///
/// # Specification
/// The conformance suite (`log::conformance`) holds every adapter to these obligations.
///
/// **Appending**
/// 1. *Durable*: [`append`](EventLog::append) answers `Ok` only when the commit survives whatever
///    [`Description::durability`] says. It is there as a whole or not at all.
/// 2. *Ordered*: sequences of a shard grow strictly and are never used again. Gaps are allowed.
/// 3. *Expected*: with [`Expected::Empty`] or [`Expected::At`] the commit is appended only if the
///    subject's last commit is as expected, decided atomically with the append; otherwise
///    [`AppendError::Conflict`] and nothing is appended. [`Expected::Any`] never conflicts.
/// 4. *Once*: appending a commit whose id is the subject's already, with the same fingerprint,
///    within two minutes of the first append or by way of a failed expectation, appends nothing and
///    answers the first position with [`Appended::duplicate`]. With another fingerprint it answers
///    [`AppendError::IdReused`].
/// 5. *Unknown is said*: [`AppendError::Unavailable`] leaves open whether the commit was appended.
///    Repeating the same commit is the way to find out, and is safe by 4. An adapter that reaches
///    its log over a network repeats by itself for [`RETRY_FOR`] before it answers this; what it
///    asks to tell a lost ack from a conflict is part of that. A local file loses no answers, and
///    its errors (a full disk, a failed write) don't pass by themselves: its adapter answers at
///    once, after it has rolled back.
///
/// **Reading**
/// 6. [`read`](EventLog::read) yields every record of the filter with a sequence above `after`, in
///    order, up to the last one acknowledged before the call, each once, and ends. After `append`
///    has answered, every later `read` on any replica sees the commit (leader read).
/// 7. [`follow`](EventLog::follow) yields every record of a shard above `after`, in order, each
///    once, for ever: across reconnects, server restarts and quiet days. It ends only with an error
///    that a restart of the caller would meet again.
/// 8. Bytes come back as they went in.
///
/// **Identity**
/// 9. [`epoch`](EventLog::epoch) is random when a log is made and stays for its life. A log restored
///    without its sequences gets a new one.
#[async_trait]
pub trait EventLog: Send + Sync + 'static {
    /// What this log is.
    fn description(&self) -> Description;

    /// The log's epoch.
    fn epoch(&self) -> [u8; 16];

    /// Appends one commit.
    async fn append(&self, append: Append) -> Result<Appended, AppendError>;

    /// Reads to today's tail.
    fn read(&self, filter: Filter, after: u64) -> BoxStream<'static, Result<Record, ReadError>>;

    /// Reads for ever.
    fn follow(&self, shard: u16, after: u64) -> BoxStream<'static, Result<Record, ReadError>>;

    /// The sequence of a shard's last commit; 0 when it has none.
    async fn tail(&self, shard: u16) -> Result<u64, ReadError>;
}

/// How long an adapter repeats an append whose outcome it doesn't know: a cluster that lost all
/// nodes took 22 s to write again.
pub const RETRY_FOR: std::time::Duration = std::time::Duration::from_secs(30);

/// The largest commit: half of the broker's default `max_payload`.
pub const MAX_COMMIT_BYTES: usize = 512 * 1024;

/// What a log is, for operators.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Description {
    /// `memory`, `sqlite` or `jetstream`.
    pub engine: &'static str,
    /// In one sentence, what an acknowledged commit survives.
    pub durability: &'static str,
    /// Number of shards; fixed when the log was made.
    pub shards: u16,
}

/// Where in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position {
    /// Which shard.
    pub shard: u16,
    /// Which commit of it; the first has 1 or more, 0 is before all.
    pub sequence: u64,
}

/// What a commit is about: the unit of optimistic concurrency.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Subject {
    /// The shard of the organisation.
    pub shard: u16,
    /// The organisation.
    pub organisation: OrganisationId,
    /// Which of its three kinds.
    pub kind: SubjectKind,
}

/// The three kinds of subject.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum SubjectKind {
    /// Every rule-free creation of the organisation.
    Journal,
    /// All merges and unmerges of the organisation.
    Identity,
    /// The later transitions of one aggregate: its kind and the text of its id.
    Aggregate(&'static str, String),
}

impl Subject {
    /// The later transitions of one aggregate.
    #[must_use]
    pub fn aggregate<A: Aggregate>(shard: u16, organisation: OrganisationId, id: &str) -> Self {
        Self {
            shard,
            organisation,
            kind: SubjectKind::Aggregate(A::KIND, id.to_owned()),
        }
    }

    /// All merges and unmerges of an organisation.
    #[must_use]
    pub fn identity(shard: u16, organisation: OrganisationId) -> Self {
        Self {
            shard,
            organisation,
            kind: SubjectKind::Identity,
        }
    }

    /// The subject's name: `kith.<nn>.<org>.journal|identity|<kind>.<id>`. Every token is a number,
    /// a fixed word or a base32 id: no name, no address.
    #[must_use]
    pub fn name(&self) -> String {
        let prefix = format!("kith.{:02}.{}", self.shard, self.organisation);
        match &self.kind {
            SubjectKind::Journal => format!("{prefix}.journal"),
            SubjectKind::Identity => format!("{prefix}.identity"),
            SubjectKind::Aggregate(kind, id) => format!("{prefix}.{kind}.{id}"),
        }
    }
}

/// What the writer believes about the subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Expected {
    /// Nothing.
    Any,
    /// It has no commit.
    Empty,
    /// Its last commit has this sequence.
    At(u64),
}

/// One append.
#[derive(Debug, Clone)]
pub struct Append {
    /// To which subject.
    pub subject: Subject,
    /// On which condition.
    pub expected: Expected,
    /// The commit's id.
    pub id: CommitId,
    /// The fingerprint of the request.
    pub fingerprint: [u8; 16],
    /// The sealed commit; at most [`MAX_COMMIT_BYTES`].
    pub bytes: Bytes,
}

/// What became of an append.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Appended {
    /// Where the commit is.
    pub position: Position,
    /// Whether it was there already.
    pub duplicate: bool,
}

/// One commit, as stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Record {
    /// Its place in the shard.
    pub sequence: u64,
    /// The sealed commit.
    pub bytes: Bytes,
}

/// What to read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// All of a shard.
    Shard(u16),
    /// One subject.
    Subject(Subject),
}

/// Why a commit was not appended.
#[derive(Debug, thiserror::Error)]
pub enum AppendError {
    /// The subject's last commit isn't the expected one: read it and decide again.
    #[error("the subject changed meanwhile")]
    Conflict,
    /// The id was used for another request: a caller's mistake.
    #[error("the commit id was used for another request")]
    IdReused,
    /// The commit is larger than [`MAX_COMMIT_BYTES`]: split the request.
    #[error("the commit is larger than {MAX_COMMIT_BYTES} bytes")]
    TooLarge,
    /// Whether it was appended is not known: repeat the same commit.
    #[error("the log can not be reached or does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Why the log can't be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The log can't be reached: try again.
    #[error("the log can not be reached or does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// There is no such shard.
    #[error("the log has no shard {0}")]
    NoSuchShard(u16),
}

/// Why a log can't be opened. Each text is a sentence for the operator.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The server or file can't be reached.
    #[error("the log can not be opened")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// Something is not as Kith needs it; starting would put data at risk.
    #[error("refusing to start: {0}")]
    Refused(String),
}
