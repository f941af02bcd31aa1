//! At which companies people are, or were.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_company")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// The company, folded.
    #[sea_orm(primary_key, auto_increment = false)]
    pub company: String,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person: Vec<u8>,
    /// The company as it is written.
    pub name: String,
    /// The first day on which they may have been there, as ISO 8601 has it: earlier ones sort before it.
    pub since: Option<String>,
    /// The last one.
    pub until: Option<String>,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
