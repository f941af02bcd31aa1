//! Who is shown what others wrote of a person: noted before it is answered, once a day.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};

use kith_domain::access::{Content, Principal};
use kith_domain::date::{Date, day_of};
use kith_domain::id::{KeyId, OrganisationId, PersonId};
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

impl Api {
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
