//! The vault: keys of personal text, kept apart from the log.
//!
//! master key → organisation key → person keys and commit keys. Each row is wrapped by the key
//! above it, so that a copy of the vault alone opens nothing. Destroying a key leaves a row that
//! says so: it is never made again.

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
}

#[cfg(any(test, feature = "test-util"))]
pub mod conformance {
    //! The suite that holds every vault to the obligations of [`Vault`].

    use super::{Entry, KeyOf, Vault, Wrapped};
    use kith_domain::id::{CommitId, OrganisationId, PersonId};

    const ORGANISATION: OrganisationId = OrganisationId::from_bytes([3; 16]);
    const ELSEWHERE: OrganisationId = OrganisationId::from_bytes([4; 16]);

    fn wrapped(n: u8) -> Wrapped {
        Wrapped {
            kek_id: [n; 8],
            bytes: vec![n; 73],
        }
    }

    /// Runs the whole suite against an empty vault.
    ///
    /// # Panics
    /// When an obligation is broken.
    pub async fn holds(vault: &dyn Vault) {
        let person = KeyOf::Person(PersonId::from_bytes([1; 16]));
        let commit = KeyOf::Commit(CommitId::from_bytes([1; 16]));
        let keys = [person, KeyOf::Organisation, commit];
        let fetch = async |of, keys: &[KeyOf]| vault.fetch(of, keys).await.expect("fetch");
        let keep =
            async |rows: &[(KeyOf, Wrapped)]| vault.keep(ORGANISATION, rows).await.expect("keep");
        assert_eq!(
            fetch(ORGANISATION, &keys).await,
            vec![Entry::Absent; 3],
            "empty at first"
        );

        let kept = keep(&[(person, wrapped(1)), (commit, wrapped(2))]).await;
        assert_eq!(kept, [Entry::Kept(wrapped(1)), Entry::Kept(wrapped(2))]);
        let again = keep(&[(person, wrapped(9)), (KeyOf::Organisation, wrapped(3))]).await;
        assert_eq!(
            again,
            [Entry::Kept(wrapped(1)), Entry::Kept(wrapped(3))],
            "first wins"
        );
        assert_eq!(
            fetch(ORGANISATION, &keys).await,
            [
                Entry::Kept(wrapped(1)),
                Entry::Kept(wrapped(3)),
                Entry::Kept(wrapped(2))
            ]
        );
        assert_eq!(
            fetch(ELSEWHERE, &keys).await,
            vec![Entry::Absent; 3],
            "nothing crosses over"
        );

        let never_made = KeyOf::Person(PersonId::from_bytes([8; 16]));
        vault
            .destroy(ORGANISATION, &[person, never_made])
            .await
            .expect("destroy");
        for key in [person, never_made] {
            assert_eq!(fetch(ORGANISATION, &[key]).await, [Entry::Destroyed]);
            assert_eq!(
                keep(&[(key, wrapped(5))]).await,
                [Entry::Destroyed],
                "stays destroyed"
            );
        }
        assert_eq!(
            fetch(ORGANISATION, &[commit]).await,
            [Entry::Kept(wrapped(2))]
        );
        assert!(fetch(ORGANISATION, &[]).await.is_empty());

        let many: Vec<_> = (0..2_500_u16)
            .map(|n| {
                let mut id = [6; 16];
                id[..2].copy_from_slice(&n.to_be_bytes());
                (
                    KeyOf::Person(PersonId::from_bytes(id)),
                    wrapped((n % 251) as u8),
                )
            })
            .collect();
        let told = keep(&many).await;
        let expected: Vec<_> = many.iter().map(|(_, w)| Entry::Kept(w.clone())).collect();
        assert_eq!(told, expected, "many at once, in their order");
    }
}
