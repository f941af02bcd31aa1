//! `kith import`: moments go from files to the server, and a report says what became of each.

mod people;
mod progress;
mod refusal;
mod sent;
mod source;
mod stream;
mod tell;
mod watching;
mod whose;

use std::path::PathBuf;

use kith_capture::report::Report;
use kith_proto::kith::admin::v1::{GetServerInfoRequest, ListMembersRequest};
use kith_proto::kith::interaction::v1::RecordInteractionsResponse;

use super::connect::Client;
use super::failure::{self, Failure};
use super::output::{self, Output};
use super::{Global, ambient};
use people::People;
use progress::Progress;
use sent::Sent;
use source::{Form, Layout, Source};
use whose::Owner;

/// Tries to see the figures after an import, each as long as `--timeout`.
const LOOKS: u32 = 40;

/// What `kith import csv --help` says.
const CSV: &str = "\
Rows with the columns from, to, at and kind, and if you like duration_s and note.

The first line names the columns, in any order; src, dst, unix_ts and channel are understood too.
'from' and 'to' are addresses or any key of yours; several recipients are separated by semicolons.
'at' is RFC 3339 or Unix seconds. A kind that Kith does not know is kept as 'other' with its name.
Importing a file again, in any order, adds nothing.";

/// What `kith import mbox --help` says.
const MBOX: &str = "\
Mails in mbox files, as Thunderbird, Apple Mail, Gmail's Takeout and mutt keep and export them.

Only the heads of mails are read: who, when, and the subject. What was written is never looked at.
Left out, and counted with the reason: mailing lists and programs, senders that nobody answers, more
than 20 people, what was deleted or is spam, what names none of your addresses. Whoever wrote and was
never answered does not enter the directory. Importing a mailbox again adds nothing.";

/// What commands that read mail say after their options.
const MAIL_EXAMPLES: &str = "\
Examples:
  kith import mbox ~/Takeout/Mail/All.mbox --dry-run    who is in it, before anything is sent
  kith import mbox archive.mbox --me ana@old.example    an address that you had once
  kith import maildir ~/Maildir --watch                 and whatever arrives from now on";

/// What to bring in.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum What {
    /// Rows with the columns from, to, at and kind.
    #[command(long_about = CSV)]
    Csv(CsvArgs),
    /// Mails in mbox files.
    #[command(long_about = MBOX, after_help = MAIL_EXAMPLES)]
    Mbox(MailArgs),
    /// Mails in a file each (.eml, .emlx), or folders of them; read like those of 'import mbox'.
    #[command(after_help = MAIL_EXAMPLES)]
    Eml(MailArgs),
    /// Mails in maildirs with their folders; read like those of 'import mbox'.
    #[command(after_help = MAIL_EXAMPLES)]
    Maildir(MailArgs),
}

/// Which files, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files or folders to read; '-' is standard input.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only read and report, with the most frequent people; nothing is sent.
    #[arg(long)]
    dry_run: bool,
    /// Return as soon as everything is recorded, before the figures show it.
    #[arg(long)]
    no_wait: bool,
}

/// Which tables, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct CsvArgs {
    #[command(flatten)]
    common: Args,
    /// Make everybody in the files a member. Needs a key of the role admin.
    #[arg(long)]
    everyone_is_a_member: bool,
}

/// Which mailboxes, and whose.
#[derive(Debug, clap::Args)]
pub(crate) struct MailArgs {
    #[command(flatten)]
    common: Args,
    /// An address of yours besides those in your entry, which it is added to; can be repeated.
    #[arg(long, value_name = "ADDRESS")]
    me: Vec<String>,
    /// Afterwards go on and record what arrives.
    #[arg(long, conflicts_with = "dry_run")]
    watch: bool,
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
    /// Who takes part, where nothing was sent.
    people: Option<People>,
    seconds: f64,
}

/// What is to be sent, and how.
struct Import<'a> {
    client: &'a Client,
    sources: &'a [Source],
    form: &'a Form,
    everyone_is_a_member: bool,
    /// Kept by whoever goes on watching.
    sent: Option<Sent>,
}

pub(super) async fn run(what: What, global: &Global, output: &Output) -> Result<(), Failure> {
    match what {
        What::Csv(args) => csv(args, global, output).await,
        What::Mbox(args) => mail(Layout::Mbox, args, global, output).await,
        What::Eml(args) => mail(Layout::Eml, args, global, output).await,
        What::Maildir(args) => mail(Layout::Maildir, args, global, output).await,
    }
}

async fn csv(args: CsvArgs, global: &Global, output: &Output) -> Result<(), Failure> {
    let sources = sources(&args.common, None)?;
    if args.common.dry_run {
        // Without a server to talk to: a dry run needs none.
        return dry_run(&sources, &Form::Csv, output);
    }
    let client = Client::open(global)?;
    let import = Import {
        client: &client,
        sources: &sources,
        form: &Form::Csv,
        everyone_is_a_member: args.everyone_is_a_member,
        sent: None,
    };
    import.run(args.common.no_wait, output).await
}

async fn mail(
    layout: Layout,
    args: MailArgs,
    global: &Global,
    output: &Output,
) -> Result<(), Failure> {
    let sources = sources(&args.common, Some(layout))?;
    if args.watch && sources.iter().any(Source::is_standard_input) {
        return Err(Failure::usage("standard input can't be watched"));
    }
    // A dry run asks the server only whose mail it is.
    let offline = args.common.dry_run && !args.me.is_empty();
    let client = (!offline).then(|| Client::open(global)).transpose()?;
    let of = |failure: Failure| match &client {
        Some(client) => failure.of(&client.server, &client.request_id),
        None => failure,
    };
    let owner = Owner::find(&args.me, client.as_ref()).await;
    let mut owner = owner.map_err(of)?;
    owner.learn(&sources, layout)?;
    let form = Form::Mail(layout, owner.mine()?);
    let client = match &client {
        Some(client) if !args.common.dry_run => client,
        _ => return dry_run(&sources, &form, output),
    };
    owner.remember(client).await.map_err(of)?;
    let import = Import {
        client,
        sources: &sources,
        form: &form,
        everyone_is_a_member: false,
        sent: args.watch.then(Sent::default),
    };
    import.run(args.common.no_wait, output).await?;
    if args.watch {
        watching::watch(&import).await?;
    }
    Ok(())
}

/// What is named, if all of it is there: a name mistyped behind many files costs nothing yet.
fn sources(args: &Args, layout: Option<Layout>) -> Result<Vec<Source>, Failure> {
    let sources: Vec<Source> = args.paths.iter().map(|path| Source::new(path)).collect();
    for source in &sources {
        source.check(layout)?;
    }
    Ok(sources)
}

/// Reads everything without sending anything.
fn dry_run(sources: &[Source], form: &Form, output: &Output) -> Result<(), Failure> {
    let began = ambient::now();
    let (mut outcomes, mut people) = (Vec::new(), People::default());
    for source in sources {
        let progress = Progress::begin(source);
        let report = read(source, form, &progress, &mut people);
        progress.end();
        outcomes.push(Outcome {
            name: source.name(),
            report: report.map_err(|failure| of_file(failure, source))?,
            answer: RecordInteractionsResponse::default(),
        });
    }
    let total = Total {
        outcomes,
        people: Some(people),
        seconds: ambient::now().micros_since(began) as f64 / 1e6,
    };
    tell::report(&total, output)?;
    total.must_be_of_use()
}

fn read(
    source: &Source,
    form: &Form,
    progress: &Progress,
    people: &mut People,
) -> Result<Report, Failure> {
    let mut reader = source.open(form, progress)?;
    for moment in reader.by_ref() {
        people.add(&moment.map_err(|error| source.unreadable(&error))?);
        progress.moment();
    }
    Ok(reader.report().clone())
}

fn of_file(failure: Failure, source: &Source) -> Failure {
    failure.detail(format!("file: {}", source.name()))
}

impl Total {
    /// A file that is wholly other than it was taken for is a failure.
    fn must_be_of_use(&self) -> Result<(), Failure> {
        let read: u64 = self.outcomes.iter().map(|o| o.report.total()).sum();
        let moments: u64 = self.outcomes.iter().map(|o| o.report.moments).sum();
        if read == 0 || moments > 0 {
            return Ok(());
        }
        let unit = self.outcomes.first().map(|o| o.report.unit);
        let (one, several) = unit.unwrap_or_default().words();
        Err(
            Failure::failed(format!("no {one} could be used")).next(format!(
                "see above why, mend the {several} and import them again"
            )),
        )
    }
}

impl Import<'_> {
    /// Sends everything and reports what became of it.
    async fn run(&self, no_wait: bool, output: &Output) -> Result<(), Failure> {
        let client = self.client;
        reach(client).await?;
        let began = ambient::now();
        let (mut outcomes, mut failed) = (Vec::new(), None);
        for source in self.sources {
            match self.bring_in(source).await {
                Ok(outcome) => outcomes.push(outcome),
                Err(failure) => {
                    failed = Some(failure);
                    break;
                }
            }
        }
        let total = Total {
            outcomes,
            people: None,
            seconds: ambient::now().micros_since(began) as f64 / 1e6,
        };
        if failed.is_none() || !total.outcomes.is_empty() {
            tell::report(&total, output)?;
        }
        if let Some(failure) = failed {
            return Err(failure);
        }
        if !no_wait {
            wait_until_visible(client, &total).await?;
        }
        // Whoever watches a mailbox may begin with an empty one.
        if self.sent.is_some() {
            return Ok(());
        }
        total.must_be_of_use()
    }

    /// Sends one source.
    async fn bring_in(&self, source: &Source) -> Result<Outcome, Failure> {
        let progress = Progress::begin(source);
        let sending = stream::Sending {
            client: self.client,
            source,
            form: self.form,
            everyone_is_a_member: self.everyone_is_a_member,
            sent: self.sent.as_ref(),
            progress: &progress,
        };
        let result = sending.send().await;
        progress.end();
        let (report, answer) = result.map_err(|failure| {
            let failure = failure.of(&self.client.server, &self.client.request_id);
            of_file(failure, source)
        })?;
        Ok(Outcome {
            name: source.name(),
            report,
            answer,
        })
    }
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
