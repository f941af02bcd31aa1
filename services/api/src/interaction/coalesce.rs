//! Single recordings, coalesced: whatever arrives while an append is in flight shares the next one.
//!
//! Nobody waits when nothing is in flight. It is safe because an interaction's id comes from its
//! request and the projection takes the first; each caller is answered after the one durable ack.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kith_domain::event::Event;
use kith_domain::id::{InteractionId, OrganisationId, SourceId};
use kith_domain::interaction;
use kith_eventlog::identity;
use kith_eventlog::log::Position;
use kith_proto::kith::interaction::v1::{RecordInteractionRequest, RecordInteractionResponse};
use kith_readmodel::query::interactions::{Receipt, receipts, told_before};
use kith_servicekit::failure::Failure;
use tokio::sync::oneshot;

use super::people::People;
use super::{intake, size};
use crate::Api;
use crate::caller::Caller;
use crate::change::same_request;

/// Recordings that share one commit at most: callers wait for all of them.
const MAX_SHARING: usize = 256;

/// Recordings that wait, by organisation.
#[derive(Debug, Default)]
pub(crate) struct Queues {
    waiting: Mutex<HashMap<OrganisationId, Queue>>,
}

#[derive(Debug, Default)]
struct Queue {
    recordings: Vec<Recording>,
    /// Whether a task is appending for this organisation.
    busy: bool,
}

#[derive(Debug)]
struct Recording {
    id: InteractionId,
    /// About what it takes in a commit.
    bytes: usize,
    events: Vec<Event>,
    answer: oneshot::Sender<Result<Position, Arc<Failure>>>,
}

pub(super) async fn record(
    api: &Api,
    caller: &Caller,
    body: RecordInteractionRequest,
) -> Result<RecordInteractionResponse, Failure> {
    caller.must_be(intake::RECORDERS)?;
    let mut change = api.change(caller, "RecordInteraction", &body.request_id, &body);
    let input = body.interaction.unwrap_or_default();
    let received = change.request.received_at;
    let (who, at) = (&caller.principal, &"interaction");
    let checked = intake::check(&mut change.fields, at, &input, who, received);
    change.fields.finish()?;
    api.wait(caller, &body.min_position).await?;
    // Everybody may be new.
    let bytes = size::of(&checked, |_| true);
    let source = checked.source_key.as_deref();
    let source = source.map(|key| caller.keys.source(key));
    let id = match source {
        Some(source) => caller.keys.interaction(caller.principal.member, source),
        None => identity::interaction_of(change.request.commit),
    };
    let fingerprint = change.request.fingerprint;
    let (mut people, moments) = (People::default(), [checked]);
    let (known, added) = tokio::join!(
        known(api, caller, id, source),
        people.meet(api, caller, &moments, fingerprint)
    );
    let [checked] = moments;
    let known = known?;
    let id = known.as_ref().map_or(id, |(known, _)| *known);
    // What only imports hold is told by hand for the first time.
    let is_told = |(_, receipt): &(InteractionId, Receipt)| receipt.by_hand && receipt.is_held;
    if let Some((_, receipt)) = known.filter(is_told) {
        // With a source key of its own, an interaction that is there already is the same one.
        if checked.source_key.is_none() {
            same_request(&receipt.fingerprint, &change.request)?;
        }
        let position = Position {
            shard: caller.shard,
            sequence: receipt.position,
        };
        return Ok(recorded(api, caller, id, position));
    }
    let added = added?;
    let moment = intake::moment(caller, &people, checked, received, true);
    let moment = moment.map_err(|invalid| intake::refused(&invalid))?;
    let mut events: Vec<Event> = added.into_iter().map(|(_, event)| event).collect();
    let recording = intake::recorded(caller, (id, source), moment, fingerprint);
    events.push(interaction::Event::Recorded(recording).into());
    let position = submit(api, caller, id, bytes, events).await?;
    Ok(recorded(api, caller, id, position))
}

/// The interaction that the caller told of before, or knows from having been there.
async fn known(
    api: &Api,
    caller: &Caller,
    id: InteractionId,
    source: Option<SourceId>,
) -> Result<Option<(InteractionId, Receipt)>, Failure> {
    let (live, principal) = (api.live(), &caller.principal);
    if let Some(source) = source {
        let told = told_before(&live.reading, principal, &[source]).await;
        return Ok(told.map_err(Failure::unavailable)?.remove(&source));
    }
    let found = receipts(&live.reading, principal.organisation, &[id]).await;
    let found = found.map_err(Failure::unavailable)?.remove(&id);
    Ok(found.map(|receipt| (id, receipt)))
}

fn recorded(
    api: &Api,
    caller: &Caller,
    id: InteractionId,
    position: Position,
) -> RecordInteractionResponse {
    let position = api.position_token(caller, position);
    RecordInteractionResponse {
        interaction_id: id.to_string(),
        position,
    }
}

/// Queues one recording and waits for its durable ack.
async fn submit(
    api: &Api,
    caller: &Caller,
    id: InteractionId,
    bytes: usize,
    events: Vec<Event>,
) -> Result<Position, Failure> {
    let (answer, acknowledged) = oneshot::channel();
    let organisation = caller.principal.organisation;
    let starts = {
        let queues = &api.parts.intake.waiting;
        let mut waiting = queues.lock().unwrap_or_else(PoisonError::into_inner);
        let queue = waiting.entry(organisation).or_default();
        queue.recordings.push(Recording {
            id,
            bytes,
            events,
            answer,
        });
        !std::mem::replace(&mut queue.busy, true)
    };
    if starts {
        // A task of its own: a caller that goes away takes nobody's append with it.
        let (api_of_task, caller) = (api.clone(), caller.clone());
        api.parts.tasks.spawn("record", async move {
            append_all(&api_of_task, &caller).await;
            Ok::<(), std::convert::Infallible>(())
        });
    }
    let told = acknowledged.await.map_err(Failure::unavailable)?;
    told.map_err(|failure| Failure::new(failure.reason(), failure.to_string()))
}

/// Appends until nothing of this organisation waits.
async fn append_all(api: &Api, caller: &Caller) {
    while let Some(sharing) = next_sharing(api, caller.principal.organisation) {
        let ids: Vec<InteractionId> = sharing.iter().map(|recording| recording.id).collect();
        let commit = caller.keys.frame(None, &ids);
        let fingerprint = *commit.as_bytes();
        // Several members share this commit: who recorded what stands in each event.
        let request = kith_eventlog::ledger::Request {
            key: None,
            member: None,
            ..api.request(caller, commit, fingerprint)
        };
        let mut events = Vec::new();
        let mut answers = Vec::with_capacity(sharing.len());
        for recording in sharing {
            events.extend(recording.events);
            answers.push(recording.answer);
        }
        let outcome = api.ledger().record(&request, events).await;
        let outcome = outcome
            .map(|appended| appended.position)
            .map_err(|e| Arc::new(Failure::from(e)));
        for answer in answers {
            // A caller that went away finds its recording with the same request id.
            drop(answer.send(outcome.clone()));
        }
    }
}

/// What shares the next commit; `None`, and no longer busy, when nothing waits.
fn next_sharing(api: &Api, organisation: OrganisationId) -> Option<Vec<Recording>> {
    let mut waiting = api
        .parts
        .intake
        .waiting
        .lock()
        .unwrap_or_else(PoisonError::into_inner);
    let queue = waiting.get_mut(&organisation)?;
    let mut bytes = 0;
    let mut fits = |recording: &Recording| {
        bytes += recording.bytes;
        bytes <= size::ENOUGH
    };
    let count = queue
        .recordings
        .iter()
        .take(MAX_SHARING)
        .take_while(|r| fits(r))
        .count();
    if queue.recordings.is_empty() {
        waiting.remove(&organisation);
        return None;
    }
    Some(queue.recordings.drain(..count.max(1)).collect())
}
