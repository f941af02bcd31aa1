//! Changing what is known of a person.

use std::collections::HashSet;

use kith_domain::affiliation;
use kith_domain::date::day_of;
use kith_domain::event::Event;
use kith_domain::id::PersonId;
use kith_domain::person::{self, Change, Profile};
use kith_domain::text::{Text, folded, normalised_address};
use kith_proto::kith::directory::v1::{Person, UpdatePersonRequest, UpdatePersonResponse};
use kith_readmodel::entity::entry;
use kith_readmodel::query::entries;
use kith_servicekit::failure::{Failure, Violations};

use super::affiliations;
use super::erasure::must_not_be_erased;
use super::persons::{MAX_TEXT, WRITERS, addresses, clear, completed, must_exist, tags, view};
use crate::Api;
use crate::caller::Caller;
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
    let mut wanted = masked(&mut change.fields, &body, &given);
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
    let row = must_exist(api, caller, id).await?;
    let person = PersonId::from_slice(&row.id).unwrap_or_default();
    let live = api.live();
    let entries = entries::of(&live.reading, caller.principal.organisation, person).await;
    let entries = entries.map_err(Failure::unavailable)?;
    let own_row = entries.iter().find(|entry| entry.id == id.as_bytes());
    let company = own_row
        .map_or(&row.company, |entry| &entry.company)
        .as_deref();
    affiliations::with_company(&mut wanted, company, day_of(api.now()));
    // Whoever names the person means all of them, whoever names another entry that one alone.
    let own = if id == person {
        of_own_entry(wanted, id, &entries)?
    } else {
        wanted
    };
    let addresses = own.addresses.as_deref().unwrap_or_default();
    must_not_be_erased(api, caller, id, addresses, None).await?;
    let command = person::Update {
        id,
        seen,
        to: person::To::Changed(own),
    };
    // What is written in the directory is everybody's. Somebody who only came along is entered by it, as the
    // caller knows them: what others know stays theirs.
    let entered = if own_row.map_or(row.met, |entry| entry.met) {
        let own = entries::known(&live.reading, &caller.principal, &row).await;
        let own = own.map_err(Failure::unavailable)?;
        own.iter()
            .find(|entry| entry.id == id.as_bytes())
            .map(|known| {
                let entered = person::Event::Added {
                    id,
                    profile: completed(Profile::default(), known),
                    met: false,
                    told_to: vec![],
                    fingerprint: change.request.fingerprint,
                };
                entered.into()
            })
    } else {
        None
    };
    let mut beside: Vec<Event> = entered.into_iter().collect();
    if let Some(import) = import {
        beside.insert(0, import.part(api, caller).await?);
    }
    let executed = api
        .ledger()
        .execute::<person::Person>(&change.request, &id.to_string(), command, beside)
        .await;
    let executed = executed.map_err(|error| {
        Failure::from_execute(error, |refusal| match refusal {
            person::Error::Changed => Failure::changed_meanwhile(),
            person::Error::Erased => Failure::not_found("person"),
            person::Error::TooMany => Failure::invalid_field("person", &refusal.to_string()),
        })
    })?;
    // What is answered is what is there, so that an etag always belongs to what came with it.
    api.projected(executed.position).await?;
    let row = must_exist(api, caller, id).await?;
    Ok(UpdatePersonResponse {
        person: Some(view(api, caller, &row).await?),
        position: api.position_token(caller, executed.position),
    })
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
    let is_given = |path: &&str| match *path {
        "name" => !given.name.is_empty(),
        "company" => !given.company.is_empty(),
        "title" => !given.title.is_empty(),
        "addresses" => !given.addresses.is_empty(),
        "affiliations" => !given.affiliations.is_empty(),
        _ => !given.tags.is_empty(),
    };
    let paths: Vec<&str> = match &body.update_mask {
        Some(mask) if !mask.paths.is_empty() => mask.paths.iter().map(String::as_str).collect(),
        _ => ALL.into_iter().filter(is_given).collect(),
    };
    fields.check(
        !paths.is_empty(),
        "update_mask",
        "must name a field, or the person must have one",
    );
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
