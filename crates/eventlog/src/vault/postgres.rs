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

    /// Writes rows and answers the keys of those that are written.
    async fn insert(
        &self,
        organisation: OrganisationId,
        mut rows: Vec<(KeyOf, Option<&Wrapped>)>,
        on_conflict: &str,
    ) -> Result<HashSet<KeyOf>, DbErr> {
        // In the order of the index, so that racing writers don't deadlock; each key once.
        rows.sort_by_key(|(key, _)| key.columns());
        rows.dedup_by_key(|(key, _)| *key);
        let (kinds, ids) = columns(rows.iter().map(|(key, _)| *key));
        let bytes = |of: fn(&Wrapped) -> &[u8]| {
            let bytes = |wrapped: Option<&Wrapped>| Value::Bytes(wrapped.map(|w| of(w).to_vec()));
            array(ArrayType::Bytes, rows.iter().map(|(_, w)| bytes(*w)))
        };
        let (kek_ids, wrapped) = (bytes(|w| &w.kek_id), bytes(|w| &w.bytes));
        let sql = format!(
            "INSERT INTO vault.key AS t SELECT $1, * FROM unnest($2, $3, $4, $5) \
             ON CONFLICT (organisation, kind, id) {on_conflict} RETURNING t.kind, t.id"
        );
        let values = vec![own(organisation), kinds, ids, kek_ids, wrapped];
        let written = self.database.query_all_raw(statement(sql, values)).await?;
        written.iter().map(key_of).collect()
    }
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
        let rows = keys.iter().map(|(key, wrapped)| (*key, Some(wrapped)));
        let kept = self
            .insert(organisation, rows.collect(), "DO NOTHING")
            .await;
        let kept = kept.map_err(unavailable)?;
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
        let rows = keys.iter().map(|key| (*key, None)).collect();
        let overwrite = "DO UPDATE SET kek_id = NULL, wrapped = NULL";
        let written = self.insert(organisation, rows, overwrite).await;
        written.map(drop).map_err(unavailable)
    }
}

fn unavailable(error: DbErr) -> VaultError {
    VaultError::Unavailable(error.into())
}
