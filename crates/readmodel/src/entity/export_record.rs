//! A bulk export: shown to the members concerned.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "export_record")]
pub struct Model {
    /// Whose ties were exported.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// The commit that recorded it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// The key that exported.
    pub key: Vec<u8>,
    /// When.
    pub at_us: i64,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
