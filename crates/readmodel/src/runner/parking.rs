//! Parking: one organisation's bad commit stops that organisation and nobody else.

use std::collections::{BTreeMap, HashMap};

use kith_domain::id::OrganisationId;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, DatabaseConnection,
    DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    TransactionTrait,
};

use super::RunnerError;
use super::batch::{Applied, Failed, is_deterministic};
use super::checkpoint::Checkpoint;
use crate::entity::checkpoint;
use crate::entity::parked::{ActiveModel, Column, Entity, Model};
use crate::projection::{self, KnownMembers, Placed};
use crate::store::begin_writing;

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

impl From<Model> for Parked {
    fn from(row: Model) -> Self {
        Self {
            shard: row.shard as u16,
            organisation: OrganisationId::from_slice(&row.organisation).unwrap_or_default(),
            position: row.position as u64,
            reason: row.reason,
        }
    }
}

/// Everything that is parked in a generation.
pub async fn list_parked(database: &DatabaseConnection) -> Result<Vec<Parked>, DbErr> {
    let all = Entity::find()
        .order_by_asc(Column::Shard)
        .order_by_asc(Column::Organisation);
    let rows = all.all(database).await?;
    Ok(rows.into_iter().map(Parked::from).collect())
}

/// Where and why an organisation stands still; `None` when it does not.
pub async fn find_parked(
    database: &impl ConnectionTrait,
    organisation: OrganisationId,
) -> Result<Option<Parked>, DbErr> {
    let own = Entity::find().filter(Column::Organisation.eq(organisation.as_bytes().as_slice()));
    Ok(own.one(database).await?.map(Parked::from))
}

/// The organisations of a shard that are parked, each with the first commit it waits at.
pub(super) async fn parked_from(
    database: &DatabaseConnection,
    shard: u16,
) -> Result<HashMap<OrganisationId, u64>, DbErr> {
    let own = Entity::find().filter(Column::Shard.eq(i32::from(shard)));
    let parked = own.all(database).await?.into_iter().map(Parked::from);
    Ok(parked
        .map(|parked| (parked.organisation, parked.position))
        .collect())
}

/// Parks in another generation what is parked in this one: a replay that is to be compared stops
/// where the live rows did, even if the cause is gone. It begins with checkpoints that were retried
/// as often.
pub(crate) async fn copy(from: &DatabaseTransaction, to: &DatabaseConnection) -> Result<(), DbErr> {
    let checkpoints = checkpoint::Entity::find().all(from).await?;
    let at_first = checkpoints.into_iter().map(|row| {
        let row = checkpoint::Model {
            sequence: 0,
            commit_id: None,
            ..row
        };
        row.into_active_model().reset_all()
    });
    checkpoint::Entity::insert_many(at_first)
        .exec_without_returning(to)
        .await?;
    let rows = Entity::find().all(from).await?;
    let rows = rows
        .into_iter()
        .map(|row| row.into_active_model().reset_all());
    Entity::insert_many(rows).exec_without_returning(to).await?;
    Ok(())
}

pub(super) async fn park(
    transaction: &DatabaseTransaction,
    shard: u16,
    organisation: OrganisationId,
    position: u64,
    reason: &str,
) -> Result<(), DbErr> {
    tracing::error!(shard, %organisation, position, reason, "organisation parked");
    let row = ActiveModel {
        shard: ActiveValue::Set(i32::from(shard)),
        organisation: ActiveValue::Set(organisation.as_bytes().to_vec()),
        position: ActiveValue::Set(position as i64),
        reason: ActiveValue::Set(reason.to_owned()),
    };
    // Of several failures the first is where it waits.
    let first = OnConflict::columns([Column::Shard, Column::Organisation])
        .do_nothing()
        .to_owned();
    let insert = Entity::insert(row).on_conflict(first);
    insert.exec_without_returning(transaction).await.map(drop)
}

pub(super) async fn unpark(
    transaction: &DatabaseTransaction,
    parked: &Parked,
) -> Result<(), DbErr> {
    let key = (
        i32::from(parked.shard),
        parked.organisation.as_bytes().to_vec(),
    );
    Entity::delete_by_id(key).exec(transaction).await.map(drop)
}

/// Applies a batch organisation by organisation, and parks those that fail.
pub(super) async fn apply_one_by_one(
    database: &DatabaseConnection,
    shard: u16,
    (from, to): (Checkpoint, Checkpoint),
    placed: Vec<Placed>,
    mut failed: Vec<Failed>,
) -> Result<(), RunnerError> {
    let mut by_organisation: BTreeMap<OrganisationId, Vec<Placed>> = BTreeMap::new();
    for commit in placed {
        by_organisation
            .entry(commit.commit.organisation)
            .or_default()
            .push(commit);
    }
    let transaction = begin_writing(database).await?;
    for own in by_organisation.values() {
        failed.extend(apply_until_failure(&transaction, own).await?);
    }
    from.move_to(&transaction, to, Applied::InParts).await?;
    // Of several failures of one organisation the first is where it waits.
    failed.sort_by_key(|(_, position, _)| *position);
    for (organisation, position, reason) in &failed {
        park(&transaction, shard, *organisation, *position, reason).await?;
    }
    transaction.commit().await?;
    Ok(())
}

/// Applies commits of one organisation, each under a savepoint, up to the first that fails.
pub(super) async fn apply_until_failure(
    transaction: &DatabaseTransaction,
    own: &[Placed],
) -> Result<Option<Failed>, DbErr> {
    for placed in own {
        let savepoint = transaction.begin().await?;
        // Nothing is kept for the next commit: this one may be rolled back.
        let (one, mut members) = (std::slice::from_ref(placed), KnownMembers::new());
        match projection::apply(&savepoint, one, &mut members).await {
            Ok(()) => savepoint.commit().await?,
            Err(error) if is_deterministic(&error) => {
                savepoint.rollback().await?;
                let organisation = placed.commit.organisation;
                return Ok(Some((organisation, placed.position, error.to_string())));
            }
            Err(error) => return Err(error),
        }
    }
    Ok(None)
}
