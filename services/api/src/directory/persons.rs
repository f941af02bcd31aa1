//! People.

use std::collections::HashSet;

use kith_domain::access::{Content, Role};
use kith_domain::date::day_of;
use kith_domain::id::PersonId;
use kith_domain::person::{self, MAX_LIST, Profile};
use kith_domain::text::Text;
use kith_eventlog::identity::{self, Handle};
use kith_eventlog::ledger::Request;
use kith_proto::kith::directory::v1::{
    CreatePersonRequest, CreatePersonResponse, GetPersonRequest, GetPersonResponse,
    ListPersonsRequest, ListPersonsResponse, Person,
};
use kith_readmodel::entity::person as row;
use kith_readmodel::query::interactions::met_by;
use kith_readmodel::query::{keys, listing, people};
use kith_servicekit::failure::{Failure, Violations};

use super::{affiliations, erasure, facts};
use crate::Api;
use crate::caller::Caller;
use crate::change::same_request;
use crate::interaction::imports::Entering;
use crate::token::{cut, fitting, place};
use crate::views;

pub(super) const MAX_TEXT: usize = 200;
const MAX_TAG: usize = 100;
/// Who may write in the directory.
pub(crate) const WRITERS: &[Role] = &[Role::Member, Role::Admin, Role::Service];

pub(super) fn clear(text: Option<String>) -> Option<Text> {
    text.map(Text::Clear)
}

pub(super) fn addresses(fields: &mut Violations, person: &Person) -> Vec<Text> {
    fields.check(
        person.addresses.len() <= MAX_LIST,
        "person.addresses",
        "must be at most 50",
    );
    let all = person.addresses.iter().take(MAX_LIST);
    all.map(|address| Text::Clear(fields.address("person.addresses", address)))
        .collect()
}

pub(super) fn tags(fields: &mut Violations, person: &Person) -> Vec<Text> {
    fields.check(
        person.tags.len() <= MAX_LIST,
        "person.tags",
        "must be at most 50",
    );
    let all = person.tags.iter().take(MAX_LIST);
    all.map(|tag| Text::Clear(fields.required_text("person.tags", tag, MAX_TAG)))
        .collect()
}

fn profile(fields: &mut Violations, person: &Person) -> Profile {
    let mut text = |field: &str, text: &str| clear(fields.optional_text(field, text, MAX_TEXT));
    let profile = Profile {
        name: text("person.name", &person.name),
        external_key: text("person.external_key", &person.external_key),
        company: text("person.company", &person.company),
        title: text("person.title", &person.title),
        ..Profile::default()
    };
    let profile = Profile {
        addresses: addresses(fields, person),
        affiliations: affiliations::given(fields, person),
        tags: tags(fields, person),
        ..profile
    };
    let named =
        profile.name.is_some() || profile.external_key.is_some() || !profile.addresses.is_empty();
    fields.check(
        named,
        "person",
        "must have a name, an address or an external key",
    );
    profile
}

/// The id that a profile makes: by its external key, else its first address, else the request.
fn id_of(caller: &Caller, profile: &Profile, request: &Request) -> PersonId {
    if let Some(key) = profile.external_key.as_ref().and_then(Text::as_clear) {
        return caller.keys.person(Handle::ExternalKey(key), 0);
    }
    match profile.addresses.first().and_then(Text::as_clear) {
        Some(address) => caller.keys.person(Handle::Address(address), 0),
        None => identity::person_of(request.commit),
    }
}

pub(super) async fn create(
    api: &Api,
    caller: &Caller,
    body: CreatePersonRequest,
) -> Result<CreatePersonResponse, Failure> {
    caller.must_be(WRITERS)?;
    let mut change = api.change(caller, "CreatePerson", &body.request_id, &body);
    let given = body.person.clone().unwrap_or_default();
    let mut profile = profile(&mut change.fields, &given);
    let import = Entering::of(
        caller,
        &mut change.fields,
        &body.import_id,
        &body.import_name,
    );
    change.fields.finish()?;
    if profile.company.is_none()
        && let Some(one) = affiliations::foremost(&profile.affiliations, day_of(api.now()))
    {
        profile.company = clear(Some(one.company));
        profile.title = profile.title.take().or_else(|| clear(one.title));
    }
    api.visible(caller, &body.min_position).await?;
    let live = api.live();
    let organisation = caller.principal.organisation;
    let mut id = id_of(caller, &profile, &change.request);
    for address in profile.addresses.iter().filter_map(Text::as_clear) {
        let other = people::by_address(&live.reading, organisation, address).await;
        let Some(other) = other.map_err(Failure::unavailable)? else {
            continue;
        };
        // Whom the caller does not see stays who they are.
        let seen = people::see(&live.reading, &caller.principal, other).await;
        if seen.map_err(Failure::unavailable)?.is_some() {
            id = other;
        }
    }
    let key = profile.external_key.as_ref();
    erasure::must_not_be_erased(api, caller, id, &profile.addresses, key).await?;
    let known = people::find(&live.reading, organisation, id).await;
    let known = known.map_err(Failure::unavailable)?;
    // Whoever only came along with moments so far is entered by this: what those who met them know is
    // theirs.
    if let Some(row) = known.as_ref().filter(|row| !row.met) {
        // Made by this very request: nothing else names them.
        if id == identity::person_of(change.request.commit) {
            same_request(&row.fingerprint, &change.request)?;
        }
        return Ok(CreatePersonResponse {
            person: Some(view(api, caller, row).await?),
            position: api.present(caller),
        });
    }
    let fingerprint = change.request.fingerprint;
    // What the caller sees of somebody whom they met is kept where they say nothing else.
    let seen = people::see(&live.reading, &caller.principal, id).await;
    let profile = match seen.map_err(Failure::unavailable)? {
        Some(row) => completed(profile, &row),
        None => profile,
    };
    let person = entered(id, &profile, known.map_or(0, |row| row.version));
    let added = person::Event::Added {
        id,
        profile,
        met: false,
        told_to: vec![],
        fingerprint,
    };
    let mut events = vec![added.into()];
    if let Some(import) = import {
        events.insert(0, import.part(api, caller).await?);
    }
    let appended = api.ledger().record(&change.request, events).await?;
    let position = api.position_token(caller, appended.position);
    Ok(CreatePersonResponse {
        person: Some(person),
        position,
    })
}

/// What is given, with what the caller knows where nothing is.
pub(crate) fn completed(mut profile: Profile, known: &row::Model) -> Profile {
    for (field, text) in [
        (&mut profile.name, &known.name),
        (&mut profile.company, &known.company),
        (&mut profile.title, &known.title),
        (&mut profile.external_key, &known.external_key),
    ] {
        *field = field.take().or_else(|| text.as_deref().map(Text::from));
    }
    for (field, lines) in [
        (&mut profile.addresses, &known.addresses),
        (&mut profile.affiliations, &known.affiliations),
        (&mut profile.tags, &known.tags),
    ] {
        if field.is_empty() {
            *field = lines.lines().map(Text::from).collect();
        }
    }
    profile
}

/// Somebody as they were just entered, as a message.
fn entered(id: PersonId, profile: &Profile, version: i32) -> Person {
    let text = |text: &Option<Text>| {
        let text = text.as_ref().and_then(Text::as_clear);
        text.unwrap_or_default().to_owned()
    };
    let list = |texts: &[Text]| {
        let texts = texts.iter().filter_map(Text::as_clear);
        texts.map(ToOwned::to_owned).collect()
    };
    Person {
        person_id: id.to_string(),
        name: text(&profile.name),
        addresses: list(&profile.addresses),
        external_key: text(&profile.external_key),
        company: text(&profile.company),
        title: text(&profile.title),
        affiliations: views::affiliations(profile.affiliations.iter().filter_map(Text::as_clear)),
        tags: list(&profile.tags),
        etag: version.to_string(),
        is_member: false,
    }
}

/// A person as a message.
pub(super) async fn view(api: &Api, caller: &Caller, row: &row::Model) -> Result<Person, Failure> {
    let id = PersonId::from_slice(&row.id).unwrap_or_default();
    let live = api.live();
    let member = keys::is_member(&live.reading, caller.principal.organisation, id).await;
    Ok(views::person(row, member.map_err(Failure::unavailable)?))
}

/// The person of the caller's directory that a reference names, or `NOT_FOUND`.
pub(crate) async fn resolve(
    api: &Api,
    caller: &Caller,
    reference: &str,
) -> Result<row::Model, Failure> {
    let found = people::resolve(&api.live().reading, &caller.principal, reference).await;
    found
        .map_err(Failure::unavailable)?
        .ok_or_else(|| Failure::not_found("person"))
}

/// The person of the caller's directory with an id, or `NOT_FOUND`.
pub(crate) async fn must_exist(
    api: &Api,
    caller: &Caller,
    id: PersonId,
) -> Result<row::Model, Failure> {
    let found = people::see(&api.live().reading, &caller.principal, id).await;
    found
        .map_err(Failure::unavailable)?
        .ok_or_else(|| Failure::not_found("person"))
}

/// Refuses an id of nobody whom the caller can know of: neither of their directory, nor of a moment
/// that they took part in, as their timeline shows them.
pub(crate) async fn must_be_known(api: &Api, caller: &Caller, id: PersonId) -> Result<(), Failure> {
    let known = known_ids(api, caller, &[id]).await?;
    if known.contains(&id) {
        return Ok(());
    }
    Err(Failure::not_found("person"))
}

/// Those of these ids that the caller can know of.
pub(crate) async fn known_ids(
    api: &Api,
    caller: &Caller,
    ids: &[PersonId],
) -> Result<HashSet<PersonId>, Failure> {
    let (live, principal) = (api.live(), &caller.principal);
    let seen = people::see_all(&live.reading, principal, ids).await;
    let mut known = seen.map_err(Failure::unavailable)?;
    let rest: Vec<PersonId> = ids
        .iter()
        .copied()
        .filter(|id| !known.contains(id))
        .collect();
    if let (Some(member), false) = (principal.member, rest.is_empty()) {
        let met = met_by(&live.reading, principal.organisation, member, &rest).await;
        known.extend(met.map_err(Failure::unavailable)?);
    }
    Ok(known)
}

/// About what a person takes in an answer.
pub(super) fn bytes(row: &row::Model) -> usize {
    let optional = [&row.name, &row.external_key, &row.company, &row.title];
    let optional: usize = optional.into_iter().flatten().map(String::len).sum();
    optional + row.addresses.len() + row.affiliations.len() + row.tags.len() + 200
}

pub(super) async fn get(
    api: &Api,
    caller: &Caller,
    body: GetPersonRequest,
) -> Result<GetPersonResponse, Failure> {
    let mut fields = Violations::new();
    let reference = fields.required_text("person", &body.person, 254);
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    let row = resolve(api, caller, &reference).await?;
    let id = PersonId::from_slice(&row.id).unwrap_or_default();
    let facts = people::facts(&api.live().reading, &caller.principal, id).await;
    let facts = facts.map_err(Failure::unavailable)?;
    let shown = fitting(&facts, facts.len(), facts::bytes);
    let read = facts::of_others(caller, &facts);
    api.is_shown(caller, Content::Facts, read).await?;
    Ok(GetPersonResponse {
        person: Some(view(api, caller, &row).await?),
        facts: facts.iter().take(shown).map(facts::view).collect(),
    })
}

pub(super) async fn list(
    api: &Api,
    caller: &Caller,
    body: ListPersonsRequest,
) -> Result<ListPersonsResponse, Failure> {
    let mut fields = Violations::new();
    let size = fields.page_size("page_size", body.page_size) as usize;
    let filter = listing::Filter {
        name: fields.optional_text("name", &body.name, MAX_TEXT),
        address: fields.optional_text("address", &body.address, 254),
        company: fields.optional_text("company", &body.company, MAX_TEXT),
        tag: fields.optional_text("tag", &body.tag, MAX_TAG),
        day: day_of(api.now()),
        ..listing::Filter::default()
    };
    fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    // The day stays out of it: a list goes on past midnight.
    let question = format!(
        "persons {:?} {:?} {:?} {:?}",
        filter.name, filter.address, filter.company, filter.tag
    );
    let after = place(caller, &question, &body.page_token, |mut fields| {
        let id = PersonId::from_bytes(fields.id()?);
        Some((fields.text()?.to_owned(), id))
    })?;
    let live = api.live();
    let organisation = caller.principal.organisation;
    let limit = size as u64 + 1;
    let rows = listing::list(
        &live.reading,
        &caller.principal,
        &filter,
        after.as_ref(),
        limit,
    )
    .await;
    let mut rows = rows.map_err(Failure::unavailable)?;
    let size = fitting(&rows, size, bytes);
    let next_page_token = cut(caller, &question, &mut rows, size, |last| {
        [&last.id, last.sort_name.as_bytes()].concat()
    });
    let members = keys::members(&live.reading, organisation)
        .await
        .map_err(Failure::unavailable)?;
    let members: HashSet<PersonId> = members.into_iter().collect();
    let is_member =
        |row: &row::Model| PersonId::from_slice(&row.id).is_some_and(|id| members.contains(&id));
    let persons = rows
        .iter()
        .map(|row| views::person(row, is_member(row)))
        .collect();
    Ok(ListPersonsResponse {
        persons,
        next_page_token,
    })
}
