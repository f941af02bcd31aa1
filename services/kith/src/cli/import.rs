//! `kith import csv`: files of moments go to the server, and a report says what became of each row.

mod progress;
mod refusal;
mod stream;
mod tell;

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use kith_capture::Moments;
use kith_capture::csv::Reader;
use kith_capture::report::Report;
use kith_proto::kith::admin::v1::{GetServerInfoRequest, ListMembersRequest};
use kith_proto::kith::interaction::v1::RecordInteractionsResponse;

use super::connect::Client;
use super::failure::{self, Failure};
use super::output::{self, Output};
use super::{Global, ambient};
use progress::Progress;

/// Tries to see the figures after an import, each as long as `--timeout`.
const LOOKS: u32 = 40;

/// What `kith import csv --help` says.
const CSV: &str = "\
Rows with the columns from, to, at and kind, and if you like duration_s and note.

The first line names the columns, in any order; src, dst, unix_ts and channel are understood too.
'from' and 'to' are addresses or any key of yours; several recipients are separated by semicolons.
'at' is RFC 3339 or Unix seconds. A kind that Kith does not know is kept as 'other' with its name.
Importing a file again, in any order, adds nothing.";

/// What to bring in.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum What {
    /// Rows with the columns from, to, at and kind.
    #[command(long_about = CSV)]
    Csv(Args),
}

/// Which files, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files to read; '-' is standard input.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only read and report; nothing is sent.
    #[arg(long)]
    dry_run: bool,
    /// Make everybody in the files a member. Needs a key of the role admin.
    #[arg(long)]
    everyone_is_a_member: bool,
    /// Return as soon as everything is recorded, before the figures show it.
    #[arg(long)]
    no_wait: bool,
}

/// What became of one file.
struct Outcome {
    name: String,
    report: Report,
    answer: RecordInteractionsResponse,
}

/// What became of all files.
struct Total {
    outcomes: Vec<Outcome>,
    dry_run: bool,
    seconds: f64,
}

pub(super) async fn run(what: What, global: &Global, output: &Output) -> Result<(), Failure> {
    let What::Csv(args) = what;
    // Without a server to talk to, a dry run needs none.
    let client = if args.dry_run {
        None
    } else {
        Some(Client::open(global)?)
    };
    let sources: Vec<Source> = args.paths.iter().map(|path| Source::new(path)).collect();
    // Before anything is sent: a name mistyped behind many files costs nothing yet.
    for source in &sources {
        source.check()?;
    }
    if let Some(client) = &client {
        reach(client).await?;
    }
    let began = ambient::now();
    let (mut outcomes, mut failed) = (Vec::new(), None);
    for source in &sources {
        match bring_in(source, client.as_ref(), args.everyone_is_a_member).await {
            Ok(outcome) => outcomes.push(outcome),
            Err(failure) => {
                failed = Some(failure);
                break;
            }
        }
    }
    let micros = ambient::now().micros_since(began);
    let total = Total {
        outcomes,
        dry_run: args.dry_run,
        seconds: micros as f64 / 1e6,
    };
    if failed.is_none() || !total.outcomes.is_empty() {
        tell::report(&total, output)?;
    }
    if let Some(failure) = failed {
        return Err(failure);
    }
    if let (Some(client), false) = (&client, args.no_wait) {
        wait_until_visible(client, &total).await?;
    }
    let rows: u64 = total.outcomes.iter().map(|o| o.report.total()).sum();
    let moments: u64 = total.outcomes.iter().map(|o| o.report.moments).sum();
    if rows > 0 && moments == 0 {
        return Err(Failure::failed("no row could be used")
            .next("mend the rows named above and import the file again"));
    }
    Ok(())
}

/// Asks the server for a sign of life. One that was never reached is more likely named wrongly than
/// gone for a moment, and a file would be tried again for minutes.
async fn reach(client: &Client) -> Result<(), Failure> {
    let request = client.request(GetServerInfoRequest {});
    match client.admin().get_server_info(request).await {
        Ok(_) => Ok(()),
        Err(status) => Err(Failure::from(status).of(&client.server, &client.request_id)),
    }
}

/// Sends a file, or without a client only reads it.
async fn bring_in(
    source: &Source,
    client: Option<&Client>,
    everyone_is_a_member: bool,
) -> Result<Outcome, Failure> {
    let progress = Progress::begin(source);
    let result = match client {
        None => read(source, &progress),
        Some(client) => {
            let sending = stream::Sending {
                client,
                source,
                everyone_is_a_member,
                progress: &progress,
            };
            sending
                .send()
                .await
                .map_err(|failure| failure.of(&client.server, &client.request_id))
        }
    };
    progress.end();
    let name = source.name();
    let (report, answer) = result.map_err(|failure| failure.detail(format!("file: {name}")))?;
    Ok(Outcome {
        name,
        report,
        answer,
    })
}

/// Reads a file without sending anything.
fn read(
    source: &Source,
    progress: &Progress,
) -> Result<(Report, RecordInteractionsResponse), Failure> {
    let mut reader = Reader::open(progress.counting(source.open()?), ambient::now())?;
    for moment in reader.by_ref() {
        moment.map_err(kith_capture::csv::Error::Read)?;
        progress.moment();
    }
    Ok((
        reader.report().clone(),
        RecordInteractionsResponse::default(),
    ))
}

impl From<kith_capture::csv::Error> for Failure {
    fn from(error: kith_capture::csv::Error) -> Self {
        Self::failed(kith_servicekit::failure::chain(&error))
    }
}

/// Waits until figures include what was recorded, so that the next command shows it.
async fn wait_until_visible(client: &Client, total: &Total) -> Result<(), Failure> {
    let positions = total.outcomes.iter().map(|o| &o.answer.position);
    let Some(position) = positions.rev().find(|position| !position.is_empty()) else {
        return Ok(());
    };
    let waiting = Progress::waiting();
    let visible = look_for(client, position).await;
    waiting.end();
    if !visible? {
        output::note("Everything is recorded; the figures are still being worked out.");
    }
    Ok(())
}

/// Whether a position becomes visible within a few minutes.
async fn look_for(client: &Client, position: &str) -> Result<bool, Failure> {
    for _ in 0..LOOKS {
        let request = client.request(ListMembersRequest {
            page_size: 1,
            page_token: String::new(),
            min_position: position.to_owned(),
        });
        let Err(status) = client.admin().list_members(request).await else {
            return Ok(true);
        };
        let slow = status.code() == tonic::Code::DeadlineExceeded;
        if !slow && !failure::is_passing(&status) {
            return Err(status.into());
        }
        if !slow {
            tokio::time::sleep(stream::FIRST_WAIT).await;
        }
    }
    Ok(false)
}

/// A file, or standard input.
#[derive(Debug, Clone)]
struct Source {
    path: PathBuf,
}

impl Source {
    fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
        }
    }

    fn is_standard_input(&self) -> bool {
        self.path.as_os_str() == "-"
    }

    fn name(&self) -> String {
        if self.is_standard_input() {
            "standard input".to_owned()
        } else {
            self.path.display().to_string()
        }
    }

    /// Its length in bytes, where there is one.
    fn length(&self) -> Option<u64> {
        let about = std::fs::metadata(&self.path).ok()?;
        (!self.is_standard_input() && about.is_file()).then_some(about.len())
    }

    fn open(&self) -> Result<Box<dyn Read + Send>, Failure> {
        if self.is_standard_input() {
            return Ok(Box::new(io::stdin()));
        }
        let file = File::open(&self.path).map_err(|error| self.unreadable(&error))?;
        Ok(Box::new(file))
    }

    /// Whether it is there to be read. A pipe is not opened for that: its writer would notice.
    fn check(&self) -> Result<(), Failure> {
        if self.is_standard_input() {
            return Ok(());
        }
        let about = std::fs::metadata(&self.path).map_err(|error| self.unreadable(&error))?;
        if about.is_file() {
            self.open()?;
        }
        Ok(())
    }

    fn unreadable(&self, error: &io::Error) -> Failure {
        let shown = self.path.display();
        if error.kind() == io::ErrorKind::NotFound {
            return Failure::not_found(format!("there is no file {shown}"));
        }
        Failure::failed(format!("{shown} can not be read: {error}"))
    }
}
