//! Who was erased, and what would bring them back.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "erasure")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Who, or whom an address of theirs would make.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person: Vec<u8>,
    /// Who was erased, by one of whose entries or addresses this is.
    pub whom: Vec<u8>,
    /// When.
    pub erased_us: i64,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
