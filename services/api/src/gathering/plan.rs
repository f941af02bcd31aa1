//! What a gathering is.

use kith_domain::gathering::{Details, Redefined, To, may_last};
use kith_domain::id::GatheringId;
use kith_domain::text::Text;
use kith_domain::time::Timestamp;
use kith_eventlog::identity;
use kith_proto::kith::gathering::v1::{
    CreateGatheringRequest, CreateGatheringResponse, Gathering, UpdateGatheringRequest,
    UpdateGatheringResponse,
};
use kith_servicekit::failure::{Failure, Violations};

use super::content::{MAX_TEXT, clear, topics};
use super::{changed, content, list, must_exist};
use crate::Api;
use crate::caller::Caller;
use crate::change;
use crate::directory::persons::WRITERS;
use crate::zone;

pub(super) async fn create(
    api: &Api,
    caller: &Caller,
    body: CreateGatheringRequest,
) -> Result<CreateGatheringResponse, Failure> {
    caller.must_be(WRITERS)?;
    let mut change = api.change(caller, "CreateGathering", &body.request_id, &body);
    let given = body.gathering.clone().unwrap_or_default();
    let fields = &mut change.fields;
    let details = Details {
        name: name(fields, &given),
        place: place(fields, &given),
        begins: begins(fields, &given),
        ends: ends(fields, &given),
        zone: zone::checked(fields, "gathering.zone", &given.zone),
        topics: topics(fields, "gathering.topics", &given.topics),
        cancelled: given.cancelled,
    };
    fields.check(
        may_last(details.begins, details.ends),
        "gathering.ends_at",
        "must not lie before begins_at, and at most 60 days after it",
    );
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let id = identity::gathering_of(change.request.commit);
    let done = changed(api, &change.request, id, To::Plan(details)).await?;
    api.projected(done.position).await?;
    Ok(CreateGatheringResponse {
        gathering: Some(list::view(api, caller, id).await?),
        position: api.position_token(caller, done.position),
    })
}

pub(super) async fn update(
    api: &Api,
    caller: &Caller,
    body: UpdateGatheringRequest,
) -> Result<UpdateGatheringResponse, Failure> {
    caller.must_be(WRITERS)?;
    let mut change = api.change(caller, "UpdateGathering", &body.request_id, &body);
    let given = body.gathering.clone().unwrap_or_default();
    let id: GatheringId = change
        .fields
        .id("gathering.gathering_id", &given.gathering_id);
    let wanted = masked(&mut change.fields, &body, &given);
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let seen = if body.etag.is_empty() {
        None
    } else {
        let row = must_exist(api, caller, id).await?;
        let is_seen = content::gathering(caller, &row).etag == body.etag;
        // Another state than any: whoever wants what it is by now has it, others are refused.
        Some(if is_seen {
            row.revision as u32
        } else {
            u32::MAX
        })
    };
    let to = To::Redefine {
        change: wanted,
        seen,
    };
    let done = changed(api, &change.request, id, to).await?;
    // What is answered is what is there, so that an etag always belongs to what came with it.
    api.projected(done.position).await?;
    Ok(UpdateGatheringResponse {
        gathering: Some(list::view(api, caller, id).await?),
        position: api.position_token(caller, done.position),
    })
}

fn name(fields: &mut Violations, given: &Gathering) -> Text {
    Text::Clear(fields.required_text("gathering.name", &given.name, MAX_TEXT))
}

fn begins(fields: &mut Violations, given: &Gathering) -> Timestamp {
    fields.timestamp("gathering.begins_at", given.begins_at.as_ref())
}

fn ends(fields: &mut Violations, given: &Gathering) -> Timestamp {
    fields.timestamp("gathering.ends_at", given.ends_at.as_ref())
}

fn place(fields: &mut Violations, given: &Gathering) -> Option<Text> {
    clear(fields.optional_text("gathering.place", &given.place, MAX_TEXT))
}

/// The change that the mask asks for. Without a mask it is every field that is given (AIP-134).
fn masked(fields: &mut Violations, body: &UpdateGatheringRequest, given: &Gathering) -> Redefined {
    const ALL: [&str; 7] = [
        "name",
        "place",
        "begins_at",
        "ends_at",
        "zone",
        "topics",
        "cancelled",
    ];
    let is_given = |path: &str| match path {
        "name" => !given.name.is_empty(),
        "place" => !given.place.is_empty(),
        "begins_at" => given.begins_at.is_some(),
        "ends_at" => given.ends_at.is_some(),
        "zone" => !given.zone.is_empty(),
        "topics" => !given.topics.is_empty(),
        _ => given.cancelled,
    };
    let mask = body.update_mask.as_ref();
    let paths = change::masked(fields, mask, &ALL, is_given, "the gathering");
    let mut change = Redefined::default();
    for path in paths {
        match path {
            "name" => change.name = Some(name(fields, given)),
            "place" => change.place = Some(place(fields, given)),
            "begins_at" => change.begins = Some(begins(fields, given)),
            "ends_at" => change.ends = Some(ends(fields, given)),
            "zone" => change.zone = Some(zone::checked(fields, "gathering.zone", &given.zone)),
            "topics" => change.topics = Some(topics(fields, "gathering.topics", &given.topics)),
            "cancelled" => change.cancelled = Some(given.cancelled),
            _ => fields.add("update_mask", format!("must name only {}", ALL.join(", "))),
        }
    }
    change
}
