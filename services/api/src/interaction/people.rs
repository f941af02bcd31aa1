//! Who takes part in a stream of moments: looked up once, remembered, and made when they are new.

use std::collections::{BTreeSet, HashMap, HashSet};

use kith_domain::event::Event;
use kith_domain::id::PersonId;
use kith_domain::interaction::Participant;
use kith_domain::person::{self, Profile};
use kith_domain::text::Text;
use kith_eventlog::identity::Handle;
use kith_readmodel::query::{erasures, people};
use kith_servicekit::failure::Failure;

use super::intake::{Checked, Who};
use crate::Api;
use crate::caller::Caller;
use crate::directory::persons::known_ids;

/// The people of a stream of moments: looked up once, remembered, and made when they are new.
#[derive(Debug, Default)]
pub(super) struct People {
    ids: HashMap<Who, PersonId>,
    known: HashSet<PersonId>,
}

impl People {
    /// Finds everybody who takes part. Answers the events that add those who are new.
    pub(super) async fn meet(
        &mut self,
        api: &Api,
        caller: &Caller,
        moments: &[Checked],
        fingerprint: [u8; 16],
    ) -> Result<Vec<(PersonId, Event)>, Failure> {
        let mut met: Vec<(&Who, Option<&str>)> = Vec::new();
        let mut seen: HashSet<&Who> = HashSet::new();
        for (who, name) in moments.iter().flat_map(Checked::named) {
            if !self.has_met(who) && seen.insert(who) {
                met.push((who, name));
            }
        }
        let organisation = caller.principal.organisation;
        let live = api.live();
        // An address may have been given to somebody whose id another one made.
        let addresses: Vec<&str> = met.iter().filter_map(|(who, _)| who.address()).collect();
        let owners = people::by_addresses(&live.reading, organisation, &addresses).await;
        let owners = owners.map_err(Failure::unavailable)?;
        let id = |who: &Who| match who {
            Who::Id(id) => *id,
            Who::ExternalKey(key) => caller.keys.person(Handle::ExternalKey(key), 0),
            Who::Address(address) => owners
                .get(address)
                .copied()
                .unwrap_or_else(|| caller.keys.person(Handle::Address(address), 0)),
        };
        let new: Vec<(Who, PersonId, Option<&str>)> = met
            .into_iter()
            .map(|(who, name)| (who.clone(), id(who), name))
            .collect();
        // Who has an address is somebody; the others may be.
        self.known.extend(owners.values());
        let unknown = new.iter().filter(|(_, id, _)| !self.known.contains(id));
        let (by_id, by_handle): (Vec<_>, Vec<_>) =
            unknown.partition(|(who, ..)| matches!(who, Who::Id(_)));
        let ids = |new: Vec<&(Who, PersonId, _)>| new.iter().map(|new| new.1).collect::<Vec<_>>();
        // Somebody else's address may be told, their id only by whoever has it from Kith.
        self.known
            .extend(known_ids(api, caller, &ids(by_id)).await?);
        let by_handle = ids(by_handle);
        let found = people::named(&live.reading, organisation, &by_handle).await;
        self.known
            .extend(found.map_err(Failure::unavailable)?.into_keys());
        if by_handle.iter().any(|id| !self.known.contains(id)) {
            // Whoever was erased takes part, and is entered by nothing.
            let erased = erasures::among(&live.reading, organisation, &by_handle).await;
            self.known.extend(erased.map_err(Failure::unavailable)?);
        }
        let mut added = Vec::new();
        for (who, id, name) in new {
            if !self.known.contains(&id) {
                let profile = profile_of(&who, name)
                    .ok_or_else(|| Failure::not_found(&format!("person {id}")))?;
                let event = person::Event::Added {
                    id,
                    profile,
                    met: true,
                    fingerprint,
                };
                added.push((id, event.into()));
                self.known.insert(id);
            }
            self.ids.insert(who, id);
        }
        Ok(added)
    }

    /// Whether somebody was looked up before.
    pub(super) fn has_met(&self, who: &Who) -> bool {
        self.ids.contains_key(who)
    }

    /// Everybody who takes part in these moments, each once, in the order of their ids.
    pub(super) fn of(&self, moments: &[Checked]) -> Vec<PersonId> {
        let all = moments.iter().flat_map(Checked::named);
        let ids: BTreeSet<PersonId> = all
            .filter_map(|(who, _)| self.ids.get(who).copied())
            .collect();
        ids.into_iter().collect()
    }

    pub(super) fn participants(&self, moment: &Checked) -> Vec<Participant> {
        let id = |who: &Who| self.ids.get(who).copied().unwrap_or_default();
        let participant = |(who, part)| Participant {
            person: id(who),
            part,
        };
        moment.parts().map(participant).collect()
    }
}

/// What is known of somebody who was only named. `None` for an id that nobody has.
fn profile_of(who: &Who, name: Option<&str>) -> Option<Profile> {
    let name = name.map(Text::from);
    match who {
        Who::Id(_) => None,
        Who::Address(address) => Some(Profile {
            name,
            addresses: vec![Text::from(address.as_str())],
            ..Profile::default()
        }),
        Who::ExternalKey(key) => Some(Profile {
            name,
            external_key: Some(Text::from(key.as_str())),
            ..Profile::default()
        }),
    }
}
