//! When a member is at a gathering.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gathering_going")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Of which gathering.
    #[sea_orm(primary_key, auto_increment = false)]
    pub gathering: Vec<u8>,
    /// Who.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member: Vec<u8>,
    /// From when; `None` is from the beginning.
    pub from_us: Option<i64>,
    /// Until when; `None` is until the end.
    pub until_us: Option<i64>,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
