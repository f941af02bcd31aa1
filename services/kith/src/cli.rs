//! The command line for people: every command is a client of the gRPC API and nothing more.
//!
//! - [`context`] says which server to talk to and with which key, `connect` does it.
//! - `who`, `when`, `words`, `shape` and `prefix` turn what people write into what the API takes,
//!   and back.
//! - `output` prints results, `failure` tells what went wrong and sets the exit code.
//! - `ambient` is the only reader of clock, randomness and environment.
//! - `operations` is the client of the operator's commands, which also work without a server.
//! - The other modules hold one command or one group of them each: `Args` and `run`.

mod act;
mod ambient;
mod asking;
mod briefing;
mod care;
mod changes;
mod comfort;
mod companies;
mod connect;
pub(crate) mod context;
mod due;
mod examples;
mod exclude;
mod export;
mod failure;
mod gathering;
mod holdings;
mod identity;
mod import;
mod job;
mod keys;
mod members;
mod met;
mod note;
mod operations;
mod organisation;
mod output;
mod people;
mod prefix;
mod readers;
mod recap;
mod record;
mod search;
mod shape;
mod sharing;
mod tie;
mod ties;
mod undo;
mod watch;
mod when;
mod who;
mod who_knows;
mod words;

use std::path::PathBuf;
use std::process::ExitCode;

use connect::Client;
use failure::Failure;
use output::Output;

pub(crate) use operations::{Operations, show_parked};
pub(crate) use output::Format;

/// Rows of a page at most, as the API has it.
const MAX_PAGE: u32 = 1_000;

/// Every row of a list: asks for one page after the other, with the token of each.
async fn every<T>(
    mut page: impl AsyncFnMut(String) -> Result<(Vec<T>, String), Failure>,
) -> Result<Vec<T>, Failure> {
    let (mut all, mut token) = page(String::new()).await?;
    while !token.is_empty() {
        let (mut rows, next) = page(token).await?;
        all.append(&mut rows);
        token = next;
    }
    Ok(all)
}

/// What `kith --help` says after the commands.
pub(crate) const AFTER_HELP: &str = "\
Server and key come from --server and --key-file, else from KITH_SERVER and KITH_KEY_FILE, else
from the context file that 'kith up' writes: ~/.config/kith/context.toml.

Exit codes:
  0  it worked
  1  it failed
  2  the command was asked wrongly, or does not say for certain who or what is meant
  3  there is no such person or thing
  4  the key may not do it
  5  the server can not be reached, or is not ready: try again";

/// Under which `--help` lists what all commands have in common.
const HEADING: &str = "Server and output";

/// What all commands have in common.
#[derive(Debug, Clone, clap::Args)]
pub(crate) struct Global {
    /// The server, for example 127.0.0.1:7400.
    #[arg(long, global = true, help_heading = HEADING, env = "KITH_SERVER", value_name = "URL")]
    pub server: Option<String>,
    /// The file that holds your API key.
    #[arg(long, global = true, help_heading = HEADING, env = "KITH_KEY_FILE", value_name = "FILE")]
    pub key_file: Option<PathBuf>,
    /// The certificate (PEM) of the authority that vouches for an https server.
    #[arg(long, global = true, help_heading = HEADING, value_name = "FILE")]
    pub ca_file: Option<PathBuf>,
    /// How results are printed.
    #[arg(long, global = true, help_heading = HEADING, value_enum, default_value_t)]
    pub format: Format,
    /// How many seconds the server has for an answer.
    #[arg(long, global = true, help_heading = HEADING, value_name = "SECONDS", default_value_t = 15, value_parser = clap::value_parser!(u32).range(1..))]
    pub timeout: u32,
    /// Answer only once this position is visible: one that an earlier change answered in JSON.
    #[arg(long, global = true, help_heading = HEADING, value_name = "TOKEN")]
    pub min_position: Option<String>,
}

impl Default for Global {
    fn default() -> Self {
        Self {
            server: None,
            key_file: None,
            ca_file: None,
            format: Format::default(),
            timeout: 15,
            min_position: None,
        }
    }
}

/// A command of a person.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Bring moments in from files.
    #[command(subcommand, after_help = examples::IMPORT)]
    Import(import::What),
    /// Record a moment that you shared with somebody, and see what it does to the tie.
    #[command(after_help = examples::RECORD)]
    Record(record::Args),
    /// Take back a moment that you recorded.
    Retract(record::RetractArgs),
    /// List your ties.
    #[command(after_help = examples::TIES)]
    Ties(ties::Args),
    /// Show one of your ties, and why it is as it is.
    #[command(after_help = examples::TIE)]
    Tie(tie::Args),
    /// Show who in the organisation knows a person, or somebody at a company.
    #[command(after_help = examples::WHO_KNOWS)]
    WhoKnows(who_knows::Args),
    /// List companies, and how well the organisation knows somebody there.
    #[command(after_help = examples::COMPANIES)]
    Companies(companies::Args),
    /// Find people, facts and your own moments by words.
    #[command(after_help = examples::SEARCH)]
    Search(search::Args),
    /// Show who changed what is known of a person, and when.
    Changes(people::PersonArgs),
    /// Find, show and add people.
    #[command(subcommand, after_help = examples::PERSON)]
    Person(people::Command),
    /// List whom to get in touch with, when and why.
    #[command(after_help = examples::DUE)]
    Due(due::Args),
    /// Say that a follow-up was done.
    Done(act::Args),
    /// Put a follow-up off.
    #[command(after_help = examples::SNOOZE)]
    Snooze(act::SnoozeArgs),
    /// Put a follow-up aside.
    Dismiss(act::Args),
    /// Open a follow-up again.
    Reopen(act::Args),
    /// Plan gatherings, list who comes, and say who of them is whom.
    #[command(subcommand, after_help = examples::GATHERING)]
    Gathering(gathering::Command),
    /// Note a promise, yours or theirs.
    #[command(after_help = examples::PROMISE)]
    Promise(act::PromiseArgs),
    /// Show notifications as they arrive.
    Watch(watch::Args),
    /// Write figures for other programs.
    #[command(subcommand, after_help = examples::EXPORT)]
    Export(export::What),
    /// Make, list and revoke API keys.
    #[command(subcommand)]
    Key(keys::Command),
    /// Add and list members.
    #[command(subcommand)]
    Member(members::Command),
    /// Erase the organisation.
    #[command(subcommand)]
    Organisation(organisation::Command),
    /// Decide what you want to be reminded of a person: tend, quiet or never.
    #[command(after_help = examples::CARE)]
    Care(care::Args),
    /// Capture a talk in one line: whom you met, what you learnt, what you promised.
    #[command(after_help = examples::MET)]
    Met(met::Args),
    /// Note something of a person, or of yourself: a need, an offer, what they are good at.
    #[command(after_help = examples::NOTE)]
    Note(note::Args),
    /// Read what to know before a gathering: whom to meet, why, what to ask and what to say.
    #[command(after_help = examples::BRIEFING)]
    Briefing(briefing::Args),
    /// Read what came of a gathering: whom you met, what you promised, who is still worth a word.
    #[command(after_help = examples::RECAP)]
    Recap(recap::Args),
    /// Enough for today: nothing more is told until tomorrow.
    Enough,
    /// Rehearse what to say to somebody: three sentences, a first question, a polite way to leave.
    #[command(after_help = examples::REHEARSE)]
    Rehearse(briefing::RehearseArgs),
    /// Say who you are, or who the organisation is, in three sentences at most.
    #[command(after_help = examples::PITCH)]
    Pitch(briefing::PitchArgs),
    /// Say how much you are comfortable with: prompts, channels, days, your own words.
    #[command(after_help = examples::COMFORT)]
    Comfort(comfort::Args),
    /// Be told nothing new for a while.
    #[command(subcommand, after_help = examples::PAUSE)]
    Pause(care::Pause),
    /// Show the ties most worth a decision, at most 20.
    Review,
    /// Take your last change back.
    #[command(after_help = examples::UNDO)]
    Undo(undo::Args),
    /// Leave people, addresses or whole domains out of your ties.
    #[command(after_help = examples::EXCLUDE)]
    Exclude(exclude::Args),
    /// Say how much of your ties others see.
    #[command(subcommand, after_help = examples::SHARING)]
    Sharing(sharing::Command),
    /// Show what runs on the server, and who you are to it.
    Info,
}

/// Tells an error of a command that asked a server as every such command does; answers the code to
/// exit with. `None` for any other error.
pub(crate) fn tell(error: &anyhow::Error) -> Option<ExitCode> {
    let failure: &Failure = error.downcast_ref()?;
    failure.tell();
    Some(ExitCode::from(failure.exit() as u8))
}

/// Runs a command to its end. What went wrong is told on standard error; the exit code says of
/// what kind it was, see [`AFTER_HELP`].
pub(crate) async fn run(command: Command, global: &Global) -> ExitCode {
    match perform(command, global).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell();
            ExitCode::from(failure.exit() as u8)
        }
    }
}

async fn perform(command: Command, global: &Global) -> Result<(), Failure> {
    let output = Output::new(global.format);
    if let Command::Import(what) = command {
        return import::run(what, global, &output).await;
    }
    let client = Client::open(global)?;
    let performed = perform_as_client(command, &client, &output).await;
    performed.map_err(|failure| failure.of(&client.server, &client.request_id))
}

async fn perform_as_client(
    command: Command,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    match command {
        Command::Import(_) => Ok(()),
        Command::Record(args) => record::run(args, client, output).await,
        Command::Retract(args) => record::retract(args, client, output).await,
        Command::Ties(args) => ties::run(args, client, output).await,
        Command::Tie(args) => tie::run(args, client, output).await,
        Command::WhoKnows(args) => who_knows::run(args, client, output).await,
        Command::Companies(args) => companies::run(args, client, output).await,
        Command::Search(args) => search::run(args, client, output).await,
        Command::Changes(args) => changes::run(args, client, output).await,
        Command::Person(command) => people::run(command, client, output).await,
        Command::Due(args) => due::run(args, client, output).await,
        Command::Done(args) => act::done(args, client, output).await,
        Command::Snooze(args) => act::snooze(args, client, output).await,
        Command::Dismiss(args) => act::dismiss(args, client, output).await,
        Command::Reopen(args) => act::reopen(args, client, output).await,
        Command::Gathering(command) => gathering::run(command, client, output).await,
        Command::Promise(args) => act::promise(args, client, output).await,
        Command::Watch(args) => watch::run(args, client, output).await,
        Command::Export(what) => export::run(what, client, output).await,
        Command::Key(command) => keys::run(command, client, output).await,
        Command::Organisation(command) => organisation::run(command, client, output).await,
        Command::Member(command) => members::run(command, client, output).await,
        Command::Care(args) => care::care(args, client, output).await,
        Command::Met(args) => met::run(args, client, output).await,
        Command::Note(args) => note::run(args, client, output).await,
        Command::Briefing(args) => briefing::run(args, client, output).await,
        Command::Recap(args) => recap::run(args, client, output).await,
        Command::Enough => care::enough(client, output).await,
        Command::Rehearse(args) => briefing::rehearse(args, client, output).await,
        Command::Pitch(args) => briefing::pitch(args, client, output).await,
        Command::Comfort(args) => comfort::run(args, client, output).await,
        Command::Pause(what) => care::pause(what, client, output).await,
        Command::Review => care::review(client, output).await,
        Command::Undo(args) => undo::run(args, client, output).await,
        Command::Exclude(args) => exclude::run(args, client, output).await,
        Command::Sharing(command) => sharing::run(command, client, output).await,
        Command::Info => members::info(client, output).await,
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    #[command(after_help = AFTER_HELP)]
    struct Line {
        #[command(flatten)]
        global: Global,
        #[command(subcommand)]
        command: Command,
    }

    #[test]
    fn the_command_line_is_well_formed() {
        use clap::CommandFactory as _;
        Line::command().debug_assert();
    }

    #[test]
    fn every_documented_command_is_understood() {
        let lines = [
            "kith import csv a.csv - --dry-run --everyone-is-a-member",
            "kith import mbox a.mbox --me ana@x.org --me ana@y.org --dry-run",
            "kith import maildir Maildir --watch",
            "kith import eml mails a.eml",
            "kith import ics calendar.ics --me ana@x.org --dry-run",
            "kith import vcf a.vcf -",
            "kith import list",
            "kith import show abcd",
            "kith import undo abcd",
            "kith import contacts Connections.csv --dry-run",
            "kith record call Ana --at yesterday --duration 20m --note hi --in",
            "kith ties --order fading --band cooling --band dormant --limit 5",
            "kith tie Ana --as-of 2026-03-01",
            "kith who-knows ana@x.org",
            "kith who-knows --company Harbour",
            "kith companies",
            "kith companies harb --limit 5",
            "kith person job Ana Harbour --title captain --since 2021-03 --until 2024",
            "kith person job Ana Harbour --remove",
            "kith changes Ana",
            "kith search harbour master --limit 5",
            "kith person find ana",
            "kith person show ana --format json",
            "kith person add ana@x.org --company X --tag a --tag b",
            "kith person export Ana --vcard",
            "kith person erase ana@x.org --yes",
            "kith person readers Ana",
            "kith person duplicates --limit 5",
            "kith person merge ana@x.org abcd",
            "kith person unmerge ana@y.org",
            "kith person entries Ana",
            "kith due --before 30d",
            "kith done abcd",
            "kith snooze abcd --until friday",
            "kith dismiss abcd",
            "kith reopen abcd",
            "kith promise Ana paper --due friday --theirs",
            "kith gathering plan Spring --from 2026-12-02 --until 2026-12-04 --zone Europe/Lisbon --topic a",
            "kith gathering list --past",
            "kith gathering show spring",
            "kith gathering change spring --place Porto --from monday",
            "kith gathering cancel spring",
            "kith gathering restore spring",
            "kith gathering go spring --from tuesday",
            "kith gathering stay spring",
            "kith gathering session spring Grids --from 3d --until 4d --room 2",
            "kith gathering add spring list.csv --dry-run",
            "kith gathering attendees spring --only doubtful --limit 5",
            "kith gathering ask spring",
            "kith gathering bios spring",
            "kith gathering answer spring Kim ana@x.org",
            "kith gathering answer spring Kim --nobody",
            "kith gathering remove spring Kim",
            "kith watch --count 1 --since 1h",
            "kith export ties --as-of 1064966400 --horizon 7 --formula v1-gathering --all --out x",
            "kith key create --role member --member Ana --out x",
            "kith key list",
            "kith key revoke abcd",
            "kith member add ana@x.org",
            "kith member add --external-key 17",
            "kith member list",
            "kith organisation erase --name Guild",
            "kith care Ana tend --important",
            "kith care Ana --not-important",
            "kith care",
            "kith met Ana hello --at spring --private --when yesterday --answers energy.opening.1",
            "kith note me hello --kind expertise --private --source mail",
            "kith briefing",
            "kith briefing spring --as html --out briefing.html",
            "kith briefing --watch",
            "kith recap",
            "kith recap spring",
            "kith enough",
            "kith rehearse Kim --gathering spring",
            "kith pitch --organisation --variant 2",
            "kith comfort",
            "kith comfort reserved --zone Europe/Lisbon --days mon,wed --channels mail,call",
            "kith comfort --per-week 0",
            "kith pause until monday",
            "kith pause end",
            "kith review",
            "kith undo",
            "kith undo --number 3",
            "kith undo --list --limit 5",
            "kith exclude doctor@clinic.org @family.org",
            "kith exclude Ana --remove",
            "kith exclude --list",
            "kith sharing set @x.org private",
            "kith sharing list",
            "kith sharing default anonymous",
            "kith retract abcd",
            "kith info --server http://127.0.0.1:1 --key-file k",
        ];
        for line in lines {
            let parsed = Line::try_parse_from(line.split(' '));
            assert!(parsed.is_ok(), "{line}: {:?}", parsed.err());
        }
    }

    #[test]
    fn every_example_is_a_command_line() {
        for example in examples::ALL.iter().flat_map(|all| all.lines().skip(1)) {
            // Words in quotes are one, as a shell has it.
            let words = example
                .trim()
                .split('\'')
                .enumerate()
                .flat_map(|(n, part)| {
                    let quoted = n % 2 == 1;
                    let parts: Vec<&str> = if quoted {
                        vec![part]
                    } else {
                        part.split_whitespace().collect()
                    };
                    parts
                });
            let parsed = Line::try_parse_from(words);
            assert!(parsed.is_ok(), "{example}: {:?}", parsed.err());
        }
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let lines = [
            "kith record meting Ana",
            "kith record call",
            "kith exclude",
            "kith care Ana mute",
            "kith pause",
            "kith undo --list --number 3",
            "kith exclude ana@x.org --list",
            "kith record call Ana --in --out",
            "kith key create --role member --out x",
            "kith export ties --formula v2",
            "kith ties --limit 0",
            "kith gathering answer spring Kim",
            "kith gathering answer spring Kim Ana --nobody",
        ];
        for line in lines {
            assert!(Line::try_parse_from(line.split(' ')).is_err(), "{line}");
        }
    }

    #[test]
    fn the_help_documents_every_exit_code() {
        for code in 0..=5 {
            assert!(AFTER_HELP.contains(&format!("\n  {code}  ")), "{code}");
        }
    }
}
