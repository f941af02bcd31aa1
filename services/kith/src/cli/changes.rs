//! `kith changes`: who changed what is known of a person, and when.

use kith_proto::kith::directory::v1::person_change::What;
use kith_proto::kith::directory::v1::{ListPersonChangesRequest, PersonChange};

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output, Sheet};
use super::people::PersonArgs;
use super::{who, words};

pub(super) async fn run(args: PersonArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    let person = who::person(client, &args.person).await?;
    let request = ListPersonChangesRequest {
        person: person.person_id.clone(),
        min_position: client.min_position.clone(),
    };
    let mut service = client.directory();
    let answer = service.list_person_changes(client.request(request)).await?;
    let mut sheet = Sheet::new(&["when", "who", "what", "before", "after"]);
    for change in answer.into_inner().changes {
        sheet.rows.push(row(&change, output));
    }
    output.list(&sheet)?;
    if sheet.rows.is_empty() {
        output.say(format!(
            "Nobody changed the entry of {}: they came along with moments.",
            who::called(&person)
        ))?;
    }
    Ok(())
}

fn row(change: &PersonChange, output: &Output) -> Vec<Cell> {
    let fact = |fact: &kith_proto::kith::directory::v1::Fact| {
        let private = if fact.private { " (for you alone)" } else { "" };
        format!("{}: {}{private}", words::fact_kind(fact.kind), fact.text)
    };
    let list = |text: &str| text.replace('\n', ", ");
    let (what, before, after) = match &change.what {
        Some(What::Entered(_)) => ("entered".to_owned(), String::new(), String::new()),
        Some(What::Field(field)) => (field.field.clone(), list(&field.before), list(&field.after)),
        Some(What::FactAdded(added)) => ("noted".to_owned(), String::new(), fact(added)),
        Some(What::FactRemoved(removed)) => ("removed".to_owned(), fact(removed), String::new()),
        Some(What::MergedEntryId(id)) => ("merged".to_owned(), String::new(), id.clone()),
        Some(What::UnmergedEntryId(id)) => ("unmerged".to_owned(), id.clone(), String::new()),
        None => (String::new(), String::new(), String::new()),
    };
    let who = if change.member_name.is_empty() {
        "a program".to_owned()
    } else {
        change.member_name.clone()
    };
    vec![
        Cell::minute(change.at.as_ref(), &output.here),
        Cell::text(who),
        Cell::text(what),
        Cell::text(before),
        Cell::text(after),
    ]
}
