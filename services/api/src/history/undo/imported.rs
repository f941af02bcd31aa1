//! The way back of what an address book made of the directory: entry by entry, the latest first.

use std::collections::HashSet;

use kith_domain::id::{ImportId, PersonId};
use kith_domain::undo::Kind;
use kith_eventlog::ledger::Request;
use kith_proto::kith::error::v1::ErrorReason;
use kith_readmodel::query::entries;
use kith_readmodel::query::own_changes::{self, Change};
use kith_servicekit::failure::Failure;

use super::Undoing;
use crate::Api;
use crate::caller::Caller;

/// Takes back what an import made of the directory. Answers how many entries stay as they are: somebody changed
/// them since, or they are gone. Sent again, it does the rest.
pub(crate) async fn taken_back(
    api: &Api,
    caller: &Caller,
    member: PersonId,
    request: Request,
    import: ImportId,
) -> Result<u64, Failure> {
    let changes = of(api, caller, import).await?;
    if changes.is_empty() {
        return Ok(0);
    }
    let mut seen = api.settled(caller).await?;
    let (mut kept, mut touched) = (HashSet::new(), HashSet::new());
    for change in changes {
        // What was taken back of it a moment ago must be in the rows first.
        if !touched.insert(change.subject.clone()) {
            seen = api.settled(caller).await?;
        }
        if is_taken_out(api, caller, &change).await? {
            continue;
        }
        let about = format!("UndoImport {}", change.position);
        let key = request.key.unwrap_or_default();
        let commit = caller.keys.commit(key, &about, request.commit.as_bytes());
        let (subject, kind) = (change.subject.clone(), change.kind);
        let undoing = Undoing {
            api,
            caller,
            member,
            request: Request { commit, ..request },
            change,
            is_of_import: true,
            seen,
        };
        let done = match kind {
            Kind::PersonEntered => undoing.take_out().await,
            _ => undoing.change_back().await,
        };
        match done {
            Ok(_) => {}
            Err(failure) if stays(&failure) => drop(kept.insert(subject)),
            Err(failure) => return Err(failure),
        }
    }
    Ok(kept.len() as u64)
}

/// Whether an entry that can't be taken back stays, and the others go on.
fn stays(failure: &Failure) -> bool {
    matches!(
        failure.reason(),
        ErrorReason::ChangedMeanwhile
            | ErrorReason::NotFound
            | ErrorReason::State
            | ErrorReason::Erased
    )
}

/// Refuses to restore what an address book made: it is imported again instead.
pub(super) async fn must_have_no_entries(
    api: &Api,
    caller: &Caller,
    import: ImportId,
) -> Result<(), Failure> {
    if of(api, caller, import).await?.is_empty() {
        return Ok(());
    }
    Err(Failure::state(
        "an address book that was taken back is not restored: import it again",
    ))
}

async fn of(api: &Api, caller: &Caller, import: ImportId) -> Result<Vec<Change>, Failure> {
    let (live, organisation) = (api.live(), caller.principal.organisation);
    let changes = own_changes::of_import(&live.reading, organisation, import).await;
    changes.map_err(Failure::unavailable)
}

/// Whether an entry that was made is none on purpose any more: then nothing is left to do.
async fn is_taken_out(api: &Api, caller: &Caller, change: &Change) -> Result<bool, Failure> {
    let (Kind::PersonEntered, Ok(id)) = (change.kind, change.subject.parse()) else {
        return Ok(false);
    };
    let (live, organisation) = (api.live(), caller.principal.organisation);
    let row = entries::entry(&live.reading, organisation, id).await;
    Ok(row
        .map_err(Failure::unavailable)?
        .is_some_and(|row| row.met))
}
