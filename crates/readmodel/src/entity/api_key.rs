//! An API key.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "api_key")]
pub struct Model {
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Vec<u8>,
    /// Whose.
    pub organisation: Vec<u8>,
    /// Index of `access::Role`.
    pub role: i16,
    /// The member it speaks for.
    pub member: Option<Vec<u8>>,
    /// SHA-256 of the secret.
    pub secret_hash: Vec<u8>,
    /// What it is for.
    pub label: String,
    /// Whether it opens nothing any more.
    pub revoked: bool,
    /// When it was made.
    pub created_us: i64,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
