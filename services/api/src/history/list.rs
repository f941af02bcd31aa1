//! The caller's changes, each with what it was about by name.

use std::collections::BTreeSet;

use kith_domain::id::{FactId, FollowUpId, GatheringId, ImportId, InteractionId, PersonId};
use kith_domain::undo::Kind;
use kith_proto::kith::history::v1::{ListOwnChangesRequest, ListOwnChangesResponse, OwnChange};
use kith_proto::words::{self, Word};
use kith_readmodel::query::own_changes::{self, Change, Place};
use kith_readmodel::query::{followups, gatherings, imports, interactions, people};
use kith_servicekit::failure::{Failure, Violations};

use crate::Api;
use crate::caller::Caller;
use crate::directory::persons::known_ids;
use crate::token::{Fields, cut, place};

/// Changes on a page at most: each is looked up by itself.
const MOST: usize = 100;
/// People named of one change.
const NAMED: usize = 3;
const PURPOSE: &str = "change 1";

/// The id of a change: its place in this log, sealed.
fn id(api: &Api, caller: &Caller, change: &Change) -> String {
    let epoch = api.ledger().log().epoch();
    let position = change.position.to_be_bytes();
    let clear = [epoch.as_slice(), &position, change.request().as_slice()].concat();
    caller.keys.seal_token(PURPOSE, &clear)
}

/// The place behind an id.
pub(super) fn place_of(api: &Api, caller: &Caller, id: &str) -> Result<Place, Failure> {
    let invalid = || Failure::invalid_field("change_id", "must be one of ListOwnChanges");
    let clear = caller.keys.open_token(PURPOSE, id).ok_or_else(invalid)?;
    let mut fields = Fields::new(&clear);
    let epoch = fields.id().ok_or_else(invalid)?;
    if epoch != api.ledger().log().epoch() {
        return Err(Failure::log_epoch());
    }
    Ok(Place {
        position: fields.number().ok_or_else(invalid)?,
        request: fields.id().ok_or_else(invalid)?,
    })
}

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    body: ListOwnChangesRequest,
) -> Result<ListOwnChangesResponse, Failure> {
    let member = caller.member()?;
    let mut fields = Violations::new();
    let size = fields.page_size("page_size", body.page_size) as usize;
    fields.finish()?;
    let size = size.min(MOST);
    api.visible(caller, &body.min_position).await?;
    // The first of them is what is taken back next: the latest, and not the latest that is projected.
    api.settled(caller).await?;
    let before = place(caller, "own changes", &body.page_token, |mut fields| {
        Some(Place {
            position: fields.number()?,
            request: fields.id()?,
        })
    })?;
    let whose = (caller.principal.organisation, member);
    let limit = size as u64 + 1;
    let rows = own_changes::list(&api.live().reading, whose, before, limit).await;
    let mut rows = rows.map_err(Failure::unavailable)?;
    let next_page_token = cut(caller, "own changes", &mut rows, size, |last| {
        [&last.position.to_be_bytes()[..], &last.request()].concat()
    });
    let mut changes = Vec::with_capacity(rows.len());
    for change in &rows {
        changes.push(OwnChange {
            change_id: id(api, caller, change),
            at: Some(words::timestamp(change.at)),
            kind: change.kind.to_wire(),
            subject: change.subject.clone(),
            name: name(api, caller, change).await?,
            moments: change.recorded.len() as u32,
        });
    }
    Ok(ListOwnChangesResponse {
        changes,
        next_page_token,
    })
}

/// What a change was about, by name: the people concerned, or an import.
async fn name(api: &Api, caller: &Caller, change: &Change) -> Result<String, Failure> {
    let live = api.live();
    let organisation = caller.principal.organisation;
    if let (Kind::Imported | Kind::ImportUndone, Ok(import)) =
        (change.kind, change.subject.parse::<ImportId>())
    {
        let row = imports::find(&live.reading, organisation, import).await;
        let row = row.map_err(Failure::unavailable)?;
        return Ok(row.and_then(|row| row.name).unwrap_or_default());
    }
    if let (
        Kind::Gathered | Kind::Scheduled | Kind::Going | Kind::Listed | Kind::Answered,
        Ok(gathering),
    ) = (change.kind, change.subject.parse::<GatheringId>())
    {
        let row = gatherings::find(&live.reading, organisation, gathering).await;
        let row = row.map_err(Failure::unavailable)?;
        return Ok(row.map(|row| row.name).unwrap_or_default());
    }
    let people = people_of(api, caller, change).await?;
    let me = caller.principal.member;
    let others: Vec<PersonId> = people
        .into_iter()
        .filter(|person| Some(*person) != me)
        .collect();
    // Whom the caller may see no more is not named any more.
    let seen = known_ids(api, caller, &others).await?;
    let others: Vec<PersonId> = others.into_iter().filter(|id| seen.contains(id)).collect();
    let shown = &others[..others.len().min(NAMED)];
    let names = people::named(&live.reading, &caller.principal, shown).await;
    let names = names.map_err(Failure::unavailable)?;
    let mut named: Vec<String> = shown
        .iter()
        .filter_map(|id| names.get(id).map(people::called))
        .collect();
    if others.len() > NAMED {
        named.push(format!("{} more", others.len() - NAMED));
    }
    Ok(named.join(", "))
}

/// Whom a change is about.
async fn people_of(
    api: &Api,
    caller: &Caller,
    change: &Change,
) -> Result<BTreeSet<PersonId>, Failure> {
    let live = api.live();
    let organisation = caller.principal.organisation;
    let subject = change.subject.as_str();
    let mut people = BTreeSet::new();
    match change.kind {
        Kind::Recorded | Kind::Corrected | Kind::Retracted | Kind::Encountered => {
            let mut ids: Vec<InteractionId> = change
                .recorded
                .iter()
                .filter_map(|row| InteractionId::from_slice(&row.id))
                .collect();
            if ids.is_empty() {
                ids.extend(subject.parse::<InteractionId>());
            }
            for id in ids.into_iter().take(NAMED + 1) {
                let origin = interactions::origin(&live.reading, organisation, id).await;
                let origin = origin.map_err(Failure::unavailable)?;
                people.extend(origin.into_iter().flat_map(|origin| origin.participants));
            }
        }
        Kind::FactAdded | Kind::FactRemoved => {
            if let Ok(id) = subject.parse::<FactId>() {
                let row = people::fact(&live.reading, organisation, id).await;
                let row = row.map_err(Failure::unavailable)?;
                people.extend(row.and_then(|row| PersonId::from_slice(&row.person)));
            }
        }
        Kind::Promised | Kind::Completed | Kind::Snoozed | Kind::Dismissed | Kind::Reopened => {
            if let (Ok(id), Some(me)) = (subject.parse::<FollowUpId>(), caller.principal.member) {
                let row = followups::find(&live.reading, organisation, me, id).await;
                let row = row.map_err(Failure::unavailable)?;
                people.extend(row.and_then(|row| PersonId::from_slice(&row.person)));
            }
        }
        Kind::PersonEntered
        | Kind::PersonChanged
        | Kind::Shared
        | Kind::Excluded
        | Kind::Cared
        | Kind::Merged
        | Kind::Unmerged => {
            people.extend(subject.parse::<PersonId>());
        }
        Kind::Imported
        | Kind::ImportUndone
        | Kind::Paused
        | Kind::Gathered
        | Kind::Scheduled
        | Kind::Going
        | Kind::Listed
        | Kind::Answered
        | Kind::ComfortSet => {}
    }
    Ok(people)
}
