//! A stream of moments, packed into frames: one commit of up to 512 KiB or 20 ms each.

use std::collections::HashSet;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use kith_domain::access::Role;
use kith_domain::event::Event;
use kith_domain::id::{InteractionId, PersonId};
use kith_domain::interaction;
use kith_domain::member::{self, Member};
use kith_eventlog::log::Position;
use kith_proto::kith::interaction::v1::{
    InteractionInput, RecordInteractionsRequest, RecordInteractionsResponse,
};
use kith_readmodel::query::interactions::receipts;
use kith_readmodel::query::keys;
use kith_servicekit::failure::{Failure, Violations};
use tonic::Streaming;

use super::intake::{self, Checked, People};
use crate::Api;
use crate::caller::Caller;

const FRAME_TIME: Duration = Duration::from_millis(20);
/// Half of the largest commit: sealing and framing add to what is counted here.
const FRAME_BYTES: usize = 256 * 1024;
const FRAME_MOMENTS: usize = 4_096;
/// What a moment and each of its participants take in a commit, without texts.
const MOMENT_BYTES: usize = 96;
const PARTICIPANT_BYTES: usize = 24;
/// What the entry of a new person takes, without texts.
const PERSON_BYTES: usize = 200;
/// Memberships made at once.
const MEMBERS_AT_ONCE: usize = 16;

pub(super) async fn record(
    api: &Api,
    caller: &Caller,
    mut moments: Streaming<RecordInteractionsRequest>,
) -> Result<RecordInteractionsResponse, Failure> {
    caller.must_be(intake::RECORDERS)?;
    let mut recorder = Recorder {
        api,
        caller,
        people: People::default(),
        members: None,
        index: 0,
        answer: RecordInteractionsResponse::default(),
        last: None,
    };
    let mut first = true;
    loop {
        let (frame, ended) = next_frame(&mut moments).await?;
        if let Some(message) = frame.first().filter(|_| std::mem::take(&mut first))
            && message.everyone_is_a_member
        {
            caller.must_be(&[Role::Admin])?;
            let live = api.live();
            let members = keys::members(&live.reading, caller.principal.organisation).await;
            recorder.members = Some(members.map_err(Failure::unavailable)?.into_iter().collect());
        }
        if !frame.is_empty() {
            recorder.record(frame).await?;
        }
        if ended {
            let last = recorder
                .last
                .map(|position| api.position_token(caller, position));
            recorder.answer.position = last.unwrap_or_default();
            return Ok(recorder.answer);
        }
    }
}

/// The next frame, and whether the stream has ended.
async fn next_frame(
    moments: &mut Streaming<RecordInteractionsRequest>,
) -> Result<(Vec<RecordInteractionsRequest>, bool), Failure> {
    // A message that can't be read would be as broken when it is sent again.
    let broken = |status: tonic::Status| {
        Failure::of_transport(&status).unwrap_or_else(|| Failure::unavailable(status))
    };
    let mut frame = Vec::new();
    let Some(first) = moments.next().await else {
        return Ok((frame, true));
    };
    let mut bytes = 0;
    let mut take = |frame: &mut Vec<_>, message: RecordInteractionsRequest| {
        bytes += message.interaction.as_ref().map_or(0, estimated_bytes);
        frame.push(message);
        bytes < FRAME_BYTES && frame.len() < FRAME_MOMENTS
    };
    let mut room = take(&mut frame, first.map_err(broken)?);
    let time_is_up = tokio::time::sleep(FRAME_TIME);
    tokio::pin!(time_is_up);
    while room {
        tokio::select! {
            biased;
            next = moments.next() => match next {
                Some(message) => room = take(&mut frame, message.map_err(broken)?),
                None => return Ok((frame, true)),
            },
            () = &mut time_is_up => break,
        }
    }
    Ok((frame, false))
}

fn estimated_bytes(input: &InteractionInput) -> usize {
    let texts = input.note.len() + input.subject.len() + input.channel.len();
    let participant = PARTICIPANT_BYTES + PERSON_BYTES;
    MOMENT_BYTES
        + texts
        + input.participants.len().min(2) * participant
        + input.participants.len().saturating_sub(2) * PARTICIPANT_BYTES
}

struct Recorder<'a> {
    api: &'a Api,
    caller: &'a Caller,
    people: People,
    /// The members known so far, when everyone is to become one.
    members: Option<HashSet<PersonId>>,
    /// Moments of the stream before this frame.
    index: usize,
    answer: RecordInteractionsResponse,
    last: Option<Position>,
}

impl Recorder<'_> {
    async fn record(&mut self, frame: Vec<RecordInteractionsRequest>) -> Result<(), Failure> {
        let (api, caller) = (self.api, self.caller);
        let count = frame.len();
        let checked = self.check(frame)?;
        let (ids, checked) = self.drop_known(checked).await?;
        self.index += count;
        self.answer.known += (count - ids.len()) as u64;
        if ids.is_empty() {
            return Ok(());
        }
        let commit = caller.keys.frame(&ids);
        let fingerprint = *commit.as_bytes();
        let request = api.request(caller, commit, fingerprint);
        let mut added = self.people.meet(api, caller, &checked, fingerprint).await?;
        if self.members.is_some() {
            added = self.make_members(&checked, added).await?;
        }
        let mut events: Vec<Event> = added.iter().map(|(_, event)| event.clone()).collect();
        for (id, checked) in ids.iter().zip(checked) {
            let index = checked.index;
            let moment = intake::moment(caller, &self.people, checked, request.received_at, false)
                .map_err(|(field, what)| {
                    Failure::invalid_field(&format!("interaction[{index}].{field}"), &what)
                })?;
            let recorded = intake::recorded(caller, *id, moment, fingerprint);
            events.push(interaction::Event::Recorded(recorded).into());
        }
        let appended = match api.ledger().record(&request, events).await {
            Ok(appended) => appended,
            Err(error) => {
                self.people.forget(&added);
                return Err(error.into());
            }
        };
        self.answer.recorded += ids.len() as u64;
        self.answer.commits += u64::from(!appended.duplicate);
        self.last = self.last.max(Some(appended.position));
        Ok(())
    }

    fn check(&self, frame: Vec<RecordInteractionsRequest>) -> Result<Vec<Checked>, Failure> {
        let mut fields = Violations::new();
        let mut all = Vec::with_capacity(frame.len());
        for (offset, message) in frame.into_iter().enumerate() {
            let at = format!("interaction[{}]", self.index + offset);
            let mut checked =
                intake::check(&mut fields, &at, &message.interaction.unwrap_or_default());
            checked.index = self.index + offset;
            if checked.source_key.is_none() {
                fields.add(
                    format!("{at}.source_key"),
                    "must say what identifies the moment",
                );
            }
            all.push(checked);
        }
        fields.finish()?;
        Ok(all)
    }

    /// The moments that are not recorded yet, with their ids, each once.
    async fn drop_known(
        &self,
        checked: Vec<Checked>,
    ) -> Result<(Vec<InteractionId>, Vec<Checked>), Failure> {
        let id = |c: &Checked| {
            self.caller
                .keys
                .interaction(c.source_key.as_deref().unwrap_or_default())
        };
        let all: Vec<InteractionId> = checked.iter().map(id).collect();
        let organisation = self.caller.principal.organisation;
        let known = receipts(&self.api.live().reading, organisation, &all).await;
        let known = known.map_err(Failure::unavailable)?;
        let mut seen = HashSet::new();
        Ok(all
            .into_iter()
            .zip(checked)
            .filter(|(id, _)| !known.contains_key(id) && seen.insert(*id))
            .unzip())
    }

    /// Makes everybody a member who is not one yet, each with their own entry in the directory.
    /// Answers the additions that are left for the frame: none of theirs.
    async fn make_members(
        &mut self,
        moments: &[Checked],
        added: Vec<(PersonId, Event)>,
    ) -> Result<Vec<(PersonId, Event)>, Failure> {
        let (api, caller) = (self.api, self.caller);
        let Some(members) = &mut self.members else {
            return Ok(added);
        };
        let mut entries: std::collections::HashMap<PersonId, Event> = added.into_iter().collect();
        let present = self.people.of(moments);
        let new: Vec<PersonId> = present
            .into_iter()
            .filter(|id| members.insert(*id))
            .collect();
        let commands: Vec<_> = new
            .into_iter()
            .map(|id| (id, entries.remove(&id).into_iter().collect()))
            .collect();
        let positions =
            stream::iter(commands).map(|(id, beside): (PersonId, Vec<Event>)| async move {
                let commit = caller
                    .keys
                    .commit(caller.principal.key, "membership", id.as_bytes());
                let request = api.request(caller, commit, *commit.as_bytes());
                let add = member::Add { id };
                let done = api
                    .ledger()
                    .execute::<Member>(&request, &id.to_string(), add, beside)
                    .await;
                done.map_err(|e| Failure::from_execute(e, |never| match never {}))
            });
        let done: Vec<_> = positions
            .buffer_unordered(MEMBERS_AT_ONCE)
            .try_collect()
            .await?;
        self.answer.commits += done.iter().filter(|done| !done.events.is_empty()).count() as u64;
        self.last = self.last.max(done.iter().map(|done| done.position).max());
        Ok(entries.into_iter().collect())
    }
}
