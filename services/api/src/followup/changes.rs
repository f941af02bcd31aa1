//! Promises, and what a member does with a follow-up.

use kith_domain::followup::{self, Change as Command, FollowUp, Promise, To};
use kith_domain::id::{FollowUpId, PersonId};
use kith_domain::text::Text;
use kith_domain::time::DAY;
use kith_eventlog::identity;
use kith_proto::kith::followup::v1::{
    CompleteFollowUpRequest, CompleteFollowUpResponse, CreateFollowUpRequest,
    CreateFollowUpResponse, DismissFollowUpRequest, DismissFollowUpResponse, ReopenFollowUpRequest,
    ReopenFollowUpResponse, SnoozeFollowUpRequest, SnoozeFollowUpResponse,
};
use kith_readmodel::query::followups;
use kith_servicekit::failure::Failure;

use crate::Api;
use crate::caller::Caller;
use crate::change::{Change, same_request};
use crate::directory::persons::must_exist;

/// How far ahead a promise may lie.
pub(crate) const MAX_AHEAD: i64 = 3_653 * DAY;

pub(super) async fn create(
    api: &Api,
    caller: &Caller,
    body: CreateFollowUpRequest,
) -> Result<CreateFollowUpResponse, Failure> {
    let member = caller.member()?;
    let mut change = api.change(caller, "CreateFollowUp", &body.request_id, &body);
    let made_at = change.request.received_at;
    let person: PersonId = change.fields.id("person_id", &body.person_id);
    let text = change.fields.optional_text("text", &body.text, 1_000);
    let due_at = change.fields.timestamp("due_at", body.due_at.as_ref());
    let near = due_at <= made_at.plus_micros(MAX_AHEAD);
    change
        .fields
        .check(near, "due_at", "must be at most ten years from now");
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    must_exist(api, caller, person).await?;
    let id = identity::promise_of(change.request.commit);
    let organisation = caller.principal.organisation;
    let known = followups::find(&api.live().reading, organisation, member, id).await;
    if let Some(row) = known.map_err(Failure::unavailable)? {
        same_request(&row.fingerprint, &change.request)?;
        return Ok(CreateFollowUpResponse {
            follow_up_id: id.to_string(),
            position: api.present(caller),
        });
    }
    let promise = followup::Event::PromiseMade(Promise {
        id,
        member,
        person,
        mine: body.mine,
        text: text.map(Text::Clear),
        due_at,
        made_at,
        fingerprint: change.request.fingerprint,
    });
    let appended = api
        .ledger()
        .record(&change.request, vec![promise.into()])
        .await?;
    let position = api.position_token(caller, appended.position);
    Ok(CreateFollowUpResponse {
        follow_up_id: id.to_string(),
        position,
    })
}

/// Does something with a follow-up of the caller's. Answers the position.
async fn execute(
    api: &Api,
    caller: &Caller,
    mut change: Change,
    id: &str,
    min_position: &str,
    to: To,
) -> Result<String, Failure> {
    let member = caller.member()?;
    let id: FollowUpId = change.fields.id("follow_up_id", id);
    change.fields.finish()?;
    api.visible(caller, min_position).await?;
    let organisation = caller.principal.organisation;
    let found = followups::find(&api.live().reading, organisation, member, id).await;
    found
        .map_err(Failure::unavailable)?
        .ok_or_else(|| Failure::not_found("follow-up"))?;
    let command = Command {
        id,
        to,
        at: change.request.received_at,
    };
    let done = api
        .ledger()
        .execute::<FollowUp>(&change.request, &id.to_string(), command, vec![])
        .await;
    let done = done.map_err(|error| {
        Failure::from_execute(error, |refusal| match refusal {
            followup::Error::Closed => Failure::state(refusal.to_string()),
            followup::Error::NotInTheFuture => {
                Failure::invalid_field("until", "must lie in the future")
            }
        })
    })?;
    Ok(api.position_token(caller, done.position))
}

pub(super) async fn complete(
    api: &Api,
    caller: &Caller,
    body: CompleteFollowUpRequest,
) -> Result<CompleteFollowUpResponse, Failure> {
    let change = api.change(caller, "CompleteFollowUp", &body.request_id, &body);
    let (id, wait) = (&body.follow_up_id, &body.min_position);
    let position = execute(api, caller, change, id, wait, To::Complete).await?;
    Ok(CompleteFollowUpResponse { position })
}

pub(super) async fn snooze(
    api: &Api,
    caller: &Caller,
    body: SnoozeFollowUpRequest,
) -> Result<SnoozeFollowUpResponse, Failure> {
    let mut change = api.change(caller, "SnoozeFollowUp", &body.request_id, &body);
    let until = change.fields.timestamp("until", body.until.as_ref());
    let (id, wait) = (&body.follow_up_id, &body.min_position);
    let position = execute(api, caller, change, id, wait, To::Snooze(until)).await?;
    Ok(SnoozeFollowUpResponse { position })
}

pub(super) async fn dismiss(
    api: &Api,
    caller: &Caller,
    body: DismissFollowUpRequest,
) -> Result<DismissFollowUpResponse, Failure> {
    let change = api.change(caller, "DismissFollowUp", &body.request_id, &body);
    let (id, wait) = (&body.follow_up_id, &body.min_position);
    let position = execute(api, caller, change, id, wait, To::Dismiss).await?;
    Ok(DismissFollowUpResponse { position })
}

pub(super) async fn reopen(
    api: &Api,
    caller: &Caller,
    body: ReopenFollowUpRequest,
) -> Result<ReopenFollowUpResponse, Failure> {
    let change = api.change(caller, "ReopenFollowUp", &body.request_id, &body);
    let (id, wait) = (&body.follow_up_id, &body.min_position);
    let position = execute(api, caller, change, id, wait, To::Reopen).await?;
    Ok(ReopenFollowUpResponse { position })
}
