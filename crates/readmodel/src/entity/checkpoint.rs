//! How far the projections of a shard are: moved in the transaction of the rows.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "checkpoint")]
pub struct Model {
    /// Which shard.
    #[sea_orm(primary_key, auto_increment = false)]
    pub shard: i32,
    /// The epoch of the log that was read.
    pub epoch: Vec<u8>,
    /// The last commit that is in the rows.
    pub sequence: i64,
    /// Its id: none before the first commit, or when it can't be read.
    pub commit_id: Option<Vec<u8>>,
    /// How often a parked organisation of the shard was taken along again.
    pub retried: i64,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
