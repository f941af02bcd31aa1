//! People: everyone in an organisation's directory.

use std::collections::BTreeSet;

use crate::aggregate::Aggregate;
use crate::id::PersonId;
use crate::text::Text;

/// The most addresses, the most affiliations, and the most tags, of one person.
pub const MAX_LIST: usize = 50;

/// What is known of a person when they enter the directory. A person may be known by an address
/// alone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Profile {
    /// Their name as people write it.
    pub name: Option<Text>,
    /// Mail addresses; the first one may have made the id.
    pub addresses: Vec<Text>,
    /// The caller's own key for them, if that made the id.
    pub external_key: Option<Text>,
    /// Where they work, above all.
    pub company: Option<Text>,
    /// As what.
    pub title: Option<Text>,
    /// Where they work and worked, each an [`Affiliation`](crate::affiliation::Affiliation) in a line.
    pub affiliations: Vec<Text>,
    /// The organisation's labels for them.
    pub tags: Vec<Text>,
}

/// What changed of a profile: `None` leaves a field as it is, `Some(None)` clears it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Change {
    /// The name.
    pub name: Option<Option<Text>>,
    /// All addresses.
    pub addresses: Option<Vec<Text>>,
    /// The company.
    pub company: Option<Option<Text>>,
    /// The title.
    pub title: Option<Option<Text>>,
    /// All affiliations.
    pub affiliations: Option<Vec<Text>>,
    /// All tags.
    pub tags: Option<Vec<Text>>,
}

impl Change {
    /// Whether nothing changes.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// The profile after this change.
    #[must_use]
    pub fn applied_to(&self, mut profile: Profile) -> Profile {
        fn set<T: Clone>(field: &mut T, change: Option<&T>) {
            if let Some(value) = change {
                *field = value.clone();
            }
        }
        set(&mut profile.name, self.name.as_ref());
        set(&mut profile.addresses, self.addresses.as_ref());
        set(&mut profile.company, self.company.as_ref());
        set(&mut profile.title, self.title.as_ref());
        set(&mut profile.affiliations, self.affiliations.as_ref());
        set(&mut profile.tags, self.tags.as_ref());
        profile
    }
}

/// The aggregate of one person's later changes. The adding is a rule-free creation in the journal.
#[derive(Debug)]
pub struct Person;

/// What happened to a person's entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// They entered the directory (in the journal); of several the first counts, and one on purpose
    /// before one that came along.
    Added {
        /// Who.
        id: PersonId,
        /// What is known of them.
        profile: Profile,
        /// Whether they came along with a moment instead of being entered on purpose. Who was met is
        /// in the directory of those whom a tie leads to them: see
        /// [`access::in_directory`](crate::access::in_directory).
        met: bool,
        /// Whoever came along: the members who took part in the moment that says so. The name it gives is
        /// what these were told, and no more than their ties shows it to others. Empty for one entered on
        /// purpose, and in old events: there the commit's member was told.
        told_to: Vec<PersonId>,
        /// The receipt of the request.
        fingerprint: [u8; 16],
    },
    /// Their entry changed.
    Changed {
        /// Who.
        id: PersonId,
        /// Counts changes; 1 for the first. Shown to clients as the etag.
        version: u32,
        /// What changed.
        change: Change,
    },
    /// They had been entered on purpose by mistake: who was never met is in nobody's directory any
    /// more, whoever was is there as if they had only come along.
    TakenOut {
        /// Who.
        id: PersonId,
        /// Counts changes, as those of the entry's content do.
        version: u32,
    },
    /// They are forgotten: nothing that was known of them is known any more, no tie leads to them, and
    /// nothing brings them back.
    Erased {
        /// Who.
        id: PersonId,
        /// Ids that their other addresses would make: whoever imports one of those revives nobody.
        also: Vec<PersonId>,
    },
}

/// What is known from the person's own subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct State {
    /// Changes so far.
    pub version: u32,
    /// If they were erased: the ids of their other addresses and entries.
    pub erased: Option<BTreeSet<PersonId>>,
}

/// Change an entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Update {
    /// Who.
    pub id: PersonId,
    /// The version the caller saw, if it insists on it.
    pub seen: Option<u32>,
    /// What to change.
    pub to: To,
}

/// What an entry becomes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum To {
    /// The same with other content.
    Changed(Change),
    /// None that somebody made on purpose.
    TakenOut,
    /// Nothing. The ids are those that their other addresses would make.
    Erased(Vec<PersonId>),
}

/// Why an entry can't be changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Somebody else changed it first.
    #[error("the entry was changed by somebody else; read it again and repeat your change")]
    Changed,
    /// Too many addresses, affiliations or tags.
    #[error("a person has at most {MAX_LIST} addresses, affiliations and tags each")]
    TooMany,
    /// They were erased, for ever.
    #[error("the person was erased")]
    Erased,
}

impl Aggregate for Person {
    const KIND: &'static str = "person";
    type State = State;
    type Command = Update;
    type Event = Event;
    type Error = Error;

    fn decide(state: &State, Update { id, seen, to }: Update) -> Result<Vec<Event>, Error> {
        let change = match to {
            // Erased once more, with what came to be known of them since.
            To::Erased(also) => {
                let erased = state.erased.as_ref();
                let is_done = erased.is_some_and(|done| also.iter().all(|id| done.contains(id)));
                return Ok(if is_done {
                    vec![]
                } else {
                    vec![Event::Erased { id, also }]
                });
            }
            _ if state.erased.is_some() => return Err(Error::Erased),
            _ if seen.is_some_and(|version| version != state.version) => {
                return Err(Error::Changed);
            }
            To::TakenOut => {
                let version = state.version.saturating_add(1);
                return Ok(vec![Event::TakenOut { id, version }]);
            }
            To::Changed(change) => change,
        };
        let version = state.version.saturating_add(1);
        let too_long = |list: &Option<Vec<Text>>| list.as_ref().is_some_and(|l| l.len() > MAX_LIST);
        let lists = [&change.addresses, &change.affiliations, &change.tags];
        if lists.into_iter().any(too_long) {
            return Err(Error::TooMany);
        }
        if change.is_empty() {
            return Ok(vec![]);
        }
        Ok(vec![Event::Changed {
            id,
            version,
            change,
        }])
    }

    fn evolve(mut state: State, event: &Event) -> State {
        if let Event::Changed { version, .. } | Event::TakenOut { version, .. } = event {
            state.version = state.version.max(*version);
        }
        if let Event::Erased { also, .. } = event {
            state.erased.get_or_insert_default().extend(also);
        }
        state
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aggregate::given;

    const ANA: PersonId = PersonId::from_bytes([1; 16]);

    fn renamed() -> Change {
        Change {
            name: Some(Some("Ana Silva".into())),
            ..Change::default()
        }
    }

    fn changed(version: u32) -> Event {
        Event::Changed {
            id: ANA,
            version,
            change: renamed(),
        }
    }

    #[test]
    fn a_change_on_an_outdated_entry_is_refused() {
        let outdated =
            "the entry was changed by somebody else; read it again and repeat your change";
        let update = |seen| Update {
            id: ANA,
            seen: Some(seen),
            to: To::Changed(renamed()),
        };
        given::<Person>(&[changed(1)])
            .when(update(0))
            .then_refused(outdated);
        given::<Person>(&[changed(1)])
            .when(update(1))
            .then_once(&[changed(2)], outdated);
    }

    #[test]
    fn a_change_of_whatever_version_counts_each_time() {
        given::<Person>(&[])
            .when(Update {
                id: ANA,
                seen: None,
                to: To::Changed(renamed()),
            })
            .then_each_time(&[changed(1)], &[changed(2)]);
    }

    #[test]
    fn an_empty_change_changes_nothing() {
        given::<Person>(&[])
            .when(Update {
                id: ANA,
                seen: None,
                to: To::Changed(Change::default()),
            })
            .then_nothing();
    }

    #[test]
    fn whoever_was_erased_stays_so() {
        let erase = || Update {
            id: ANA,
            seen: None,
            to: To::Erased(vec![]),
        };
        let erased = Event::Erased {
            id: ANA,
            also: vec![],
        };
        given::<Person>(&[changed(1)])
            .when(erase())
            .then(std::slice::from_ref(&erased));
        given::<Person>(std::slice::from_ref(&erased))
            .when(erase())
            .then_nothing();
        let more = Update {
            to: To::Erased(vec![PersonId::from_bytes([2; 16])]),
            ..erase()
        };
        let also = Event::Erased {
            id: ANA,
            also: vec![PersonId::from_bytes([2; 16])],
        };
        given::<Person>(std::slice::from_ref(&erased))
            .when(more)
            .then(&[also]);
        for to in [To::TakenOut, To::Changed(renamed())] {
            let update = Update {
                id: ANA,
                seen: None,
                to,
            };
            given::<Person>(std::slice::from_ref(&erased))
                .when(update)
                .then_refused("the person was erased");
        }
    }

    #[test]
    fn an_entry_is_taken_out_as_its_caller_saw_it() {
        let take_out = |seen| Update {
            id: ANA,
            seen: Some(seen),
            to: To::TakenOut,
        };
        let taken_out = |version| Event::TakenOut { id: ANA, version };
        let outdated =
            "the entry was changed by somebody else; read it again and repeat your change";
        given::<Person>(&[])
            .when(take_out(0))
            .then_once(&[taken_out(1)], outdated);
        given::<Person>(&[changed(1)])
            .when(take_out(0))
            .then_refused(outdated);
    }

    #[test]
    fn a_change_leaves_alone_what_it_does_not_name() {
        let before = Profile {
            company: Some("Windfarm".into()),
            ..Profile::default()
        };
        let after = renamed().applied_to(before.clone());
        assert_eq!(after.company, before.company);
        assert_eq!(after.name, Some("Ana Silva".into()));
    }
}
