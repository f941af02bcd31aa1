//! `kith up`: everything in one process on one machine, and the demo.

mod clock;
mod fill;
mod screen;

use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, bail};
use kith_api::Api;
use kith_api::founding::found;
use kith_domain::time::{Clock, Timestamp};
use kith_servicekit::config::Config;
use kith_servicekit::server::{Health, Server};
use kith_servicekit::shutdown::{Stop, Tasks, signals};
use kith_servicekit::{private_file, telemetry};

use crate::bootstrap::{self, Me};
use crate::cli::context::{self, Context};
use crate::node::Node;
use crate::{demo, roles};

/// Where the demo keeps its data unless told otherwise.
const DEMO_DIRECTORY: &str = "kith-demo";
/// The same demo for everybody.
const DEMO_SEED: u64 = 2026;

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
    if args.demo {
        refuse_unless_empty(&directory)?;
    }
    let mut node = Node::embedded(&directory).await?;
    let clock = clock::of(&directory, args.demo_now)?;
    let first_start = !bootstrap::is_founded(&node.store, &node.ledger).await?;
    let season = args.demo.then(|| demo::season(clock.now(), DEMO_SEED));
    if first_start {
        let founded = if let Some(season) = &season {
            fill::fill(&node.ledger, season, clock.now()).await?
        } else {
            let me = bootstrap::profile(&me(args.me)?);
            found(&node.ledger, "My organisation", &me, clock.now()).await?
        };
        for (name, key) in [
            ("admin.key", &founded.admin_key),
            ("operator.key", &founded.operator_key),
        ] {
            private_file::create(&directory.join(name), key)?;
        }
        println!(
            "your key, shown once and kept in {}:",
            directory.join("admin.key").display()
        );
        println!("  {}\n", founded.admin_key);
    } else if let Some(me) = args.me {
        bail!(
            "{} has its members already; leave out --me {}",
            directory.display(),
            me.address
        );
    }

    let stop = Stop::new();
    signals(&stop)?;
    let tasks = Tasks::new(stop.clone());
    let health = Health::new(stop).await;
    let shared: Arc<dyn Clock> = Arc::new(clock);
    kith_projector::run(&node.store, &node.ledger, &tasks);
    let api = Api::new(
        node.ledger.clone(),
        node.store.clone(),
        Arc::clone(&shared),
        tasks.clone(),
    );
    wait_for_projection(&node, &api).await?;
    kith_scheduler::run(&node.store, &node.ledger, Arc::clone(&shared), &tasks);

    let address = server.address();
    let scheme = if config.tls_cert.is_some() {
        "https"
    } else {
        "http"
    };
    let url = format!("{scheme}://{address}");
    node.serves_at(&url)?;
    let context = Context {
        server: url,
        key_file: directory.join("admin.key"),
        ca_file: None,
    };
    let written = context::write(&context).context("the context file can not be written")?;
    if let Some(season) = &season {
        fill::promise_soon(&node.ledger, season, shared.now()).await?;
        screen::show(&node, season, shared.now()).await?;
    }
    println!(
        "kith serves on {address}; its data is in {}",
        directory.display()
    );
    println!(
        "commands on this machine find it through {}",
        written.display()
    );
    println!(
        "stop it with Ctrl-C; start it again with: {}",
        again(&directory)?
    );
    roles::serve(server, &config, Some(api.routes()), &tasks, health).await
}

/// The command that starts this directory again, whole, to be pasted.
fn again(directory: &Path) -> anyhow::Result<String> {
    let program = std::env::current_exe()?;
    Ok(format!(
        "{} up --data {}",
        program.display(),
        directory.display()
    ))
}

fn refuse_unless_empty(directory: &Path) -> anyhow::Result<()> {
    let is_empty = match std::fs::read_dir(directory) {
        Ok(mut files) => files.next().is_none(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => true,
        Err(error) => return Err(error.into()),
    };
    if is_empty {
        return Ok(());
    }
    bail!(
        "the demo wants an empty directory and {0} is not; go on with it by `kith up --data {0}`, or \
         remove it first",
        directory.display()
    )
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

/// Until the rows know everything that the log does: the first answer is then a whole one.
async fn wait_for_projection(node: &Node, api: &Api) -> anyhow::Result<()> {
    const PATIENCE: Duration = Duration::from_secs(600);
    let tail = node.ledger.log().tail(0).await?;
    tokio::time::timeout(PATIENCE, api.progress().wait_for(0, tail))
        .await
        .context("the read models do not catch up with the log; see the messages above")
}
