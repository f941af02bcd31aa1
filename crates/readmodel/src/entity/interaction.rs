//! One revision of an interaction. What was *known* at a position is a query.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "interaction")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Its id.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Vec<u8>,
    /// 1 for the recording.
    #[sea_orm(primary_key, auto_increment = false)]
    pub revision: i32,
    /// The commit that made this revision.
    pub from_position: i64,
    /// The commit that ended it; none for what holds today.
    pub to_position: Option<i64>,
    /// When the server accepted it; a revision that changes nothing but words keeps the moment of
    /// the one before.
    pub recorded_us: i64,
    /// What names it where it comes from. Of several with the same, a tie counts one.
    pub source: Option<Vec<u8>>,
    /// The member who recorded it.
    pub recorder: Vec<u8>,
    /// Index of `interaction::Kind`.
    pub kind: i16,
    /// When it started.
    pub at_us: i64,
    /// How long it lasted.
    pub duration_s: i32,
    /// Who took part: 16 bytes of id and 1 of part each.
    pub participants: Vec<u8>,
    /// The channel's own label.
    pub channel: Option<String>,
    /// The private note of its recorder.
    pub note: Option<String>,
    /// Its subject.
    pub subject: Option<String>,
    /// The words of both, by which it is found.
    pub words: Option<String>,
    /// Found in a mailbox, not told by anybody.
    pub found: bool,
    /// Receipt of the request.
    pub fingerprint: Vec<u8>,
    /// The import that recorded it; none for what was recorded by hand.
    pub import: Option<Vec<u8>>,
    /// Whether it was recorded by hand, be it again.
    pub by_hand: bool,
    /// Sources of it that stand: that import, further ones that brought it again, and a hand. With none
    /// it counts no more, and takes part in nothing.
    pub held: i32,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
