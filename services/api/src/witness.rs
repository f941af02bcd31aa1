//! Who is shown what others wrote of a person: noted before it is answered, once a day.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, PoisonError};

use kith_domain::access::{Content, Principal};
use kith_domain::briefing::known::Source;
use kith_domain::date::{Date, day_of};
use kith_domain::id::{FactId, KeyId, OrganisationId, PersonId};
use kith_readmodel::entity::fact;
use kith_readmodel::query::people;
use kith_servicekit::failure::Failure;

use crate::Api;
use crate::caller::Caller;

/// What was noted already, remembered at most.
const MAX_REMEMBERED: usize = 100_000;

type Noted = (OrganisationId, KeyId, PersonId, Content);

/// What this server noted on a day: reading it again that day is nothing new.
#[derive(Debug, Default)]
pub(crate) struct Witness(Mutex<(Option<Date>, HashSet<Noted>)>);

impl Witness {
    /// Those of these that are not noted yet that day.
    fn new_ones(&self, day: Date, all: impl Iterator<Item = Noted>) -> Vec<Noted> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let is_today = known.0 == Some(day);
        all.filter(|one| !is_today || !known.1.contains(one))
            .collect()
    }

    fn noted(&self, day: Date, all: Vec<Noted>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.0 != Some(day) || known.1.len() > MAX_REMEMBERED {
            *known = (Some(day), HashSet::new());
        }
        known.1.extend(all);
    }

    /// Nothing of an organisation is remembered any more.
    pub(crate) fn forget(&self, organisation: OrganisationId) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.1.retain(|(whose, ..)| *whose != organisation);
    }
}

/// Facts that others wrote for everybody, and of whom.
pub(crate) type OfOthers = HashMap<FactId, PersonId>;

/// Those of these facts that others than the reader wrote for everybody.
pub(crate) fn of_others<'r>(
    facts: impl IntoIterator<Item = &'r fact::Model>,
    reader: PersonId,
) -> OfOthers {
    let facts = facts.into_iter();
    let of_others = facts.filter(|row| !row.private && row.author != reader.as_bytes());
    let ids =
        of_others.map(|row| FactId::from_slice(&row.id).zip(PersonId::from_slice(&row.person)));
    ids.flatten().collect()
}

impl Api {
    /// Notes that the caller is shown sentences that rest on these sources, as far as they are of others.
    pub(crate) async fn are_told(
        &self,
        caller: &Caller,
        of_others: &OfOthers,
        sources: impl IntoIterator<Item = Source>,
    ) -> Result<(), Failure> {
        let people = sources.into_iter().filter_map(|source| match source {
            Source::Fact(id) => of_others.get(&id).copied(),
            _ => None,
        });
        let people: Vec<PersonId> = people.collect();
        self.is_shown(caller, Content::Facts, people).await
    }

    /// Notes that the caller is shown something that others wrote of these people. What can't be noted is not
    /// shown.
    pub(crate) async fn is_shown(
        &self,
        caller: &Caller,
        what: Content,
        people: Vec<PersonId>,
    ) -> Result<(), Failure> {
        let principal = &caller.principal;
        let day = day_of(self.now());
        let people: HashSet<PersonId> = people.into_iter().collect();
        let all = people
            .into_iter()
            // Of themselves, everybody may read.
            .filter(|person| Some(*person) != principal.member)
            .map(|person| (principal.organisation, principal.key, person, what));
        let mut new = self.parts.witness.new_ones(day, all);
        if new.is_empty() {
            return Ok(());
        }
        let people: Vec<PersonId> = new.iter().map(|(_, _, person, _)| *person).collect();
        // Whoever reads of somebody whom private ties alone lead to, has one.
        let anybody = Principal {
            member: None,
            ..*principal
        };
        let known = people::see_all(&self.live().reading, &anybody, &people).await;
        let known = known.map_err(Failure::unavailable)?;
        new.retain(|(_, _, person, _)| known.contains(person));
        if new.is_empty() {
            return Ok(());
        }
        let people: Vec<PersonId> = new.iter().map(|(_, _, person, _)| *person).collect();
        let noted = self
            .parts
            .store
            .note_accesses(principal, day, what, &people);
        noted.await.map_err(Failure::unavailable)?;
        self.parts.witness.noted(day, new);
        Ok(())
    }
}
