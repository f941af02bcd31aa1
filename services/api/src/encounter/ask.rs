//! What to ask next, and what is answered of a request that was recorded before.

use std::collections::HashSet;

use kith_domain::id::{InteractionId, PersonId};
use kith_domain::questions::{self, Known};
use kith_domain::tie::{self, STANDARD_HORIZON, V1};
use kith_eventlog::identity;
use kith_eventlog::ledger::Request;
use kith_proto::kith::directory::v1::Fact;
use kith_proto::kith::followup::v1::FollowUp;
use kith_proto::kith::gathering::v1::{Question, RecordEncounterResponse};
use kith_readmodel::entity::{fact, follow_up};
use kith_readmodel::query::{followups, interactions, moments, people, ties};
use kith_servicekit::failure::Failure;

use crate::Api;
use crate::caller::Caller;
use crate::change::same_request;
use crate::directory::facts;
use crate::followup::views;
use crate::views::id_text;

/// What was learnt in a talk.
pub(super) struct Learnt {
    pub(super) interaction: InteractionId,
    pub(super) person: PersonId,
    pub(super) gathering: Option<String>,
    pub(super) sentence: String,
    pub(super) facts: Vec<Fact>,
    pub(super) promises: Vec<FollowUp>,
}

/// What was recorded, with up to two questions about it.
pub(super) async fn answer(
    api: &Api,
    caller: &Caller,
    learnt: &Learnt,
) -> Result<RecordEncounterResponse, Failure> {
    let live = api.live();
    let principal = &caller.principal;
    let me = caller.member()?;
    let known = people::facts(&live.reading, principal, learnt.person).await;
    let known = known.map_err(Failure::unavailable)?;
    let own = ties::find(&live.reading, principal.organisation, me, learnt.person).await;
    let own = own.map_err(Failure::unavailable)?;
    let reading = own.and_then(|own| tie::read(&V1, &own.state, api.now(), STANDARD_HORIZON));
    let named = people::named(&live.reading, principal, &[learnt.person]).await;
    let named = named.map_err(Failure::unavailable)?;
    let row = named.get(&learnt.person);
    let now = learnt.facts.iter().map(|fact| fact.question_id.as_str());
    let asked: HashSet<&str> = known
        .iter()
        .filter_map(|row| row.question.as_deref())
        .chain(now)
        .collect();
    let of_kind =
        |kind: kith_domain::fact::Kind| known.iter().any(|row| row.kind == kind.index() as i16);
    let id = learnt.person.as_bytes();
    let variant = u64::from_be_bytes([id[0], id[1], id[2], id[3], id[4], id[5], id[6], id[7]]) >> 1;
    let asking = Known {
        raised: vec![&learnt.sentence],
        company: row.and_then(|row| row.company.as_deref()),
        gathering: learnt.gathering.as_deref(),
        has_need: of_kind(kith_domain::fact::Kind::Need),
        has_offer: of_kind(kith_domain::fact::Kind::Offer),
        depth: reading.map(|reading| reading.depth),
        asked,
        variant,
        ..Known::default()
    };
    let questions = questions::next(&asking, &learnt.sentence);
    let questions = questions.into_iter().map(|question| Question {
        question_id: question.id,
        text: question.text,
        about: question.about.to_owned(),
    });
    Ok(RecordEncounterResponse {
        interaction_id: learnt.interaction.to_string(),
        person_id: learnt.person.to_string(),
        name: row.map(people::called).unwrap_or_default(),
        facts: learnt.facts.clone(),
        promises: learnt.promises.clone(),
        questions: questions.collect(),
        ..RecordEncounterResponse::default()
    })
}

/// What was answered when the same request came before: nothing of it is recorded twice.
pub(super) async fn recorded(
    api: &Api,
    caller: &Caller,
    request: &Request,
) -> Result<Option<RecordEncounterResponse>, Failure> {
    let live = api.live();
    let (organisation, me) = (caller.principal.organisation, caller.member()?);
    let interaction = identity::interaction_of(request.commit);
    let receipts = interactions::receipts(&live.reading, organisation, &[interaction]).await;
    let receipts = receipts.map_err(Failure::unavailable)?;
    let Some(receipt) = receipts.get(&interaction) else {
        return Ok(None);
    };
    same_request(&receipt.fingerprint, request)?;
    let found = moments::these(&live.reading, &caller.principal, &[interaction]).await;
    let found = found.map_err(Failure::unavailable)?;
    let seen = found.get(&interaction);
    let others = seen.into_iter().flat_map(|seen| &seen.participants);
    let person = others.map(|one| one.person).find(|person| *person != me);
    let person = person.unwrap_or_default();
    let noted = people::facts(&live.reading, &caller.principal, person).await;
    let noted = noted.map_err(Failure::unavailable)?;
    let is_of_it = |row: &&fact::Model| row.fingerprint == request.fingerprint;
    let promised =
        followups::of_request(&live.reading, organisation, me, &request.fingerprint).await;
    let promised: Vec<follow_up::Model> = promised.map_err(Failure::unavailable)?;
    let learnt = Learnt {
        interaction,
        person,
        gathering: None,
        sentence: seen
            .and_then(|seen| seen.row.note.clone())
            .unwrap_or_default(),
        facts: noted.iter().filter(is_of_it).map(facts::view).collect(),
        promises: views::follow_ups(api, caller, &promised).await?,
    };
    let mut answer = answer(api, caller, &learnt).await?;
    answer.position = api.present(caller);
    answer.person_id = id_text(person.as_bytes());
    Ok(Some(answer))
}
