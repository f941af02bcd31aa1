//! Parking: one organisation's bad commit stops that organisation and nobody else.

use std::collections::{BTreeMap, HashMap};

use kith_domain::id::OrganisationId;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbErr, TransactionTrait};

use super::{RunnerError, is_deterministic, move_checkpoint};
use crate::bulk::{blob, statement};
use crate::projection::{self, Placed};
use crate::store::Store;

/// An organisation whose read model stands still.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parked {
    /// The shard.
    pub shard: u16,
    /// Whose.
    pub organisation: OrganisationId,
    /// The commit that can't be applied.
    pub position: u64,
    /// Why.
    pub reason: String,
}

/// Everything that is parked.
pub async fn list_parked(work: &DatabaseConnection) -> Result<Vec<Parked>, DbErr> {
    let sql =
        "SELECT shard, organisation, position, reason FROM parked ORDER BY shard, organisation";
    let rows = work
        .query_all_raw(statement(work.get_database_backend(), sql, vec![]))
        .await?;
    let mut parked = Vec::with_capacity(rows.len());
    for row in rows {
        let organisation: Vec<u8> = row.try_get("", "organisation")?;
        parked.push(Parked {
            shard: row.try_get::<i32>("", "shard")? as u16,
            organisation: OrganisationId::from_slice(&organisation).unwrap_or_default(),
            position: row.try_get::<i64>("", "position")? as u64,
            reason: row.try_get("", "reason")?,
        });
    }
    Ok(parked)
}

/// Forgets that an organisation is parked, so that a rebuild takes it along again. Answers whether
/// it was.
pub async fn retry_parked(
    work: &DatabaseConnection,
    organisation: OrganisationId,
) -> Result<bool, DbErr> {
    let sql = "DELETE FROM parked WHERE organisation = $1";
    let values = vec![blob(organisation.as_bytes())];
    let done = work
        .execute_raw(statement(work.get_database_backend(), sql, values))
        .await?;
    Ok(done.rows_affected() > 0)
}

/// The organisations of a shard that are parked, each with the first commit it waits at.
pub(super) async fn parked_from(
    work: &DatabaseConnection,
    shard: u16,
) -> Result<HashMap<OrganisationId, u64>, DbErr> {
    let parked = list_parked(work).await?;
    let own = parked.into_iter().filter(|parked| parked.shard == shard);
    Ok(own
        .map(|parked| (parked.organisation, parked.position))
        .collect())
}

async fn park(
    work: &DatabaseConnection,
    shard: u16,
    organisation: OrganisationId,
    position: u64,
    reason: &str,
) -> Result<(), DbErr> {
    tracing::error!(shard, %organisation, position, reason, "organisation parked");
    let sql = "INSERT INTO parked (shard, organisation, position, reason) \
               VALUES ($1, $2, $3, $4) ON CONFLICT DO NOTHING";
    let values = vec![
        i32::from(shard).into(),
        blob(organisation.as_bytes()),
        (position as i64).into(),
        reason.into(),
    ];
    work.execute_raw(statement(work.get_database_backend(), sql, values))
        .await
        .map(drop)
}

/// Applies a batch organisation by organisation, each under a savepoint, and parks those that fail.
pub(super) async fn apply_one_by_one(
    store: &Store,
    database: &DatabaseConnection,
    shard: u16,
    (from, to): (u64, u64),
    placed: Vec<Placed>,
    mut failed: Vec<(OrganisationId, u64, String)>,
) -> Result<(), RunnerError> {
    let mut by_organisation: BTreeMap<OrganisationId, Vec<Placed>> = BTreeMap::new();
    for commit in placed {
        by_organisation
            .entry(commit.commit.organisation)
            .or_default()
            .push(commit);
    }
    // What came before an unreadable commit still counts; what comes after it waits.
    for (organisation, position, _) in &failed {
        if let Some(own) = by_organisation.get_mut(organisation) {
            own.retain(|placed| placed.position < *position);
        }
    }
    let transaction = database.begin().await?;
    for (organisation, own) in by_organisation {
        for commit in own {
            let savepoint = transaction.begin().await?;
            match projection::apply(&savepoint, std::slice::from_ref(&commit)).await {
                Ok(()) => savepoint.commit().await?,
                Err(error) if is_deterministic(&error) => {
                    savepoint.rollback().await?;
                    failed.push((organisation, commit.position, error.to_string()));
                    break;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    move_checkpoint(&transaction, shard, from, to).await?;
    // Of several failures of one organisation the first is where it waits.
    failed.sort_by_key(|(_, position, _)| *position);
    // Parked first: if the checkpoint then fails to move, the batch is done again without them.
    for (organisation, position, reason) in &failed {
        park(store.work(), shard, *organisation, *position, reason).await?;
    }
    transaction.commit().await?;
    Ok(())
}
