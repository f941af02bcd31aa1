//! A contact: what one tie takes from one interaction.

use crate::interaction::Kind;
use crate::time::Timestamp;

/// Who turned to whom, seen from the member of the tie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Direction {
    /// The member turned to the person.
    Out,
    /// The person turned to the member.
    In,
    /// Both took part alike (a meeting, an encounter): counts as out and as in.
    Mutual,
}

impl Direction {
    /// Whether the member turned to the person.
    #[must_use]
    pub const fn is_out(self) -> bool {
        matches!(self, Self::Out | Self::Mutual)
    }

    /// Whether the person turned to the member.
    #[must_use]
    pub const fn is_in(self) -> bool {
        matches!(self, Self::In | Self::Mutual)
    }
}

/// One interaction as one tie sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Contact {
    /// When it happened.
    pub at: Timestamp,
    /// Who turned to whom. Told in explanations; does not enter *alive*.
    pub direction: Direction,
    /// What it was. Tells the ladder and the words; does not enter *alive*.
    pub kind: Kind,
}
