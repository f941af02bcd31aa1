//! Changing what is known of a person.

use kith_domain::id::PersonId;
use kith_domain::person::{self, Change};
use kith_proto::kith::directory::v1::{Person, UpdatePersonRequest, UpdatePersonResponse};
use kith_servicekit::failure::{Failure, Violations};

use super::persons::{MAX_TEXT, WRITERS, addresses, clear, must_exist, tags, view};
use crate::Api;
use crate::caller::Caller;

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
    change.fields.finish()?;
    api.visible(caller, &body.min_position).await?;
    must_exist(api, caller, id).await?;
    let command = person::Update {
        id,
        seen,
        to: person::To::Changed(wanted),
    };
    let executed = api
        .ledger()
        .execute::<person::Person>(&change.request, &id.to_string(), command, vec![])
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
    const ALL: [&str; 5] = ["name", "addresses", "company", "title", "tags"];
    let is_given = |path: &&str| match *path {
        "name" => !given.name.is_empty(),
        "company" => !given.company.is_empty(),
        "title" => !given.title.is_empty(),
        "addresses" => !given.addresses.is_empty(),
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
            "tags" => change.tags = Some(tags(fields, given)),
            _ => fields.add("update_mask", format!("must name only {}", ALL.join(", "))),
        }
    }
    change
}
