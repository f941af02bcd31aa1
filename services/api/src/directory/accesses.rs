//! Who was shown what others wrote of a person.

use kith_domain::access::Role;
use kith_domain::id::PersonId;
use kith_proto::kith::directory::v1::{Access, ListAccessesRequest, ListAccessesResponse};
use kith_proto::words::Word;
use kith_readmodel::query::{entries, people};
use kith_servicekit::failure::{Failure, Violations};

use super::persons::resolve;
use crate::Api;
use crate::caller::Caller;

/// The most days that are answered.
const MAX: u64 = 1_000;

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    body: ListAccessesRequest,
) -> Result<ListAccessesResponse, Failure> {
    caller.must_be(&[Role::Admin])?;
    let mut fields = Violations::new();
    let reference = fields.required_text("person", &body.person, 254);
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let row = resolve(api, caller, &reference).await?;
    let person = PersonId::from_slice(&row.id).unwrap_or_default();
    let (live, organisation) = (api.live(), caller.principal.organisation);
    let entries = entries::of(&live.reading, organisation, person).await;
    let entries = entries.map_err(Failure::unavailable)?;
    let mut ids: Vec<PersonId> = entries
        .iter()
        .filter_map(|entry| PersonId::from_slice(&entry.id))
        .collect();
    ids.push(person);
    ids.sort_unstable();
    ids.dedup();
    let accesses = api.parts.store.accesses(organisation, &ids, MAX).await;
    let accesses = accesses.map_err(Failure::unavailable)?;
    let members: Vec<PersonId> = accesses.iter().filter_map(|one| one.member).collect();
    let names = people::named(&live.reading, &caller.principal, &members).await;
    let names = names.map_err(Failure::unavailable)?;
    let shown = accesses.into_iter().map(|one| Access {
        day: one.day,
        member_id: one.member.map(|id| id.to_string()).unwrap_or_default(),
        member_name: one
            .member
            .and_then(|id| names.get(&id))
            .map(people::called)
            .unwrap_or_default(),
        key_id: one.key.to_string(),
        content: one.what.to_wire(),
    });
    Ok(ListAccessesResponse {
        accesses: shown.collect(),
    })
}
