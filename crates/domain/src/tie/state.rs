//! The state of a tie: bitmaps of active days, weeks and months, and a few scalars.
//!
//! Everything that enters *alive* (anchor and maps) is commutative, associative **and idempotent**:
//! a late or duplicate delivery cannot move a figure. The counters are plain sums, so the caller
//! must drop interactions that it has folded before. What an OR cannot undo (a correction, a
//! retraction) is a re-fold of that one tie from its interactions.

use super::contact::Contact;
use super::slots::Slots;
use crate::time::Timestamp;

/// Slots in the day map.
pub(super) const DAYS: i32 = 64;
/// Slots in a bit of the week map.
pub(super) const WEEK: i32 = 7;
/// Weeks in the week map.
pub(super) const WEEKS: i32 = 64;
/// Slots in a bit of the month map.
const MONTH: i32 = 30;
/// What is kept of a tie. The default is the empty state: nothing was ever recorded.
///
/// "Day", "week" and "month" mean 1, 7 and 30 slots of the profile's [`Slots`]. In a state that is
/// not empty, bit 0 of each map is set: the anchor *is* an active slot.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct State {
    /// The newest active slot. Without meaning in an empty state.
    pub anchor: i32,
    /// Bit `i` is set if slot `anchor - i` was active.
    pub day: u64,
    /// Bit `j` is set if some slot of week `floor(anchor / 7) - j` was active.
    pub week: u64,
    /// Bit `j` is set if some slot of the 30-slot block `floor(anchor / 30) - j` was active: five
    /// years of depth. Does not enter *alive*.
    pub month: u64,
    /// The first contact.
    pub first: Option<Timestamp>,
    /// The last time that the person turned to the member.
    pub last_in: Option<Timestamp>,
    /// The last time that the member turned to the person.
    pub last_out: Option<Timestamp>,
    /// How often the person turned to the member.
    pub n_in: u32,
    /// How often the member turned to the person.
    pub n_out: u32,
    /// How often each kind of contact happened, by [`Kind::index`](crate::interaction::Kind::index).
    pub per_kind: [u32; 8],
}

impl State {
    /// The state after nothing but `contact`.
    #[must_use]
    pub fn of(contact: &Contact, slots: Slots) -> Self {
        let mut per_kind = [0; 8];
        per_kind[contact.kind.index()] = 1;
        Self {
            first: Some(contact.at),
            last_in: contact.direction.is_in().then_some(contact.at),
            last_out: contact.direction.is_out().then_some(contact.at),
            n_in: u32::from(contact.direction.is_in()),
            n_out: u32::from(contact.direction.is_out()),
            per_kind,
            ..Self::active(slots.slot_of(contact.at))
        }
    }

    /// The maps of one active slot, without any scalar.
    pub(super) fn active(slot: i32) -> Self {
        Self {
            anchor: slot,
            day: 1,
            week: 1,
            month: 1,
            ..Self::default()
        }
    }

    /// Folds one contact in, whatever its place in time. A contact too old for a map leaves that
    /// map as it is.
    pub fn record(&mut self, contact: &Contact, slots: Slots) {
        self.merge(&Self::of(contact, slots));
    }

    /// Folds in another state of the same tie, made of other interactions and in the same slots.
    /// Counters saturate.
    pub fn merge(&mut self, other: &Self) {
        if self.is_empty() {
            // The anchor of an empty state means nothing; the scalars below merge as usual.
            self.anchor = other.anchor;
        } else if !other.is_empty() {
            self.raise_anchor(self.anchor.max(other.anchor));
        }
        let mut other = *other;
        if !other.is_empty() {
            other.raise_anchor(self.anchor);
        }
        self.day |= other.day;
        self.week |= other.week;
        self.month |= other.month;
        self.first = match (self.first, other.first) {
            (Some(ours), Some(theirs)) => Some(ours.min(theirs)),
            (ours, theirs) => ours.or(theirs),
        };
        self.last_in = self.last_in.max(other.last_in);
        self.last_out = self.last_out.max(other.last_out);
        self.n_in = self.n_in.saturating_add(other.n_in);
        self.n_out = self.n_out.saturating_add(other.n_out);
        for (ours, theirs) in self.per_kind.iter_mut().zip(other.per_kind) {
            *ours = ours.saturating_add(theirs);
        }
    }

    /// Moves the maps so that bit 0 means `anchor`, which is not before the present one.
    fn raise_anchor(&mut self, anchor: i32) {
        self.day = shifted(self.day, self.anchor, anchor, 1);
        self.week = shifted(self.week, self.anchor, anchor, WEEK);
        self.month = shifted(self.month, self.anchor, anchor, MONTH);
        self.anchor = anchor;
    }

    /// Whether nothing was ever recorded: then every figure is unknown, which is not 0.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.day == 0
    }

    /// The last contact, whoever started it.
    #[must_use]
    pub fn last(&self) -> Option<Timestamp> {
        self.last_in.max(self.last_out)
    }

    /// How many of the last 64 months (30-slot blocks) were active.
    #[must_use]
    pub const fn active_months(&self) -> u32 {
        self.month.count_ones()
    }
}

/// `map`, with one bit per `block` slots, moved from one anchor to a later one.
fn shifted(map: u64, from: i32, to: i32, block: i32) -> u64 {
    let blocks = i64::from(to.div_euclid(block)) - i64::from(from.div_euclid(block));
    u32::try_from(blocks)
        .ok()
        .and_then(|blocks| map.checked_shl(blocks))
        .unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::interaction::Kind;
    use crate::tie::Direction;
    use crate::time::DAY;

    fn on_day(day: i64) -> Contact {
        Contact {
            at: Timestamp(day * DAY + DAY / 3),
            direction: Direction::Out,
            kind: Kind::Call,
        }
    }

    fn fold(days: impl IntoIterator<Item = i64>) -> State {
        let mut state = State::default();
        for day in days {
            state.record(&on_day(day), Slots::Day);
        }
        state
    }

    #[test]
    fn an_empty_state_takes_the_first_anchor_even_before_1970() {
        assert_eq!(fold([-5]).anchor, -5);
        let mut empty = State::default();
        empty.merge(&fold([-5]));
        assert_eq!(empty, fold([-5]));
        let mut one = fold([-5]);
        one.merge(&State::default());
        assert_eq!(one, fold([-5]));
    }

    #[test]
    fn a_burst_in_one_day_is_one_active_day() {
        let state = fold([100, 100, 100]);
        assert_eq!((state.day, state.n_out), (1, 3));
    }

    #[test]
    fn a_mutual_contact_counts_both_ways_but_once_per_kind() {
        let meeting = Contact {
            at: Timestamp(7),
            direction: Direction::Mutual,
            kind: Kind::Meeting,
        };
        let state = State::of(&meeting, Slots::Day);
        assert_eq!(
            (state.n_in, state.n_out, state.per_kind.iter().sum()),
            (1, 1, 1)
        );
        assert_eq!((state.last_in, state.last_out), (state.first, state.last()));
    }

    #[test]
    fn a_contact_too_old_for_the_day_map_still_enters_week_and_month() {
        let state = fold([1000, 900]);
        assert_eq!(state.day, 1);
        assert_eq!((state.week.count_ones(), state.active_months()), (2, 2));
    }
}
