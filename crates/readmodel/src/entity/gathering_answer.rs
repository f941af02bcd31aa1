//! What a member said of an attendee of whom it was in doubt who they are.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gathering_answer")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Of which gathering.
    #[sea_orm(primary_key, auto_increment = false)]
    pub gathering: Vec<u8>,
    /// Which attendee.
    #[sea_orm(primary_key, auto_increment = false)]
    pub listed: Vec<u8>,
    /// The member who said so.
    #[sea_orm(primary_key, auto_increment = false)]
    pub said_by: Vec<u8>,
    /// The entry of the directory; `None` if they are nobody there.
    pub person: Option<Vec<u8>>,
    /// Which change of the gathering said so.
    pub revision: i32,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
