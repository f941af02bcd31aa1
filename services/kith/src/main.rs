//! `kith`: the roles of the server, and the command line for people.

mod bootstrap;
mod cli;
mod demo;
mod healthcheck;
mod manual;
mod node;
mod operate;
mod roles;
mod up;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context as _;
use clap::{CommandFactory as _, Parser};
use kith_servicekit::config::{Config, Flags};

/// Kith keeps an organisation's professional relationships alive.
#[derive(Debug, Parser)]
#[command(name = "kith", version, after_help = cli::AFTER_HELP, disable_help_subcommand = true)]
struct Line {
    #[command(flatten)]
    global: cli::Global,
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Command,
}

/// Settings of the server; each can stand in the file and the environment too.
#[derive(Debug, clap::Args)]
struct Settings {
    /// A TOML file with settings of the server.
    #[arg(long, global = true, env = "KITH_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// Where the server listens [default: 127.0.0.1:7400].
    #[arg(long, global = true, value_name = "ADDRESS")]
    listen: Option<String>,
    /// Allow to listen beyond this machine without a certificate.
    #[arg(long, global = true)]
    insecure_listen: bool,
}

impl Settings {
    fn load(&self, data: Option<&PathBuf>) -> anyhow::Result<Config> {
        let utf8 = |path: &PathBuf| {
            let text = path.to_str().map(ToOwned::to_owned);
            text.with_context(|| format!("--data {} is not UTF-8", path.display()))
        };
        let flags = Flags::new()
            .config(self.config.clone())
            .set("listen", self.listen.clone())
            .set("insecure_listen", self.insecure_listen.then_some("true"))
            .set("data_dir", data.map(utf8).transpose()?);
        Ok(Config::load(flags)?)
    }
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Run everything in one process on this machine; nothing else to install.
    Up(up::Args),
    /// Make the first organisation and its keys on NATS and Postgres, once.
    Bootstrap(bootstrap::Args),
    /// Run the gRPC role.
    Api,
    /// Run the role that builds read models.
    Projector,
    /// Run the role that finds what is due.
    Scheduler,
    /// Prepare the database.
    #[command(subcommand)]
    Migrate(operate::Migrate),
    /// Replay the log beside the read models and compare every row.
    Verify(operate::Where),
    /// Build the read models anew from the log.
    Rebuild(operate::Where),
    /// Organisations whose read model stands still at a commit that can't be applied.
    Parked(operate::Parked),
    /// Print the configuration in force, secrets masked.
    Config,
    /// Ask a server whether it serves; for containers.
    Healthcheck,
    /// Print completions for a shell.
    Completions(manual::Shell),
    /// Write a manual page for every command: 'kith manual /usr/local/share/man/man1'.
    Manual(manual::Folder),
    #[command(flatten)]
    People(cli::Command),
}

fn main() -> ExitCode {
    let line = Line::parse();
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        // What blocks is short, and the system's allocator keeps a heap for every thread.
        .max_blocking_threads(4)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => {
            eprintln!("kith: {error}");
            return ExitCode::FAILURE;
        }
    };
    runtime.block_on(async {
        match perform(line).await {
            Ok(code) => code,
            Err(error) => cli::tell(&error).unwrap_or_else(|| {
                eprintln!("kith: {error:#}");
                ExitCode::FAILURE
            }),
        }
    })
}

async fn perform(line: Line) -> anyhow::Result<ExitCode> {
    let settings = &line.settings;
    match line.command {
        Command::People(command) => return Ok(cli::run(command, &line.global).await),
        Command::Up(args) => {
            let data = args.directory();
            up::run(args, settings.load(data.as_ref())?).await?;
        }
        Command::Bootstrap(args) => bootstrap::run(args, &settings.load(None)?).await?,
        Command::Api => roles::api(settings.load(None)?).await?,
        Command::Projector => roles::projector(settings.load(None)?).await?,
        Command::Scheduler => roles::scheduler(settings.load(None)?).await?,
        Command::Migrate(command) => operate::migrate(command, &settings.load(None)?).await?,
        Command::Verify(place) => {
            let config = settings.load(place.data.as_ref())?;
            return operate::verify(&config, &line.global).await;
        }
        Command::Rebuild(place) => {
            operate::rebuild(&settings.load(place.data.as_ref())?, &line.global).await?;
        }
        Command::Parked(parked) => {
            let config = settings.load(parked.place.data.as_ref())?;
            return operate::parked(parked.command, &config, &line.global).await;
        }
        Command::Config => print!("{}", settings.load(None)?.render()),
        Command::Completions(shell) => manual::completions(&shell, Line::command())?,
        Command::Manual(folder) => manual::pages(&folder, Line::command())?,
        Command::Healthcheck => healthcheck::run(&settings.load(None)?).await?,
    }
    Ok(ExitCode::SUCCESS)
}
