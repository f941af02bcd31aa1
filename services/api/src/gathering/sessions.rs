//! Parts of a gathering with a time of their own.

use kith_domain::gathering::{Entry, Session, To};
use kith_domain::id::{GatheringId, PersonId, SessionId};
use kith_domain::text::Text;
use kith_eventlog::identity;
use kith_proto::kith::gathering::v1::{
    ListSessionsRequest, ListSessionsResponse, RemoveSessionRequest, RemoveSessionResponse,
    SetSessionRequest, SetSessionResponse,
};
use kith_readmodel::query::gatherings;
use kith_servicekit::failure::{Failure, Violations};

use super::content::{MAX_TEXT, clear, topics};
use super::{changed, content, must_exist};
use crate::Api;
use crate::caller::Caller;
use crate::directory::persons::WRITERS;

const MAX_ROOM: usize = 100;
const MAX_SPEAKERS: usize = 50;

pub(super) async fn set(
    api: &Api,
    caller: &Caller,
    body: SetSessionRequest,
) -> Result<SetSessionResponse, Failure> {
    caller.must_be(WRITERS)?;
    let mut change = api.change(caller, "SetSession", &body.request_id, &body);
    let given = body.session.clone().unwrap_or_default();
    let fields = &mut change.fields;
    let gathering: GatheringId = fields.id("gathering_id", &body.gathering_id);
    let id = fields.optional_id("session.session_id", &given.session_id);
    let session = Session {
        title: Text::Clear(fields.required_text("session.title", &given.title, MAX_TEXT)),
        room: clear(fields.optional_text("session.room", &given.room, MAX_ROOM)),
        begins: fields.timestamp("session.begins_at", given.begins_at.as_ref()),
        ends: fields.timestamp("session.ends_at", given.ends_at.as_ref()),
        topics: topics(fields, "session.topics", &given.topics),
        speakers: speakers(fields, &given.speaker_ids),
    };
    fields.check(
        session.begins <= session.ends,
        "session.ends_at",
        "must not lie before begins_at",
    );
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let id = match id {
        Some(id) => {
            must_be_of(api, caller, gathering, id).await?;
            id
        }
        None => identity::session_of(change.request.commit),
    };
    let to = To::Set(vec![Entry::Session(id, Some(session))]);
    let done = changed(api, &change.request, gathering, to).await?;
    Ok(SetSessionResponse {
        session: Some(kith_proto::kith::gathering::v1::Session {
            session_id: id.to_string(),
            ..given
        }),
        position: api.position_token(caller, done.position),
    })
}

fn speakers(fields: &mut Violations, given: &[String]) -> Vec<PersonId> {
    fields.check(
        given.len() <= MAX_SPEAKERS,
        "session.speaker_ids",
        "must be at most 50",
    );
    let speakers = given.iter().take(MAX_SPEAKERS);
    speakers
        .map(|id| fields.id("session.speaker_ids", id))
        .collect()
}

async fn must_be_of(
    api: &Api,
    caller: &Caller,
    gathering: GatheringId,
    id: SessionId,
) -> Result<(), Failure> {
    let all = gatherings::sessions(
        &api.live().reading,
        caller.principal.organisation,
        gathering,
    )
    .await;
    let all = all.map_err(Failure::unavailable)?;
    let found = all.iter().any(|row| row.id == id.as_bytes());
    if found {
        Ok(())
    } else {
        Err(Failure::not_found("session"))
    }
}

pub(super) async fn remove(
    api: &Api,
    caller: &Caller,
    body: RemoveSessionRequest,
) -> Result<RemoveSessionResponse, Failure> {
    caller.must_be(WRITERS)?;
    let mut change = api.change(caller, "RemoveSession", &body.request_id, &body);
    let gathering: GatheringId = change.fields.id("gathering_id", &body.gathering_id);
    let id: SessionId = change.fields.id("session_id", &body.session_id);
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let to = To::Set(vec![Entry::Session(id, None)]);
    let done = changed(api, &change.request, gathering, to).await?;
    Ok(RemoveSessionResponse {
        position: api.position_token(caller, done.position),
    })
}

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    body: ListSessionsRequest,
) -> Result<ListSessionsResponse, Failure> {
    let mut fields = Violations::new();
    let id: GatheringId = fields.id("gathering_id", &body.gathering_id);
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    must_exist(api, caller, id).await?;
    let rows = gatherings::sessions(&api.live().reading, caller.principal.organisation, id).await;
    let rows = rows.map_err(Failure::unavailable)?;
    Ok(ListSessionsResponse {
        sessions: rows.iter().map(content::session).collect(),
    })
}
