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
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
