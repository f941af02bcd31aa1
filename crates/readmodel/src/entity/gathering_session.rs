//! A part of a gathering with a time of its own.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gathering_session")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Of which gathering.
    #[sea_orm(primary_key, auto_increment = false)]
    pub gathering: Vec<u8>,
    /// Which.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Vec<u8>,
    /// What it is called.
    pub title: String,
    /// In which room.
    pub room: Option<String>,
    /// When it begins.
    pub begins_us: i64,
    /// When it ends.
    pub ends_us: i64,
    /// What it is about, one per line.
    pub topics: String,
    /// Attendees who speak there: their ids, one behind the other.
    pub speakers: Vec<u8>,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
