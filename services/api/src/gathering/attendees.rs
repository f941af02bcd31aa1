//! Who comes: putting people on the list, and taking them off it.

use std::collections::{BTreeMap, HashSet};

use kith_domain::gathering::{Description, Entry, To};
use kith_domain::id::{GatheringId, PersonId};
use kith_domain::text::Text;
use kith_eventlog::identity::Handle;
use kith_proto::kith::gathering::v1::{
    AddAttendeesRequest, AddAttendeesResponse, AttendeeInput, RemoveAttendeeRequest,
    RemoveAttendeeResponse,
};
use kith_readmodel::query::erasures;
use kith_servicekit::failure::Failure;

use super::{changed, content};
use crate::Api;
use crate::caller::Caller;
use crate::directory::erasure;
use crate::directory::persons::WRITERS;

/// Attendees of one request at most.
const MOST: usize = 500;
/// About how many bytes their descriptions take at most, sealed: they fit into one commit.
const MOST_BYTES: usize = 400 * 1024;
/// What sealing adds to a text.
const SEAL_BYTES: usize = 48;

/// About what a description takes, sealed.
fn sealed_bytes(given: &AttendeeInput) -> usize {
    let texts = [
        &given.name,
        &given.company,
        &given.title,
        &given.address,
        &given.bio,
        &given.talk,
        &given.url,
    ];
    let texts = texts.into_iter().filter(|text| !text.is_empty());
    let texts = texts.chain(&given.topics);
    texts.map(|text| text.len() + SEAL_BYTES).sum()
}

/// As whom a list names somebody: the person that their address makes, else one that the line makes.
fn named(caller: &Caller, gathering: GatheringId, of: &Description) -> PersonId {
    let text = |text: &Option<Text>| {
        text.as_ref()
            .and_then(Text::as_clear)
            .unwrap_or_default()
            .to_owned()
    };
    match of.address.as_ref().and_then(Text::as_clear) {
        Some(address) => caller.keys.person(Handle::Address(address), 0),
        None => caller
            .keys
            .listed(gathering, &text(&of.name), &text(&of.company)),
    }
}

pub(super) async fn add(
    api: &Api,
    caller: &Caller,
    body: AddAttendeesRequest,
) -> Result<AddAttendeesResponse, Failure> {
    caller.must_be(WRITERS)?;
    let mut change = api.change(caller, "AddAttendees", &body.request_id, &body);
    let fields = &mut change.fields;
    let gathering: GatheringId = fields.id("gathering_id", &body.gathering_id);
    let count = body.attendees.len();
    fields.check((1..=MOST).contains(&count), "attendees", "must be 1 to 500");
    let bytes: usize = body.attendees.iter().map(sealed_bytes).sum();
    fields.check(
        bytes <= MOST_BYTES,
        "attendees",
        "must be at most 400 KiB, each text with 48 bytes more",
    );
    let mut listed: BTreeMap<PersonId, Description> = BTreeMap::new();
    for (number, given) in body.attendees.iter().take(MOST).enumerate() {
        let description = content::attendee(fields, &format!("attendees[{number}]"), given);
        // Said twice, the last one counts.
        listed.insert(named(caller, gathering, &description), description);
    }
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let all = listed.len();
    let ids: Vec<PersonId> = listed.keys().copied().collect();
    let erased = erased(api, caller, &ids).await?;
    listed.retain(|id, _| !erased.contains(id));
    let left = listed.len();
    let entries = listed
        .into_iter()
        .map(|(id, of)| Entry::Attendee(id, Some(of)));
    let done = changed(api, &change.request, gathering, To::Set(entries.collect())).await?;
    // Sent again, it is answered what was recorded, whoever was erased meanwhile.
    let set = done.events.len();
    Ok(AddAttendeesResponse {
        listed: set as u32,
        known: left.saturating_sub(set) as u32,
        erased: (all - left) as u32,
        position: api.position_token(caller, done.position),
    })
}

/// Those of these people who were erased, and are not on a list again.
async fn erased(
    api: &Api,
    caller: &Caller,
    ids: &[PersonId],
) -> Result<HashSet<PersonId>, Failure> {
    let organisation = caller.principal.organisation;
    let erased = erasures::among(&api.live().reading, organisation, ids).await;
    Ok(erased.map_err(Failure::unavailable)?.into_iter().collect())
}

pub(super) async fn remove(
    api: &Api,
    caller: &Caller,
    body: RemoveAttendeeRequest,
) -> Result<RemoveAttendeeResponse, Failure> {
    caller.must_be(WRITERS)?;
    let mut change = api.change(caller, "RemoveAttendee", &body.request_id, &body);
    let gathering: GatheringId = change.fields.id("gathering_id", &body.gathering_id);
    let gone: PersonId = change.fields.id("attendee_id", &body.attendee_id);
    let instead = body.instead.as_ref();
    let instead = instead.map(|given| content::attendee(&mut change.fields, "instead", given));
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let mut entries = vec![Entry::Attendee(gone, None)];
    if let Some(description) = instead {
        let id = named(caller, gathering, &description);
        if !erased(api, caller, &[id]).await?.is_empty() {
            return Err(erasure::erased());
        }
        entries.push(Entry::Attendee(id, Some(description)));
    }
    let done = changed(api, &change.request, gathering, To::Set(entries)).await?;
    Ok(RemoveAttendeeResponse {
        position: api.position_token(caller, done.position),
    })
}
