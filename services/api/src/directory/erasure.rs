//! Forgetting somebody.

use std::collections::BTreeSet;

use kith_domain::access::Role;
use kith_domain::id::PersonId;
use kith_domain::person;
use kith_domain::text::{Text, normalised_address};
use kith_domain::time::DAY;
use kith_eventlog::identity::Handle;
use kith_eventlog::ledger::{ExecuteError, Executed, Request};
use kith_eventlog::vault::KeyOf;
use kith_proto::kith::directory::v1::{ErasePersonRequest, ErasePersonResponse};
use kith_proto::kith::error::v1::ErrorReason;
use kith_proto::words;
use kith_readmodel::query::{entries, erasures, keys, people};
use kith_servicekit::failure::Failure;

use crate::Api;
use crate::caller::Caller;
use crate::gathering;

/// For how long backups of the vault are kept: the README asks for no longer.
pub(crate) const BACKUPS: i64 = 30 * DAY;
/// How often it is worked out anew what is known of somebody whom others keep changing.
pub(super) const ATTEMPTS: usize = 3;

/// Refuses to enter somebody who was erased: by their id, by any of these addresses, or by this key.
pub(crate) async fn must_not_be_erased(
    api: &Api,
    caller: &Caller,
    id: PersonId,
    addresses: &[Text],
    external_key: Option<&Text>,
) -> Result<(), Failure> {
    let clear = |text: &Text| text.as_clear().map(ToOwned::to_owned);
    let addresses: Vec<String> = addresses.iter().filter_map(clear).collect();
    let key = external_key.and_then(clear);
    let mut ids = ids_of(caller, &addresses, key.as_deref());
    ids.push(id);
    let organisation = caller.principal.organisation;
    let found = erasures::among(&api.live().reading, organisation, &ids).await;
    if found.map_err(Failure::unavailable)?.is_empty() {
        return Ok(());
    }
    Err(erased())
}

/// Somebody was erased, and is not entered again.
pub(crate) fn erased() -> Failure {
    Failure::new(
        ErrorReason::Erased,
        "whoever has this address or key was erased, and is not entered again",
    )
}

/// The ids that addresses and an external key make.
fn ids_of(caller: &Caller, addresses: &[String], external_key: Option<&str>) -> Vec<PersonId> {
    let by_address = addresses.iter().map(|address| Handle::Address(address));
    let by_key = external_key.map(Handle::ExternalKey);
    let handles = by_address.chain(by_key);
    handles
        .map(|handle| caller.keys.person(handle, 0))
        .collect()
}

/// Says so in the log first, so that nothing brings them back; then destroys the keys, so that nothing
/// reads what was written; then waits for the rows to go. A request that was cut off is sent again and
/// does the rest; the scheduler does again what a restored vault or a stop undid.
pub(super) async fn erase(
    api: &Api,
    caller: &Caller,
    body: ErasePersonRequest,
) -> Result<ErasePersonResponse, Failure> {
    caller.must_be(&[Role::Admin])?;
    let mut change = api.change(caller, "ErasePerson", &body.request_id, &body);
    let reference = change.fields.required_text("person", &body.person, 254);
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let (whom, was_known, done) = decided(api, caller, &change.request, &reference).await?;
    let mut gone = vec![whom];
    for event in &done.events {
        if let person::Event::Erased { also, .. } = event {
            gone.extend(also);
        }
    }
    destroy(api, caller, &gone).await?;
    api.forget_seen(caller.principal.organisation);
    // Rows that stand still keep what they have: then nobody is told that it is gone.
    api.settled(caller).await?;
    let live = api.live();
    let organisation = caller.principal.organisation;
    let erased = erasures::of(&live.reading, organisation, whom).await;
    let (erased_at, ids) = erased
        .map_err(Failure::unavailable)?
        .unwrap_or((change.request.received_at, vec![]));
    // Also those of whoever was merged into them meanwhile.
    destroy(api, caller, &ids).await?;
    // Who read what was written of them is nobody's business any more.
    gone.extend(ids);
    let store = &api.parts.store;
    let forgotten = store.forget_accesses(organisation, Some(&gone)).await;
    forgotten.map_err(Failure::unavailable)?;
    let scrubbed = erasures::scrub(&live.writing).await;
    scrubbed.map_err(Failure::unavailable)?;
    Ok(ErasePersonResponse {
        erased_at: Some(words::timestamp(erased_at)),
        complete_at: Some(words::timestamp(erased_at.plus_micros(BACKUPS))),
        position: api.position_token(caller, done.position),
        was_known,
    })
}

async fn destroy(api: &Api, caller: &Caller, people: &[PersonId]) -> Result<(), Failure> {
    let keys: Vec<KeyOf> = people.iter().copied().map(KeyOf::Person).collect();
    let organisation = caller.principal.organisation;
    let destroyed = api.ledger().keys().destroy(organisation, &keys).await;
    destroyed.map_err(Failure::unavailable)
}

/// Has it decided, by rows that lack nothing: an address that was added a moment ago is erased too.
async fn decided(
    api: &Api,
    caller: &Caller,
    request: &Request,
    reference: &str,
) -> Result<(PersonId, bool, Executed<person::Event>), Failure> {
    let mut attempts = 0;
    loop {
        attempts += 1;
        let seen = api.settled(caller).await?;
        let (whom, was_known) = meant(api, caller, reference).await?;
        let organisation = caller.principal.organisation;
        let member = keys::is_member(&api.live().reading, organisation, whom).await;
        if member.map_err(Failure::unavailable)? {
            return Err(Failure::state(
                "a member is not erased; their key can be revoked",
            ));
        }
        let command = person::Update {
            id: whom,
            seen: None,
            to: person::To::Erased(other_ids(api, caller, whom, reference).await?),
        };
        let name = whom.to_string();
        let done = api
            .ledger()
            .execute_seen::<person::Person>(request, &name, command, vec![], seen)
            .await;
        match done {
            Err(ExecuteError::Moved) if attempts < ATTEMPTS => {}
            done => {
                let refused = |refusal: person::Error| Failure::state(refusal.to_string());
                let done = done.map_err(|error| Failure::from_execute(error, refused))?;
                return Ok((whom, was_known, done));
            }
        }
    }
}

/// Whom a reference means, in whosever directory they stand, and whether anybody is or was known by it:
/// whoever is erased is so for all.
async fn meant(api: &Api, caller: &Caller, reference: &str) -> Result<(PersonId, bool), Failure> {
    let live = api.live();
    let organisation = caller.principal.organisation;
    let owners = people::owners(&live.reading, organisation, reference).await;
    let owners = owners.map_err(Failure::unavailable)?;
    let seen = people::see_all(&live.reading, &caller.principal, &owners).await;
    let seen = seen.map_err(Failure::unavailable)?;
    // Of an address, nobody learns by this who else there is.
    match (seen.iter().next(), owners.first()) {
        (Some(_), _) if seen.len() > 1 => {
            return Err(Failure::invalid_field(
                "person",
                "means several people who share it: give the id of the one to erase",
            ));
        }
        (Some(owner), _) => return Ok((*owner, true)),
        (None, Some(owner)) => return Ok((*owner, false)),
        (None, None) => {}
    }
    // Sent again, nobody has it any more.
    let [by_address, by_key] = [Handle::Address(reference), Handle::ExternalKey(reference)]
        .map(|handle| caller.keys.person(handle, 0));
    for id in [reference.parse().ok(), Some(by_address), Some(by_key)]
        .into_iter()
        .flatten()
    {
        let erased = erasures::find(&live.reading, organisation, id).await;
        if let Some(whom) = erased.map_err(Failure::unavailable)? {
            return Ok((whom, true));
        }
    }
    // Of an address that nobody has, nobody is ever made: who asks to be left alone need not be known.
    if reference.contains('@') {
        return Ok((by_address, false));
    }
    Err(Failure::not_found("person"))
}

/// The ids of their other entries, and those that their addresses and keys make, but for those of others who
/// were entered on purpose: somebody who came along with one of these addresses is who has it.
async fn other_ids(
    api: &Api,
    caller: &Caller,
    id: PersonId,
    reference: &str,
) -> Result<Vec<PersonId>, Failure> {
    let live = api.live();
    let organisation = caller.principal.organisation;
    let row = people::find(&live.reading, organisation, id).await;
    let row = row.map_err(Failure::unavailable)?;
    let entries = entries::of(&live.reading, organisation, id).await;
    let entries = entries.map_err(Failure::unavailable)?;
    let addresses = people::addresses_of(&live.reading, organisation, id).await;
    let addresses = addresses.map_err(Failure::unavailable)?;
    let mut ids = ids_of(caller, &addresses, None);
    let keys = row.iter().map(|row| &row.external_key);
    let keys = keys.chain(entries.iter().map(|entry| &entry.external_key));
    for key in keys.flatten() {
        ids.extend(ids_of(caller, &[], Some(key)));
    }
    ids.extend(entries.iter().filter_map(|e| PersonId::from_slice(&e.id)));
    let own = entries.iter().filter_map(|e| PersonId::from_slice(&e.id));
    let own: Vec<PersonId> = own.chain([id]).collect();
    let mut theirs: BTreeSet<String> = addresses.iter().cloned().collect();
    if reference.contains('@') {
        theirs.insert(normalised_address(reference));
    }
    let listed = gathering::directory::listed_as(api, caller, id, &own, &theirs).await?;
    ids.retain(|other| *other != id);
    ids.sort_unstable();
    ids.dedup();
    let others = people::known(&live.reading, organisation, &ids).await;
    let others = others.map_err(Failure::unavailable)?;
    ids.retain(|other| {
        others.get(other).is_none_or(|row| {
            let has_come_along = row.met && row.id == other.as_bytes();
            row.id == id.as_bytes() || has_come_along
        })
    });
    // An id of a list is nobody's in the directory.
    ids.extend(listed);
    ids.sort_unstable();
    ids.dedup();
    Ok(ids)
}
