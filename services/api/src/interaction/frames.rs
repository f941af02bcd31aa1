//! A stream of moments, packed into frames: one commit of up to 512 KiB or 20 ms each.

use std::collections::HashSet;
use std::time::Duration;

use futures::{StreamExt, TryStreamExt, stream};
use kith_domain::access::Role;
use kith_domain::event::Event;
use kith_domain::id::{InteractionId, PersonId, SourceId};
use kith_domain::interaction;
use kith_domain::member::{self, Member};
use kith_domain::person;
use kith_eventlog::ledger::Request;
use kith_eventlog::log::{Append, Appended, Position};
use kith_eventlog::sealing::Held;
use kith_proto::kith::interaction::v1::{RecordInteractionsRequest, RecordInteractionsResponse};
use kith_readmodel::query::interactions::told_before;
use kith_readmodel::query::{erasures, keys, people};
use kith_servicekit::failure::{Failure, Violations};
use tokio::sync::mpsc;
use tonic::Streaming;

use super::imports::Importing;
use super::intake::{self, Checked};
use super::people::People;
use super::size;
use crate::Api;
use crate::caller::Caller;

const FRAME_TIME: Duration = Duration::from_millis(20);
const FRAME_MOMENTS: usize = 4_096;
/// Memberships made at once.
const MEMBERS_AT_ONCE: usize = 16;
/// Frames that are ready to be appended, and wait.
const FRAMES_AHEAD: usize = 1;

pub(super) async fn record(
    api: &Api,
    caller: &Caller,
    moments: Streaming<RecordInteractionsRequest>,
) -> Result<RecordInteractionsResponse, Failure> {
    caller.must_be(intake::RECORDERS)?;
    let mut reader = Reader {
        api,
        caller,
        moments,
        people: People::default(),
        members: None,
        importing: None,
        index: 0,
        known: 0,
        done: Done::default(),
    };
    let (ready, frames) = mpsc::channel(FRAMES_AHEAD);
    // What was read before a wrong moment is still appended; what can't be appended ends the
    // stream at once, even while it waits for the next moment.
    let reading = async { Ok(reader.read_all(ready).await) };
    let (read, appended) = tokio::try_join!(reading, append_all(api, frames))?;
    read?;
    let mut commits = reader.done.commits + appended.commits;
    let mut last = reader.done.last.max(appended.last);
    let mut import_id = String::new();
    if let Some(importing) = reader.importing {
        let has_recorded = appended.recorded + appended.known > 0;
        let (id, positions) = importing.finish(api, caller, has_recorded).await?;
        import_id = id.to_string();
        commits += positions.len() as u64;
        last = last.max(positions.into_iter().max());
    }
    Ok(RecordInteractionsResponse {
        recorded: appended.recorded,
        known: reader.known + appended.known,
        commits,
        position: last
            .map(|position| api.position_token(caller, position))
            .unwrap_or_default(),
        import_id,
    })
}

/// A frame that is checked and whose people are known.
struct Frame {
    request: Request,
    events: Vec<Event>,
    /// Moments among the events.
    moments: u64,
}

/// What came of a stream so far.
#[derive(Default)]
struct Done {
    recorded: u64,
    known: u64,
    commits: u64,
    last: Option<Position>,
}

/// Appends frames in their order. While one is on its way to the disk, the next is sealed.
async fn append_all(api: &Api, mut frames: mpsc::Receiver<Frame>) -> Result<Done, Failure> {
    let (mut done, mut held, mut sealed) = (Done::default(), Held::default(), None);
    loop {
        let next = async {
            let Some(frame) = frames.recv().await else {
                return Ok(None);
            };
            let ledger = api.ledger();
            let append = ledger.seal_record(&frame.request, frame.events, &mut held);
            Ok::<_, Failure>(Some((append.await?, frame.moments)))
        };
        let (appended, next) = tokio::join!(append(api, sealed), next);
        if let Some((appended, moments)) = appended? {
            let count = if appended.duplicate {
                &mut done.known
            } else {
                done.commits += 1;
                &mut done.recorded
            };
            *count += moments;
            done.last = done.last.max(Some(appended.position));
        }
        sealed = next?;
        if sealed.is_none() {
            return Ok(done);
        }
    }
}

async fn append(
    api: &Api,
    sealed: Option<(Append, u64)>,
) -> Result<Option<(Appended, u64)>, Failure> {
    let Some((append, moments)) = sealed else {
        return Ok(None);
    };
    Ok(Some((api.ledger().append(append).await?, moments)))
}

struct Reader<'a> {
    api: &'a Api,
    caller: &'a Caller,
    moments: Streaming<RecordInteractionsRequest>,
    people: People,
    /// The members known so far, when everyone is to become one.
    members: Option<HashSet<PersonId>>,
    /// The import that the stream belongs to.
    importing: Option<Importing>,
    /// Moments of the stream before this frame.
    index: usize,
    /// Moments that the rows have already.
    known: u64,
    /// What was appended on the way: memberships.
    done: Done,
}

impl Reader<'_> {
    /// Reads to the end of the stream, or until nobody appends any more.
    async fn read_all(&mut self, ready: mpsc::Sender<Frame>) -> Result<(), Failure> {
        loop {
            let checked = self.read().await?;
            if checked.is_empty() {
                return Ok(());
            }
            self.api.still_may(self.caller).await?;
            if let Some(importing) = &mut self.importing {
                importing.must_stand(self.api, self.caller).await?;
            }
            if let Some(frame) = self.prepare(checked).await?
                && ready.send(frame).await.is_err()
            {
                return Ok(());
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
        if self.index == 0 {
            self.api.wait(self.caller, &first.min_position).await?;
            self.importing = Importing::of(self.caller, &mut fields, &first);
            if first.everyone_is_a_member {
                self.everyone_becomes_a_member().await?;
            }
        }
        checked.push(self.check(&mut fields, &mut bytes, first));
        let time_is_up = tokio::time::sleep(FRAME_TIME);
        tokio::pin!(time_is_up);
        while bytes < size::ENOUGH && checked.len() < FRAME_MOMENTS {
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
        let input = message.interaction.unwrap_or_default();
        let (who, now) = (&self.caller.principal, self.api.now());
        let mut checked = intake::check(fields, &at, &input, who, now);
        checked.index = index;
        fields.check(
            checked.source_key.is_some(),
            format_args!("{at}.source_key"),
            "must say what identifies the moment",
        );
        *bytes += size::of(&checked, |who| !self.people.has_met(who));
        checked
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
        let (named, checked) = self.drop_known(checked).await?;
        self.known += (count - named.len()) as u64;
        if named.is_empty() {
            return Ok(None);
        }
        let ids: Vec<InteractionId> = named.iter().map(|(id, _)| *id).collect();
        let import = self.importing.as_ref().map(|importing| importing.id);
        let commit = caller.keys.frame(import, &ids);
        let fingerprint = *commit.as_bytes();
        let request = api.request(caller, commit, fingerprint);
        let mut added = self.people.meet(api, caller, &checked, fingerprint).await?;
        if self.members.is_some() {
            added = self.make_members(&checked, added, fingerprint).await?;
        }
        let mut events: Vec<Event> = added.into_iter().map(|(_, event)| event).collect();
        events.extend(
            self.importing
                .as_mut()
                .map(|importing| importing.part(caller)),
        );
        for ((id, source), checked) in named.into_iter().zip(checked) {
            let index = checked.index;
            let moment = intake::moment(caller, &self.people, checked, request.received_at, false)
                .map_err(|invalid| {
                    let field = format!("interaction[{index}].participants");
                    Failure::invalid_field(&field, &invalid.to_string())
                })?;
            let recorded = intake::recorded(caller, (id, Some(source)), moment, fingerprint);
            events.push(interaction::Event::Recorded(recorded).into());
        }
        Ok(Some(Frame {
            request,
            events,
            moments: ids.len() as u64,
        }))
    }

    /// The moments that are not recorded yet, with their ids and sources, each once.
    async fn drop_known(
        &mut self,
        checked: Vec<Checked>,
    ) -> Result<(Vec<(InteractionId, SourceId)>, Vec<Checked>), Failure> {
        let principal = &self.caller.principal;
        let keys = &self.caller.keys;
        let source = |c: &Checked| keys.source(c.source_key.as_deref().unwrap_or_default());
        let sources: Vec<SourceId> = checked.iter().map(source).collect();
        let told = told_before(&self.api.live().reading, principal, &sources).await;
        let told = told.map_err(Failure::unavailable)?;
        let (mut named, mut new, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        for (source, checked) in sources.into_iter().zip(checked) {
            let own = keys.interaction(principal.member, source);
            let before = told.get(&source);
            let id = before.map_or(own, |(id, _)| *id);
            let is_known = match (before, &mut self.importing) {
                (None, _) => false,
                // It may have come with another import, be that taken back or not: this one holds it too.
                (Some((_, receipt)), Some(importing)) => {
                    importing.known(id, receipt.import);
                    true
                }
                // What only imports hold is told by hand for the first time.
                (Some((_, receipt)), None) => receipt.by_hand && receipt.is_held,
            };
            if !is_known && seen.insert(id) {
                named.push((id, source));
                new.push(checked);
            }
        }
        Ok((named, new))
    }

    /// Makes everybody a member who is not one yet, each entered in the directory as the moments name
    /// them. Answers the additions that are left for the frame: none of theirs.
    async fn make_members(
        &mut self,
        moments: &[Checked],
        added: Vec<(PersonId, Event)>,
        fingerprint: [u8; 16],
    ) -> Result<Vec<(PersonId, Event)>, Failure> {
        let (api, caller) = (self.api, self.caller);
        let Some(members) = &mut self.members else {
            return Ok(added);
        };
        let mut profiles = self.people.profiles(moments);
        let present = self.people.of(moments);
        let organisation = caller.principal.organisation;
        let live = api.live();
        // One of several entries means whose it is, and whoever was erased is nobody's member.
        let known = people::known(&live.reading, organisation, &present).await;
        let known = known.map_err(Failure::unavailable)?;
        let erased = erasures::among(&live.reading, organisation, &present).await;
        let erased = erased.map_err(Failure::unavailable)?;
        let person = |id: PersonId| {
            let row = known.get(&id);
            row.and_then(|row| PersonId::from_slice(&row.id))
                .unwrap_or(id)
        };
        let new: Vec<PersonId> = present
            .into_iter()
            .filter(|id| !erased.contains(id))
            .map(person)
            .filter(|id| members.insert(*id))
            .collect();
        let made: HashSet<PersonId> = new.iter().copied().collect();
        let entered = |id, profile| person::Event::Added {
            id,
            profile,
            met: false,
            told_to: vec![],
            fingerprint,
        };
        let commands: Vec<_> = new
            .into_iter()
            .map(|id| {
                let entry = profiles
                    .remove(&id)
                    .map(|profile| entered(id, profile).into());
                (id, entry.into_iter().collect())
            })
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
        self.done.commits += done.iter().filter(|done| !done.events.is_empty()).count() as u64;
        self.done.last = self
            .done
            .last
            .max(done.iter().map(|done| done.position).max());
        let is_left = |(id, _): &(PersonId, Event)| !made.contains(id);
        Ok(added.into_iter().filter(is_left).collect())
    }
}

/// A message that can't be read would be as broken when it is sent again.
fn broken(status: tonic::Status) -> Failure {
    Failure::of_transport(&status).unwrap_or_else(|| Failure::unavailable(status))
}
