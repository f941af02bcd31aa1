//! About how much a moment takes in a commit, told before it is looked up or sealed: what shares a
//! commit is chosen by it.

use kith_domain::id::PersonId;
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
/// What an id takes in a list of them.
const ID_BYTES: usize = 18;
/// How much of one commit may tell names of people who are known already: it has room beside
/// [`ENOUGH`] and the last moment.
pub(super) const TELLINGS: usize = MAX_COMMIT_BYTES / 32;

/// About what a moment takes, with the entries of those who are new.
pub(super) fn of(moment: &Checked, is_new: impl Fn(&Who) -> bool) -> usize {
    let participants = moment.named().count();
    let texts: usize = moment.texts().map(|text| text.len() + SEAL_BYTES).sum();
    let entries = moment.named().filter(|(who, _)| is_new(who));
    let entry = |(who, name): (&Who, Option<&str>)| {
        let name = name.map_or(0, |name| name.len() + SEAL_BYTES);
        // Everybody may be a member who is told of them.
        PERSON_BYTES + SEAL_BYTES + who.text_len() + name + participants * ID_BYTES
    };
    MOMENT_BYTES + texts + participants * PARTICIPANT_BYTES + entries.map(entry).sum::<usize>()
}

/// About what it takes to tell members a name.
pub(super) fn of_telling(who: &Who, name: &str, members: &[PersonId]) -> usize {
    let texts = who.text_len() + name.len() + 2 * SEAL_BYTES;
    PERSON_BYTES + texts + members.len() * ID_BYTES
}
