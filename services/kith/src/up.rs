//! `kith up`: everything in one process on one machine, and the demo.

mod clock;
mod fill;
mod first;
mod screen;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use kith_api::Api;
use kith_api::founding::is_founded;
use kith_domain::time::{Clock, Timestamp};
use kith_readmodel::query::followups::passed;
use kith_servicekit::config::Config;
use kith_servicekit::server::{Health, Server};
use kith_servicekit::shutdown::{Stop, Tasks, signals};
use kith_servicekit::telemetry;

use crate::bootstrap::{self, Me};
use crate::cli::context::{self, Context};
use crate::node::{self, Node};
use crate::roles;
use first::First;

/// Where the demo keeps its data unless told otherwise.
const DEMO_DIRECTORY: &str = "kith-demo";

/// `kith up`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where to keep everything [default: your data directory; with --demo: ./kith-demo].
    #[arg(long, value_name = "DIRECTORY")]
    data: Option<PathBuf>,
    /// You, the first member: `Ana Silva <ana@x.org>`. Asked for at the first start.
    #[arg(long, value_name = "NAME <ADDRESS>")]
    me: Option<Me>,
    /// Fill an empty directory with two years of an invented organisation, and show it.
    #[arg(long, conflicts_with = "me")]
    demo: bool,
    /// The moment at which the demo takes place [default: now].
    #[arg(long, requires = "demo", value_name = "TIME", value_parser = moment)]
    demo_now: Option<Timestamp>,
}

impl Args {
    /// The directory that the flags name.
    pub(crate) fn directory(&self) -> Option<PathBuf> {
        self.data
            .clone()
            .or_else(|| self.demo.then(|| PathBuf::from(DEMO_DIRECTORY)))
    }
}

fn moment(text: &str) -> Result<Timestamp, String> {
    let moment: jiff::Timestamp = text
        .parse()
        .map_err(|_| "write it as 2026-11-22T09:00:00Z".to_owned())?;
    Ok(Timestamp(moment.as_microsecond()))
}

pub(crate) async fn run(args: Args, config: Config) -> anyhow::Result<()> {
    telemetry::init(&config)?;
    // Before anything is made: a port that can't be had costs nothing yet.
    let server = Server::bind(&config)?;
    let directory = std::path::absolute(&config.data_dir)?;
    let begun = first::begun(&directory)?;
    if args.demo && begun.is_none() {
        first::refuse_unless_empty(&directory)?;
    }
    node::make_directory(&directory)?;
    // A demo that goes on does so in its own time.
    let clock = clock::of(&directory, args.demo_now.filter(|_| begun.is_none()))?;
    let season = first::season(&directory, args.demo, clock.now())?;
    let mut node = Node::embedded(&directory).await?;
    let first = match season {
        Some(season) => Some(First::Demo(Box::new(season))),
        None if is_founded(&node.ledger).await? => None,
        // Asked before signals are looked after: a prompt must end with Ctrl-C.
        None => Some(First::Member(bootstrap::profile(&me(args.me.clone())?))),
    };
    if let (None | Some(First::Demo(_)), Some(me)) = (&first, &args.me) {
        bail!(
            "{} has its members already; leave out --me {}",
            directory.display(),
            me.address
        );
    }

    let stop = Stop::new();
    signals(&stop)?;
    if let Some(first) = &first {
        let founded = tokio::select! {
            biased;
            () = stop.stopped() => {
                println!("stopped before everything was made; the same command goes on with it");
                return Ok(());
            }
            founded = first.make(&node.ledger, &directory, clock.now()) => founded?,
        };
        let kept = directory.join(bootstrap::ADMIN_KEY);
        println!("your key, shown once and kept in {}:", kept.display());
        println!("  {}\n", founded.admin_key);
    }

    let tasks = Tasks::new(stop.clone());
    let health = Health::new(stop.clone()).await;
    let shared: Arc<dyn Clock> = Arc::new(clock);
    kith_projector::run(&node.store, &node.ledger, &tasks);
    let api = Api::new(
        node.ledger.clone(),
        node.store.clone(),
        Arc::clone(&shared),
        tasks.clone(),
    );
    let settled = async {
        wait_for_projection(&node, &api).await?;
        kith_scheduler::run(&node.store, &node.ledger, Arc::clone(&shared), &tasks);
        if let Some(First::Demo(_)) = &first {
            wait_for_scheduler(&node, shared.now()).await?;
            // Watchers begin behind what was told by now.
            wait_for_projection(&node, &api).await?;
        }
        anyhow::Ok(())
    };
    tokio::select! {
        biased;
        () = stop.stopped() => return Ok(tasks.wait(config.grace()).await?),
        settled = settled => settled?,
    }

    let address = server.address();
    let url = config.local_url(address);
    node.serves_at(&url)?;
    let context = Context {
        server: url,
        key_file: directory.join(bootstrap::ADMIN_KEY),
        ca_file: config.local_ca().map(std::path::absolute).transpose()?,
    };
    if let Some(First::Demo(season)) = &first {
        fill::promise_soon(&node.ledger, season, shared.now()).await?;
        screen::show(&node, season, shared.now()).await?;
    }
    println!(
        "kith serves on {address}; its data is in {}",
        directory.display()
    );
    tell_where(&context);
    println!(
        "stop it with Ctrl-C; start it again with: {}",
        again(&directory)?
    );
    roles::serve(server, &config, Some(api.routes()), &tasks, health).await
}

/// Leaves word for commands on this machine. A home that can't be written to is no reason not to
/// serve.
fn tell_where(context: &Context) {
    match context::write(context) {
        Ok(written) => println!(
            "commands on this machine find it through {}",
            written.display()
        ),
        Err(error) => println!(
            "{error}; give commands --server {} --key-file {}",
            context.server,
            screen::quoted(&context.key_file)
        ),
    }
}

/// The command that starts this directory again, whole, to be pasted.
fn again(directory: &Path) -> anyhow::Result<String> {
    let program = std::env::current_exe()?;
    let (program, directory) = (screen::quoted(&program), screen::quoted(directory));
    Ok(format!("{program} up --data {directory}"))
}

/// Who the first member is: from the flag, else asked for on a terminal.
fn me(given: Option<Me>) -> anyhow::Result<Me> {
    if let Some(me) = given {
        return Ok(me);
    }
    if !std::io::stdin().is_terminal() {
        bail!("who are you? Say it with --me 'Ana Silva <ana@x.org>'");
    }
    loop {
        eprint!("Who are you? Name and mail address, as in 'Ana Silva <ana@x.org>': ");
        let mut line = String::new();
        if std::io::stdin().read_line(&mut line)? == 0 {
            bail!("who are you? Say it with --me 'Ana Silva <ana@x.org>'");
        }
        match line.trim().parse() {
            Ok(me) => return Ok(me),
            Err(what) => eprintln!("{what}"),
        }
    }
}

/// How long a start may take.
const PATIENCE: Duration = Duration::from_secs(600);

/// Until the rows know everything that the log does: the first answer is then a whole one.
async fn wait_for_projection(node: &Node, api: &Api) -> anyhow::Result<()> {
    let tail = node.ledger.log().tail(0).await?;
    tokio::time::timeout(PATIENCE, api.progress().wait_for(0, tail))
        .await
        .context("the read models do not catch up with the log; see the messages above")
}

/// Until everything that fell due in the two years of a demo is told: the first list is then a
/// whole one, and what a watcher sees is what falls due while they watch.
async fn wait_for_scheduler(node: &Node, now: Timestamp) -> anyhow::Result<()> {
    const BETWEEN_LOOKS: Duration = Duration::from_millis(50);
    let told = async {
        while !passed(&node.store.live().reading, now, &[], 1)
            .await?
            .is_empty()
        {
            tokio::time::sleep(BETWEEN_LOOKS).await;
        }
        anyhow::Ok(())
    };
    tokio::time::timeout(PATIENCE, told)
        .await
        .context("what fell due is not told; see the messages above")?
}
