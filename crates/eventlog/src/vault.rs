//! The vault: keys of personal text, kept apart from the log.
//!
//! master key → organisation key → person keys and commit keys. Each row is wrapped by the key
//! above it, so that a copy of the vault alone opens nothing. Destroying a key leaves a row that
//! says so: it is never made again.

#[cfg(any(test, feature = "test-util"))]
pub mod conformance;
pub mod memory;
pub mod postgres;
pub mod sqlite;

use async_trait::async_trait;
use kith_domain::id::{CommitId, OrganisationId, PersonId};

/// Which key of an organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum KeyOf {
    /// The organisation's own.
    Organisation,
    /// A person's.
    Person(PersonId),
    /// A commit's.
    Commit(CommitId),
}

impl KeyOf {
    /// How rows name this key: a kind and 16 bytes.
    pub(crate) fn columns(self) -> (i16, [u8; 16]) {
        match self {
            Self::Organisation => (0, [0; 16]),
            Self::Person(id) => (1, *id.as_bytes()),
            Self::Commit(id) => (2, *id.as_bytes()),
        }
    }

    /// The key that [`columns`](Self::columns) names so.
    pub(crate) fn from_columns(kind: i16, id: &[u8]) -> Option<Self> {
        match kind {
            0 => Some(Self::Organisation),
            1 => PersonId::from_slice(id).map(Self::Person),
            2 => CommitId::from_slice(id).map(Self::Commit),
            _ => None,
        }
    }
}

impl std::fmt::Display for KeyOf {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Organisation => f.write_str("the organisation itself"),
            Self::Person(id) => write!(f, "person {id}"),
            Self::Commit(id) => write!(f, "commit {id}"),
        }
    }
}

/// A key as it is kept: encrypted under another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// Which key encrypts it, so that keys can rotate.
    pub kek_id: [u8; 8],
    /// Format byte, nonce and ciphertext.
    pub bytes: Vec<u8>,
}

/// What the vault knows of a key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// Never made.
    Absent,
    /// Made and destroyed.
    Destroyed,
    /// Here.
    Kept(Wrapped),
}

/// Where wrapped keys are kept.
///
/// 1. What `keep` or `destroy` answered `Ok` to survives a power failure: a key is durable before
///    anything sealed with it is appended.
/// 2. `keep` never overwrites: of racing keepers one wins, and all are told the winner's key.
/// 3. A destroyed key stays destroyed and its bytes are gone from the file.
#[async_trait]
pub trait Vault: Send + Sync + 'static {
    /// The entries of these keys, in their order.
    async fn fetch(
        &self,
        organisation: OrganisationId,
        keys: &[KeyOf],
    ) -> Result<Vec<Entry>, VaultError>;

    /// Keeps those that are absent and answers what is there now, in their order.
    async fn keep(
        &self,
        organisation: OrganisationId,
        keys: &[(KeyOf, Wrapped)],
    ) -> Result<Vec<Entry>, VaultError>;

    /// Destroys keys for ever, those that were never made included.
    async fn destroy(&self, organisation: OrganisationId, keys: &[KeyOf])
    -> Result<(), VaultError>;
}

/// Why the vault did not answer.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// It can't be reached: try again.
    #[error("the vault can not be reached or does not answer")]
    Unavailable(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A key does not open under the key that wraps it: the wrong master key, or a damaged vault.
    #[error("a key of the vault does not open; is this the right master key?")]
    WrongMasterKey,
    /// The organisation's key was destroyed: nothing of it can be read or written.
    #[error("the organisation was erased")]
    OrganisationErased,
    /// The log holds something sealed with a key that the vault never saw. Keys are kept before
    /// anything is sealed with them, so this is not the vault of this log, or not all of it.
    #[error(
        "the vault has no key for {key} of organisation {organisation}: the vault was lost, is \
         older than the log, or belongs to another log"
    )]
    KeyLost {
        /// Whose key.
        organisation: OrganisationId,
        /// Which one.
        key: KeyOf,
    },
}

impl VaultError {
    /// Whether waiting helps.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        matches!(self, Self::Unavailable(_))
    }
}
