//! `kith gathering bios`: what bios propose, confirmed by one key each.

use kith_proto::kith::directory::v1::{AddFactRequest, Fact};
use kith_proto::kith::gathering::v1::{Attendee, AttendeeFilter, ProposedFact};

use super::find;
use crate::cli::connect::Client;
use crate::cli::failure::Failure;
use crate::cli::output::{Cell, Output, Sheet};
use crate::cli::{ambient, asking, words};

pub(super) async fn run(
    which: find::Which,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let gathering = find::gathering(client, &which.gathering).await?;
    let id = &gathering.gathering_id;
    let all = find::attendees(client, id, AttendeeFilter::Resolved).await?;
    let proposed: Vec<(&Attendee, &ProposedFact)> = all
        .iter()
        .flat_map(|one| one.proposed.iter().map(move |fact| (one, fact)))
        .collect();
    if proposed.is_empty() {
        return output
            .say("No bio of somebody in your directory proposes anything that is not noted yet.");
    }
    if !output.for_people() || !asking::is_possible() {
        let mut sheet = Sheet::new(&["person", "kind", "fact", "sentence", "person_id"]);
        for (attendee, fact) in proposed {
            sheet.rows.push(vec![
                Cell::text(attendee.person_name.as_str()),
                Cell::text(words::fact_kind(fact.kind)),
                Cell::text(fact.text.as_str()),
                Cell::text(fact.sentence.as_str()),
                Cell::hidden(attendee.person_id.as_str()),
            ]);
        }
        return output.list(&sheet);
    }
    let mut noted = 0;
    for (attendee, fact) in proposed {
        let kind = words::fact_kind(fact.kind);
        let question = format!("{} ({kind}): {} [y/n/q]", attendee.person_name, fact.text);
        match asking::line(&question)?.as_str() {
            "y" => {
                confirm(attendee, fact, client).await?;
                noted += 1;
            }
            "q" => break,
            _ => {}
        }
    }
    output.say(format!("Noted {noted}, each with its sentence as source."))
}

async fn confirm(attendee: &Attendee, fact: &ProposedFact, client: &Client) -> Result<(), Failure> {
    let request = client.request(AddFactRequest {
        request_id: ambient::request_id().to_string(),
        person_id: attendee.person_id.clone(),
        fact: Some(Fact {
            kind: fact.kind,
            text: fact.text.clone(),
            source: fact.sentence.chars().take(500).collect(),
            ..Fact::default()
        }),
        min_position: client.min_position.clone(),
    });
    client.directory().add_fact(request).await?;
    Ok(())
}
