//! Who in the caller's directory the attendees of a gathering are: what members said, else what their descriptions
//! say.
//!
//! It is worked out from what the caller sees and from nothing else, so that a person whom they don't see changes
//! no answer. What a member said of somebody whom the caller doesn't see was, for the caller, never said.

use std::collections::HashMap;
use std::sync::Arc;

use kith_domain::gathering::{Answer, Entry, MAX_ATTENDEES, To};
use kith_domain::heard;
use kith_domain::id::{GatheringId, PersonId};
use kith_domain::resolution::Resolution;
use kith_domain::text::folded;
use kith_proto::kith::gathering::v1::resolve_attendee_request::Answer as Said;
use kith_proto::kith::gathering::v1::{
    Attendee, AttendeeFilter, ListAttendeesRequest, ListAttendeesResponse, ProposedFact,
    ResolveAttendeeRequest, ResolveAttendeeResponse,
};
use kith_proto::words::Word as _;
use kith_readmodel::entity::gathering_attendee;
use kith_readmodel::query::{gatherings, people};
use kith_servicekit::failure::{Failure, Violations};

use super::{changed, content, directory, must_exist};
use crate::Api;
use crate::caller::Caller;
use crate::directory::persons;
use crate::seen::Seen;
use crate::token::{cut, fitting, place};

/// Attendees looked at together, when few of them are listed.
const LOOK: u64 = 500;

/// Who attendees of one gathering are to a caller.
struct Resolver {
    seen: Arc<Seen>,
    said: HashMap<PersonId, Vec<gatherings::Said>>,
    me: Option<PersonId>,
}

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    body: ListAttendeesRequest,
) -> Result<ListAttendeesResponse, Failure> {
    let mut fields = Violations::new();
    let id: GatheringId = fields.id("gathering_id", &body.gathering_id);
    let filter = AttendeeFilter::try_from(body.filter);
    fields.check(
        filter.is_ok(),
        "filter",
        "must be one of the documented values",
    );
    let size = fields.page_size("page_size", body.page_size) as usize;
    fields.finish()?;
    let filter = filter.unwrap_or_default();
    api.visible(caller, &body.min_position).await?;
    must_exist(api, caller, id).await?;
    let question = format!("attendees {id} {}", body.filter);
    let mut after = place(caller, &question, &body.page_token, |mut fields| {
        let listed = PersonId::from_bytes(fields.id()?);
        Some((fields.text()?.to_owned(), listed))
    })?;
    let resolver = Arc::new(resolver(api, caller, id).await?);
    let organisation = caller.principal.organisation;
    let mut found: Vec<(gathering_attendee::Model, Attendee)> = Vec::new();
    loop {
        let rows = gatherings::attendees(&api.live().reading, organisation, id, after, LOOK).await;
        let rows = rows.map_err(Failure::unavailable)?;
        let is_last = (rows.len() as u64) < LOOK;
        after = rows.last().and_then(behind);
        // Long, for a large list: other calls go on meanwhile.
        let by = resolver.clone();
        let looked_at = tokio::task::spawn_blocking(move || -> Vec<_> {
            let all = rows.into_iter();
            let all = all
                .map(|row| (by.attendee(&row), row))
                .filter(|(one, _)| is_wanted(filter, one));
            all.map(|(attendee, row)| (row, attendee)).collect()
        });
        found.extend(looked_at.await.map_err(Failure::unavailable)?);
        if is_last || found.len() > size {
            break;
        }
    }
    let size = fitting(&found, size, |(_, attendee)| {
        prost::Message::encoded_len(attendee)
    });
    let next_page_token = cut(caller, &question, &mut found, size, |(last, _)| {
        [last.listed.as_slice(), last.sort_name.as_bytes()].concat()
    });
    let mut attendees: Vec<Attendee> = found.into_iter().map(|(_, attendee)| attendee).collect();
    propose(api, caller, &mut attendees).await?;
    Ok(ListAttendeesResponse {
        attendees,
        next_page_token,
    })
}

/// Adds what bios propose, but for what is noted already, as far as the caller sees that.
async fn propose(api: &Api, caller: &Caller, attendees: &mut [Attendee]) -> Result<(), Failure> {
    let has_bio = |one: &&mut Attendee| {
        let bio = one.listed.as_ref().map(|listed| listed.bio.as_str());
        bio.is_some_and(|bio| !bio.is_empty()) && !one.person_id.is_empty()
    };
    let mut with_bio: Vec<&mut Attendee> = attendees.iter_mut().filter(has_bio).collect();
    let people: Vec<PersonId> = with_bio
        .iter()
        .filter_map(|one| one.person_id.parse().ok())
        .collect();
    if people.is_empty() {
        return Ok(());
    }
    let noted = people::facts_of_all(&api.live().reading, &caller.principal, &people).await;
    let noted = noted.map_err(Failure::unavailable)?;
    for one in &mut with_bio {
        let person: PersonId = one.person_id.parse().unwrap_or_default();
        let known: Vec<String> = noted
            .get(&person)
            .into_iter()
            .flatten()
            .filter_map(|row| row.text.as_deref().map(folded))
            .collect();
        let listed = one.listed.clone().unwrap_or_default();
        let proposed = heard::proposed(&listed.bio, &listed.name).into_iter();
        let new = proposed.filter(|proposed| !known.contains(&folded(&proposed.text)));
        one.proposed = new
            .map(|proposed| ProposedFact {
                kind: proposed.kind.to_wire(),
                text: proposed.text,
                sentence: proposed.sentence,
            })
            .collect();
    }
    Ok(())
}

fn behind(row: &gathering_attendee::Model) -> Option<(String, PersonId)> {
    Some((row.sort_name.clone(), PersonId::from_slice(&row.listed)?))
}

fn is_wanted(filter: AttendeeFilter, attendee: &Attendee) -> bool {
    let is_resolved = !attendee.person_id.is_empty();
    let is_doubtful = !attendee.candidates.is_empty();
    match filter {
        AttendeeFilter::Unspecified => true,
        AttendeeFilter::Resolved => is_resolved,
        AttendeeFilter::Doubtful => is_doubtful,
        AttendeeFilter::Unknown => !is_resolved && !is_doubtful,
    }
}

async fn resolver(api: &Api, caller: &Caller, id: GatheringId) -> Result<Resolver, Failure> {
    let organisation = caller.principal.organisation;
    let said = gatherings::answers(&api.live().reading, organisation, id).await;
    Ok(Resolver {
        seen: api.seen(caller).await?,
        said: said.map_err(Failure::unavailable)?,
        me: caller.principal.member,
    })
}

/// Attendees, by name, with who they are as far as that is known.
pub(crate) type Everybody = Vec<(gathering_attendee::Model, Option<PersonId>)>;

/// Everybody on the list of a gathering, by name, with who they are.
pub(crate) async fn everybody(
    api: &Api,
    caller: &Caller,
    id: GatheringId,
) -> Result<(Arc<Seen>, Everybody), Failure> {
    let resolver = resolver(api, caller, id).await?;
    let (live, organisation) = (api.live(), caller.principal.organisation);
    let most = MAX_ATTENDEES as u64;
    let rows = gatherings::attendees(&live.reading, organisation, id, None, most).await;
    let rows = rows.map_err(Failure::unavailable)?;
    let resolved = tokio::task::spawn_blocking(move || {
        let all = rows.into_iter().map(|row| (resolver.person(&row), row));
        let all = all.map(|(person, row)| (row, person)).collect();
        (resolver.seen, all)
    });
    resolved.await.map_err(Failure::unavailable)
}

impl Resolver {
    /// Who somebody on the list is, if that is known.
    fn person(&self, row: &gathering_attendee::Model) -> Option<PersonId> {
        self.attendee(row).person_id.parse().ok()
    }

    /// Somebody on the list, with who they are.
    fn attendee(&self, row: &gathering_attendee::Model) -> Attendee {
        let listed = PersonId::from_slice(&row.listed).unwrap_or_default();
        let attendee = Attendee {
            attendee_id: listed.to_string(),
            listed: Some(content::listed(row)),
            ..Attendee::default()
        };
        if let Some(said) = self.said_of(listed) {
            let person = said
                .person
                .and_then(|person| self.seen.rows.get_key_value(&person));
            return Attendee {
                person_id: person.map(|(id, _)| id.to_string()).unwrap_or_default(),
                person_name: person
                    .map(|(_, row)| people::called(row))
                    .unwrap_or_default(),
                confidence: 100,
                said_by: said.by.to_string(),
                ..attendee
            };
        }
        match self.seen.resolve(&directory::described(row)) {
            Resolution::Resolved(found) => Attendee {
                person_id: found.person.to_string(),
                person_name: self
                    .seen
                    .rows
                    .get(&found.person)
                    .map(people::called)
                    .unwrap_or_default(),
                confidence: found.confidence.into(),
                ground: found.ground.to_wire(),
                ..attendee
            },
            Resolution::Doubtful(candidates) => Attendee {
                candidates: candidates
                    .iter()
                    .map(|candidate| directory::candidate(candidate, &self.seen.rows))
                    .collect(),
                ..attendee
            },
            Resolution::Unknown => attendee,
        }
    }

    /// What the caller said of an attendee, else what was said last of whom they see too. That others found nobody
    /// holds for them alone: they may not see whom the caller sees.
    fn said_of(&self, listed: PersonId) -> Option<&gatherings::Said> {
        let all = self.said.get(&listed)?;
        let sees = |person: PersonId| self.seen.rows.contains_key(&person);
        let is_mine =
            |said: &&gatherings::Said| Some(said.by) == self.me && said.person.is_none_or(sees);
        let seen = all.iter().filter(|said| said.person.is_some_and(sees));
        let last = seen.max_by_key(|said| said.revision);
        all.iter().find(is_mine).or(last)
    }
}

pub(super) async fn say(
    api: &Api,
    caller: &Caller,
    body: ResolveAttendeeRequest,
) -> Result<ResolveAttendeeResponse, Failure> {
    let by = caller.member()?;
    let mut change = api.change(caller, "ResolveAttendee", &body.request_id, &body);
    let gathering: GatheringId = change.fields.id("gathering_id", &body.gathering_id);
    let listed: PersonId = change.fields.id("attendee_id", &body.attendee_id);
    let answer = match &body.answer {
        None => None,
        Some(Said::Nobody(_)) => Some(Answer::Nobody),
        Some(Said::PersonId(id)) => Some(Answer::Person(change.fields.id("person_id", id))),
    };
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    if let Some(Answer::Person(person)) = answer {
        persons::must_exist(api, caller, person).await?;
    }
    let to = To::Set(vec![Entry::Answer(listed, by, answer)]);
    let done = changed(api, &change.request, gathering, to).await?;
    Ok(ResolveAttendeeResponse {
        position: api.position_token(caller, done.position),
    })
}
