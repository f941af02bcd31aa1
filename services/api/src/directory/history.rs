//! Who changed what is known of a person.

use std::collections::HashMap;

use kith_domain::access::Content;
use kith_domain::affiliation::Affiliation;
use kith_domain::id::PersonId;
use kith_proto::kith::directory::v1::person_change::What as WireWhat;
use kith_proto::kith::directory::v1::{
    FieldChange, ListPersonChangesRequest, ListPersonChangesResponse, PersonChange,
};
use kith_proto::words;
use kith_readmodel::query::changes::{self, Change, What};
use kith_readmodel::query::people;
use kith_servicekit::failure::{Failure, Violations};

use super::{facts, persons};
use crate::Api;
use crate::caller::Caller;
use crate::token::fitting;

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    body: ListPersonChangesRequest,
) -> Result<ListPersonChangesResponse, Failure> {
    let mut fields = Violations::new();
    let reference = fields.required_text("person", &body.person, 254);
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let row = persons::resolve(api, caller, &reference).await?;
    let live = api.live();
    let changes = changes::of_person(&live.reading, &caller.principal, &row).await;
    let changes = changes.map_err(Failure::unavailable)?;
    let members: Vec<PersonId> = changes.iter().filter_map(|change| change.by).collect();
    let names = people::named(&live.reading, &caller.principal, &members).await;
    let names = names.map_err(Failure::unavailable)?;
    let names = names.iter().map(|(id, row)| (*id, people::called(row)));
    let names: HashMap<PersonId, String> = names.collect();
    let me = caller.principal.member;
    let is_of_others = changes.iter().any(|change| {
        let private = match &change.what {
            What::FactAdded(row) | What::FactRemoved(row) => row.private,
            What::Entered | What::Field(_) => false,
        };
        !private && (change.by.is_none() || change.by != me)
    });
    let read = PersonId::from_slice(&row.id).filter(|_| is_of_others);
    api.is_shown(caller, Content::Changes, read.into_iter().collect())
        .await?;
    let shown = fitting(&changes, changes.len(), bytes);
    let shown = changes.into_iter().take(shown);
    Ok(ListPersonChangesResponse {
        changes: shown.map(|change| view(change, &names)).collect(),
    })
}

/// About what a change takes in an answer.
fn bytes(change: &Change) -> usize {
    let texts = match &change.what {
        What::Entered => 0,
        What::Field(row) => [&row.before, &row.after]
            .into_iter()
            .flatten()
            .map(String::len)
            .sum(),
        What::FactAdded(row) | What::FactRemoved(row) => facts::bytes(row),
    };
    texts + 1_000
}

/// What a field said, in words.
fn said(field: &str, kept: Option<String>) -> String {
    let kept = kept.unwrap_or_default();
    if field != "affiliations" {
        return kept;
    }
    let all = Affiliation::all(kept.lines()).map(|one| one.to_string());
    all.collect::<Vec<_>>().join("\n")
}

fn view(change: Change, names: &HashMap<PersonId, String>) -> PersonChange {
    let name = change.by.and_then(|by| names.get(&by)).cloned();
    PersonChange {
        at: Some(words::timestamp(change.at)),
        member_id: change.by.map(|id| id.to_string()).unwrap_or_default(),
        member_name: name.unwrap_or_default(),
        what: Some(match change.what {
            What::Entered => WireWhat::Entered(true),
            // Which entries are theirs.
            What::Field(row) if row.field == "entries" => match (row.before, row.after) {
                (Some(gone), _) => WireWhat::UnmergedEntryId(gone),
                (None, merged) => WireWhat::MergedEntryId(merged.unwrap_or_default()),
            },
            What::Field(row) => WireWhat::Field(FieldChange {
                before: said(&row.field, row.before),
                after: said(&row.field, row.after),
                field: row.field,
            }),
            What::FactAdded(row) => WireWhat::FactAdded(facts::view(&row)),
            What::FactRemoved(row) => WireWhat::FactRemoved(facts::view(&row)),
        }),
    }
}
