//! Correcting and retracting what was recorded.

use kith_domain::access::Role;
use kith_domain::id::{InteractionId, PersonId};
use kith_domain::interaction::{self, Command, Interaction};
use kith_proto::kith::interaction::v1::{
    CorrectInteractionRequest, CorrectInteractionResponse, RetractInteractionRequest,
    RetractInteractionResponse,
};
use kith_readmodel::query::interactions::{self, Origin};
use kith_servicekit::failure::Failure;

use super::intake;
use super::people::People;
use crate::Api;
use crate::caller::Caller;

#[expect(
    clippy::needless_pass_by_value,
    reason = "`from_execute` hands refusals over"
)]
fn refused(error: interaction::Error) -> Failure {
    match error {
        interaction::Error::NotTheRecorder => Failure::not_yours("interaction"),
        interaction::Error::Retracted => Failure::state(error.to_string()),
        interaction::Error::Invalid(_) => Failure::invalid_field("interaction", &error.to_string()),
    }
}

/// Who changes an interaction, and the member who recorded it.
///
/// What a member recorded is theirs to change; for everybody else it is `NOT_FOUND`, since whether
/// an interaction of others exists is not theirs to know. What a program recorded for nobody is
/// changed by such programs, by admins, and by the members who took part.
async fn author(
    api: &Api,
    caller: &Caller,
    id: InteractionId,
) -> Result<(PersonId, Option<PersonId>), Failure> {
    caller.must_be(intake::RECORDERS)?;
    let principal = &caller.principal;
    let found = interactions::origin(&api.live().reading, principal.organisation, id).await;
    let found = found.map_err(Failure::unavailable)?;
    let may = |origin: &Origin| match (origin.recorder, principal.member) {
        (Some(recorder), me) => me == Some(recorder),
        (None, Some(me)) if principal.role == Role::Member => origin.participants.contains(&me),
        (None, _) => true,
    };
    let origin = found.filter(may);
    origin
        .map(|origin| (principal.member.unwrap_or_default(), origin.recorder))
        .ok_or_else(|| Failure::not_found("interaction"))
}

pub(super) async fn correct(
    api: &Api,
    caller: &Caller,
    body: CorrectInteractionRequest,
) -> Result<CorrectInteractionResponse, Failure> {
    let mut change = api.change(caller, "CorrectInteraction", &body.request_id, &body);
    let id: InteractionId = change.fields.id("interaction_id", &body.interaction_id);
    let input = body.interaction.unwrap_or_default();
    let received = change.request.received_at;
    let (who, at) = (&caller.principal, &"interaction");
    let checked = intake::check(&mut change.fields, at, &input, who, received);
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let (author, recorder) = author(api, caller, id).await?;
    let mut people = People::default();
    let moments = [checked];
    let added = people
        .meet(api, caller, &moments, change.request.fingerprint)
        .await?;
    let [checked] = moments;
    // Only what the caller recorded was theirs from the start.
    let moment = intake::moment(caller, &people, checked, received, recorder.is_some());
    let moment = moment.map_err(|invalid| intake::refused(&invalid))?;
    let command = Command::Correct {
        id,
        author,
        recorder,
        moment,
        received,
    };
    let beside = added.into_iter().map(|(_, event)| event).collect();
    let done = api
        .ledger()
        .execute::<Interaction>(&change.request, &id.to_string(), command, beside)
        .await;
    let done = done.map_err(|e| Failure::from_execute(e, refused))?;
    Ok(CorrectInteractionResponse {
        position: api.position_token(caller, done.position),
    })
}

pub(super) async fn retract(
    api: &Api,
    caller: &Caller,
    body: RetractInteractionRequest,
) -> Result<RetractInteractionResponse, Failure> {
    let mut change = api.change(caller, "RetractInteraction", &body.request_id, &body);
    let id: InteractionId = change.fields.id("interaction_id", &body.interaction_id);
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let (author, recorder) = author(api, caller, id).await?;
    let command = Command::Retract {
        id,
        author,
        recorder,
    };
    let done = api
        .ledger()
        .execute::<Interaction>(&change.request, &id.to_string(), command, vec![])
        .await;
    let done = done.map_err(|e| Failure::from_execute(e, refused))?;
    Ok(RetractInteractionResponse {
        position: api.position_token(caller, done.position),
    })
}
