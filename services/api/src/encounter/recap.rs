//! What came of a gathering for the caller.

use std::collections::{HashMap, HashSet};

use kith_domain::briefing::Briefing;
use kith_domain::followup::{Reason, Status};
use kith_domain::id::{GatheringId, InteractionId, PersonId};
use kith_domain::interaction::Kind;
use kith_domain::recap::{self, Course};
use kith_domain::time::{HOUR, Timestamp};
use kith_proto::kith::gathering::v1::{GetRecapRequest, GetRecapResponse, Met, NotMet};
use kith_proto::words;
use kith_readmodel::entity::{follow_up, gathering};
use kith_readmodel::query::moments::{self, Moment};
use kith_readmodel::query::{acquaintances, followups, people};
use kith_servicekit::failure::{Failure, Violations};

use crate::Api;
use crate::briefing::{get, view};
use crate::caller::Caller;
use crate::followup::views;
use crate::gathering::{EVENING, resolve};
use crate::relationship::sharing::shared_by_default;
use crate::seen::Own;

const MOST_MET: usize = 100;
const MOST_NOT_MET: usize = 10;
const MOST_PROMISES: u64 = 1_000;
/// The first step of the ladder.
const SECOND_CONTACT: i64 = 48 * HOUR;

pub(super) async fn get(
    api: &Api,
    caller: &Caller,
    body: GetRecapRequest,
) -> Result<GetRecapResponse, Failure> {
    let me = caller.member()?;
    let mut fields = Violations::new();
    let id: GatheringId = fields.id("gathering_id", &body.gathering_id);
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let row = crate::gathering::must_exist(api, caller, id).await?;
    // Who is prepared for a gathering knows who is on its list. For one that is cancelled nobody is.
    let (seen, listed, briefing) = if row.cancelled {
        let (seen, listed) = resolve::everybody(api, caller, id).await?;
        let listed = listed.into_iter().map(|(_, person)| person).collect();
        (seen, listed, None)
    } else {
        let (loaded, briefing) = get::prepared(api, caller, id).await?;
        let listed = loaded.listed();
        (loaded.seen, listed, Some(briefing))
    };
    let own = seen.own(api, me).await?;
    let there = there(&row, &own.moments);
    let met = met(api, caller, own, &there).await?;
    let ids: HashSet<PersonId> = there.iter().map(|(person, _)| *person).collect();
    let not_met = briefing.map_or_else(Vec::new, |briefing| not_met(&briefing, &ids));
    Ok(GetRecapResponse {
        name: row.name.clone(),
        met,
        not_met,
        promises: promises(api, caller, &row, me).await?,
        usual: recap::told(recap::usual(courses(&own.moments))),
        reach: reach(api, caller, &listed).await?,
    })
}

/// Whom the caller met face to face there, the last one first, and in which moment.
fn there<'m>(row: &gathering::Model, all: &'m [Moment]) -> Vec<(PersonId, &'m Moment)> {
    let while_it_lasts = row.begins_us - EVENING..=row.ends_us + EVENING;
    let mut seen = HashSet::new();
    let moments = all.iter().filter(|moment| {
        let is_there = matches!(
            moment.kind,
            Kind::Encounter | Kind::Meeting | Kind::Introduction
        );
        is_there && while_it_lasts.contains(&moment.at.micros())
    });
    let people = moments.flat_map(|moment| moment.others.iter().map(move |other| (*other, moment)));
    people.filter(|(person, _)| seen.insert(*person)).collect()
}

async fn met(
    api: &Api,
    caller: &Caller,
    own: &Own,
    there: &[(PersonId, &Moment)],
) -> Result<Vec<Met>, Failure> {
    let live = api.live();
    let shown = &there[..there.len().min(MOST_MET)];
    let people: Vec<PersonId> = shown.iter().map(|(person, _)| *person).collect();
    let named = people::named(&live.reading, &caller.principal, &people).await;
    let named = named.map_err(Failure::unavailable)?;
    let ids: Vec<InteractionId> = shown.iter().map(|(_, moment)| moment.id).collect();
    let texts = moments::these(&live.reading, &caller.principal, &ids).await;
    let texts = texts.map_err(Failure::unavailable)?;
    let met = shown.iter().map(|(person, moment)| {
        let is_new = own
            .moments_with(*person)
            .all(|other| other.at >= moment.at || other.id == moment.id);
        let has_followed = own.moments_with(*person).any(|other| other.at > moment.at);
        let by = moment.at.plus_micros(SECOND_CONTACT);
        Met {
            person_id: person.to_string(),
            name: named.get(person).map(people::called).unwrap_or_default(),
            at: Some(words::timestamp(moment.at)),
            is_new,
            note: texts
                .get(&moment.id)
                .and_then(|seen| seen.row.note.clone())
                .unwrap_or_default(),
            follow_up_by: (is_new && !has_followed).then(|| words::timestamp(by)),
        }
    });
    Ok(met.collect())
}

/// Those of the briefing whom the caller did not get to, and for whom something speaks.
fn not_met(briefing: &Briefing, met: &HashSet<PersonId>) -> Vec<NotMet> {
    let left = briefing
        .pages
        .iter()
        .filter(|page| page.person.is_none_or(|person| !met.contains(&person)));
    let worth = left.filter_map(|page| {
        let reason = page.reasons.first().filter(|reason| reason.weight > 0)?;
        Some(NotMet {
            attendee_id: page.listed.to_string(),
            person_id: page.person.map(|id| id.to_string()).unwrap_or_default(),
            name: page.name.clone(),
            reason: Some(view::sentence(&reason.told)),
        })
    });
    worth.take(MOST_NOT_MET).collect()
}

/// Promises that were made while it lasted and are open.
async fn promises(
    api: &Api,
    caller: &Caller,
    row: &gathering::Model,
    me: PersonId,
) -> Result<Vec<kith_proto::kith::followup::v1::FollowUp>, Failure> {
    let whose = (caller.principal.organisation, me);
    let ever = Timestamp(i64::MAX);
    let live = api.live();
    let open = followups::list(
        &live.reading,
        whose,
        Status::Open,
        ever,
        None,
        MOST_PROMISES,
    )
    .await;
    let mut open: Vec<follow_up::Model> = open.map_err(Failure::unavailable)?;
    let is_promise = |row: &follow_up::Model| row.reason == Reason::Promise.index() as i16;
    let made = row.begins_us - EVENING..=row.ends_us + EVENING;
    open.retain(|promise| is_promise(promise) && made.contains(&promise.made_us));
    views::follow_ups(api, caller, &open).await
}

/// The first talk with each person, and the first thing that came of it.
fn courses(all: &[Moment]) -> Vec<Course> {
    let mut courses: HashMap<PersonId, Course> = HashMap::new();
    // Oldest first.
    for moment in all.iter().rev() {
        let is_result = matches!(moment.kind, Kind::Favour | Kind::Introduction);
        let is_talk = matches!(moment.kind, Kind::Encounter | Kind::Meeting | Kind::Call);
        for other in &moment.others {
            match courses.get_mut(other) {
                Some(course) if is_result => {
                    course.result.get_or_insert(moment.at);
                }
                None if is_talk => {
                    let course = Course {
                        first: moment.at,
                        result: None,
                    };
                    courses.insert(*other, course);
                }
                _ => {}
            }
        }
    }
    courses.into_values().collect()
}

/// How many on the list are known to somebody here, as far as members show it.
async fn reach(api: &Api, caller: &Caller, listed: &[Option<PersonId>]) -> Result<String, Failure> {
    let people: HashSet<PersonId> = listed.iter().copied().flatten().collect();
    let people: Vec<PersonId> = people.into_iter().collect();
    let default = shared_by_default(api, caller).await?;
    let live = api.live();
    let known = acquaintances::of(
        &live.reading,
        &caller.principal,
        &people,
        default,
        api.now(),
    );
    let mut counted: HashMap<PersonId, usize> = HashMap::new();
    for one in known.await.map_err(Failure::unavailable)? {
        *counted.entry(one.person).or_default() += 1;
    }
    let several = counted.values().filter(|count| **count > 1).count();
    Ok(recap::reach(counted.len(), several, listed.len()))
}
