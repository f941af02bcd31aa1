//! Who comes: putting people on the list, and taking them off it.

use std::collections::{BTreeMap, HashSet};

use kith_domain::gathering::{Description, Entry, Event, MAX_BYTES, To};
use kith_domain::id::{GatheringId, PersonId};
use kith_domain::text::Text;
use kith_eventlog::identity::{Handle, Line};
use kith_proto::kith::gathering::v1::{
    AddAttendeesRequest, AddAttendeesResponse, RemoveAttendeeRequest, RemoveAttendeeResponse,
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

/// As whom a list names somebody: by their address, else by name and company.
fn named(caller: &Caller, gathering: GatheringId, of: &Description) -> PersonId {
    let text = |text: &Option<Text>| {
        text.as_ref()
            .and_then(Text::as_clear)
            .unwrap_or_default()
            .to_owned()
    };
    let line = match of.address.as_ref().and_then(Text::as_clear) {
        Some(address) => Line::Address(address),
        None => Line::Name(&text(&of.name), &text(&of.company)),
    };
    caller.keys.listed(gathering, line)
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
    let mut listed: BTreeMap<PersonId, Description> = BTreeMap::new();
    for (number, given) in body.attendees.iter().take(MOST).enumerate() {
        let description = content::attendee(fields, &format!("attendees[{number}]"), given);
        // Said twice, the last one counts.
        listed.insert(named(caller, gathering, &description), description);
    }
    let bytes: usize = listed.values().map(Description::sealed_bytes).sum();
    fields.check(
        bytes <= MAX_BYTES,
        "attendees",
        "must be at most 400 KiB, each text with 48 bytes more",
    );
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let all = listed.len();
    let erased = erased(api, caller, &listed).await?;
    listed.retain(|id, _| !erased.contains(id));
    let entries = listed
        .into_iter()
        .map(|(id, of)| Entry::Attendee(id, Some(of)));
    let done = changed(api, &change.request, gathering, To::Set(entries.collect())).await?;
    // Sent again, it is answered what was recorded, whoever was erased meanwhile.
    let set: HashSet<PersonId> = done.events.iter().filter_map(is_set).collect();
    let left_out = erased.difference(&set).count();
    Ok(AddAttendeesResponse {
        listed: set.len() as u32,
        known: all.saturating_sub(set.len() + left_out) as u32,
        erased: left_out as u32,
        position: api.position_token(caller, done.position),
    })
}

const fn is_set(event: &Event) -> Option<PersonId> {
    match event.entry {
        Entry::Attendee(listed, Some(_)) => Some(listed),
        _ => None,
    }
}

/// Those of these attendees who were erased, or whose address somebody had who was: they are not on a list again.
async fn erased(
    api: &Api,
    caller: &Caller,
    listed: &BTreeMap<PersonId, Description>,
) -> Result<HashSet<PersonId>, Failure> {
    let made = |of: &Description| {
        let address = of.address.as_ref().and_then(Text::as_clear)?;
        Some(caller.keys.person(Handle::Address(address), 0))
    };
    let ids = listed.iter().flat_map(|(id, of)| [Some(*id), made(of)]);
    let ids: Vec<PersonId> = ids.flatten().collect();
    let organisation = caller.principal.organisation;
    let erased = erasures::among(&api.live().reading, organisation, &ids).await;
    let erased: HashSet<PersonId> = erased.map_err(Failure::unavailable)?.into_iter().collect();
    let is_erased = |(id, of): &(&PersonId, &Description)| {
        erased.contains(*id) || made(of).is_some_and(|made| erased.contains(&made))
    };
    Ok(listed.iter().filter(is_erased).map(|(id, _)| *id).collect())
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
        let instead = BTreeMap::from([(named(caller, gathering, &description), description)]);
        if !erased(api, caller, &instead).await?.is_empty() {
            return Err(erasure::erased());
        }
        let instead = instead.into_iter();
        entries.extend(instead.map(|(id, of)| Entry::Attendee(id, Some(of))));
    }
    let done = changed(api, &change.request, gathering, To::Set(entries)).await?;
    Ok(RemoveAttendeeResponse {
        position: api.position_token(caller, done.position),
    })
}
