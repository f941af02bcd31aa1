//! The entries of a gathering, and everything that each of them ever was.

use std::collections::BTreeMap;

use super::{Answer, Description, Details, Session, Stay};
use crate::id::{PersonId, SessionId};

/// An entry and what it is; `None` if it is nothing (any more).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// What the gathering is. Nothing, if it was planned by mistake.
    Details(Option<Details>),
    /// A part of it.
    Session(SessionId, Option<Session>),
    /// When a member of ours is there. Nothing of one who does not go.
    Going(PersonId, Option<Stay>),
    /// What the list says of somebody, by an id that the list gives them: it is nobody's in the directory. Nothing
    /// of one who does not come.
    Attendee(PersonId, Option<Description>),
    /// Who an attendee is, as a member said: each says it for themselves, so that what one knows changes nothing
    /// for another.
    Answer(PersonId, PersonId, Option<Answer>),
}

/// Which entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// What the gathering is.
    Details,
    /// A part of it.
    Session(SessionId),
    /// Whether a member goes.
    Going(PersonId),
    /// Somebody on the list.
    Attendee(PersonId),
    /// Who that is, and which member said so.
    Answer(PersonId, PersonId),
}

impl Entry {
    /// Which.
    #[must_use]
    pub const fn key(&self) -> Key {
        match self {
            Self::Details(_) => Key::Details,
            Self::Session(id, _) => Key::Session(*id),
            Self::Going(member, _) => Key::Going(*member),
            Self::Attendee(listed, _) => Key::Attendee(*listed),
            Self::Answer(listed, by, _) => Key::Answer(*listed, *by),
        }
    }

    /// Whether it is nothing.
    #[must_use]
    pub const fn is_nothing(&self) -> bool {
        matches!(
            self,
            Self::Details(None)
                | Self::Session(_, None)
                | Self::Going(_, None)
                | Self::Attendee(_, None)
                | Self::Answer(_, _, None)
        )
    }

    /// The entry as it is before it is set.
    const fn unset(key: Key) -> Self {
        match key {
            Key::Details => Self::Details(None),
            Key::Session(id) => Self::Session(id, None),
            Key::Going(member) => Self::Going(member, None),
            Key::Attendee(listed) => Self::Attendee(listed, None),
            Key::Answer(listed, by) => Self::Answer(listed, by, None),
        }
    }
}

/// Everything that a gathering's entries ever were.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Changes so far.
    pub revision: u32,
    /// What each entry was set to, by which revision, in order: the last one holds.
    entries: BTreeMap<Key, Vec<(u32, Entry)>>,
}

impl State {
    /// What the gathering is, if it is there.
    #[must_use]
    pub fn details(&self) -> Option<&Details> {
        match self.holds(Key::Details) {
            Some(Entry::Details(details)) => details.as_ref(),
            _ => None,
        }
    }

    /// Whether an entry is something.
    #[must_use]
    pub fn has(&self, key: Key) -> bool {
        self.holds(key).is_some_and(|entry| !entry.is_nothing())
    }

    /// How many entries of this kind are something.
    #[must_use]
    pub fn count(&self, is_kind: impl Fn(&Key) -> bool) -> usize {
        let keys = self.entries.keys().filter(|key| is_kind(key));
        keys.filter(|key| self.has(**key)).count()
    }

    /// Whether an entry is this already.
    pub(super) fn is(&self, entry: &Entry) -> bool {
        match self.holds(entry.key()) {
            Some(held) => held == entry,
            None => entry.is_nothing(),
        }
    }

    /// The revision that set an entry last; 0 if none did.
    #[must_use]
    pub fn set_by(&self, key: Key) -> u32 {
        let set = self.entries.get(&key).and_then(|all| all.last());
        set.map_or(0, |(revision, _)| *revision)
    }

    /// The entries that a revision set, each as it was before.
    pub(super) fn before(&self, revision: u32) -> Vec<Entry> {
        let of_it = self.entries.iter().filter_map(|(key, all)| {
            let place = all.iter().position(|(by, _)| *by == revision)?;
            let before = place.checked_sub(1).map(|place| all[place].1.clone());
            Some(before.unwrap_or_else(|| Entry::unset(*key)))
        });
        of_it.collect()
    }

    pub(super) fn set(&mut self, revision: u32, entry: Entry) {
        self.revision = self.revision.max(revision);
        let all = self.entries.entry(entry.key()).or_default();
        all.push((revision, entry));
    }

    /// About how many bytes the texts of an attendee take, sealed, as they are now.
    pub(super) fn bytes(&self, key: Key) -> usize {
        match self.holds(key) {
            Some(Entry::Attendee(_, Some(of))) => of.sealed_bytes(),
            _ => 0,
        }
    }

    fn holds(&self, key: Key) -> Option<&Entry> {
        let all = self.entries.get(&key)?;
        all.last().map(|(_, entry)| entry)
    }
}
