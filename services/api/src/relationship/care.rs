//! How the caller cares for ties, and which are most worth a decision.

use std::collections::HashSet;

use kith_domain::care::{self, Tending};
use kith_domain::id::PersonId;
use kith_domain::tie::{self, Reading, STANDARD_HORIZON, V1};
use kith_proto::kith::relationship::v1::{
    ListReviewRequest, ListReviewResponse, SetCareRequest, SetCareResponse,
};
use kith_readmodel::query::ties::{self, Own};
use kith_readmodel::query::{keys, people};
use kith_servicekit::failure::Failure;

use super::list::fades_and_is_worth_it;
use super::views;
use crate::Api;
use crate::caller::Caller;
use crate::directory::persons::must_be_known;

/// Ties to decide about at once: a longer list is one that nobody wants.
const MOST: usize = 20;

pub(super) async fn set(
    api: &Api,
    caller: &Caller,
    body: SetCareRequest,
) -> Result<SetCareResponse, Failure> {
    let member = caller.member()?;
    let mut change = api.change(caller, "SetCare", &body.request_id, &body);
    let fields = &mut change.fields;
    let person: PersonId = fields.id("person_id", &body.person_id);
    let word = if body.care == 0 {
        None
    } else {
        fields.word("care", body.care)
    };
    let says_something = body.care != 0 || body.important.is_some();
    fields.check(says_something, "care", "or important must be given");
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    must_be_known(api, caller, person).await?;
    // What is not said stays as it is, also where it was said of another entry of theirs.
    let (live, organisation) = (api.live(), caller.principal.organisation);
    let held = ties::cared_elsewhere(&live.reading, organisation, member, person).await;
    let held = held.map_err(Failure::unavailable)?;
    let command = care::Set {
        member,
        person,
        word: word.or(held.map(|(word, _)| word)),
        important: body.important.or(held.map(|(_, important)| important)),
    };
    let id = care::id(member, person);
    let done = api
        .ledger()
        .execute::<Tending>(&change.request, &id, command, vec![])
        .await;
    let done = done.map_err(|error| Failure::from_execute(error, |never| match never {}))?;
    Ok(SetCareResponse {
        position: api.position_token(caller, done.position),
    })
}

pub(super) async fn review(
    api: &Api,
    caller: &Caller,
    body: ListReviewRequest,
) -> Result<ListReviewResponse, Failure> {
    let member = caller.member()?;
    api.visible(caller, &body.min_position).await?;
    let (live, now) = (api.live(), api.now());
    let organisation = caller.principal.organisation;
    let own = ties::of_member(&live.reading, organisation, member).await;
    let own = own.map_err(Failure::unavailable)?;
    // Ties between two members never prompt: there is nothing to decide about them.
    let members = keys::members(&live.reading, organisation).await;
    let members: HashSet<PersonId> = members.map_err(Failure::unavailable)?.into_iter().collect();
    let mut open: Vec<(f64, Own, Reading)> = own
        .into_iter()
        .filter(|own| {
            // Of what was never answered no decision makes a reminder.
            own.is_answered
                && own.care == care::Word::Undecided
                && own.due.is_none()
                && !members.contains(&own.person)
        })
        .filter_map(|own| {
            let reading = tie::read(&V1, &own.state, now, STANDARD_HORIZON)?;
            let is_open = fades_and_is_worth_it(&reading);
            is_open.then(|| (tie::rank(&own.state, &V1, now), own, reading))
        })
        .collect();
    open.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.person.cmp(&b.1.person)));
    open.truncate(MOST);
    let shown: Vec<PersonId> = open.iter().map(|(_, own, _)| own.person).collect();
    let names = people::named(&live.reading, &caller.principal, &shown).await;
    let names = names.map_err(Failure::unavailable)?;
    let name = |id: &PersonId| names.get(id).map(people::called).unwrap_or_default();
    let ties = open.iter();
    let ties = ties.map(|(_, own, reading)| views::tie(own, name(&own.person), reading));
    Ok(ListReviewResponse {
        ties: ties.collect(),
    })
}
