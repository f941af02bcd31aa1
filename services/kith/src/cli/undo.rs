//! `kith undo`: the way back.

use kith_proto::kith::history::v1::{
    ChangeKind, ListOwnChangesRequest, OwnChange, UndoChangeRequest,
};

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output, Sheet};
use super::shape;

/// Changes shown by `--list` unless `--limit` says otherwise.
const LIMIT: u32 = 20;

/// What to take back.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// List your changes, latest first, instead.
    #[arg(long)]
    list: bool,
    /// At most this many.
    #[arg(long, requires = "list", default_value_t = LIMIT, value_parser = clap::value_parser!(u32).range(1..=100))]
    limit: u32,
    /// Take back the change with this number in the list instead of the latest one.
    #[arg(long, value_name = "NUMBER", conflicts_with = "list", value_parser = clap::value_parser!(u32).range(1..=100))]
    number: Option<u32>,
}

pub(super) async fn run(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let number = args.number.unwrap_or(1);
    let changes = changes(client, if args.list { args.limit } else { number }).await?;
    if args.list {
        return list(&changes, output);
    }
    let Some(change) = changes.get(number as usize - 1) else {
        return output.say(if changes.is_empty() {
            "There is nothing to take back: you changed nothing yet."
        } else {
            "There are not so many changes: 'kith undo --list' shows them."
        });
    };
    let request = client.request(UndoChangeRequest {
        request_id: client.request_id.clone(),
        change_id: change.change_id.clone(),
        min_position: client.min_position.clone(),
    });
    let answer = client.history().undo_change(request).await?;
    let told = format!("Taken back: {}.", described(change));
    output.changed(&told, &answer.into_inner().position)
}

async fn changes(client: &Client, limit: u32) -> Result<Vec<OwnChange>, Failure> {
    let request = client.request(ListOwnChangesRequest {
        page_size: limit,
        page_token: String::new(),
        min_position: client.min_position.clone(),
    });
    let answer = client.history().list_own_changes(request).await?;
    Ok(answer.into_inner().changes)
}

fn list(changes: &[OwnChange], output: &Output) -> Result<(), Failure> {
    let mut sheet = Sheet::new(&["number", "when", "change", "change_id"]);
    for (number, change) in (1_u64..).zip(changes) {
        sheet.rows.push(vec![
            Cell::count(number),
            Cell::minute(change.at.as_ref(), &output.here),
            Cell::text(described(change)),
            Cell::hidden(change.change_id.as_str()),
        ]);
    }
    output.list(&sheet)?;
    output.say(if changes.is_empty() {
        "You changed nothing yet, or took all of it back."
    } else {
        "'kith undo' takes back the first of them, 'kith undo --number 3' the third."
    })
}

/// A change in words.
fn described(change: &OwnChange) -> String {
    let name = if change.name.is_empty() {
        change.subject.as_str()
    } else {
        change.name.as_str()
    };
    let kind = ChangeKind::try_from(change.kind).unwrap_or_default();
    match kind {
        ChangeKind::Unspecified => format!("a change of {name}"),
        ChangeKind::PersonEntered => format!("entering {name}"),
        ChangeKind::PersonChanged => format!("changing the entry of {name}"),
        ChangeKind::FactAdded => format!("noting a fact of {name}"),
        ChangeKind::FactRemoved => format!("removing a fact of {name}"),
        ChangeKind::Recorded => {
            let moments = shape::counted(change.moments.into(), "moment", "moments");
            format!("recording {moments} with {name}")
        }
        ChangeKind::Corrected => format!("correcting a moment with {name}"),
        ChangeKind::Retracted => format!("retracting a moment with {name}"),
        ChangeKind::Imported => format!("importing {name}"),
        ChangeKind::ImportUndone => format!("taking back the import {name}"),
        ChangeKind::Promised => format!("a promise between you and {name}"),
        ChangeKind::Completed => format!("completing a follow-up with {name}"),
        ChangeKind::Snoozed => format!("snoozing a follow-up with {name}"),
        ChangeKind::Dismissed => format!("dismissing a follow-up with {name}"),
        ChangeKind::Reopened => format!("reopening a follow-up with {name}"),
        ChangeKind::Shared => format!("what others see of your tie with {name}"),
        ChangeKind::Excluded => format!("leaving out, or taking in, {name}"),
        ChangeKind::Cared => format!("how you care for {name}"),
        ChangeKind::Paused => "your pause".to_owned(),
        ChangeKind::Encountered => format!("meeting {name}, with what you noted and promised"),
        ChangeKind::ComfortSet => "what you are comfortable with".to_owned(),
        ChangeKind::Merged => format!("merging an entry into that of {name}"),
        ChangeKind::Unmerged => format!("unmerging the entry of {name}"),
        ChangeKind::Gathered => format!("what the gathering {name} is"),
        ChangeKind::Scheduled => format!("a session of {name}"),
        ChangeKind::Going => format!("whether you go to {name}"),
        ChangeKind::Listed => format!("who comes to {name}"),
        ChangeKind::Answered => format!("who an attendee of {name} is"),
    }
}
