//! Organisations that stand still in this generation: part of its progress, so it moves in the
//! transaction of the checkpoint, and a new generation tries again.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "parked")]
pub struct Model {
    /// The shard.
    #[sea_orm(primary_key, auto_increment = false)]
    pub shard: i32,
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// The first commit that can't be applied.
    pub position: i64,
    /// Why.
    pub reason: String,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
