//! Follow-ups as messages, each with its reason in a sentence.

use std::collections::HashMap;

use kith_domain::briefing::known::Source;
use kith_domain::followup::{Reason, Status};
use kith_domain::id::PersonId;
use kith_domain::pitch::Sentence;
use kith_domain::tie::Step;
use kith_proto::kith::followup::v1::FollowUp;
use kith_readmodel::entity::{follow_up, person};
use kith_readmodel::query::people;
use kith_servicekit::failure::Failure;

use super::give;
use crate::Api;
use crate::caller::Caller;
use crate::views::{id_text, moment, word};

/// Follow-ups with the names of the people they are about.
pub(crate) async fn follow_ups(
    api: &Api,
    caller: &Caller,
    rows: &[follow_up::Model],
) -> Result<Vec<FollowUp>, Failure> {
    let ids: Vec<PersonId> = rows
        .iter()
        .filter_map(|row| PersonId::from_slice(&row.person))
        .collect();
    let names = people::named(&api.live().reading, &caller.principal, &ids).await;
    let names = names.map_err(Failure::unavailable)?;
    // What is done needs nothing to give.
    let open = rows
        .iter()
        .filter(|row| row.status == Status::Open.index() as i16);
    let open: Vec<PersonId> = open
        .filter_map(|row| PersonId::from_slice(&row.person))
        .collect();
    let gifts = give::gifts(api, caller, &open).await?;
    let shown = rows.iter().map(|row| {
        let person = PersonId::from_slice(&row.person).unwrap_or_default();
        let gift = gifts
            .get(&person)
            .filter(|_| row.status == Status::Open.index() as i16);
        given(follow_up(row, &names), gift)
    });
    Ok(shown.collect())
}

/// A follow-up with what there is to give: what was promised, before everything else.
fn given(follow_up: FollowUp, gift: Option<&Sentence<Source>>) -> FollowUp {
    if follow_up.mine {
        return FollowUp {
            give: follow_up.text.clone(),
            ..follow_up
        };
    }
    let Some(gift) = gift else { return follow_up };
    let facts = gift.sources.iter().filter_map(|source| match source {
        Source::Fact(id) => Some(id.to_string()),
        _ => None,
    });
    FollowUp {
        give: gift.text.clone(),
        give_fact_ids: facts.collect(),
        ..follow_up
    }
}

fn follow_up(row: &follow_up::Model, names: &HashMap<PersonId, person::Model>) -> FollowUp {
    let person = PersonId::from_slice(&row.person).unwrap_or_default();
    FollowUp {
        follow_up_id: id_text(&row.id),
        person_id: person.to_string(),
        name: names.get(&person).map(people::called).unwrap_or_default(),
        reason: word(row.reason),
        why: why(row),
        due_at: Some(moment(row.due_us)),
        status: word(row.status),
        text: row.text.clone().unwrap_or_default(),
        mine: row.mine,
        ..FollowUp::default()
    }
}

/// Never what anybody owes: what is there to do, and what it rests on.
fn why(row: &follow_up::Model) -> String {
    let reason = usize::try_from(row.reason)
        .ok()
        .and_then(Reason::from_index);
    let step = Step::ALL
        .into_iter()
        .find(|step| step.index() as i64 == row.basis.rem_euclid(4));
    match (reason, step) {
        (Some(Reason::Promise), _) if row.mine => "you promised this".to_owned(),
        (Some(Reason::Promise), _) => "they promised this; a friendly word may help".to_owned(),
        (Some(Reason::Fading), _) => {
            "it has been quiet for longer than the two of you usually are".to_owned()
        }
        (Some(Reason::Ladder), Some(step)) => {
            format!(
                "the first weeks decide: this would be your {} contact",
                step.as_str()
            )
        }
        _ => "it is time to get in touch".to_owned(),
    }
}
