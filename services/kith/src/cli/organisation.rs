//! `kith organisation erase`: the end of everything that an organisation keeps here.

use kith_proto::kith::admin::v1::EraseOrganisationRequest;

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output};
use super::record::info;
use super::{asking, when};

/// What to do with the organisation.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Forgets the whole organisation for ever. Needs a key of the role admin.
    Erase(EraseArgs),
}

/// Which.
#[derive(Debug, clap::Args)]
pub(crate) struct EraseArgs {
    /// Its name, as 'kith info' says it: without asking.
    #[arg(long)]
    name: Option<String>,
}

pub(super) async fn run(command: Command, client: &Client, output: &Output) -> Result<(), Failure> {
    let Command::Erase(args) = command;
    let name = match args.name {
        Some(name) => name,
        None => typed(client).await?,
    };
    if name.is_empty() {
        return output.say("Nothing was erased.");
    }
    let request = client.request(EraseOrganisationRequest {
        request_id: client.request_id.clone(),
        name: name.clone(),
    });
    let answer = client
        .admin()
        .erase_organisation(request)
        .await?
        .into_inner();
    let (erased, complete) = (answer.erased_at, answer.complete_at);
    if !output.for_people() {
        let time = |at| Cell::text(when::rfc3339(at).unwrap_or_default());
        return output.card(vec![
            ("erased_at", time(erased.as_ref())),
            ("complete_at", time(complete.as_ref())),
        ]);
    }
    let complete = complete.as_ref().and_then(when::from_wire);
    let complete = complete.map_or_else(String::new, |at| {
        let day = when::day(at, output.here.time_zone());
        format!(" Backups that may hold it are to be given up by {day}.")
    });
    output.say(format!(
        "Erased: {name}, with everybody and everything in it. None of its keys opens anything any \
         more.{complete}"
    ))
}

/// The name that is typed by whoever is sure.
async fn typed(client: &Client) -> Result<String, Failure> {
    if !asking::is_possible() {
        return Err(Failure::usage("nothing brings an organisation back")
            .next("add --name and its name, as 'kith info' says it, if you are sure"));
    }
    let name = info(client).await?.organisation_name;
    asking::line(&format!(
        "{name}: everybody in it, every moment, tie, fact and promise of all its members will be gone for ever, \
         and every key with them. Type its name to erase it, or nothing:"
    ))
}
