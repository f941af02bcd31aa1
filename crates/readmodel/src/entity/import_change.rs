//! What an import made of the directory: the way back, as `own_change` keeps it.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "import_change")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Which import.
    #[sea_orm(primary_key, auto_increment = false)]
    pub import: Vec<u8>,
    /// The commit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// Whether an entry was made or changed: the index of its `undo::Kind`.
    pub kind: i16,
    /// The entry.
    pub subject: String,
    /// What was before, as `own_change` keeps it.
    pub before: Option<i64>,
    /// When.
    pub at_us: i64,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
