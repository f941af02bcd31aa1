//! One field of a person's entry that was changed.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_change")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Of whom.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person: Vec<u8>,
    /// The commit that changed it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position: i64,
    /// The field's name.
    #[sea_orm(primary_key, auto_increment = false)]
    pub field: String,
    /// The member who did; none of a program that speaks for nobody.
    pub member: Option<Vec<u8>>,
    /// When.
    pub at_us: i64,
    /// What it was; lists one per line. None when it was empty, or is erased.
    pub before: Option<String>,
    /// What it became.
    pub after: Option<String>,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
