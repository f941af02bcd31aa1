//! A promise, or a due moment that passed.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "follow_up")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Vec<u8>,
    /// Whose follow-up.
    pub member: Vec<u8>,
    /// With whom.
    pub person: Vec<u8>,
    /// The entry that the event names: an own one of theirs, or one that was merged into it.
    pub entry: Vec<u8>,
    /// Index of `followup::Reason`.
    pub reason: i16,
    /// What it rests on.
    pub basis: i64,
    /// For a promise: whether the member promised.
    pub mine: bool,
    /// What was promised.
    pub text: Option<String>,
    /// When it is due; a snooze moves it.
    pub due_us: i64,
    /// Index of `followup::Status`.
    pub status: i16,
    /// The due moment that the member was told of.
    pub told_due_us: Option<i64>,
    /// The commit that told.
    pub told_position: Option<i64>,
    /// When the member was told.
    pub told_us: Option<i64>,
    /// When it was made or found.
    pub made_us: i64,
    /// Receipt of the request; empty for due moments.
    pub fingerprint: Vec<u8>,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
