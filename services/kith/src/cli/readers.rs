//! `kith person readers`: who was shown what others wrote of somebody.

use kith_proto::kith::directory::v1::{Content, ListAccessesRequest};

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output, Sheet};
use super::people::PersonArgs;
use super::{shape, who};

pub(super) async fn run(args: PersonArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    let person = who::person(client, &args.person).await?;
    let request = client.request(ListAccessesRequest {
        person: person.person_id.clone(),
        min_position: client.min_position.clone(),
    });
    let answer = client.directory().list_accesses(request).await?;
    let mut sheet = Sheet::new(&["day", "who", "what", "key", "member_id"]);
    for access in answer.into_inner().accesses {
        let what = match access.content() {
            Content::Facts => "facts",
            Content::Changes => "changes",
            Content::Unspecified => "",
        };
        let shown = if access.member_id.is_empty() {
            "a program"
        } else {
            &access.member_name
        };
        sheet.rows.push(vec![
            Cell::text(&access.day),
            Cell::apart(shown, access.member_name.as_str()),
            Cell::text(what),
            Cell::apart(shape::short(&access.key_id), access.key_id.as_str()),
            Cell::hidden(access.member_id.as_str()),
        ]);
    }
    output.list(&sheet)?;
    if sheet.rows.is_empty() {
        let name = who::called(&person);
        return output.say(format!("Nobody was shown what others wrote of {name}."));
    }
    Ok(())
}
