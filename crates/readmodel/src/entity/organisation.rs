//! An organisation.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "organisation")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Vec<u8>,
    /// The shard of its events.
    pub shard: i32,
    /// Its name; none when erased.
    pub name: Option<String>,
    /// What members share by default: index of `sharing::Level`.
    pub sharing: i16,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
