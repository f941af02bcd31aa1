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
use super::tellings::{Telling, Tellings};
use crate::Api;
use crate::caller::Caller;
use crate::directory::persons::known_ids;

/// The people of a stream of moments: looked up once, remembered, and made when they are new.
#[derive(Debug, Default)]
pub(super) struct People {
    ids: HashMap<Who, PersonId>,
    known: HashSet<PersonId>,
    tellings: Tellings,
}

impl People {
    /// Finds everybody who takes part. Answers the events that add those who are new, and those that tell
    /// members a name for the first time.
    pub(super) async fn meet(
        &mut self,
        api: &Api,
        caller: &Caller,
        moments: &[Checked],
        fingerprint: [u8; 16],
    ) -> Result<Vec<(PersonId, Event)>, Failure> {
        let new = self.look_up(api, caller, moments).await?;
        let is_new: HashSet<PersonId> = new.iter().map(|(id, _)| *id).collect();
        let told = self
            .tellings
            .of(api, caller, moments, &self.ids, &is_new)
            .await?;
        let added = |id, profile, told_to| {
            let event = person::Event::Added {
                id,
                profile,
                met: true,
                told_to,
                fingerprint,
            };
            (id, event.into())
        };
        let mut events = Vec::new();
        let mut named: HashSet<PersonId> = HashSet::new();
        for Telling { who, name, members } in told {
            let handle = handle_of(who);
            if let (Some(id), Some(handle)) = (self.ids.get(who), handle) {
                named.insert(*id);
                let name = Some(Text::from(name));
                events.push(added(*id, Profile { name, ..handle }, members));
            }
        }
        let nameless = new.into_iter().filter(|(id, _)| !named.contains(id));
        events.extend(nameless.map(|(id, handle)| added(id, handle, vec![])));
        Ok(events)
    }

    /// Finds everybody who takes part. Answers whom nobody knows, each once.
    async fn look_up(
        &mut self,
        api: &Api,
        caller: &Caller,
        moments: &[Checked],
    ) -> Result<Vec<(PersonId, Profile)>, Failure> {
        let mut met: Vec<&Who> = Vec::new();
        let mut seen: HashSet<&Who> = HashSet::new();
        for (who, _) in moments.iter().flat_map(Checked::named) {
            if !self.has_met(who) && seen.insert(who) {
                met.push(who);
            }
        }
        let organisation = caller.principal.organisation;
        let live = api.live();
        // An address may have been given to somebody whose id another one made.
        let addresses: Vec<&str> = met.iter().filter_map(|who| who.address()).collect();
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
        let named: Vec<(&Who, PersonId)> = met.into_iter().map(|who| (who, id(who))).collect();
        // Who has an address is somebody; the others may be.
        self.known.extend(owners.values());
        let unknown = named.iter().filter(|(_, id)| !self.known.contains(id));
        let (by_id, by_handle): (Vec<_>, Vec<_>) =
            unknown.partition(|(who, _)| matches!(who, Who::Id(_)));
        let ids =
            |named: Vec<&(&Who, PersonId)>| named.iter().map(|(_, id)| *id).collect::<Vec<_>>();
        // Somebody else's address may be told, their id only by whoever has it from Kith.
        self.known
            .extend(known_ids(api, caller, &ids(by_id)).await?);
        let by_handle = ids(by_handle);
        let found = people::known(&live.reading, organisation, &by_handle).await;
        self.known
            .extend(found.map_err(Failure::unavailable)?.into_keys());
        if by_handle.iter().any(|id| !self.known.contains(id)) {
            // Whoever was erased takes part, and is entered by nothing.
            let erased = erasures::among(&live.reading, organisation, &by_handle).await;
            self.known.extend(erased.map_err(Failure::unavailable)?);
        }
        let mut new = Vec::new();
        for (who, id) in named {
            if self.known.insert(id) {
                let handle =
                    handle_of(who).ok_or_else(|| Failure::not_found(&format!("person {id}")))?;
                new.push((id, handle));
            }
            self.ids.insert(who.clone(), id);
        }
        Ok(new)
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

    /// What these moments say of people, each once: the first name, and what made their id.
    pub(super) fn profiles(&self, moments: &[Checked]) -> HashMap<PersonId, Profile> {
        let mut profiles: HashMap<PersonId, Profile> = HashMap::new();
        for (who, name) in moments.iter().flat_map(Checked::named) {
            if let (Some(id), Some(handle)) = (self.ids.get(who), handle_of(who)) {
                let profile = profiles.entry(*id).or_insert(handle);
                profile.name = profile.name.take().or_else(|| name.map(Text::from));
            }
        }
        profiles
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

/// What made the id of somebody who was only named. `None` for an id that is one already.
fn handle_of(who: &Who) -> Option<Profile> {
    match who {
        Who::Id(_) => None,
        Who::Address(address) => Some(Profile {
            addresses: vec![Text::from(address.as_str())],
            ..Profile::default()
        }),
        Who::ExternalKey(key) => Some(Profile {
            external_key: Some(Text::from(key.as_str())),
            ..Profile::default()
        }),
    }
}
