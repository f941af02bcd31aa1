//! `kith gathering`: where people will meet, who comes, and who of us goes.

mod attendees;
mod bios;
pub(super) mod find;
mod plan;

use super::connect::Client;
use super::failure::Failure;
use super::output::Output;

/// What to do with gatherings.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Plans one.
    Plan(plan::PlanArgs),
    /// Lists those ahead, the next one first.
    List(plan::ListArgs),
    /// Shows one with its sessions, and who of us goes.
    Show(find::Which),
    /// Changes what one is.
    Change(plan::ChangeArgs),
    /// Says that one does not take place.
    Cancel(find::Which),
    /// Says that one takes place after all.
    Restore(find::Which),
    /// Says that you go.
    Go(plan::GoArgs),
    /// Says that you don't go.
    Stay(find::Which),
    /// Adds a session.
    Session(plan::SessionArgs),
    /// Puts people on the list: from a table (CSV), cards (vCard), or lines such as 'Ana Silva, Windfarm'.
    Add(attendees::AddArgs),
    /// Lists who comes, and who in your directory that is.
    Attendees(attendees::ListArgs),
    /// Asks you, one after another, who those are of whom it is in doubt.
    Ask(find::Which),
    /// Asks you, one after another, which sentences of bios are worth noting as facts.
    Bios(find::Which),
    /// Says who an attendee is.
    Answer(attendees::AnswerArgs),
    /// Takes somebody off the list.
    Remove(attendees::RemoveArgs),
}

pub(super) async fn run(command: Command, client: &Client, output: &Output) -> Result<(), Failure> {
    match command {
        Command::Plan(args) => plan::plan(args, client, output).await,
        Command::List(args) => plan::list(args, client, output).await,
        Command::Show(which) => plan::show(which, client, output).await,
        Command::Change(args) => plan::change(args, client, output).await,
        Command::Cancel(which) => plan::cancel(which, true, client, output).await,
        Command::Restore(which) => plan::cancel(which, false, client, output).await,
        Command::Go(args) => plan::go(args, client, output).await,
        Command::Stay(which) => plan::stay(which, client, output).await,
        Command::Session(args) => plan::session(args, client, output).await,
        Command::Add(args) => attendees::add(args, client, output).await,
        Command::Attendees(args) => attendees::list(args, client, output).await,
        Command::Ask(which) => attendees::ask(which, client, output).await,
        Command::Bios(which) => bios::run(which, client, output).await,
        Command::Answer(args) => attendees::answer(args, client, output).await,
        Command::Remove(args) => attendees::remove(args, client, output).await,
    }
}
