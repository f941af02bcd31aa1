//! Who is one person: entries merged, unmerged, and shown each by itself.

use kith_domain::id::PersonId;
use kith_domain::identity::{Command, Error, Event};
use kith_eventlog::ledger::{Executed, Request};
use kith_proto::kith::directory::v1::{
    ListEntriesRequest, ListEntriesResponse, MergePersonsRequest, MergePersonsResponse,
    UnmergePersonRequest, UnmergePersonResponse,
};
use kith_readmodel::entity::person as row;
use kith_readmodel::query::{entries, keys, people};
use kith_servicekit::failure::{Failure, Violations};

use super::persons::{WRITERS, must_exist, resolve, view};
use crate::Api;
use crate::caller::Caller;
use crate::views;

pub(super) async fn merge(
    api: &Api,
    caller: &Caller,
    body: MergePersonsRequest,
) -> Result<MergePersonsResponse, Failure> {
    caller.must_be(WRITERS)?;
    let mut change = api.change(caller, "MergePersons", &body.request_id, &body);
    let kept = change.fields.required_text("kept", &body.kept, 254);
    let duplicate = change
        .fields
        .required_text("duplicate", &body.duplicate, 254);
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let kept = person(&resolve(api, caller, &kept).await?);
    let gone = person(&resolve(api, caller, &duplicate).await?);
    let live = api.live();
    let is_member = keys::is_member(&live.reading, caller.principal.organisation, gone).await;
    if kept != gone && is_member.map_err(Failure::unavailable)? {
        return Err(Failure::state(
            "a member is never merged into anybody: keep theirs, and merge the other entry into it"
                .to_owned(),
        ));
    }
    let done = identify(api, &change.request, Command::Merge { kept, gone }).await?;
    api.projected(done.position).await?;
    let row = must_exist(api, caller, kept).await?;
    // Sent again, the references mean one person by now: the log knows which entry it was.
    let gone = done.events.iter().find_map(|event| match event {
        Event::Merged { gone, .. } => Some(*gone),
        Event::Unmerged { .. } => None,
    });
    Ok(MergePersonsResponse {
        person: Some(view(api, caller, &row).await?),
        entry_id: gone.unwrap_or_default().to_string(),
        position: api.position_token(caller, done.position),
    })
}

pub(super) async fn unmerge(
    api: &Api,
    caller: &Caller,
    body: UnmergePersonRequest,
) -> Result<UnmergePersonResponse, Failure> {
    caller.must_be(WRITERS)?;
    let mut change = api.change(caller, "UnmergePerson", &body.request_id, &body);
    let reference = change.fields.required_text("entry", &body.entry, 254);
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let gone = meant(api, caller, &reference).await?;
    let done = identify(api, &change.request, Command::Unmerge { gone }).await?;
    if done.events.is_empty() {
        return Err(Failure::state(
            "the entry was not merged into another one".to_owned(),
        ));
    }
    api.projected(done.position).await?;
    let row = must_exist(api, caller, gone).await?;
    Ok(UnmergePersonResponse {
        person: Some(view(api, caller, &row).await?),
        position: api.position_token(caller, done.position),
    })
}

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    body: ListEntriesRequest,
) -> Result<ListEntriesResponse, Failure> {
    let mut fields = Violations::new();
    let reference = fields.required_text("person", &body.person, 254);
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let row = resolve(api, caller, &reference).await?;
    let whole = view(api, caller, &row).await?;
    let entries = entries::known(&api.live().reading, &caller.principal, &row).await;
    let entries = entries.map_err(Failure::unavailable)?;
    let is_member = |id: &[u8]| whole.is_member && id == row.id.as_slice();
    let entries = entries.iter();
    let entries = entries.map(|entry| views::person(entry, is_member(&entry.id)));
    Ok(ListEntriesResponse {
        entries: entries.collect(),
    })
}

/// Has it decided who is one person.
async fn identify(
    api: &Api,
    request: &Request,
    command: Command,
) -> Result<Executed<Event>, Failure> {
    let done = api.ledger().identify(request, command, vec![], None).await;
    done.map_err(|error| Failure::from_execute(error, refused))
}

pub(crate) fn refused(refusal: Error) -> Failure {
    Failure::state(refusal.to_string())
}

fn person(row: &row::Model) -> PersonId {
    PersonId::from_slice(&row.id).unwrap_or_default()
}

/// The merged entry that a reference means.
async fn meant(api: &Api, caller: &Caller, reference: &str) -> Result<PersonId, Failure> {
    let row = resolve(api, caller, reference).await?;
    let live = api.live();
    let organisation = caller.principal.organisation;
    let entries = entries::of(&live.reading, organisation, person(&row)).await;
    let entries = entries.map_err(Failure::unavailable)?;
    let merged = entries.iter().filter(|entry| entry.id != row.id);
    let merged: Vec<PersonId> = merged.filter_map(|e| PersonId::from_slice(&e.id)).collect();
    // By its id, its address or its key.
    let by_address = people::by_address(&live.reading, organisation, reference).await;
    let by_key = entries
        .iter()
        .find(|entry| entry.external_key.as_deref() == Some(reference.trim()))
        .and_then(|entry| PersonId::from_slice(&entry.id));
    let named = reference.parse::<PersonId>().ok();
    let named = named
        .or(by_address.map_err(Failure::unavailable)?)
        .or(by_key);
    match (named.filter(|id| merged.contains(id)), merged.as_slice()) {
        (Some(entry), _) => Ok(entry),
        // Sent again, it stands for itself by now: the log knows the request.
        (None, []) => Ok(person(&row)),
        (None, [only]) => Ok(*only),
        (None, _) => Err(Failure::invalid_field(
            "entry",
            "names a person of several entries: give the id of the one that means somebody else, as \
             ListEntries shows it",
        )),
    }
}
