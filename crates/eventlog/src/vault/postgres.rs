//! The vault in its own schema of a Postgres database.

use async_trait::async_trait;
use kith_domain::id::OrganisationId;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, Statement, TransactionTrait, Value,
};
use std::collections::HashMap;
use std::fmt::Write as _;

use super::{Entry, KeyOf, Vault, VaultError, Wrapped};

/// Keys per statement: five values each stay well under Postgres' 65 535.
const CHUNK: usize = 1_000;

const SCHEMA: &str = "
    SELECT pg_advisory_xact_lock(7163490231);
    CREATE SCHEMA IF NOT EXISTS vault;
    CREATE TABLE IF NOT EXISTS vault.key (
        organisation bytea NOT NULL, kind smallint NOT NULL, id bytea NOT NULL,
        kek_id bytea, wrapped bytea,
        PRIMARY KEY (organisation, kind, id)
    );
";

/// A vault in the schema `vault`.
#[derive(Debug, Clone)]
pub struct Postgres {
    database: DatabaseConnection,
}

impl Postgres {
    /// Uses this database, making the schema when there is none.
    pub async fn open(database: DatabaseConnection) -> Result<Self, VaultError> {
        let transaction = database.begin().await.map_err(unavailable)?;
        transaction
            .execute_unprepared(SCHEMA)
            .await
            .map_err(unavailable)?;
        transaction.commit().await.map_err(unavailable)?;
        Ok(Self { database })
    }

    async fn select(
        &self,
        organisation: OrganisationId,
        keys: &[KeyOf],
    ) -> Result<HashMap<(i16, Vec<u8>), Entry>, DbErr> {
        let mut found = HashMap::with_capacity(keys.len());
        for chunk in keys.chunks(CHUNK) {
            let mut values = vec![Value::from(organisation.as_bytes().to_vec())];
            let mut sql = "SELECT kind, id, kek_id, wrapped FROM vault.key \
                           WHERE organisation = $1 AND (kind, id) IN ("
                .to_owned();
            for key in chunk {
                let (kind, id) = key.columns();
                separate(&mut sql, values.len() > 1);
                let _ = write!(sql, "(${}, ${})", values.len() + 1, values.len() + 2);
                values.extend([Value::from(kind), Value::from(id.to_vec())]);
            }
            sql.push(')');
            for row in self.database.query_all_raw(statement(sql, values)).await? {
                let kek_id: Option<Vec<u8>> = row.try_get("", "kek_id")?;
                let bytes: Option<Vec<u8>> = row.try_get("", "wrapped")?;
                let kek_id = kek_id.and_then(|kek_id| kek_id.try_into().ok());
                let entry = match (kek_id, bytes) {
                    (Some(kek_id), Some(bytes)) => Entry::Kept(Wrapped { kek_id, bytes }),
                    _ => Entry::Destroyed,
                };
                found.insert((row.try_get("", "kind")?, row.try_get("", "id")?), entry);
            }
        }
        Ok(found)
    }

    async fn insert(
        &self,
        organisation: OrganisationId,
        rows: &[(KeyOf, Option<&Wrapped>)],
        on_conflict: &str,
    ) -> Result<(), DbErr> {
        for chunk in rows.chunks(CHUNK) {
            let mut values = vec![Value::from(organisation.as_bytes().to_vec())];
            let mut sql = "INSERT INTO vault.key VALUES ".to_owned();
            for (key, wrapped) in chunk {
                let (kind, id) = key.columns();
                separate(&mut sql, values.len() > 1);
                let n = values.len();
                let _ = write!(sql, "($1, ${}, ${}, ${}, ${})", n + 1, n + 2, n + 3, n + 4);
                values.extend([
                    Value::from(kind),
                    Value::from(id.to_vec()),
                    Value::from(wrapped.map(|wrapped| wrapped.kek_id.to_vec())),
                    Value::from(wrapped.map(|wrapped| wrapped.bytes.clone())),
                ]);
            }
            sql.push_str(on_conflict);
            self.database.execute_raw(statement(sql, values)).await?;
        }
        Ok(())
    }
}

fn separate(sql: &mut String, not_first: bool) {
    if not_first {
        sql.push_str(", ");
    }
}

fn statement(sql: String, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

#[async_trait]
impl Vault for Postgres {
    async fn fetch(
        &self,
        organisation: OrganisationId,
        keys: &[KeyOf],
    ) -> Result<Vec<Entry>, VaultError> {
        let found = self.select(organisation, keys).await.map_err(unavailable)?;
        let entry = |key: &KeyOf| {
            let (kind, id) = key.columns();
            found
                .get(&(kind, id.to_vec()))
                .cloned()
                .unwrap_or(Entry::Absent)
        };
        Ok(keys.iter().map(entry).collect())
    }

    async fn keep(
        &self,
        organisation: OrganisationId,
        keys: &[(KeyOf, Wrapped)],
    ) -> Result<Vec<Entry>, VaultError> {
        // In the order of the index, so that racing keepers don't deadlock.
        let mut rows: Vec<_> = keys
            .iter()
            .map(|(key, wrapped)| (*key, Some(wrapped)))
            .collect();
        rows.sort_by_key(|(key, _)| key.columns());
        let do_nothing = " ON CONFLICT DO NOTHING";
        self.insert(organisation, &rows, do_nothing)
            .await
            .map_err(unavailable)?;
        let names: Vec<KeyOf> = keys.iter().map(|(key, _)| *key).collect();
        self.fetch(organisation, &names).await
    }

    async fn destroy(
        &self,
        organisation: OrganisationId,
        keys: &[KeyOf],
    ) -> Result<(), VaultError> {
        let mut rows: Vec<_> = keys.iter().map(|key| (*key, None)).collect();
        rows.sort_by_key(|(key, _)| key.columns());
        rows.dedup();
        let overwrite = " ON CONFLICT (organisation, kind, id) \
                         DO UPDATE SET kek_id = NULL, wrapped = NULL";
        self.insert(organisation, &rows, overwrite)
            .await
            .map_err(unavailable)
    }
}

fn unavailable(error: DbErr) -> VaultError {
    VaultError::Unavailable(error.into())
}
