//! A stream of moments, packed into frames: one commit of up to 512 KiB or 20 ms each.

use std::collections::HashSet;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use kith_domain::access::Role;
use kith_domain::event::Event;
use kith_domain::id::{InteractionId, PersonId};
use kith_domain::interaction;
use kith_domain::member::{self, Member};
use kith_eventlog::ledger::Request;
use kith_eventlog::log::{Append, Appended, MAX_COMMIT_BYTES, Position};
use kith_eventlog::sealing::Held;
use kith_proto::kith::interaction::v1::{RecordInteractionsRequest, RecordInteractionsResponse};
use kith_readmodel::query::interactions::receipts;
use kith_readmodel::query::keys;
use kith_servicekit::failure::{Failure, Violations};
use tonic::Streaming;

use super::intake::{self, Checked, People, Who};
use crate::Api;
use crate::caller::Caller;

const FRAME_TIME: Duration = Duration::from_millis(20);
/// What is left of the largest commit has room for a last moment with a hundred new people.
const FRAME_BYTES: usize = MAX_COMMIT_BYTES * 5 / 8;
const FRAME_MOMENTS: usize = 4_096;
/// What a moment and each of its participants take in a commit, without texts.
const MOMENT_BYTES: usize = 96;
const PARTICIPANT_BYTES: usize = 24;
/// What the entry of a new person takes, without texts.
const PERSON_BYTES: usize = 96;
/// What sealing adds to a text.
const SEAL_BYTES: usize = 48;
/// Memberships made at once.
const MEMBERS_AT_ONCE: usize = 16;

pub(super) async fn record(
    api: &Api,
    caller: &Caller,
    moments: Streaming<RecordInteractionsRequest>,
) -> Result<RecordInteractionsResponse, Failure> {
    caller.must_be(intake::RECORDERS)?;
    let mut recorder = Recorder {
        api,
        caller,
        moments,
        people: People::default(),
        members: None,
        index: 0,
        answer: RecordInteractionsResponse::default(),
        last: None,
    };
    let (mut ready, mut sealed, mut held) = (None, None, Held::default());
    loop {
        // While a frame is on its way to the disk, the next is sealed and the one after it read.
        // All three are waited for: what was begun is never left, whatever is wrong with the rest.
        let (appended, next_sealed, next) = tokio::join!(
            append(api, sealed),
            seal(api, ready, &mut held),
            recorder.next()
        );
        recorder.note(appended?);
        (sealed, ready) = (next_sealed?, next?);
        if sealed.is_none() && ready.is_none() {
            return Ok(recorder.answer());
        }
    }
}

/// A frame that is checked and whose people are known.
struct Frame {
    request: Request,
    events: Vec<Event>,
    /// Moments among the events.
    moments: usize,
}

/// A frame that only needs to be appended.
struct Sealed {
    append: Append,
    moments: usize,
}

async fn seal(api: &Api, frame: Option<Frame>, held: &mut Held) -> Result<Option<Sealed>, Failure> {
    let Some(frame) = frame else { return Ok(None) };
    let ledger = api.ledger();
    let sealed = ledger.seal_record(&frame.request, frame.events, held);
    Ok(Some(Sealed {
        append: sealed.await?,
        moments: frame.moments,
    }))
}

async fn append(api: &Api, sealed: Option<Sealed>) -> Result<Option<(usize, Appended)>, Failure> {
    let Some(sealed) = sealed else {
        return Ok(None);
    };
    let appended = api.ledger().append(sealed.append).await?;
    Ok(Some((sealed.moments, appended)))
}

struct Recorder<'a> {
    api: &'a Api,
    caller: &'a Caller,
    moments: Streaming<RecordInteractionsRequest>,
    people: People,
    /// The members known so far, when everyone is to become one.
    members: Option<HashSet<PersonId>>,
    /// Moments of the stream before this frame.
    index: usize,
    answer: RecordInteractionsResponse,
    last: Option<Position>,
}

impl Recorder<'_> {
    fn note(&mut self, appended: Option<(usize, Appended)>) {
        if let Some((moments, appended)) = appended {
            self.answer.recorded += moments as u64;
            self.answer.commits += u64::from(!appended.duplicate);
            self.last = self.last.max(Some(appended.position));
        }
    }

    fn answer(mut self) -> RecordInteractionsResponse {
        let last = self
            .last
            .map(|position| self.api.position_token(self.caller, position));
        self.answer.position = last.unwrap_or_default();
        self.answer
    }

    /// The next frame with something new in it; `None` at the end of the stream.
    async fn next(&mut self) -> Result<Option<Frame>, Failure> {
        loop {
            let checked = self.read().await?;
            if checked.is_empty() {
                return Ok(None);
            }
            let frame = self.prepare(checked).await?;
            if frame.is_some() {
                return Ok(frame);
            }
        }
    }

    /// What arrives within a frame's time and fits into one, checked; nothing at the end of the
    /// stream.
    async fn read(&mut self) -> Result<Vec<Checked>, Failure> {
        let (mut fields, mut checked, mut bytes) = (Violations::new(), Vec::new(), 0);
        let Some(first) = self.moments.next().await else {
            return Ok(checked);
        };
        let first = first.map_err(broken)?;
        if self.index == 0 && first.everyone_is_a_member {
            self.everyone_becomes_a_member().await?;
        }
        checked.push(self.check(&mut fields, &mut bytes, first));
        let time_is_up = tokio::time::sleep(FRAME_TIME);
        tokio::pin!(time_is_up);
        while bytes < FRAME_BYTES && checked.len() < FRAME_MOMENTS {
            tokio::select! {
                biased;
                next = self.moments.next() => match next {
                    Some(next) => {
                        let next = self.check(&mut fields, &mut bytes, next.map_err(broken)?);
                        checked.push(next);
                    }
                    None => break,
                },
                () = &mut time_is_up => break,
            }
        }
        fields.finish()?;
        Ok(checked)
    }

    /// Checks one moment and adds what it takes in a commit to `bytes`.
    fn check(
        &mut self,
        fields: &mut Violations,
        bytes: &mut usize,
        message: RecordInteractionsRequest,
    ) -> Checked {
        let index = self.index;
        self.index += 1;
        let at = format_args!("interaction[{index}]");
        let mut checked = intake::check(fields, &at, &message.interaction.unwrap_or_default());
        checked.index = index;
        fields.check(
            checked.source_key.is_some(),
            format_args!("{at}.source_key"),
            "must say what identifies the moment",
        );
        *bytes += self.size(&checked);
        checked
    }

    /// About what a moment takes in a commit, with the entries of those it names first.
    fn size(&self, moment: &Checked) -> usize {
        let texts: usize = moment.texts().map(|text| text.len() + SEAL_BYTES).sum();
        let entries = moment.named().filter(|(who, _)| !self.people.has_met(who));
        let entry = |(who, name): (&Who, Option<&str>)| {
            let name = name.map_or(0, |name| name.len() + SEAL_BYTES);
            PERSON_BYTES + SEAL_BYTES + who.text_len() + name
        };
        MOMENT_BYTES
            + moment.channel().map_or(0, str::len)
            + texts
            + moment.named().count() * PARTICIPANT_BYTES
            + entries.map(entry).sum::<usize>()
    }

    async fn everyone_becomes_a_member(&mut self) -> Result<(), Failure> {
        self.caller.must_be(&[Role::Admin])?;
        let live = self.api.live();
        let members = keys::members(&live.reading, self.caller.principal.organisation).await;
        self.members = Some(members.map_err(Failure::unavailable)?.into_iter().collect());
        Ok(())
    }

    async fn prepare(&mut self, checked: Vec<Checked>) -> Result<Option<Frame>, Failure> {
        let (api, caller) = (self.api, self.caller);
        let count = checked.len();
        let (ids, checked) = self.drop_known(checked).await?;
        self.answer.known += (count - ids.len()) as u64;
        if ids.is_empty() {
            return Ok(None);
        }
        let commit = caller.keys.frame(&ids);
        let fingerprint = *commit.as_bytes();
        let request = api.request(caller, commit, fingerprint);
        let mut added = self.people.meet(api, caller, &checked, fingerprint).await?;
        if self.members.is_some() {
            added = self.make_members(&checked, added).await?;
        }
        let mut events: Vec<Event> = added.into_iter().map(|(_, event)| event).collect();
        for (id, checked) in ids.iter().zip(checked) {
            let index = checked.index;
            let moment = intake::moment(caller, &self.people, checked, request.received_at, false)
                .map_err(|(field, what)| {
                    Failure::invalid_field(&format!("interaction[{index}].{field}"), &what)
                })?;
            let recorded = intake::recorded(caller, *id, moment, fingerprint);
            events.push(interaction::Event::Recorded(recorded).into());
        }
        Ok(Some(Frame {
            request,
            events,
            moments: ids.len(),
        }))
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

/// A message that can't be read would be as broken when it is sent again.
fn broken(status: tonic::Status) -> Failure {
    Failure::of_transport(&status).unwrap_or_else(|| Failure::unavailable(status))
}
