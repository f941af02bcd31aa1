//! Something known of a person.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "fact")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Vec<u8>,
    /// Of whom.
    pub person: Vec<u8>,
    /// The entry that the event names: an own one of theirs, or one that was merged into it.
    pub entry: Vec<u8>,
    /// Index of `fact::Kind`.
    pub kind: i16,
    /// The fact; none when erased.
    pub text: Option<String>,
    /// Where it comes from.
    pub source: Option<String>,
    /// The question that it answers.
    pub question: Option<String>,
    /// Whether only its author sees it.
    pub private: bool,
    /// The words by which it is found.
    pub words: Option<String>,
    /// Who noted it.
    pub author: Vec<u8>,
    /// When.
    pub noted_us: i64,
    /// When it was removed.
    pub removed_us: Option<i64>,
    /// Receipt of the request.
    pub fingerprint: Vec<u8>,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
