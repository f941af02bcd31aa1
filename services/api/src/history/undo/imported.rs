//! The way back of what an address book made of the directory: entry by entry, the latest first.

use std::collections::HashSet;

use kith_domain::id::{ImportId, PersonId};
use kith_domain::person;
use kith_domain::undo::Kind;
use kith_eventlog::ledger::Request;
use kith_proto::kith::error::v1::ErrorReason;
use kith_readmodel::query::own_changes::{self, Change};
use kith_servicekit::failure::Failure;

use super::Undoing;
use super::entry::reversed;
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
        let subject = change.subject.clone();
        // What stays, stays as a whole.
        if kept.contains(&subject) {
            continue;
        }
        // What was taken back of it a moment ago must be in the rows first.
        if !touched.insert(subject.clone()) {
            seen = api.settled(caller).await?;
        }
        let key = request.key.unwrap_or_default();
        let about = format!("UndoImport {}", change.position);
        let commit = caller.keys.commit(key, &about, request.commit.as_bytes());
        let undoing = Undoing {
            api,
            caller,
            member,
            request: Request { commit, ..request },
            change,
            is_of_import: true,
            seen,
        };
        match undoing.part().await {
            Ok(()) => {}
            Err(failure) if stays(&failure) => drop(kept.insert(subject)),
            Err(failure) => return Err(failure),
        }
    }
    Ok(kept.len() as u64)
}

impl Undoing<'_> {
    /// Takes back what the import made of one entry, unless that is done already.
    async fn part(mut self) -> Result<(), Failure> {
        let (id, row) = self.entry().await?;
        let (live, organisation) = (self.api.live(), self.caller.principal.organisation);
        let position = self.change.position;
        let fields = own_changes::fields(&live.reading, organisation, id, position).await;
        let mut fields = fields.map_err(Failure::unavailable)?;
        if self.change.kind != Kind::PersonEntered {
            let is_done = fields
                .iter()
                .all(|field| own_changes::is_field_as_before(&row, field));
            return if is_done {
                Ok(())
            } else {
                self.change_back().await.map(drop)
            };
        }
        if !row.met {
            // Whoever wrote something of them for all means somebody who is there.
            let meant = own_changes::is_written_of(&live.reading, organisation, id, self.member);
            if meant.await.map_err(Failure::unavailable)? {
                return Err(Failure::changed_meanwhile());
            }
            self.take_out().await?;
        }
        // Somebody who had come along keeps the addresses that all could see, but for those of the import.
        fields.retain(|field| {
            field.field == "addresses" && !own_changes::is_field_changed(&row, field)
        });
        if fields.is_empty() {
            return Ok(());
        }
        let key = self.request.key.unwrap_or_default();
        let commit = self.request.commit;
        self.request.commit = self.caller.keys.commit(key, "addresses", commit.as_bytes());
        self.seen = self.api.settled(self.caller).await?;
        let change = person::To::Changed(reversed(fields));
        self.person(id, None, change).await.map(drop)
    }
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
