//! How members care for their ties.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "care")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Who decided.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member: Vec<u8>,
    /// The entry that it was said of.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry: Vec<u8>,
    /// About whom: the entry, or whom it was merged into.
    pub person: Vec<u8>,
    /// What was decided.
    pub word: i16,
    /// Whether the tie is marked as important.
    pub important: bool,
    /// When the word was said.
    pub since_us: i64,
    /// The commit that said it last.
    pub position: i64,
    /// Whether it holds: of what was said of several entries of one person, the last.
    pub holds: bool,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
