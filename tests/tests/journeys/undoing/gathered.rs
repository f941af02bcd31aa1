//! A gathering of which everything can be changed.

use anyhow::{Context as _, Result, bail};
use kith_domain::time::{DAY, HOUR};
use kith_proto::kith::gathering::v1::resolve_attendee_request::Answer;
use kith_proto::kith::gathering::v1::{
    AddAttendeesRequest, Attendee, AttendeeInput, CreateGatheringRequest, Gathering,
    ListAttendeesRequest, ListGatheringsRequest, ListSessionsRequest, NobodyKnown,
    RemoveAttendeeRequest, ResolveAttendeeRequest, Session, SetGoingRequest, SetSessionRequest,
    UpdateGatheringRequest,
};
use kith_proto::kith::history::v1::ChangeKind;
use kith_tests::world::{Member, World, request_id};

/// A gathering with a session and two attendees.
pub(super) struct Gathered {
    id: String,
    session: String,
    kim: String,
}

/// Everything that a member is answered of gatherings, but for counters of changes.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Sight {
    gatherings: Vec<Gathering>,
    sessions: Vec<Session>,
    attendees: Vec<Attendee>,
}

fn named(name: &str) -> AttendeeInput {
    AttendeeInput {
        name: name.to_owned(),
        company: "Windfarm".to_owned(),
        ..AttendeeInput::default()
    }
}

pub(super) async fn new(world: &World, member: &Member) -> Result<Gathered> {
    let mut client = member.client.gathering();
    let request = CreateGatheringRequest {
        request_id: request_id(),
        gathering: Some(Gathering {
            name: "Spring meeting".to_owned(),
            begins_at: world.ahead(20 * DAY),
            ends_at: world.ahead(22 * DAY),
            ..Gathering::default()
        }),
        min_position: String::new(),
    };
    let made = client.create_gathering(request).await?.into_inner();
    let id = made.gathering.context("a gathering")?.gathering_id;
    let request = AddAttendeesRequest {
        request_id: request_id(),
        gathering_id: id.clone(),
        attendees: vec![named("Kim Park"), named("Leo Berg")],
        min_position: String::new(),
    };
    client.add_attendees(request).await?;
    let session = set_session(world, member, &id, "", "Grids").await?;
    let gathered = Gathered {
        id,
        session: session.0,
        kim: String::new(),
    };
    let attendees = sight(member, &session.1).await?.attendees;
    let kim = attendees
        .into_iter()
        .find(|one| one.listed == Some(named("Kim Park")));
    Ok(Gathered {
        kim: kim.context("Kim")?.attendee_id,
        ..gathered
    })
}

async fn set_session(
    world: &World,
    member: &Member,
    id: &str,
    session: &str,
    title: &str,
) -> Result<(String, String)> {
    let request = SetSessionRequest {
        request_id: request_id(),
        gathering_id: id.to_owned(),
        session: Some(Session {
            session_id: session.to_owned(),
            title: title.to_owned(),
            begins_at: world.ahead(20 * DAY + HOUR),
            ends_at: world.ahead(20 * DAY + 2 * HOUR),
            ..Session::default()
        }),
        min_position: String::new(),
    };
    let answer = member
        .client
        .gathering()
        .set_session(request)
        .await?
        .into_inner();
    Ok((
        answer.session.context("a session")?.session_id,
        answer.position,
    ))
}

pub(super) async fn change(
    world: &World,
    member: &Member,
    of: &Gathered,
    kind: ChangeKind,
) -> Result<String> {
    let (request_id, min_position) = (request_id(), String::new());
    let (gathering_id, mut client) = (of.id.clone(), member.client.gathering());
    Ok(match kind {
        ChangeKind::Gathered => {
            let request = UpdateGatheringRequest {
                request_id,
                gathering: Some(Gathering {
                    gathering_id,
                    place: "Porto".to_owned(),
                    cancelled: true,
                    ..Gathering::default()
                }),
                min_position,
                ..UpdateGatheringRequest::default()
            };
            client
                .update_gathering(request)
                .await?
                .into_inner()
                .position
        }
        ChangeKind::Scheduled => {
            set_session(world, member, &of.id, &of.session, "Storage")
                .await?
                .1
        }
        ChangeKind::Going => {
            let request = SetGoingRequest {
                request_id,
                gathering_id,
                going: true,
                min_position,
                ..SetGoingRequest::default()
            };
            client.set_going(request).await?.into_inner().position
        }
        ChangeKind::Listed => {
            let request = RemoveAttendeeRequest {
                request_id,
                gathering_id,
                attendee_id: of.kim.clone(),
                instead: Some(named("Mia Lund")),
                min_position,
            };
            client.remove_attendee(request).await?.into_inner().position
        }
        ChangeKind::Answered => {
            let request = ResolveAttendeeRequest {
                request_id,
                gathering_id,
                attendee_id: of.kim.clone(),
                answer: Some(Answer::Nobody(NobodyKnown {})),
                min_position,
            };
            client
                .resolve_attendee(request)
                .await?
                .into_inner()
                .position
        }
        other => bail!("{other:?} is made elsewhere"),
    })
}

pub(super) async fn sight(member: &Member, after: &str) -> Result<Sight> {
    let mut client = member.client.gathering();
    let request = ListGatheringsRequest {
        min_position: after.to_owned(),
        ..ListGatheringsRequest::default()
    };
    let mut gatherings = client
        .list_gatherings(request)
        .await?
        .into_inner()
        .gatherings;
    let (mut sessions, mut attendees) = (Vec::new(), Vec::new());
    for gathering in &mut gatherings {
        gathering.etag.clear();
        let gathering_id = gathering.gathering_id.clone();
        let request = ListSessionsRequest {
            gathering_id: gathering_id.clone(),
            min_position: after.to_owned(),
        };
        sessions.extend(client.list_sessions(request).await?.into_inner().sessions);
        let request = ListAttendeesRequest {
            gathering_id,
            min_position: after.to_owned(),
            ..ListAttendeesRequest::default()
        };
        attendees.extend(client.list_attendees(request).await?.into_inner().attendees);
    }
    Ok(Sight {
        gatherings,
        sessions,
        attendees,
    })
}
