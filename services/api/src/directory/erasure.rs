//! Forgetting somebody.

use kith_domain::access::Role;
use kith_domain::id::PersonId;
use kith_domain::person;
use kith_domain::time::DAY;
use kith_eventlog::identity::Handle;
use kith_eventlog::vault::KeyOf;
use kith_proto::kith::directory::v1::{ErasePersonRequest, ErasePersonResponse};
use kith_proto::words;
use kith_readmodel::query::{erasures, keys, people};
use kith_servicekit::failure::Failure;

use crate::Api;
use crate::caller::Caller;

/// For how long backups of the vault are kept: the README asks for no longer.
const BACKUPS: i64 = 30 * DAY;

/// Why somebody who was erased is not let in again.
pub(crate) fn suppressed() -> Failure {
    Failure::state("this person was erased, and is not entered again".to_owned())
}

/// Refuses to enter somebody who was erased.
pub(crate) async fn must_not_be_erased(
    api: &Api,
    caller: &Caller,
    id: PersonId,
) -> Result<(), Failure> {
    let organisation = caller.principal.organisation;
    let erased = erasures::among(&api.live().reading, organisation, &[id]).await;
    if erased.map_err(Failure::unavailable)?.is_empty() {
        Ok(())
    } else {
        Err(suppressed())
    }
}

/// Says so in the log first, so that nothing brings them back; then destroys the keys, so that nothing
/// reads what was written; then waits for the rows to go. A request that was cut off is sent again and
/// does the rest; the scheduler destroys again what a restored vault brought back.
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
    let live = api.live();
    let organisation = caller.principal.organisation;
    let id = meant(api, caller, &reference).await?;
    let member = keys::is_member(&live.reading, organisation, id).await;
    if member.map_err(Failure::unavailable)? {
        return Err(Failure::state(
            "a member is not erased; their key can be revoked".to_owned(),
        ));
    }
    let also = other_ids(api, caller, id).await?;
    let command = person::Update {
        id,
        seen: None,
        to: person::To::Erased(also),
    };
    let done = api
        .ledger()
        .execute::<person::Person>(&change.request, &id.to_string(), command, vec![])
        .await;
    let done = done.map_err(|error| {
        Failure::from_execute(error, |refusal| Failure::state(refusal.to_string()))
    })?;
    api.projected(done.position).await?;
    let erased_at = erasures::erased_at(&live.reading, organisation, id).await;
    let erased_at = erased_at.map_err(Failure::unavailable)?;
    let erased_at = erased_at.unwrap_or(change.request.received_at);
    let mut gone = vec![KeyOf::Person(id)];
    for event in &done.events {
        if let person::Event::Erased { also, .. } = event {
            gone.extend(also.iter().copied().map(KeyOf::Person));
        }
    }
    let destroyed = api.ledger().keys().destroy(organisation, &gone).await;
    destroyed.map_err(Failure::unavailable)?;
    let scrubbed = erasures::scrub(&api.live().writing).await;
    scrubbed.map_err(Failure::unavailable)?;
    Ok(ErasePersonResponse {
        erased_at: Some(words::timestamp(erased_at)),
        complete_at: Some(words::timestamp(erased_at.plus_micros(BACKUPS))),
        position: api.position_token(caller, done.position),
    })
}

/// Whom a reference means, in whosever directory they stand: whoever is erased is so for all.
async fn meant(api: &Api, caller: &Caller, reference: &str) -> Result<PersonId, Failure> {
    let live = api.live();
    let organisation = caller.principal.organisation;
    // Of an address that nobody has, nobody is ever made: who asks to be left alone need not be known.
    if reference.contains('@') {
        let owner = people::by_address(&live.reading, organisation, reference).await;
        let own = || caller.keys.person(Handle::Address(reference), 0);
        return Ok(owner.map_err(Failure::unavailable)?.unwrap_or_else(own));
    }
    let by_key = || caller.keys.person(Handle::ExternalKey(reference), 0);
    let id = reference.parse().unwrap_or_else(|_| by_key());
    let found = people::find(&live.reading, organisation, id).await;
    let erased = erasures::among(&live.reading, organisation, &[id]).await;
    let is_known = found.map_err(Failure::unavailable)?.is_some()
        || !erased.map_err(Failure::unavailable)?.is_empty();
    is_known
        .then_some(id)
        .ok_or_else(|| Failure::not_found("person"))
}

/// The ids that their addresses and external key make, but for those of others in the directory.
async fn other_ids(api: &Api, caller: &Caller, id: PersonId) -> Result<Vec<PersonId>, Failure> {
    let live = api.live();
    let organisation = caller.principal.organisation;
    let row = people::find(&live.reading, organisation, id).await;
    let row = row.map_err(Failure::unavailable)?;
    let addresses = people::addresses_of(&live.reading, organisation, id).await;
    let addresses = addresses.map_err(Failure::unavailable)?;
    let by_address = addresses
        .iter()
        .map(|address| caller.keys.person(Handle::Address(address), 0));
    let key = row.and_then(|row| row.external_key);
    let by_key = key.map(|key| caller.keys.person(Handle::ExternalKey(&key), 0));
    let mut ids: Vec<PersonId> = by_address
        .chain(by_key)
        .filter(|other| *other != id)
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let others = people::named(&live.reading, organisation, &ids).await;
    let others = others.map_err(Failure::unavailable)?;
    ids.retain(|id| !others.contains_key(id));
    Ok(ids)
}
