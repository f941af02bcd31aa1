//! Whom a member leaves out.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "exclusion")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Whose ties.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member: Vec<u8>,
    /// With whom: a normalised address, `@` and a domain, or the id of a person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub target: String,
    /// Where the target is a person: who that is, or whom they were merged into.
    pub person: Option<Vec<u8>>,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
