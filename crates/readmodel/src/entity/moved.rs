//! Until which commit what is known of people holds.
//!
//! A row of its own, and no column of the organisation's: that is written with the events of another shard.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "moved")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// The last commit that says anything but what becomes of a gathering.
    pub position: i64,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
