//! Somebody on the list of a gathering, as the list has them.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "gathering_attendee")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Of which gathering.
    #[sea_orm(primary_key, auto_increment = false)]
    pub gathering: Vec<u8>,
    /// The id that they have or would have in the directory.
    #[sea_orm(primary_key, auto_increment = false)]
    pub listed: Vec<u8>,
    /// Their name.
    pub name: Option<String>,
    /// Where they work.
    pub company: Option<String>,
    /// As what.
    pub title: Option<String>,
    /// Their address.
    pub address: Option<String>,
    /// A few sentences about them.
    pub bio: Option<String>,
    /// What they come for, one per line.
    pub topics: String,
    /// The talk they give.
    pub talk: Option<String>,
    /// Where more stands about them.
    pub url: Option<String>,
    /// Name, else address, folded: the order of lists.
    pub sort_name: String,
    /// The change of the gathering that set this.
    pub revision: i32,
    /// Whether they do not come any more.
    pub gone: bool,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
