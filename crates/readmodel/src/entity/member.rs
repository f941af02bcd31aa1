//! A member of an organisation.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "member")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// The member's id, which is its person's.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Vec<u8>,
    /// Since when.
    pub joined_us: i64,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
