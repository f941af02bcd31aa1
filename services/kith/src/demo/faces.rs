//! The people around Ana whom the first screen shows, written by hand: friends first, then those
//! whom she hardly knows yet.

use kith_domain::interaction::Kind;

use super::friends::FRIENDS;
use super::strangers::STRANGERS;
use super::words::Words;

/// Somebody hand-written.
pub(super) struct Face {
    pub(super) name: &'static str,
    pub(super) title: &'static str,
    pub(super) company: &'static str,
    /// The first part of the `.example` domain.
    pub(super) domain: &'static str,
    pub(super) tags: &'static [&'static str],
    /// What they and Ana talk about.
    pub(super) words: Words,
    /// The kind of their last contact with Ana, its subject, and Ana's note of it; none with
    /// [`DOOR`].
    pub(super) last: Option<(Kind, Option<&'static str>, &'static str)>,
}

/// Strong.
pub(super) const STRONG: [usize; 3] = [0, 1, 2];
/// Fading.
pub(super) const FADING: [usize; 3] = [3, 4, 5];
/// Promised something for today.
pub(super) const PROMISED: usize = 6;
/// Waits for an answer that falls due while one watches.
pub(super) const ARRIVING: usize = 7;
/// In touch every week, and not last week.
pub(super) const DUE_SOON: usize = 8;
/// Met in the last two days.
pub(super) const NEW: [usize; 4] = [9, 10, 11, 12];
/// Introduced by a colleague.
pub(super) const INTRODUCED: usize = 13;
/// Known to two colleagues and not to Ana.
pub(super) const DOOR: usize = 14;

/// How many there are.
pub(super) const COUNT: usize = FRIENDS.len() + STRANGERS.len();

/// All of them; their places are named by the constants above.
pub(super) fn all() -> impl Iterator<Item = &'static Face> {
    FRIENDS.iter().chain(&STRANGERS)
}

/// The one at a place, which must be below [`COUNT`].
pub(super) fn at(place: usize) -> &'static Face {
    if place < FRIENDS.len() {
        &FRIENDS[place]
    } else {
        &STRANGERS[place - FRIENDS.len()]
    }
}
