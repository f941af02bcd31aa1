//! Who in the organisation knows a person.

use kith_domain::id::PersonId;
use kith_proto::kith::relationship::v1::{Acquaintance, WhoKnowsRequest, WhoKnowsResponse};
use kith_readmodel::query::{people, ties};
use kith_servicekit::failure::{Failure, Violations};

use super::sharing::shared_by_default;
use super::views;
use crate::Api;
use crate::caller::Caller;
use crate::directory::persons::resolve;

pub(super) async fn who_knows(
    api: &Api,
    caller: &Caller,
    body: WhoKnowsRequest,
) -> Result<WhoKnowsResponse, Failure> {
    caller.member()?;
    let mut fields = Violations::new();
    let reference = fields.required_text("person", &body.person, 254);
    let size = fields.page_size("page_size", body.page_size) as usize;
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let row = resolve(api, caller, &reference).await?;
    let live = api.live();
    let principal = &caller.principal;
    let default = shared_by_default(api, caller).await?;
    let known = ties::who_knows(&live.reading, principal, &row, default, api.now(), size).await;
    let known = known.map_err(Failure::unavailable)?;
    let ids: Vec<PersonId> = known.iter().filter_map(|a| a.member).collect();
    let names = people::named(&live.reading, principal, &ids).await;
    let names = names.map_err(Failure::unavailable)?;
    let shown = known.iter().map(|a| Acquaintance {
        member_id: a.member.map(|id| id.to_string()).unwrap_or_default(),
        name: a
            .member
            .and_then(|id| names.get(&id))
            .map(people::called)
            .unwrap_or_default(),
        band: views::band(a.band).into(),
    });
    Ok(WhoKnowsResponse {
        acquaintances: shown.collect(),
    })
}
