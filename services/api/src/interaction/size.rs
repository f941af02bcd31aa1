//! About how much a moment takes in a commit, told before it is looked up or sealed: what shares a
//! commit is chosen by it.

use kith_eventlog::log::MAX_COMMIT_BYTES;

use super::intake::{Checked, Who};

/// How much is put into one commit. What is left of the largest has room for a last moment with a
/// hundred new people.
pub(super) const ENOUGH: usize = MAX_COMMIT_BYTES * 5 / 8;
/// What a moment and each of its participants take, without texts.
const MOMENT_BYTES: usize = 96;
const PARTICIPANT_BYTES: usize = 24;
/// What the entry of a new person takes, without texts.
const PERSON_BYTES: usize = 96;
/// What sealing adds to a text.
const SEAL_BYTES: usize = 48;

/// About what a moment takes, with the entries of those who are new.
pub(super) fn of(moment: &Checked, is_new: impl Fn(&Who) -> bool) -> usize {
    let texts: usize = moment.texts().map(|text| text.len() + SEAL_BYTES).sum();
    let entries = moment.named().filter(|(who, _)| is_new(who));
    let entry = |(who, name): (&Who, Option<&str>)| {
        let name = name.map_or(0, |name| name.len() + SEAL_BYTES);
        PERSON_BYTES + SEAL_BYTES + who.text_len() + name
    };
    MOMENT_BYTES
        + texts
        + moment.named().count() * PARTICIPANT_BYTES
        + entries.map(entry).sum::<usize>()
}
