//! The name of somebody who came along with a moment, as the members who took part in it were told.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "telling")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// The entry that came along.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry: Vec<u8>,
    /// Who was told.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member: Vec<u8>,
    /// Whose entry it is.
    pub person: Vec<u8>,
    /// The name.
    pub name: String,
    /// The folded name, by which lists are sorted.
    pub sort_name: String,
    /// The words by which they are found by it.
    pub words: Option<String>,
    /// Where in its shard; a member's first telling counts.
    pub position: i64,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
