//! `kith import`: moments go from files to the server, and a report says what became of each.

mod arguments;
mod contacts;
mod dry;
mod imports;
mod own;
mod people;
mod progress;
mod refusal;
mod sending;
mod sent;
mod source;
mod stream;
mod tell;
mod watching;
mod whose;

use kith_capture::report::Report;
use kith_proto::kith::interaction::v1::RecordInteractionsResponse;

use super::Global;
use super::connect::Client;
use super::failure::Failure;
use super::output::Output;
pub(crate) use arguments::What;
use arguments::{Args, CsvArgs, MailArgs, OwnArgs};
use dry::dry_run;
use own::Own;
use people::People;
use sending::Import;
use source::{Form, Layout, Source};

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

pub(super) async fn run(what: What, global: &Global, output: &Output) -> Result<(), Failure> {
    match what {
        What::Csv(args) => csv(args, global, output).await,
        What::Mbox(args) => mail(Layout::Mbox, args, global, output).await,
        What::Eml(args) => mail(Layout::Eml, args, global, output).await,
        What::Maildir(args) => mail(Layout::Maildir, args, global, output).await,
        What::Ics(args) => calendar(args, global, output).await,
        What::Vcf(args) => contacts::run(contacts::Form::Cards, args, global, output).await,
        What::List => with_client(global, async |client| imports::list(client, output).await).await,
        What::Show(args) => {
            with_client(global, async |client| {
                imports::show(args, client, output).await
            })
            .await
        }
        What::Undo(args) => {
            with_client(global, async |client| {
                imports::undo(args, client, output).await
            })
            .await
        }
        What::Contacts(args) => contacts::run(contacts::Form::Table, args, global, output).await,
    }
}

async fn with_client(
    global: &Global,
    ask: impl AsyncFnOnce(&Client) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let client = Client::open(global)?;
    let asked = ask(&client).await;
    asked.map_err(|failure| failure.of(&client.server, &client.request_id))
}

async fn csv(args: CsvArgs, global: &Global, output: &Output) -> Result<(), Failure> {
    let sources = sources(&args.common, false)?;
    if args.common.dry_run {
        // Without a server to talk to: a dry run needs none.
        return dry_run(&sources, &Form::Csv, output);
    }
    let client = Client::open(global)?;
    let mut import = Import::new(&client, &sources, &Form::Csv);
    import.batch.everyone_is_a_member = args.everyone_is_a_member;
    import.run(args.common.no_wait, output).await
}

async fn mail(
    layout: Layout,
    args: MailArgs,
    global: &Global,
    output: &Output,
) -> Result<(), Failure> {
    let sources = sources(&args.own.common, layout != Layout::Mbox)?;
    if args.watch && !sources.iter().all(Source::can_be_read_again) {
        return Err(Failure::usage("only files and folders can be watched"));
    }
    let mut own = Own::find(args.own, global).await?;
    own.owner.learn(&sources, layout)?;
    let form = Form::Mail(layout, own.owner.mine()?);
    own.bring_in(&sources, &form, args.watch, output).await
}

async fn calendar(args: OwnArgs, global: &Global, output: &Output) -> Result<(), Failure> {
    let sources = sources(&args.common, false)?;
    let own = Own::find(args, global).await?;
    let zone = output.here.time_zone().iana_name().unwrap_or("UTC");
    let form = Form::Calendar(own.owner.mine()?, zone.to_owned());
    own.bring_in(&sources, &form, false, output).await
}

/// What is named, if all of it is there: a name mistyped behind many files costs nothing yet.
fn sources(args: &Args, in_folders: bool) -> Result<Vec<Source>, Failure> {
    let sources: Vec<Source> = args.paths.iter().map(|path| Source::new(path)).collect();
    for source in &sources {
        source.check(in_folders)?;
    }
    Ok(sources)
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
        Err(Failure::failed(format!("no {one} could be used"))
            .next(format!("see above why the {several} were left out")))
    }
}
