//! Facts.

use kith_domain::fact::{self, Life};
use kith_domain::id::{FactId, PersonId};
use kith_domain::questions::Bank;
use kith_domain::text::Text;
use kith_eventlog::identity;
use kith_proto::kith::directory::v1::{
    AddFactRequest, AddFactResponse, Fact, RemoveFactRequest, RemoveFactResponse,
};
use kith_proto::words;
use kith_readmodel::entity::fact as row;
use kith_readmodel::query::people;
use kith_servicekit::failure::{Failure, Violations};

use super::persons;
use crate::Api;
use crate::caller::Caller;
use crate::change::same_request;
use crate::views::{id_text, moment, word};

pub(super) async fn add(
    api: &Api,
    caller: &Caller,
    body: AddFactRequest,
) -> Result<AddFactResponse, Failure> {
    let author = caller.member()?;
    let mut change = api.change(caller, "AddFact", &body.request_id, &body);
    let given = body.fact.clone().unwrap_or_default();
    let person: PersonId = change.fields.id("person_id", &body.person_id);
    let kind = change.fields.word::<fact::Kind>("fact.kind", given.kind);
    let text = change.fields.required_text("fact.text", &given.text, 1_000);
    let source = change
        .fields
        .optional_text("fact.source", &given.source, 500);
    let question = question(&mut change.fields, "fact.question_id", &given.question_id);
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    persons::must_exist(api, caller, person).await?;
    let id = identity::fact_of(change.request.commit);
    let known = people::fact(&api.live().reading, caller.principal.organisation, id).await;
    if let Some(row) = known.map_err(Failure::unavailable)? {
        same_request(&row.fingerprint, &change.request)?;
        return Ok(AddFactResponse {
            fact: Some(view(&row)),
            position: api.present(caller),
        });
    }
    let noted_at = change.request.received_at;
    let added = fact::Event::Added(fact::Fact {
        id,
        person,
        kind: kind.unwrap_or(fact::Kind::Interest),
        text: Text::Clear(text),
        source: source.map(Text::Clear),
        question,
        private: given.private,
        author,
        noted_at,
        fingerprint: change.request.fingerprint,
    });
    let appended = api
        .ledger()
        .record(&change.request, vec![added.into()])
        .await?;
    let fact = Fact {
        fact_id: id.to_string(),
        author_id: author.to_string(),
        noted_at: Some(words::timestamp(noted_at)),
        ..given
    };
    let position = api.position_token(caller, appended.position);
    Ok(AddFactResponse {
        fact: Some(fact),
        position,
    })
}

pub(super) async fn remove(
    api: &Api,
    caller: &Caller,
    body: RemoveFactRequest,
) -> Result<RemoveFactResponse, Failure> {
    let by = caller.member()?;
    let mut change = api.change(caller, "RemoveFact", &body.request_id, &body);
    let id: FactId = change.fields.id("fact_id", &body.fact_id);
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let found = people::fact(&api.live().reading, caller.principal.organisation, id).await;
    let row = found.map_err(Failure::unavailable)?;
    let author = row
        .as_ref()
        .and_then(|row| PersonId::from_slice(&row.author));
    // A private fact of somebody else does not exist for the caller, nor one of a person whom they do not see.
    let hidden = match &row {
        Some(row) if author != Some(by) => row.private || !is_seen(api, caller, row).await?,
        _ => false,
    };
    let author = author
        .filter(|_| !hidden)
        .ok_or_else(|| Failure::not_found("fact"))?;
    let command = fact::Remove {
        id,
        by,
        author,
        removed: true,
    };
    let done = api
        .ledger()
        .execute::<Life>(&change.request, &id.to_string(), command, vec![])
        .await;
    let done = done.map_err(|error| {
        Failure::from_execute(error, |fact::Error::NotTheAuthor| {
            Failure::not_yours("fact")
        })
    })?;
    Ok(RemoveFactResponse {
        position: api.position_token(caller, done.position),
    })
}

async fn is_seen(api: &Api, caller: &Caller, row: &row::Model) -> Result<bool, Failure> {
    let person = PersonId::from_slice(&row.person).unwrap_or_default();
    let seen = people::see(&api.live().reading, &caller.principal, person).await;
    Ok(seen.map_err(Failure::unavailable)?.is_some())
}

/// Of whom there is a fact among these that somebody else wrote for all.
pub(super) fn of_others<'f>(
    caller: &Caller,
    facts: impl IntoIterator<Item = &'f row::Model>,
) -> Vec<PersonId> {
    let me = caller.principal.member;
    let others = facts
        .into_iter()
        .filter(|row| !row.private && PersonId::from_slice(&row.author) != me);
    others
        .filter_map(|row| PersonId::from_slice(&row.person))
        .collect()
}

/// About what a fact takes in an answer.
pub(super) fn bytes(row: &row::Model) -> usize {
    let texts = [&row.text, &row.source].into_iter().flatten();
    texts.map(String::len).sum::<usize>() + 120
}

pub(crate) fn view(row: &row::Model) -> Fact {
    Fact {
        fact_id: id_text(&row.id),
        kind: word(row.kind),
        text: row.text.clone().unwrap_or_default(),
        source: row.source.clone().unwrap_or_default(),
        private: row.private,
        author_id: id_text(&row.author),
        noted_at: Some(moment(row.noted_us)),
        question_id: row.question.clone().unwrap_or_default(),
    }
}

/// A question of the bank, if one is named.
pub(crate) fn question(fields: &mut Violations, field: &str, given: &str) -> Option<Text> {
    let known = given.is_empty() || Bank::get().find(given).is_some();
    fields.check(known, field, "must be the id of a question of the bank");
    Some(given)
        .filter(|id| !id.is_empty() && known)
        .map(Text::from)
}
