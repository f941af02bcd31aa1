//! Which people have an address.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_address")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Normalised address.
    #[sea_orm(primary_key, auto_increment = false)]
    pub address: String,
    /// Who has it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person: Vec<u8>,
    /// What follows the @.
    pub domain: String,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
