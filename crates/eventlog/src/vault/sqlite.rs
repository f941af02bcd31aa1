//! The vault in its own SQLite file, apart from the log's, with overwritten deletions.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use kith_domain::id::OrganisationId;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::{Entry, KeyOf, Vault, VaultError, Wrapped};

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS key (
        organisation BLOB NOT NULL, kind INTEGER NOT NULL, id BLOB NOT NULL,
        kek_id BLOB, wrapped BLOB,
        PRIMARY KEY (organisation, kind, id)
    ) STRICT, WITHOUT ROWID;
";

/// A vault in one SQLite file.
#[derive(Debug, Clone)]
pub struct Sqlite {
    connection: Arc<Mutex<Connection>>,
}

impl Sqlite {
    /// Opens the vault at `path`, creating it when there is none. Blocks on the disk.
    pub fn open(path: &Path) -> Result<Self, VaultError> {
        let connection = Connection::open(path).map_err(unavailable)?;
        connection
            .pragma_update(None, "journal_mode", "WAL")
            .map_err(unavailable)?;
        connection
            .pragma_update(None, "synchronous", "FULL")
            .map_err(unavailable)?;
        connection
            .pragma_update(None, "secure_delete", "ON")
            .map_err(unavailable)?;
        connection.execute_batch(SCHEMA).map_err(unavailable)?;
        Ok(Self {
            connection: Arc::new(Mutex::new(connection)),
        })
    }

    /// Runs `work` in one transaction, off the runtime's threads.
    async fn transact<T: Send + 'static>(
        &self,
        work: impl FnOnce(&rusqlite::Transaction<'_>) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, VaultError> {
        let connection = Arc::clone(&self.connection);
        let blocking = move || {
            let mut connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            let behaviour = TransactionBehavior::Immediate;
            let transaction = connection.transaction_with_behavior(behaviour)?;
            let answer = work(&transaction)?;
            transaction.commit().map(|()| answer)
        };
        let done = tokio::task::spawn_blocking(blocking).await;
        done.map_err(|e| VaultError::Unavailable(e.into()))?
            .map_err(unavailable)
    }
}

fn select(
    transaction: &rusqlite::Transaction<'_>,
    organisation: OrganisationId,
    key: KeyOf,
) -> rusqlite::Result<Entry> {
    let (kind, id) = key.columns();
    let row = transaction
        .prepare_cached(
            "SELECT kek_id, wrapped FROM key WHERE organisation = ?1 AND kind = ?2 AND id = ?3",
        )?
        .query_row(params![organisation.as_bytes(), kind, id], |row| {
            Ok((
                row.get::<_, Option<[u8; 8]>>(0)?,
                row.get::<_, Option<Vec<u8>>>(1)?,
            ))
        })
        .optional()?;
    Ok(match row {
        None => Entry::Absent,
        Some((Some(kek_id), Some(bytes))) => Entry::Kept(Wrapped { kek_id, bytes }),
        Some(_) => Entry::Destroyed,
    })
}

#[async_trait]
impl Vault for Sqlite {
    async fn fetch(
        &self,
        organisation: OrganisationId,
        keys: &[KeyOf],
    ) -> Result<Vec<Entry>, VaultError> {
        let keys = keys.to_vec();
        let work = move |transaction: &rusqlite::Transaction<'_>| {
            keys.iter()
                .map(|key| select(transaction, organisation, *key))
                .collect()
        };
        self.transact(work).await
    }

    async fn keep(
        &self,
        organisation: OrganisationId,
        keys: &[(KeyOf, Wrapped)],
    ) -> Result<Vec<Entry>, VaultError> {
        let keys = keys.to_vec();
        let work = move |transaction: &rusqlite::Transaction<'_>| {
            let mut insert = transaction.prepare_cached(
                "INSERT INTO key VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT DO NOTHING",
            )?;
            let mut entries = Vec::with_capacity(keys.len());
            for (key, wrapped) in &keys {
                let (kind, id) = key.columns();
                let row = params![
                    organisation.as_bytes(),
                    kind,
                    id,
                    wrapped.kek_id,
                    wrapped.bytes
                ];
                entries.push(match insert.execute(row)? {
                    0 => select(transaction, organisation, *key)?,
                    _ => Entry::Kept(wrapped.clone()),
                });
            }
            Ok(entries)
        };
        self.transact(work).await
    }

    async fn destroy(
        &self,
        organisation: OrganisationId,
        keys: &[KeyOf],
    ) -> Result<(), VaultError> {
        let keys = keys.to_vec();
        let work = move |transaction: &rusqlite::Transaction<'_>| {
            for key in keys {
                let (kind, id) = key.columns();
                transaction.execute(
                    "INSERT INTO key VALUES (?1, ?2, ?3, NULL, NULL)
                     ON CONFLICT DO UPDATE SET kek_id = NULL, wrapped = NULL",
                    params![organisation.as_bytes(), kind, id],
                )?;
            }
            Ok(())
        };
        self.transact(work).await?;
        // The old pages must leave the write-ahead log too.
        let connection = Arc::clone(&self.connection);
        let truncate = move || {
            let connection = connection.lock().unwrap_or_else(PoisonError::into_inner);
            connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
        };
        let done = tokio::task::spawn_blocking(truncate).await;
        done.map_err(|e| VaultError::Unavailable(e.into()))?
            .map_err(unavailable)
    }
}

fn unavailable(error: rusqlite::Error) -> VaultError {
    VaultError::Unavailable(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;
    use kith_domain::id::PersonId;

    #[tokio::test]
    async fn the_sqlite_vault_keeps_its_obligations() {
        let directory = tempfile::tempdir().expect("a directory");
        let vault = Sqlite::open(&directory.path().join("vault.db")).expect("opens");
        super::super::conformance::holds(&vault).await;
    }

    #[tokio::test]
    async fn the_bytes_of_a_destroyed_key_are_gone_from_the_files() {
        let directory = tempfile::tempdir().expect("a directory");
        let vault = Sqlite::open(&directory.path().join("vault.db")).expect("opens");
        let organisation = OrganisationId::from_bytes([3; 16]);
        let key = KeyOf::Person(PersonId::from_bytes([1; 16]));
        let marker = b"MARKER-KEY-MATERIAL-0123456789".to_vec();
        let wrapped = Wrapped {
            kek_id: [1; 8],
            bytes: marker.clone(),
        };
        vault
            .keep(organisation, &[(key, wrapped)])
            .await
            .expect("keeps");
        let found = || {
            let files = std::fs::read_dir(directory.path())
                .expect("lists")
                .flatten();
            files
                .map(|file| std::fs::read(file.path()).expect("reads"))
                .any(|content| content.windows(marker.len()).any(|window| window == marker))
        };
        assert!(found(), "the marker is in the vault before");
        vault.destroy(organisation, &[key]).await.expect("destroys");
        assert!(!found(), "and nowhere after");
    }
}
