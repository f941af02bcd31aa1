//! The caller's follow-ups.

use kith_domain::followup::Status;
use kith_domain::id::FollowUpId;
use kith_domain::time::DAY;
use kith_proto::kith::followup::v1::{ListFollowUpsRequest, ListFollowUpsResponse};
use kith_proto::words;
use kith_readmodel::entity::follow_up;
use kith_readmodel::query::followups;
use kith_servicekit::failure::{Failure, Violations};

use super::views;
use crate::Api;
use crate::caller::Caller;
use crate::token::{cut, fitting, place};

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    body: ListFollowUpsRequest,
) -> Result<ListFollowUpsResponse, Failure> {
    let member = caller.member()?;
    let mut fields = Violations::new();
    let size = fields.page_size("page_size", body.page_size) as usize;
    let status = match usize::try_from(body.status) {
        Ok(0) => Some(Status::Open),
        Ok(status) => Status::from_index(status - 1),
        Err(_) => None,
    };
    fields.check(
        status.is_some(),
        "status",
        "must be one of the documented values",
    );
    let due_before = fields.optional_timestamp("due_before", body.due_before.as_ref());
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let status = status.unwrap_or_default();
    let due_before = due_before.unwrap_or_else(|| api.now().plus_micros(7 * DAY));
    let question = format!("follow-ups {status:?} {:?}", body.due_before);
    let after = place(caller, &question, &body.page_token, |mut fields| {
        Some((
            fields.number()? as i64,
            FollowUpId::from_bytes(fields.id()?),
        ))
    })?;
    let live = api.live();
    let whose = (caller.principal.organisation, member);
    let limit = size as u64 + 1;
    let rows = followups::list(&live.reading, whose, status, due_before, after, limit).await;
    let mut rows = rows.map_err(Failure::unavailable)?;
    let text = |row: &follow_up::Model| row.text.as_ref().map_or(0, String::len) + 1_200;
    let size = fitting(&rows, size, text);
    let next_page_token = cut(caller, &question, &mut rows, size, |last| {
        [&last.due_us.to_be_bytes(), last.id.as_slice()].concat()
    });
    let follow_ups = views::follow_ups(api, caller, &rows).await?;
    let paused = followups::paused_until(&live.reading, whose.0, whose.1).await;
    let paused = paused.map_err(Failure::unavailable)?;
    let paused = paused.filter(|until| *until > api.now());
    Ok(ListFollowUpsResponse {
        follow_ups,
        next_page_token,
        paused_until: paused.map(words::timestamp),
    })
}
