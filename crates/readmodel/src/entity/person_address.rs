//! Which people have an address, or had it: what a member said about an address goes on to hold for
//! whom it was about.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person_address")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Normalised address.
    #[sea_orm(primary_key, auto_increment = false)]
    pub address: String,
    /// The entry that has or had it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub entry: Vec<u8>,
    /// Whose: the entry's, or of whom it was merged into.
    pub person: Vec<u8>,
    /// What follows the @.
    pub domain: String,
    /// Whether they had it: nobody is found by it any more.
    pub former: bool,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
