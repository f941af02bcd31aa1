//! What members changed and can take back. A moment that was recorded by hand is found by its own row.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "own_change")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Who made it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member: Vec<u8>,
    /// Its commit.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// What it was.
    pub kind: i16,
    /// What it was about: an id, a normalised address, or `@` and a domain; empty for a pause.
    pub subject: String,
    /// What was before, as a number: see `projection/changes.rs`.
    pub before: Option<i64>,
    /// When.
    pub at_us: i64,
    /// Whether it was taken back.
    pub undone: bool,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
