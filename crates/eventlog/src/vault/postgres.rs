//! The vault in its own schema of a Postgres database.

use async_trait::async_trait;
use kith_domain::id::OrganisationId;
use sea_orm::sea_query::ArrayType;
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbBackend, DbErr, QueryResult, Statement,
    TransactionTrait, Value,
};
use std::collections::{HashMap, HashSet};

use super::{Entry, KeyOf, Vault, VaultError, Wrapped};

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
    ) -> Result<HashMap<KeyOf, Entry>, DbErr> {
        if keys.is_empty() {
            return Ok(HashMap::new());
        }
        let (kinds, ids) = columns(keys.iter().copied());
        // Each key is looked up in the index: `OFFSET 0` keeps the planner from anything else, which
        // it would try as long as it has no statistics.
        let sql = "SELECT t.kind, t.id, t.kek_id, t.wrapped \
                   FROM unnest($2, $3) AS wanted (kind, id), LATERAL (SELECT * FROM vault.key t \
                   WHERE t.organisation = $1 AND t.kind = wanted.kind AND t.id = wanted.id \
                   OFFSET 0) t";
        let values = vec![own(organisation), kinds, ids];
        let mut found = HashMap::with_capacity(keys.len());
        for row in self.database.query_all_raw(statement(sql, values)).await? {
            let kek_id: Option<Vec<u8>> = row.try_get("", "kek_id")?;
            let bytes: Option<Vec<u8>> = row.try_get("", "wrapped")?;
            let kek_id = kek_id.and_then(|kek_id| kek_id.try_into().ok());
            let entry = match (kek_id, bytes) {
                (Some(kek_id), Some(bytes)) => Entry::Kept(Wrapped { kek_id, bytes }),
                _ => Entry::Destroyed,
            };
            found.insert(key_of(&row)?, entry);
        }
        Ok(found)
    }

    /// Inserts those that are absent and answers their keys.
    async fn insert(
        &self,
        organisation: OrganisationId,
        rows: &[(KeyOf, Wrapped)],
    ) -> Result<HashSet<KeyOf>, DbErr> {
        let rows = in_order(rows.iter().collect(), |(key, _)| *key);
        let (kinds, ids) = columns(rows.iter().map(|(key, _)| *key));
        let bytes = |of: fn(&Wrapped) -> &[u8]| {
            let values = rows.iter().map(|(_, w)| Value::from(of(w).to_vec()));
            array(ArrayType::Bytes, values)
        };
        let (kek_ids, wrapped) = (bytes(|w| &w.kek_id), bytes(|w| &w.bytes));
        let sql = "INSERT INTO vault.key AS t SELECT $1, * FROM unnest($2, $3, $4, $5) \
                   ON CONFLICT DO NOTHING RETURNING t.kind, t.id";
        let values = vec![own(organisation), kinds, ids, kek_ids, wrapped];
        let written = self.database.query_all_raw(statement(sql, values)).await?;
        written.iter().map(key_of).collect()
    }

    async fn empty(&self, organisation: OrganisationId, keys: &[KeyOf]) -> Result<(), DbErr> {
        let keys = in_order(keys.to_vec(), |key| *key);
        let (kinds, ids) = columns(keys.into_iter());
        let sql = "INSERT INTO vault.key SELECT $1, *, NULL, NULL FROM unnest($2, $3) \
                   ON CONFLICT (organisation, kind, id) DO UPDATE SET kek_id = NULL, wrapped = NULL";
        let values = vec![own(organisation), kinds, ids];
        let emptied = self.database.execute_raw(statement(sql, values)).await;
        emptied.map(drop)
    }
}

/// In the order of the index, so that racing writers don't deadlock; each key once, since one
/// statement can't write a row twice.
fn in_order<T>(mut rows: Vec<T>, key: fn(&T) -> KeyOf) -> Vec<T> {
    rows.sort_by_key(|row| key(row).columns());
    rows.dedup_by_key(|row| key(row));
    rows
}

/// Kinds and ids as two arrays.
fn columns(keys: impl Iterator<Item = KeyOf>) -> (Value, Value) {
    let columns = keys.map(|key| {
        let (kind, id) = key.columns();
        (Value::from(kind), Value::from(id.to_vec()))
    });
    let (kinds, ids): (Vec<Value>, Vec<Value>) = columns.unzip();
    (
        array(ArrayType::SmallInt, kinds.into_iter()),
        array(ArrayType::Bytes, ids.into_iter()),
    )
}

fn array(of: ArrayType, values: impl Iterator<Item = Value>) -> Value {
    Value::Array(of, Some(Box::new(values.collect())))
}

fn key_of(row: &QueryResult) -> Result<KeyOf, DbErr> {
    let (kind, id): (i16, Vec<u8>) = (row.try_get("", "kind")?, row.try_get("", "id")?);
    KeyOf::from_columns(kind, &id).ok_or_else(|| DbErr::Type("key of the vault".to_owned()))
}

fn own(organisation: OrganisationId) -> Value {
    organisation.as_bytes().to_vec().into()
}

fn statement(sql: impl Into<String>, values: Vec<Value>) -> Statement {
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
        let entry = |key| found.get(key).cloned().unwrap_or(Entry::Absent);
        Ok(keys.iter().map(entry).collect())
    }

    async fn keep(
        &self,
        organisation: OrganisationId,
        keys: &[(KeyOf, Wrapped)],
    ) -> Result<Vec<Entry>, VaultError> {
        let kept = self.insert(organisation, keys).await.map_err(unavailable)?;
        // Of those that were there already, what is there.
        let others = keys.iter().map(|(key, _)| *key);
        let others: Vec<KeyOf> = others.filter(|key| !kept.contains(key)).collect();
        let found = self.select(organisation, &others).await;
        let mut found = found.map_err(unavailable)?;
        let entry = |(key, wrapped): &(KeyOf, Wrapped)| {
            let own = || Entry::Kept(wrapped.clone());
            found.remove(key).unwrap_or_else(own)
        };
        Ok(keys.iter().map(entry).collect())
    }

    async fn destroy(
        &self,
        organisation: OrganisationId,
        keys: &[KeyOf],
    ) -> Result<(), VaultError> {
        self.empty(organisation, keys).await.map_err(unavailable)
    }
}

fn unavailable(error: DbErr) -> VaultError {
    VaultError::Unavailable(error.into())
}
