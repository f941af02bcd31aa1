//! Who is one person: entries that were merged, and what becomes of rows by that.
//!
//! Every row that an event makes of an entry keeps which (`entry`), beside the person whom it counts for
//! (`person`). A merge moves the second alone, so that taking it back restores what was. Two kinds of rows
//! are worked out anew: what several entries say together ([`entries`]), and ties. Participants stay in
//! their interactions as they were recorded; whoever reads them asks [`Identities::people`].

mod entries;
mod turn;

use std::collections::HashSet;

use kith_domain::aggregate::Aggregate as _;
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::identity::{Event, Identity, State};
use kith_domain::interaction::Participant;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use crate::entity::identity as row;
pub(crate) use entries::of as entries_of;
pub(super) use entries::{added, changed, joined, taken_out};
pub(super) use turn::turn;

/// Which entries of an organisation belong to which person.
///
/// Not every merge of the log counts: a member is never merged into anybody, nor anybody with whom was
/// erased. That is decided where the event stands, so that a replay decides it alike.
#[derive(Debug, Default)]
pub(crate) struct Identities {
    state: State,
    /// Entries that others were merged into.
    kept: HashSet<PersonId>,
}

impl Identities {
    pub(crate) async fn load(
        database: &impl ConnectionTrait,
        organisation: OrganisationId,
    ) -> Result<Self, DbErr> {
        let rows = row::Entity::find()
            .filter(row::Column::Organisation.eq(organisation.as_bytes().as_slice()))
            .all(database)
            .await?;
        let mut identities = Self::default();
        for row in rows {
            let ids = PersonId::from_slice(&row.kept).zip(PersonId::from_slice(&row.entry));
            if let Some((kept, gone)) = ids {
                let merged = Event::Merged { kept, gone };
                identities.state = Identity::evolve(identities.state, &merged);
            }
        }
        identities.kept = identities.state.kept().collect();
        Ok(identities)
    }

    fn evolve(&mut self, event: Event) {
        self.state = Identity::evolve(std::mem::take(&mut self.state), &event);
        self.kept = self.state.kept().collect();
    }

    /// Whose entry this is.
    pub(crate) fn person_of(&self, entry: PersonId) -> PersonId {
        self.state.person_of(entry)
    }

    /// All entries of a person, the one that names them first.
    pub(crate) fn entries_of(&self, person: PersonId) -> Vec<PersonId> {
        // Nearly everybody has one.
        if self.is_of_several(person) {
            self.state.entries_with(person)
        } else {
            vec![person]
        }
    }

    /// Whether an entry is one of several of its person.
    pub(crate) fn is_of_several(&self, entry: PersonId) -> bool {
        self.kept.contains(&entry) || self.state.is_gone(entry)
    }

    pub(super) fn is_gone(&self, entry: PersonId) -> bool {
        self.state.is_gone(entry)
    }

    /// The people who took part, each once: with two entries in the part that comes first.
    pub(crate) fn people(&self, recorded: Vec<Participant>) -> Vec<Participant> {
        if recorded.iter().all(|took| !self.state.is_gone(took.person)) {
            return recorded;
        }
        let mut people: Vec<Participant> = Vec::with_capacity(recorded.len());
        for took in recorded {
            let person = self.person_of(took.person);
            match people.iter_mut().find(|other| other.person == person) {
                Some(other) if took.part.index() < other.part.index() => other.part = took.part,
                Some(_) => {}
                None => people.push(Participant { person, ..took }),
            }
        }
        people
    }
}

#[cfg(test)]
mod tests {
    use kith_domain::interaction::Part;

    use super::*;

    #[test]
    fn who_took_part_with_two_entries_took_part_once_in_the_first_part() {
        let [ana, ben, anna] = [1, 2, 3].map(|n| PersonId::from_bytes([n; 16]));
        let mut identities = Identities::default();
        identities.evolve(Event::Merged {
            kept: ana,
            gone: anna,
        });
        let took = |person, part| Participant { person, part };
        let recorded = vec![
            took(ana, Part::Copied),
            took(ben, Part::Recipient),
            took(anna, Part::Initiator),
        ];
        let people = [took(ana, Part::Initiator), took(ben, Part::Recipient)];
        assert_eq!(identities.people(recorded), people);
        assert!(identities.is_of_several(ana) && identities.is_of_several(anna));
        assert!(!identities.is_of_several(ben));
    }
}
