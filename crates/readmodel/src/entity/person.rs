//! A person of the directory.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "person")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Their id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Vec<u8>,
    /// Their name.
    pub name: Option<String>,
    /// Name, else address, else key, folded: the order of lists and the text that is searched.
    pub sort_name: String,
    /// The caller's own key.
    pub external_key: Option<String>,
    /// Addresses, one per line.
    pub addresses: String,
    /// Where they work.
    pub company: Option<String>,
    /// As what.
    pub title: Option<String>,
    /// Where they work and worked, one per line.
    pub affiliations: String,
    /// Labels, one per line.
    pub tags: String,
    /// The words by which they are found.
    pub words: Option<String>,
    /// Changes so far.
    pub version: i32,
    /// Whether they only came along with moments: then ties say who sees them.
    pub met: bool,
    /// When they were entered.
    pub entered_us: i64,
    /// The member who did; none of a program that speaks for nobody.
    pub entered_by: Option<Vec<u8>>,
    /// Receipt of the request that added them.
    pub fingerprint: Vec<u8>,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
