//! `kith done`, `snooze`, `dismiss`, `reopen` and `promise`: what becomes of follow-ups.

use kith_proto::kith::followup::v1::{
    CompleteFollowUpRequest, CreateFollowUpRequest, DismissFollowUpRequest, FollowUpStatus,
    ReopenFollowUpRequest, SnoozeFollowUpRequest,
};

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output};
use super::when::{self, Aim};
use super::{due, prefix, shape, who};

/// Which follow-up.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Its id, or the beginning of it, as 'kith due' shows it.
    id: String,
}

/// Which follow-up, and until when.
#[derive(Debug, clap::Args)]
pub(crate) struct SnoozeArgs {
    /// Its id, or the beginning of it, as 'kith due' shows it.
    id: String,
    /// When it is due instead: '3d', 'monday', '2026-03-01'.
    #[arg(long, value_name = "TIME", default_value = "7d")]
    until: String,
}

/// What was promised.
#[derive(Debug, clap::Args)]
pub(crate) struct PromiseArgs {
    /// Whom it is between: you and a name, an address or an id.
    person: String,
    /// What was promised.
    text: String,
    /// When it falls due: 'friday', '3d', '2026-03-01'.
    #[arg(long, value_name = "DATE")]
    due: String,
    /// They promised it to you.
    #[arg(long)]
    theirs: bool,
}

pub(super) async fn done(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let id = open(client, &args.id).await?;
    let request = client.request(CompleteFollowUpRequest {
        request_id: client.request_id.clone(),
        follow_up_id: id.clone(),
        min_position: client.min_position.clone(),
    });
    let answer = client.follow_ups().complete_follow_up(request).await?;
    let sentence = format!("Done. To undo it: kith reopen {}", shape::short(&id));
    output.changed(&sentence, &answer.into_inner().position)
}

pub(super) async fn dismiss(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let id = open(client, &args.id).await?;
    let request = client.request(DismissFollowUpRequest {
        request_id: client.request_id.clone(),
        follow_up_id: id.clone(),
        min_position: client.min_position.clone(),
    });
    let answer = client.follow_ups().dismiss_follow_up(request).await?;
    let sentence = format!("Put aside. To undo it: kith reopen {}", shape::short(&id));
    output.changed(&sentence, &answer.into_inner().position)
}

pub(super) async fn snooze(
    args: SnoozeArgs,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let until = when::moment(&args.until, &output.here, Aim::Future).map_err(Failure::usage)?;
    let id = open(client, &args.id).await?;
    let request = client.request(SnoozeFollowUpRequest {
        request_id: client.request_id.clone(),
        follow_up_id: id,
        until: Some(when::to_wire(until)),
        min_position: client.min_position.clone(),
    });
    let answer = client.follow_ups().snooze_follow_up(request).await?;
    let sentence = format!(
        "It comes back on {}.",
        when::minute(until, output.here.time_zone())
    );
    output.changed(&sentence, &answer.into_inner().position)
}

pub(super) async fn reopen(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let closed = [FollowUpStatus::Done, FollowUpStatus::Dismissed];
    let id = one_of(client, &args.id, &closed).await?;
    let request = client.request(ReopenFollowUpRequest {
        request_id: client.request_id.clone(),
        follow_up_id: id,
        min_position: client.min_position.clone(),
    });
    let answer = client.follow_ups().reopen_follow_up(request).await?;
    output.changed("Open again: see 'kith due'.", &answer.into_inner().position)
}

pub(super) async fn promise(
    args: PromiseArgs,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let due_at = when::moment(&args.due, &output.here, Aim::Future).map_err(Failure::usage)?;
    let person = who::person(client, &args.person).await?;
    let request = client.request(CreateFollowUpRequest {
        request_id: client.request_id.clone(),
        person_id: person.person_id.clone(),
        mine: !args.theirs,
        text: args.text,
        due_at: Some(when::to_wire(due_at)),
        min_position: client.min_position.clone(),
    });
    let answer = client.follow_ups().create_follow_up(request).await?;
    let answer = answer.into_inner();
    let name = who::called(&person);
    let due = when::minute(due_at, output.here.time_zone());
    let promised = if args.theirs {
        format!("what {name} promised you")
    } else {
        format!("what you promised {name}")
    };
    output.say(format!("Noted: {promised} falls due on {due}."))?;
    output.say(format!(
        "When it is kept: kith done {}",
        shape::short(&answer.follow_up_id)
    ))?;
    if output.for_people() {
        return Ok(());
    }
    output.card(vec![
        ("follow_up_id", Cell::text(answer.follow_up_id)),
        ("position", Cell::text(answer.position)),
    ])
}

/// The whole id of an open follow-up.
async fn open(client: &Client, id: &str) -> Result<String, Failure> {
    one_of(client, id, &[FollowUpStatus::Open]).await
}

async fn one_of(client: &Client, id: &str, among: &[FollowUpStatus]) -> Result<String, Failure> {
    if prefix::is_whole(id) {
        return Ok(id.to_owned());
    }
    let mut ids = Vec::new();
    for status in among {
        let follow_ups = due::all(client, *status).await?;
        ids.extend(follow_ups.into_iter().map(|f| f.follow_up_id));
    }
    prefix::complete(id, ids.iter().map(String::as_str), "follow-up")
        .map_err(|failure| failure.next("see the ids with 'kith due'"))
}
