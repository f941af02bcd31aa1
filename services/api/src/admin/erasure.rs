//! Forgetting an organisation.

use kith_domain::access::Role;
use kith_domain::id::OrganisationId;
use kith_domain::organisation::{Command, Error, Organisation};
use kith_eventlog::ledger::Request;
use kith_eventlog::log::Position;
use kith_eventlog::vault::KeyOf;
use kith_proto::kith::admin::v1::{EraseOrganisationRequest, EraseOrganisationResponse};
use kith_proto::words;
use kith_readmodel::query::erasures;
use kith_servicekit::failure::Failure;

use crate::Api;
use crate::caller::Caller;
use crate::directory::erasure::BACKUPS;

/// Says so in the system organisation, where its name is, and then among its own events: from there on
/// nothing counts and no key of it opens anything, so that this comes last of what a caller who was cut off has
/// to send again. Then the key goes that all others are sealed with; if that does not happen, the scheduler
/// does it.
pub(super) async fn erase(
    api: &Api,
    caller: &Caller,
    body: EraseOrganisationRequest,
) -> Result<EraseOrganisationResponse, Failure> {
    caller.must_be(&[Role::Admin])?;
    let mut change = api.change(caller, "EraseOrganisation", &body.request_id, &body);
    let name = change.fields.required_text("name", &body.name, 200);
    let id = caller.principal.organisation;
    // Cut off before, its name may be gone already.
    let own = caller.organisation_name.as_str();
    let is_meant = own.is_empty() || own == name || name.is_empty();
    change
        .fields
        .check(is_meant, "name", "must be the name of this organisation");
    change.fields.finish()?;
    if id == OrganisationId::SYSTEM {
        return Err(Failure::state("the installation itself is not erased"));
    }
    let in_system = Request {
        organisation: OrganisationId::SYSTEM,
        shard: 0,
        ..change.request
    };
    let named = said(api, &in_system, id).await?;
    api.projected(named).await?;
    // A commit of its own: both may lie in one shard, where a commit's id occurs once.
    let key = change.request.key.unwrap_or_default();
    let commit = change.request.commit;
    let own = Request {
        commit: caller
            .keys
            .commit(key, "EraseOrganisation itself", commit.as_bytes()),
        ..change.request
    };
    let done = said(api, &own, id).await?;
    let destroyed = api
        .ledger()
        .keys()
        .destroy(id, &[KeyOf::Organisation])
        .await;
    destroyed.map_err(Failure::unavailable)?;
    api.projected(done).await?;
    api.parts.callers.forget_all(id);
    api.forget_seen(id);
    let live = api.live();
    let since = erasures::gone_since(&live.reading, id).await;
    // Rows of a parked organisation stand still: then nobody is told that it is gone.
    let since = since
        .map_err(Failure::unavailable)?
        .ok_or_else(Failure::projection_parked)?;
    let forgotten = api.parts.store.forget_accesses(id, None).await;
    forgotten.map_err(Failure::unavailable)?;
    api.parts.witness.forget(id);
    let scrubbed = erasures::scrub(&live.writing).await;
    scrubbed.map_err(Failure::unavailable)?;
    Ok(EraseOrganisationResponse {
        erased_at: Some(words::timestamp(since)),
        complete_at: Some(words::timestamp(since.plus_micros(BACKUPS))),
    })
}

/// Has it decided in one of the two places.
async fn said(api: &Api, request: &Request, id: OrganisationId) -> Result<Position, Failure> {
    let done = api
        .ledger()
        .execute::<Organisation>(request, &id.to_string(), Command::Erase { id }, vec![])
        .await;
    let refused = |refusal: Error| Failure::state(refusal.to_string());
    done.map(|done| done.position)
        .map_err(|error| Failure::from_execute(error, refused))
}
