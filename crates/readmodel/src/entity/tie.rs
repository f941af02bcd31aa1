//! The state of a tie. Figures that depend on the present are worked out by whoever asks.

use sea_orm::entity::prelude::*;

/// A row.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "tie")]
pub struct Model {
    /// Whose.
    #[sea_orm(primary_key, auto_increment = false)]
    pub organisation: Vec<u8>,
    /// Whose tie.
    #[sea_orm(primary_key, auto_increment = false)]
    pub member: Vec<u8>,
    /// The other end.
    #[sea_orm(primary_key, auto_increment = false)]
    pub person: Vec<u8>,
    /// Newest active day.
    pub anchor: i32,
    /// Bitmap of active days.
    pub day: i64,
    /// Bitmap of active weeks.
    pub week: i64,
    /// Bitmap of active months.
    pub month: i64,
    /// First contact.
    pub first_us: i64,
    /// Last contact from the person.
    pub last_in_us: Option<i64>,
    /// Last contact from the member.
    pub last_out_us: Option<i64>,
    /// Contacts from the person.
    pub n_in: i64,
    /// Contacts from the member.
    pub n_out: i64,
    /// Contacts by kind: eight u32, big endian.
    pub per_kind: Vec<u8>,
    /// Whether it is more than unanswered mail that was found in a mailbox.
    pub answered: bool,
    /// Since when the last contact is known.
    pub known_us: i64,
    /// First encounter, meeting or introduction.
    pub ladder_from_us: Option<i64>,
    /// What a follow-up of the tie's own rhythm rests on, to still stand.
    pub fading_basis: Option<i64>,
    /// What a follow-up of the ladder rests on, to still stand.
    pub ladder_basis: Option<i64>,
    /// When to get in touch next.
    pub due_us: Option<i64>,
    /// Why: index of `followup::Reason`.
    pub due_reason: Option<i16>,
    /// What that rests on.
    pub due_basis: Option<i64>,
    /// 1 while there is nothing to tell: the log says that this due moment fell due, or a follow-up
    /// of the tie that was told before is still open.
    pub due_told: i16,
}

/// No relation: queries join by hand.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
