//! Gatherings: where people will meet, who comes, and who of us goes.

mod attendees;
mod content;
pub(crate) mod directory;
mod going;
pub mod grpc;
mod list;
mod plan;
pub(crate) mod resolve;
mod sessions;

use kith_domain::gathering::{Change, Error, Event, Gathering, To};
use kith_domain::id::GatheringId;
use kith_domain::time::HOUR;
use kith_eventlog::ledger::{Executed, Request};
use kith_readmodel::entity::gathering as row;
use kith_readmodel::query::gatherings;
use kith_servicekit::failure::Failure;

use crate::Api;
use crate::caller::Caller;

/// How long before it begins and after it ends people meet at a gathering, in microseconds: its evenings.
pub(crate) const EVENING: i64 = 12 * HOUR;

/// The gathering, which is everybody's.
pub(crate) async fn must_exist(
    api: &Api,
    caller: &Caller,
    id: GatheringId,
) -> Result<row::Model, Failure> {
    let organisation = caller.principal.organisation;
    let found = gatherings::find(&api.live().reading, organisation, id).await;
    found
        .map_err(Failure::unavailable)?
        .ok_or_else(|| Failure::not_found("gathering"))
}

/// Has the gathering decide what becomes of it.
async fn changed(
    api: &Api,
    request: &Request,
    gathering: GatheringId,
    to: To,
) -> Result<Executed<Event>, Failure> {
    let command = Change { gathering, to };
    let name = gathering.to_string();
    let done = api
        .ledger()
        .execute::<Gathering>(request, &name, command, vec![]);
    done.await
        .map_err(|error| Failure::from_execute(error, |refusal| refused(&refusal)))
}

pub(crate) fn refused(refusal: &Error) -> Failure {
    match refusal {
        Error::Unknown => Failure::not_found("gathering"),
        Error::NotListed => Failure::not_found("attendee"),
        Error::Changed => Failure::changed_meanwhile(),
        Error::Length => Failure::invalid_field("gathering.ends_at", &refusal.to_string()),
        Error::Cancelled
        | Error::Used
        | Error::TooMuch
        | Error::TooManyAttendees
        | Error::TooManySessions => Failure::state(refusal.to_string()),
    }
}
