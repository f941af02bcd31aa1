//! The ledger: the log with its vault. Commits go in clear and come out clear.

mod execute;

use std::sync::Arc;

use kith_domain::event::{Commit, Event};
use kith_domain::id::{CommitId, KeyId, OrganisationId, PersonId};
use kith_domain::time::Timestamp;
use kith_proto::event::{DecodeError, Stored};

use crate::log::{
    Append, AppendError, Appended, EventLog, Expected, ReadError, Record, Subject, SubjectKind,
};
use crate::sealing::{CommitKeys, CommitSeal, Held, KeyRing, Needed};
use crate::vault::VaultError;
pub use execute::{ExecuteError, Executed};

/// Events whose sealing takes about as long as handing it to another thread, several times over.
const MANY_EVENTS: usize = 64;

/// Appends sealed commits and opens what was read.
#[derive(Clone)]
pub struct Ledger {
    log: Arc<dyn EventLog>,
    keys: KeyRing,
}

impl std::fmt::Debug for Ledger {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Ledger({})", self.log.description().engine)
    }
}

/// Who asks for a change, of which organisation, with which request.
#[derive(Debug, Clone, Copy)]
pub struct Request {
    /// Whose events these will be.
    pub organisation: OrganisationId,
    /// The shard that holds them.
    pub shard: u16,
    /// The key that asks; `None` for the scheduler.
    pub key: Option<KeyId>,
    /// The member that asks.
    pub member: Option<PersonId>,
    /// The commit that this request makes.
    pub commit: CommitId,
    /// The receipt of its body.
    pub fingerprint: [u8; 16],
    /// When it arrived.
    pub received_at: Timestamp,
}

impl Request {
    /// The organisation's journal.
    #[must_use]
    pub fn journal(&self) -> Subject {
        let (shard, organisation) = (self.shard, self.organisation);
        Subject {
            shard,
            organisation,
            kind: SubjectKind::Journal,
        }
    }

    /// The commit with these events.
    #[must_use]
    pub fn commit(&self, events: Vec<Event>) -> Commit {
        Commit {
            id: self.commit,
            fingerprint: self.fingerprint,
            organisation: self.organisation,
            key: self.key,
            member: self.member,
            recorded_at: self.received_at,
            events,
        }
    }
}

/// A commit that was read.
#[derive(Debug)]
pub struct Opened {
    /// Its place in the shard.
    pub sequence: u64,
    /// Whose it is and what it says, or why it can't be told.
    pub commit: Result<Commit, Unreadable>,
}

/// A commit that can't be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unreadable {
    /// Whose it is, if even that is readable.
    pub organisation: Option<OrganisationId>,
    /// Why.
    pub error: DecodeError,
}

/// Why a commit was not appended.
#[derive(Debug, thiserror::Error)]
pub enum LedgerError {
    /// The log did not take it.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The log can't be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The vault did not answer.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl Ledger {
    /// A ledger over a log and the keys of its texts.
    #[must_use]
    pub fn new(log: Arc<dyn EventLog>, keys: KeyRing) -> Self {
        Self { log, keys }
    }

    /// The log.
    #[must_use]
    pub fn log(&self) -> &Arc<dyn EventLog> {
        &self.log
    }

    /// The keys.
    #[must_use]
    pub fn keys(&self) -> &KeyRing {
        &self.keys
    }

    /// Seals a commit, with keys that are durable when this answers. It only needs to be appended.
    pub async fn seal(
        &self,
        subject: Subject,
        expected: Expected,
        commit: Commit,
        held: &mut Held,
    ) -> Result<Append, VaultError> {
        let (id, fingerprint, organisation) = (commit.id, commit.fingerprint, commit.organisation);
        let large = commit.events.len() > MANY_EVENTS;
        let note = move || {
            let mut needed = Needed::default();
            Stored::seal(&commit, &mut needed);
            (commit, needed)
        };
        let (commit, needed) = computed(large, note).await?;
        let keys = self.keys.to_seal(organisation, id, &needed, held).await?;
        let seal = move || {
            let mut seal = CommitSeal::new(&keys, organisation, id);
            Stored::seal(&commit, &mut seal).encode()
        };
        Ok(Append {
            subject,
            expected,
            id,
            fingerprint,
            bytes: computed(large, seal).await?,
        })
    }

    /// Appends what [`seal`](Self::seal) sealed.
    pub async fn append(&self, sealed: Append) -> Result<Appended, LedgerError> {
        Ok(self.log.append(sealed).await?)
    }

    /// Seals rule-free creations for the organisation's journal.
    pub async fn seal_record(
        &self,
        request: &Request,
        events: Vec<Event>,
        held: &mut Held,
    ) -> Result<Append, VaultError> {
        let commit = request.commit(events);
        self.seal(request.journal(), Expected::Any, commit, held)
            .await
    }

    /// Refuses a vault that is not this log's: lost, older than the log, or of another master key.
    /// To be asked once at start, before anything makes keys: new ones would hide it, and give
    /// everybody new ids.
    pub async fn check_vault(&self) -> Result<(), LedgerError> {
        // Whatever else a log holds, its first commit is the system organisation's.
        if self.log.tail(0).await? > 0 {
            self.keys.existing(OrganisationId::SYSTEM).await?;
        }
        Ok(())
    }

    /// Seals and appends rule-free creations to the organisation's journal.
    pub async fn record(
        &self,
        request: &Request,
        events: Vec<Event>,
    ) -> Result<Appended, LedgerError> {
        let mut held = Held::default();
        let sealed = self.seal_record(request, events, &mut held).await?;
        self.append(sealed).await
    }

    /// Opens records, fetching the keys of each organisation once.
    pub async fn open(&self, records: Vec<Record>) -> Result<Vec<Opened>, VaultError> {
        let read: Vec<(u64, Result<Sealed, Unreadable>)> = records
            .iter()
            .map(|record| (record.sequence, Sealed::read(record)))
            .collect();
        let mut organisations: Vec<OrganisationId> = read
            .iter()
            .filter_map(|(_, sealed)| Some(sealed.as_ref().ok()?.organisation))
            .collect();
        organisations.sort_unstable();
        organisations.dedup();

        let mut opened: Vec<Opened> = Vec::with_capacity(read.len());
        let mut sealed = Vec::with_capacity(read.len());
        for (sequence, commit) in read {
            match commit {
                Ok(commit) => sealed.push((sequence, commit)),
                Err(unreadable) => opened.push(Opened {
                    sequence,
                    commit: Err(unreadable),
                }),
            }
        }
        for organisation in organisations {
            let (own, rest) = sealed
                .into_iter()
                .partition(|(_, s)| s.organisation == organisation);
            sealed = rest;
            let own: Vec<(u64, Sealed)> = own;
            let (own, needed): (Vec<_>, Vec<_>) = own
                .into_iter()
                .map(|(sequence, s)| ((sequence, s.stored), (s.id, s.needed)))
                .unzip();
            let keys = self.keys.to_open(organisation, &needed).await?;
            for (((sequence, stored), (id, _)), keys) in own.into_iter().zip(needed).zip(keys) {
                let commit = open(&stored, organisation, id, &keys);
                opened.push(Opened { sequence, commit });
            }
        }
        opened.sort_by_key(|opened| opened.sequence);
        Ok(opened)
    }
}

/// Computes; what would keep other calls of the runtime waiting on a thread of its own.
async fn computed<T: Send + 'static>(
    large: bool,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, VaultError> {
    if !large {
        return Ok(work());
    }
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|e| VaultError::Unavailable(e.into()))
}

fn open(
    stored: &Stored,
    organisation: OrganisationId,
    id: CommitId,
    keys: &CommitKeys,
) -> Result<Commit, Unreadable> {
    let opened = stored.open(&mut CommitSeal::new(keys, organisation, id));
    opened.map_err(|error| Unreadable {
        organisation: Some(organisation),
        error,
    })
}

/// A commit before its texts are opened.
struct Sealed {
    stored: Stored,
    organisation: OrganisationId,
    id: CommitId,
    needed: Needed,
}

impl Sealed {
    fn read(record: &Record) -> Result<Self, Unreadable> {
        let nobodys = |error| Unreadable {
            organisation: None,
            error,
        };
        let stored = Stored::decode(&record.bytes).map_err(nobodys)?;
        let organisation = stored.organisation().map_err(nobodys)?;
        let theirs = |error| Unreadable {
            organisation: Some(organisation),
            error,
        };
        let id = stored.id().map_err(theirs)?;
        let mut needed = Needed::default();
        stored.open(&mut needed).map_err(theirs)?;
        Ok(Self {
            stored,
            organisation,
            id,
            needed,
        })
    }
}
