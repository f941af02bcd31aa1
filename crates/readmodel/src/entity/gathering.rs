//! A gathering: a time, a place.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gathering")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Which.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Vec<u8>,
    /// What it is called.
    pub name: String,
    /// Where it is.
    pub place: Option<String>,
    /// When it begins.
    pub begins_us: i64,
    /// When it ends.
    pub ends_us: i64,
    /// The time zone of its hours, by its IANA name.
    pub zone: String,
    /// What it is about, one per line.
    pub topics: String,
    /// Whether it does not take place after all.
    pub cancelled: bool,
    /// The change of the gathering that set this.
    pub revision: i32,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
