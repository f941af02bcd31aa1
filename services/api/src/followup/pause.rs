//! A pause: until then nothing new is told.

use kith_domain::pause::{self, Pause};
use kith_proto::kith::followup::v1::{SetPauseRequest, SetPauseResponse};
use kith_servicekit::failure::Failure;

use super::changes::MAX_AHEAD;
use crate::Api;
use crate::caller::Caller;

pub(super) async fn set(
    api: &Api,
    caller: &Caller,
    body: SetPauseRequest,
) -> Result<SetPauseResponse, Failure> {
    let member = caller.member()?;
    let mut change = api.change(caller, "SetPause", &body.request_id, &body);
    let at = change.request.received_at;
    let until = change
        .fields
        .optional_timestamp("until", body.until.as_ref());
    let near = until.is_none_or(|until| until <= at.plus_micros(MAX_AHEAD));
    change
        .fields
        .check(near, "until", "must be at most ten years from now");
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let command = pause::Set { member, until, at };
    let done = api
        .ledger()
        .execute::<Pause>(&change.request, &member.to_string(), command, vec![])
        .await;
    let done = done.map_err(|error| {
        Failure::from_execute(error, |pause::Error::NotInTheFuture| {
            Failure::invalid_field("until", "must lie in the future")
        })
    })?;
    Ok(SetPauseResponse {
        position: api.position_token(caller, done.position),
    })
}
