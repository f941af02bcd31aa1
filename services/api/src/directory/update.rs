//! Changing what is known of a person.

use kith_domain::id::PersonId;
use kith_domain::person::{self, Change};
use kith_domain::text::Text;
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
    let row = must_exist(api, caller, id).await?;
    let command = person::Update {
        id,
        seen,
        change: wanted,
    };
    let executed = api
        .ledger()
        .execute::<person::Person>(&change.request, &id.to_string(), command, vec![])
        .await;
    let executed = executed.map_err(|error| {
        Failure::from_execute(error, |refusal| match refusal {
            person::Error::Changed => Failure::changed_meanwhile(),
            person::Error::TooMany => Failure::invalid_field("person", &refusal.to_string()),
        })
    })?;
    let before = view(api, caller, &row).await?;
    let person = Some(changed(before, &executed.events));
    Ok(UpdatePersonResponse {
        person,
        position: api.position_token(caller, executed.position),
    })
}

/// The change that the mask asks for; an empty mask names every field.
fn masked(fields: &mut Violations, body: &UpdatePersonRequest, given: &Person) -> Change {
    const ALL: [&str; 5] = ["name", "addresses", "company", "title", "tags"];
    let paths: Vec<&str> = match &body.update_mask {
        Some(mask) if !mask.paths.is_empty() => mask.paths.iter().map(String::as_str).collect(),
        _ => ALL.to_vec(),
    };
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

/// The person as the events leave them.
fn changed(mut person: Person, events: &[person::Event]) -> Person {
    let texts = |texts: &[Text]| {
        texts
            .iter()
            .filter_map(Text::as_clear)
            .map(ToOwned::to_owned)
            .collect()
    };
    let text = |text: &Option<Text>| {
        text.as_ref()
            .and_then(Text::as_clear)
            .unwrap_or_default()
            .to_owned()
    };
    for event in events {
        let person::Event::Changed {
            version, change, ..
        } = event
        else {
            continue;
        };
        person.etag = version.to_string();
        if let Some(name) = &change.name {
            person.name = text(name);
        }
        if let Some(company) = &change.company {
            person.company = text(company);
        }
        if let Some(title) = &change.title {
            person.title = text(title);
        }
        if let Some(addresses) = &change.addresses {
            person.addresses = texts(addresses);
        }
        if let Some(tags) = &change.tags {
            person.tags = texts(tags);
        }
    }
    person
}
