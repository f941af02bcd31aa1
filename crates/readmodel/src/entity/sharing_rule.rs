//! What a member lets others see.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sharing_rule")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Whose ties.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member: Vec<u8>,
    /// 0 for a person, 1 for an address, 2 for a domain.
    #[sea_orm(primary_key, auto_increment = false)]
    pub kind: i16,
    /// Id of the person, or the normalised text.
    #[sea_orm(primary_key, auto_increment = false)]
    pub target: Vec<u8>,
    /// Index of `sharing::Level`.
    pub level: i16,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
