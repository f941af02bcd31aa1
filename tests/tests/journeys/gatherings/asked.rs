//! What members ask of gatherings.

use anyhow::Result;
use kith_domain::time::DAY;
use kith_proto::kith::directory::v1::Person;
use kith_proto::kith::gathering::v1::resolve_attendee_request::Answer;
use kith_proto::kith::gathering::v1::{
    AddAttendeesRequest, AddAttendeesResponse, Attendee, AttendeeFilter, AttendeeInput,
    CreateGatheringRequest, Gathering, GetGatheringRequest, ListAttendeesRequest,
    ResolveAttendeeRequest, UpdateGatheringRequest,
};
use kith_tests::world::{Member, World, request_id};
use tonic::Status;

pub(crate) fn spring(world: &World, from: i64) -> Gathering {
    Gathering {
        name: "Spring meeting".to_owned(),
        place: "Porto".to_owned(),
        begins_at: world.ahead(from),
        ends_at: world.ahead(from + 2 * DAY),
        zone: "Europe/Lisbon".to_owned(),
        topics: vec!["wind".to_owned(), "grids".to_owned(), "wind".to_owned()],
        ..Gathering::default()
    }
}

pub(crate) async fn planned(
    member: &Member,
    gathering: Gathering,
) -> Result<(Gathering, String), Status> {
    let request = CreateGatheringRequest {
        request_id: request_id(),
        gathering: Some(gathering),
        min_position: String::new(),
    };
    let answer = member
        .client
        .gathering()
        .create_gathering(request)
        .await?
        .into_inner();
    Ok((answer.gathering.unwrap_or_default(), answer.position))
}

pub(crate) async fn get(member: &Member, id: &str, after: &str) -> Result<Gathering, Status> {
    let request = GetGatheringRequest {
        gathering_id: id.to_owned(),
        min_position: after.to_owned(),
    };
    let answer = member
        .client
        .gathering()
        .get_gathering(request)
        .await?
        .into_inner();
    Ok(answer.gathering.unwrap_or_default())
}

pub(crate) async fn update(
    member: &Member,
    gathering: Gathering,
    etag: &str,
    paths: &[&str],
) -> Result<Gathering, Status> {
    let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    let request = UpdateGatheringRequest {
        request_id: request_id(),
        gathering: Some(gathering),
        update_mask: (!paths.is_empty()).then_some(prost_types::FieldMask { paths }),
        etag: etag.to_owned(),
        min_position: String::new(),
    };
    let answer = member
        .client
        .gathering()
        .update_gathering(request)
        .await?
        .into_inner();
    Ok(answer.gathering.unwrap_or_default())
}

pub(crate) fn attendee(name: &str, company: &str, address: &str) -> AttendeeInput {
    AttendeeInput {
        name: name.to_owned(),
        company: company.to_owned(),
        address: address.to_owned(),
        ..AttendeeInput::default()
    }
}

pub(crate) fn listing(id: &str, attendees: Vec<AttendeeInput>) -> AddAttendeesRequest {
    AddAttendeesRequest {
        request_id: request_id(),
        gathering_id: id.to_owned(),
        attendees,
        min_position: String::new(),
    }
}

pub(crate) async fn add(
    member: &Member,
    id: &str,
    attendees: Vec<AttendeeInput>,
) -> Result<AddAttendeesResponse, Status> {
    send(member, listing(id, attendees)).await
}

pub(crate) async fn send(
    member: &Member,
    request: AddAttendeesRequest,
) -> Result<AddAttendeesResponse, Status> {
    let answer = member.client.gathering().add_attendees(request).await?;
    Ok(answer.into_inner())
}

pub(crate) async fn attendees(
    member: &Member,
    id: &str,
    filter: AttendeeFilter,
    after: &str,
) -> Result<Vec<Attendee>, Status> {
    let (mut all, mut page_token) = (Vec::new(), String::new());
    loop {
        let request = ListAttendeesRequest {
            gathering_id: id.to_owned(),
            filter: filter.into(),
            // Two at a time, so that lists go on.
            page_size: 2,
            page_token,
            min_position: after.to_owned(),
        };
        let page = member
            .client
            .gathering()
            .list_attendees(request)
            .await?
            .into_inner();
        all.extend(page.attendees);
        page_token = page.next_page_token;
        if page_token.is_empty() {
            return Ok(all);
        }
    }
}

pub(crate) async fn answer(
    member: &Member,
    id: &str,
    attendee_id: &str,
    answer: Option<Answer>,
) -> Result<String, Status> {
    let request = ResolveAttendeeRequest {
        request_id: request_id(),
        gathering_id: id.to_owned(),
        attendee_id: attendee_id.to_owned(),
        answer,
        min_position: String::new(),
    };
    let answer = member.client.gathering().resolve_attendee(request).await?;
    Ok(answer.into_inner().position)
}

/// Somebody of the directory.
pub(crate) async fn person(world: &World, name: &str, company: &str) -> Result<String> {
    let person = Person {
        name: name.to_owned(),
        company: company.to_owned(),
        addresses: vec![format!("{}@outside.example", name.replace(' ', "."))],
        ..Person::default()
    };
    Ok(world.ours.person(person).await?.person_id)
}
