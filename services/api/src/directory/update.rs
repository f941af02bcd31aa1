//! Changing what is known of a person.

use std::collections::HashSet;

use kith_domain::affiliation;
use kith_domain::date::day_of;
use kith_domain::event::Event;
use kith_domain::id::PersonId;
use kith_domain::person::{self, Change, Profile};
use kith_domain::text::{Text, folded, normalised_address};
use kith_eventlog::ledger::{ExecuteError, Request};
use kith_eventlog::log::Position;
use kith_proto::kith::directory::v1::{Person, UpdatePersonRequest, UpdatePersonResponse};
use kith_readmodel::entity::entry;
use kith_readmodel::query::entries;
use kith_servicekit::failure::{Failure, Violations};

use super::affiliations;
use super::erasure::{ATTEMPTS, must_not_be_erased};
use super::persons::{MAX_TEXT, WRITERS, addresses, clear, completed, must_exist, tags, view};
use crate::Api;
use crate::caller::Caller;
use crate::change;
use crate::interaction::imports::Entering;

pub(super) async fn update(
    api: &Api,
    caller: &Caller,
    body: UpdatePersonRequest,
) -> Result<UpdatePersonResponse, Failure> {
    caller.must_be(WRITERS)?;
    let mut change = api.change(caller, "UpdatePerson", &body.request_id, &body);
    let given = body.person.clone().unwrap_or_default();
    let id: PersonId = change.fields.id("person.person_id", &given.person_id);
    let wanted = masked(&mut change.fields, &body, &given);
    let seen = match body.etag.as_str() {
        "" => None,
        etag => {
            let seen = etag.parse::<u32>().ok();
            change.fields.check(
                seen.is_some(),
                "etag",
                "must be an etag that was answered before",
            );
            seen
        }
    };
    let import = Entering::of(
        caller,
        &mut change.fields,
        &body.import_id,
        &body.import_name,
    );
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    must_exist(api, caller, id).await?;
    let wanted = Wanted {
        id,
        seen,
        change: wanted,
        import,
    };
    let done = decided(api, caller, &change.request, &wanted).await?;
    // What is answered is what is there, so that an etag always belongs to what came with it.
    api.projected(done).await?;
    let row = must_exist(api, caller, id).await?;
    Ok(UpdatePersonResponse {
        person: Some(view(api, caller, &row).await?),
        position: api.position_token(caller, done),
    })
}

/// What a caller wants an entry to become.
struct Wanted {
    id: PersonId,
    /// The version that they saw, if they insist on it.
    seen: Option<u32>,
    change: Change,
    /// The import of which it is a part.
    import: Option<Entering>,
}

/// Has it decided, by rows that lack nothing: what follows from what the entry says overwrites nothing that
/// somebody said meanwhile.
async fn decided(
    api: &Api,
    caller: &Caller,
    request: &Request,
    wanted: &Wanted,
) -> Result<Position, Failure> {
    let id = wanted.id;
    let mut attempts = 0;
    loop {
        attempts += 1;
        let rows = api.settled(caller).await?;
        let begun = match &wanted.import {
            Some(import) => Some(import.part(api, caller).await?),
            None => None,
        };
        let (change, entered) = of_entry(api, caller, request, wanted).await?;
        let command = person::Update {
            id,
            seen: wanted.seen,
            to: person::To::Changed(change),
        };
        let beside = begun.into_iter().chain(entered).collect();
        let done = api
            .ledger()
            .execute_seen::<person::Person>(request, &id.to_string(), command, beside, rows)
            .await;
        match done {
            Err(ExecuteError::Moved) if attempts < ATTEMPTS => {}
            done => {
                let done = done
                    .map_err(|error| Failure::from_execute(error, |refusal| refused(&refusal)))?;
                return Ok(done.position);
            }
        }
    }
}

fn refused(refusal: &person::Error) -> Failure {
    match refusal {
        person::Error::Changed => Failure::changed_meanwhile(),
        person::Error::Erased => Failure::not_found("person"),
        person::Error::TooMany => Failure::invalid_field("person", &refusal.to_string()),
    }
}

/// What of a change is about the entry itself, and how it is entered if it only came along.
async fn of_entry(
    api: &Api,
    caller: &Caller,
    request: &Request,
    wanted: &Wanted,
) -> Result<(Change, Option<Event>), Failure> {
    let (id, live) = (wanted.id, api.live());
    let row = must_exist(api, caller, id).await?;
    let person = PersonId::from_slice(&row.id).unwrap_or_default();
    let entries = entries::of(&live.reading, caller.principal.organisation, person).await;
    let entries = entries.map_err(Failure::unavailable)?;
    let own_row = entries.iter().find(|entry| entry.id == id.as_bytes());
    let company = own_row
        .map_or(&row.company, |entry| &entry.company)
        .as_deref();
    let mut change = wanted.change.clone();
    let (says_company, says_title) = (change.company.is_some(), change.title.is_some());
    affiliations::with_company(&mut change, company, day_of(api.now()));
    // Whoever names the person means all of them, whoever names another entry that one alone.
    if id == person {
        change = of_own_entry(change, id, &entries)?;
    }
    let addresses = change.addresses.as_deref().unwrap_or_default();
    must_not_be_erased(api, caller, id, addresses, None).await?;
    if !own_row.map_or(row.met, |entry| entry.met) {
        return Ok((change, None));
    }
    // What is written in the directory is everybody's. Somebody who only came along is entered by it, as the
    // caller knows them: what others know stays theirs.
    let own = entries::known(&live.reading, &caller.principal, &row).await;
    let own = own.map_err(Failure::unavailable)?;
    let known = own.iter().find(|entry| entry.id == id.as_bytes());
    let Some(known) = known else {
        return Ok((change, None));
    };
    let mut profile = completed(Profile::default(), known);
    // What follows from affiliations holds only where nobody entered them meanwhile, who may have said otherwise:
    // it belongs to the entering, of which the first counts.
    for (said, own, field) in [
        (says_company, &mut change.company, &mut profile.company),
        (says_title, &mut change.title, &mut profile.title),
    ] {
        if let Some(text) = own.take_if(|_| !said) {
            *field = text;
        }
    }
    let entered = person::Event::Added {
        id,
        profile,
        met: false,
        told_to: vec![],
        fingerprint: request.fingerprint,
    };
    Ok((change, Some(entered.into())))
}

/// The change that the mask asks for. Without a mask it is every field that is given: what a caller
/// left out stays as it is (AIP-134).
fn masked(fields: &mut Violations, body: &UpdatePersonRequest, given: &Person) -> Change {
    const ALL: [&str; 6] = [
        "name",
        "addresses",
        "company",
        "title",
        "affiliations",
        "tags",
    ];
    let is_given = |path: &str| match path {
        "name" => !given.name.is_empty(),
        "company" => !given.company.is_empty(),
        "title" => !given.title.is_empty(),
        "addresses" => !given.addresses.is_empty(),
        "affiliations" => !given.affiliations.is_empty(),
        _ => !given.tags.is_empty(),
    };
    let mask = body.update_mask.as_ref();
    let paths = change::masked(fields, mask, &ALL, is_given, "the person");
    let mut change = Change::default();
    for path in paths {
        let mut text = |text: &str| {
            Some(clear(fields.optional_text(
                format_args!("person.{path}"),
                text,
                MAX_TEXT,
            )))
        };
        match path {
            "name" => change.name = text(&given.name),
            "company" => change.company = text(&given.company),
            "title" => change.title = text(&given.title),
            "addresses" => change.addresses = Some(addresses(fields, given)),
            "affiliations" => change.affiliations = Some(affiliations::given(fields, given)),
            "tags" => change.tags = Some(tags(fields, given)),
            _ => fields.add("update_mask", format!("must name only {}", ALL.join(", "))),
        }
    }
    change
}

/// The part of a change of somebody of several entries that the one that names them takes: what others say
/// stays theirs. Refuses to take from others: who does that, names the entry.
fn of_own_entry(
    mut change: Change,
    id: PersonId,
    entries: &[entry::Model],
) -> Result<Change, Failure> {
    let is_own = |entry: &&entry::Model| entry.id == id.as_bytes();
    let others: Vec<&entry::Model> = entries.iter().filter(|entry| !is_own(entry)).collect();
    let own = entries.iter().find(is_own);
    let mut fields = Violations::new();
    let mut refuse = |field: &str, entry: &entry::Model| {
        let entry = PersonId::from_slice(&entry.id).unwrap_or_default();
        fields.add(
            format_args!("person.{field}"),
            format!(
                "is said by the entry {entry}, which was merged into this one: change that entry"
            ),
        );
    };
    type Field = fn(&entry::Model) -> Option<&str>;
    for (field, said, of) in [
        ("name", &change.name, (|e| e.name.as_deref()) as Field),
        ("company", &change.company, |e| e.company.as_deref()),
        ("title", &change.title, |e| e.title.as_deref()),
    ] {
        let other = others.iter().find(|entry| of(entry).is_some());
        if let (Some(None), Some(other)) = (said, other) {
            refuse(field, other);
        }
    }
    type Lines = fn(&entry::Model) -> &str;
    for (field, said, of, key) in [
        (
            "addresses",
            &mut change.addresses,
            (|e| e.addresses.as_str()) as Lines,
            normalised_address as fn(&str) -> String,
        ),
        (
            "affiliations",
            &mut change.affiliations,
            |e| e.affiliations.as_str(),
            affiliation::key,
        ),
        ("tags", &mut change.tags, |e| e.tags.as_str(), folded),
    ] {
        let Some(said) = said else { continue };
        let keys =
            |entry: &entry::Model| -> HashSet<String> { of(entry).lines().map(key).collect() };
        let key = |text: &Text| text.as_clear().map(key).unwrap_or_default();
        let had = own.map(keys).unwrap_or_default();
        let wanted: HashSet<String> = said.iter().map(key).collect();
        for other in &others {
            let theirs = keys(other);
            if !theirs.is_subset(&wanted) {
                refuse(field, other);
            }
            said.retain(|text| had.contains(&key(text)) || !theirs.contains(&key(text)));
        }
    }
    fields.finish()?;
    Ok(change)
}
