//! What members are comfortable with.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "comfort")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// The member.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member: Vec<u8>,
    /// `comfort::Habits`, written.
    pub habits: String,
    /// Prompts that they agreed to, in seven days.
    pub per_week: i32,
    /// Prompts that they agreed to, in a day.
    pub per_day: i32,
    /// Working days and zone, as `comfort::Habits::days` writes them.
    pub days: String,
    /// How they speak of themselves.
    pub own_words: Option<String>,
    /// When that was said.
    pub since_us: i64,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
