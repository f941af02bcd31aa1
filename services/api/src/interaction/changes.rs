//! Correcting and retracting what the caller recorded.

use kith_domain::id::{InteractionId, PersonId};
use kith_domain::interaction::{self, Command, Interaction};
use kith_proto::kith::interaction::v1::{
    CorrectInteractionRequest, CorrectInteractionResponse, RetractInteractionRequest,
    RetractInteractionResponse,
};
use kith_readmodel::query::interactions;
use kith_servicekit::failure::Failure;

use super::intake::{self, People};
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

/// The author and the recorder, who are the same; `NOT_FOUND` for everybody else, since whether
/// an interaction of others exists is not theirs to know.
async fn recorder(
    api: &Api,
    caller: &Caller,
    id: InteractionId,
) -> Result<(PersonId, PersonId), Failure> {
    let author = caller.member()?;
    let organisation = caller.principal.organisation;
    let found = interactions::recorder(&api.live().reading, organisation, id).await;
    let recorder = found
        .map_err(Failure::unavailable)?
        .filter(|recorder| *recorder == author);
    recorder
        .map(|recorder| (author, recorder))
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
    let checked = intake::check(&mut change.fields, &"interaction", &input);
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let (author, recorder) = recorder(api, caller, id).await?;
    let mut people = People::default();
    let moments = [checked];
    let added = people
        .meet(api, caller, &moments, change.request.fingerprint)
        .await?;
    let [checked] = moments;
    let received = change.request.received_at;
    let moment = intake::moment(caller, &people, checked, received, true)
        .map_err(|(field, what)| Failure::invalid_field(&format!("interaction.{field}"), &what))?;
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
    let (author, recorder) = recorder(api, caller, id).await?;
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
