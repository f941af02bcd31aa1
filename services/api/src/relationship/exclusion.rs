//! Whom the caller leaves out.

use kith_domain::exclusion::{self, Exclusion};
use kith_domain::sharing::Target;
use kith_proto::kith::relationship::v1::exclusion::Target as Shown;
use kith_proto::kith::relationship::v1::set_exclusion_request::Target as WireTarget;
use kith_proto::kith::relationship::v1::{
    Exclusion as WireExclusion, ListExclusionsRequest, ListExclusionsResponse, SetExclusionRequest,
    SetExclusionResponse,
};
use kith_readmodel::query::sharing::exclusions;
use kith_servicekit::failure::Failure;

use super::sharing::{Given, checked};
use crate::Api;
use crate::caller::Caller;
use crate::directory::persons::must_be_known;

pub(super) async fn set(
    api: &Api,
    caller: &Caller,
    body: SetExclusionRequest,
) -> Result<SetExclusionResponse, Failure> {
    let member = caller.member()?;
    let mut change = api.change(caller, "SetExclusion", &body.request_id, &body);
    let fields = &mut change.fields;
    let given = body.target.as_ref().map(|target| match target {
        WireTarget::PersonId(id) => Given::Person(id),
        WireTarget::Address(address) => Given::Address(address),
        WireTarget::Domain(domain) => Given::Domain(domain),
    });
    let target = checked(fields, given);
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    if let Target::Person(person) = target
        && body.excluded
    {
        must_be_known(api, caller, person).await?;
    }
    let command = exclusion::Set {
        member,
        target,
        excluded: body.excluded,
    };
    let done = api
        .ledger()
        .execute::<Exclusion>(&change.request, &member.to_string(), command, vec![])
        .await;
    let done = done.map_err(|e| Failure::from_execute(e, |r| Failure::limit(r.to_string())))?;
    Ok(SetExclusionResponse {
        position: api.position_token(caller, done.position),
    })
}

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    body: ListExclusionsRequest,
) -> Result<ListExclusionsResponse, Failure> {
    let member = caller.member()?;
    api.visible(caller, &body.min_position).await?;
    let rows = exclusions(&api.live().reading, caller.principal.organisation, member).await;
    let exclusions = rows.map_err(Failure::unavailable)?.into_iter().map(view);
    Ok(ListExclusionsResponse {
        exclusions: exclusions.collect(),
    })
}

fn view(target: String) -> WireExclusion {
    let target = match target.strip_prefix('@') {
        Some(domain) => Shown::Domain(domain.to_owned()),
        None if target.contains('@') => Shown::Address(target),
        None => Shown::PersonId(target),
    };
    WireExclusion {
        target: Some(target),
    }
}
