//! The caller's timeline.

use std::collections::HashMap;

use kith_domain::id::{InteractionId, PersonId};
use kith_proto::kith::interaction::v1::{
    Interaction, ListInteractionsRequest, ListInteractionsResponse, Participant,
};
use kith_proto::words::Word;
use kith_readmodel::entity::person;
use kith_readmodel::query::interactions::{self, Filter, Seen};
use kith_readmodel::query::people;
use kith_servicekit::failure::{Failure, Violations};

use crate::Api;
use crate::caller::Caller;
use crate::token::{cut, fitting, place};
use crate::views::{id_text, moment, word};

/// The longest name: 200 characters.
const MAX_NAME_BYTES: usize = 800;

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    body: ListInteractionsRequest,
) -> Result<ListInteractionsResponse, Failure> {
    let member = caller.member()?;
    let mut fields = Violations::new();
    let size = fields.page_size("page_size", body.page_size) as usize;
    let person: Option<PersonId> = fields.optional_id("person_id", &body.person_id);
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let question = format!("interactions {person:?}");
    let before = place(caller, &question, &body.page_token, |mut fields| {
        Some((
            fields.number()? as i64,
            InteractionId::from_bytes(fields.id()?),
        ))
    })?;
    let live = api.live();
    let principal = &caller.principal;
    let limit = size as u64 + 1;
    let filter = Filter::with(person);
    let rows = interactions::list(&live.reading, principal, member, &filter, before, limit).await;
    let mut rows = rows.map_err(Failure::unavailable)?;
    let size = fitting(&rows, size, bytes);
    let next_page_token = cut(caller, &question, &mut rows, size, |last| {
        [&last.row.at_us.to_be_bytes(), last.row.id.as_slice()].concat()
    });
    let mut ids: Vec<PersonId> = rows
        .iter()
        .flat_map(|seen| seen.participants.iter().map(|p| p.person))
        .collect();
    ids.sort_unstable();
    ids.dedup();
    let names = people::named(&live.reading, principal, &ids).await;
    let names = names.map_err(Failure::unavailable)?;
    let interactions = rows.iter().map(|seen| view(seen, &names)).collect();
    Ok(ListInteractionsResponse {
        interactions,
        next_page_token,
    })
}

/// About what an interaction takes in an answer.
pub(crate) fn bytes(seen: &Seen) -> usize {
    let texts = [&seen.row.note, &seen.row.subject, &seen.row.channel];
    let texts: usize = texts.into_iter().flatten().map(String::len).sum();
    texts + 200 + seen.participants.len() * (40 + MAX_NAME_BYTES)
}

pub(crate) fn view(seen: &Seen, names: &HashMap<PersonId, person::Model>) -> Interaction {
    let row = &seen.row;
    let participant = |p: &kith_domain::interaction::Participant| Participant {
        person_id: p.person.to_string(),
        name: names.get(&p.person).map(people::called).unwrap_or_default(),
        part: p.part.to_wire(),
    };
    let recorder = PersonId::from_slice(&row.recorder).filter(|id| *id != PersonId::default());
    Interaction {
        interaction_id: id_text(&row.id),
        revision: row.revision as u32,
        kind: word(row.kind),
        at: Some(moment(row.at_us)),
        duration_s: row.duration_s as u32,
        participants: seen.participants.iter().map(participant).collect(),
        channel: row.channel.clone().unwrap_or_default(),
        note: row.note.clone().unwrap_or_default(),
        subject: row.subject.clone().unwrap_or_default(),
        recorder_id: recorder.map(|id| id.to_string()).unwrap_or_default(),
    }
}
