//! Who took part in which interaction, as it holds today.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "participation")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Who took part.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person: Vec<u8>,
    /// When it started.
    #[sea_orm(primary_key, auto_increment = false)]
    pub at_us: i64,
    /// In which.
    #[sea_orm(primary_key, auto_increment = false)]
    pub interaction: Vec<u8>,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
