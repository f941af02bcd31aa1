//! Entries that may mean one person, of the caller's directory.

use std::collections::{HashMap, HashSet};

use kith_domain::duplicates::{self, Entry};
use kith_domain::id::PersonId;
use kith_domain::time::Timestamp;
use kith_proto::kith::directory::v1::{
    Duplicate, ListDuplicatesRequest, ListDuplicatesResponse, Person,
};
use kith_proto::words::Word as _;
use kith_readmodel::entity::person as row;
use kith_readmodel::query::{keys, listing, people};
use kith_servicekit::failure::{Failure, Violations};

use crate::Api;
use crate::caller::Caller;
use crate::token::fitting;
use crate::views;

/// People who are looked at, by name: beyond this many nobody reads through proposals.
const MOST_PEOPLE: u64 = 100_000;

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    body: ListDuplicatesRequest,
) -> Result<ListDuplicatesResponse, Failure> {
    let mut fields = Violations::new();
    let size = fields.page_size("page_size", body.page_size) as usize;
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let live = api.live();
    let organisation = caller.principal.organisation;
    let everybody = listing::Filter::default();
    let rows = listing::list(
        &live.reading,
        &caller.principal,
        &everybody,
        None,
        MOST_PEOPLE,
    )
    .await;
    let rows = rows.map_err(Failure::unavailable)?;
    let rows: HashMap<PersonId, row::Model> = rows
        .into_iter()
        .filter_map(|row| Some((PersonId::from_slice(&row.id)?, row)))
        .collect();
    let ids: Vec<PersonId> = rows.keys().copied().collect();
    let addresses = people::addresses_of_all(&live.reading, organisation, &ids).await;
    let mut addresses = addresses.map_err(Failure::unavailable)?;
    let members = keys::members(&live.reading, organisation).await;
    let members: HashSet<PersonId> = members.map_err(Failure::unavailable)?.into_iter().collect();
    let entries: Vec<Entry> = rows
        .iter()
        .map(|(id, row)| Entry {
            id: *id,
            name: row.name.clone(),
            addresses: addresses.remove(id).unwrap_or_default(),
            company: row.company.clone(),
            is_member: members.contains(id),
            on_purpose: !row.met,
            entered: Timestamp(row.entered_us),
        })
        .collect();
    // Long, for a large directory: other calls go on meanwhile.
    let proposed = tokio::task::spawn_blocking(move || duplicates::proposals(&entries)).await;
    let proposed = proposed.map_err(Failure::unavailable)?;
    let person = |id: &PersonId| -> Person {
        let row = rows.get(id);
        row.map(|row| views::person(row, members.contains(id)))
            .unwrap_or_default()
    };
    let all = proposed.len();
    let shown: Vec<Duplicate> = proposed
        .into_iter()
        .take(size)
        .map(|proposal| Duplicate {
            kept: Some(person(&proposal.kept)),
            duplicate: Some(person(&proposal.duplicate)),
            reasons: proposal
                .reasons
                .iter()
                .map(|reason| reason.to_wire())
                .collect(),
        })
        .collect();
    let size = fitting(&shown, shown.len(), prost::Message::encoded_len);
    let duplicates: Vec<Duplicate> = shown.into_iter().take(size).collect();
    Ok(ListDuplicatesResponse {
        more: (all - duplicates.len()) as u32,
        duplicates,
    })
}
