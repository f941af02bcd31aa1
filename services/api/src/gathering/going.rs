//! Who of us goes.

use kith_domain::gathering::{Entry, Stay, To};
use kith_domain::id::GatheringId;
use kith_domain::time::Timestamp;
use kith_proto::kith::gathering::v1::{SetGoingRequest, SetGoingResponse};
use kith_servicekit::failure::Failure;

use super::{changed, must_exist};
use crate::Api;
use crate::caller::Caller;

pub(super) async fn set(
    api: &Api,
    caller: &Caller,
    body: SetGoingRequest,
) -> Result<SetGoingResponse, Failure> {
    let member = caller.member()?;
    let mut change = api.change(caller, "SetGoing", &body.request_id, &body);
    let gathering: GatheringId = change.fields.id("gathering_id", &body.gathering_id);
    let from = change.fields.optional_timestamp("from", body.from.as_ref());
    let until = change
        .fields
        .optional_timestamp("until", body.until.as_ref());
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let row = must_exist(api, caller, gathering).await?;
    // Who gave no times is there all the time, also if that moves.
    let stay = Stay { from, until };
    if from.unwrap_or(Timestamp(row.begins_us)) > until.unwrap_or(Timestamp(row.ends_us)) {
        return Err(Failure::invalid_field(
            "until",
            "must not lie before they come",
        ));
    }
    let to = To::Set(vec![Entry::Going(member, body.going.then_some(stay))]);
    let done = changed(api, &change.request, gathering, to).await?;
    Ok(SetGoingResponse {
        position: api.position_token(caller, done.position),
    })
}
