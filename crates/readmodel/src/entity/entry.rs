//! What one of several entries of a person says: the row `person` holds what they say together.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "entry")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Which.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Vec<u8>,
    /// As in `person`, here and below.
    pub name: Option<String>,
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
    /// Changes so far.
    pub version: i32,
    /// Whether it only came along with moments.
    pub met: bool,
    /// When it was entered.
    pub entered_us: i64,
    /// By whom.
    pub entered_by: Option<Vec<u8>>,
    /// Receipt of the request.
    pub fingerprint: Vec<u8>,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
