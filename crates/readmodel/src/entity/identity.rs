//! An entry of the directory that belongs to the person of another.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "identity")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// The entry that was merged.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry: Vec<u8>,
    /// The entry that it was merged into.
    pub kept: Vec<u8>,
    /// The entry that names the person: itself merged into no other.
    pub person: Vec<u8>,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
