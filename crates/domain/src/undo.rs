//! Taking back: which events are changes that a member can take back, and that one was.
//!
//! A change is taken back by the command that reverses it, decided by its own aggregate. The commit of
//! that command also says [`Undone`], so that it is no change itself: who takes back twice goes back by
//! two changes.

use crate::event::Event;
use crate::{fact, followup, gathering, identity, import, interaction, person};

/// The other events of this commit take a change back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Undone {
    /// The place of the change in its shard, by which lists know it; 0 of one that came with an import, which
    /// is taken back as a whole. No rule rests on it.
    pub change: u64,
}

/// What changes are about.
#[derive(Clone, Copy)]
enum Thing {
    Entry,
    Identity,
    Fact,
    Interaction,
    Import,
    FollowUp,
    Sharing,
    Exclusion,
    Care,
    Pause,
    Comfort,
    /// Which of its changes stand in each other's way, a gathering decides itself.
    Gathering,
}

/// What a change was.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A person was entered on purpose.
    PersonEntered,
    /// A person's entry was changed.
    PersonChanged,
    /// A fact was noted.
    FactAdded,
    /// A fact was removed.
    FactRemoved,
    /// A moment was recorded by hand.
    Recorded,
    /// A moment was corrected.
    Corrected,
    /// A moment was retracted.
    Retracted,
    /// Moments were imported.
    Imported,
    /// An import was taken back, by its own command.
    ImportUndone,
    /// Something was promised.
    Promised,
    /// A follow-up was completed.
    Completed,
    /// A follow-up was snoozed.
    Snoozed,
    /// A follow-up was dismissed.
    Dismissed,
    /// A follow-up was opened again.
    Reopened,
    /// What others see of a tie was changed.
    Shared,
    /// Somebody was left out, or taken in again.
    Excluded,
    /// It was decided how to care for a tie.
    Cared,
    /// A pause was begun, moved or ended.
    Paused,
    /// An entry was merged into another.
    Merged,
    /// An entry that had been merged stands for itself again.
    Unmerged,
    /// A gathering was planned, changed or cancelled.
    Gathered,
    /// Sessions of a gathering were set.
    Scheduled,
    /// It was said who of us goes.
    Going,
    /// Attendees were listed, or taken off the list.
    Listed,
    /// It was said who an attendee is.
    Answered,
    /// A comfort profile was set.
    ComfortSet,
    /// A talk was captured: a moment with what was learnt and promised.
    Encountered,
}

impl Kind {
    /// All kinds, in the order of their numbers in rows.
    pub const ALL: [Self; 27] = [
        Self::PersonEntered,
        Self::PersonChanged,
        Self::FactAdded,
        Self::FactRemoved,
        Self::Recorded,
        Self::Corrected,
        Self::Retracted,
        Self::Imported,
        Self::ImportUndone,
        Self::Promised,
        Self::Completed,
        Self::Snoozed,
        Self::Dismissed,
        Self::Reopened,
        Self::Shared,
        Self::Excluded,
        Self::Cared,
        Self::Paused,
        Self::Merged,
        Self::Unmerged,
        Self::Gathered,
        Self::Scheduled,
        Self::Going,
        Self::Listed,
        Self::Answered,
        Self::ComfortSet,
        Self::Encountered,
    ];

    /// The number of this kind in rows.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The kind with this number.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// Whether a change of the other kind can be about the same thing, given the same subject.
    #[must_use]
    pub const fn is_about_the_same_as(self, other: Self) -> bool {
        let (one, other) = (self.thing() as usize, other.thing() as usize);
        one == other && one != Thing::Gathering as usize
    }

    const fn thing(self) -> Thing {
        match self {
            Self::PersonEntered | Self::PersonChanged => Thing::Entry,
            Self::Merged | Self::Unmerged => Thing::Identity,
            Self::FactAdded | Self::FactRemoved => Thing::Fact,
            Self::Recorded | Self::Corrected | Self::Retracted | Self::Encountered => {
                Thing::Interaction
            }
            Self::Imported | Self::ImportUndone => Thing::Import,
            Self::Promised | Self::Completed | Self::Snoozed | Self::Dismissed | Self::Reopened => {
                Thing::FollowUp
            }
            Self::Shared => Thing::Sharing,
            Self::Excluded => Thing::Exclusion,
            Self::Cared => Thing::Care,
            Self::Paused => Thing::Pause,
            Self::ComfortSet => Thing::Comfort,
            Self::Gathered | Self::Scheduled | Self::Going | Self::Listed | Self::Answered => {
                Thing::Gathering
            }
        }
    }

    /// What an event is to the member who made it. Organisations, members and keys have commands of
    /// their own for the way back; what a restoration brought back is not taken back again.
    #[must_use]
    pub const fn of(event: &Event) -> Option<Self> {
        Some(match event {
            Event::Person(person::Event::Added { met: false, .. }) => Self::PersonEntered,
            Event::Person(person::Event::Changed { .. }) => Self::PersonChanged,
            Event::Identity(identity::Event::Merged { .. }) => Self::Merged,
            Event::Identity(identity::Event::Unmerged { .. }) => Self::Unmerged,
            Event::Fact(fact::Event::Added(_)) => Self::FactAdded,
            Event::Fact(fact::Event::Removed { .. }) => Self::FactRemoved,
            Event::Interaction(interaction::Event::Recorded(_)) => Self::Recorded,
            Event::Interaction(interaction::Event::Corrected { .. }) => Self::Corrected,
            Event::Interaction(interaction::Event::Retracted { .. }) => Self::Retracted,
            Event::Import(import::Event::Part { .. }) => Self::Imported,
            Event::Import(import::Event::Undone { .. }) => Self::ImportUndone,
            Event::FollowUp(followup::Event::PromiseMade(_)) => Self::Promised,
            Event::FollowUp(followup::Event::Completed { .. }) => Self::Completed,
            Event::FollowUp(followup::Event::Snoozed { .. }) => Self::Snoozed,
            Event::FollowUp(followup::Event::Dismissed { .. }) => Self::Dismissed,
            Event::FollowUp(followup::Event::Reopened { .. }) => Self::Reopened,
            Event::Sharing(_) => Self::Shared,
            Event::Exclusion(_) => Self::Excluded,
            Event::Care(_) => Self::Cared,
            Event::Pause(_) => Self::Paused,
            Event::Comfort(_) => Self::ComfortSet,
            Event::Gathering(event) => match event.entry {
                gathering::Entry::Details(_) => Self::Gathered,
                gathering::Entry::Session(..) => Self::Scheduled,
                gathering::Entry::Going(..) => Self::Going,
                gathering::Entry::Attendee(..) => Self::Listed,
                gathering::Entry::Answer(..) => Self::Answered,
            },
            Event::Person(
                person::Event::Added { met: true, .. }
                | person::Event::TakenOut { .. }
                | person::Event::Erased { .. },
            )
            | Event::Fact(fact::Event::Restored { .. })
            | Event::Interaction(interaction::Event::Restored { .. })
            | Event::Import(import::Event::Restored { .. })
            | Event::FollowUp(followup::Event::FellDue(_))
            | Event::Organisation(_)
            | Event::Member(_)
            | Event::Key(_)
            | Event::Exported(_)
            | Event::Undone(_) => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_the_number_under_which_rows_keep_it() {
        for (number, kind) in Kind::ALL.into_iter().enumerate() {
            assert_eq!(kind.index(), number);
            assert_eq!(Kind::from_index(number), Some(kind));
        }
        assert_eq!(Kind::from_index(Kind::ALL.len()), None);
    }

    #[test]
    fn changes_of_one_thing_stand_in_each_others_way_and_no_others() {
        assert!(Kind::FactAdded.is_about_the_same_as(Kind::FactRemoved));
        assert!(Kind::Recorded.is_about_the_same_as(Kind::Retracted));
        assert!(!Kind::PersonChanged.is_about_the_same_as(Kind::Cared));
        assert!(!Kind::Shared.is_about_the_same_as(Kind::Excluded));
        assert!(!Kind::Listed.is_about_the_same_as(Kind::Listed));
    }
}
