//! Commands of the operator, on read models as a whole. Where a server has them, it is asked;
//! otherwise the command works on the store itself.

mod keeper;

use std::path::PathBuf;
use std::process::ExitCode;

use kith_domain::id::OrganisationId;
use kith_readmodel::rebuild::Verdict;
use kith_readmodel::store::{Store, StoreError};
use kith_servicekit::config::Config;
use sea_orm::{DbErr, RuntimeErr};

use crate::{cli, node};
use keeper::Keeper;

/// Where an embedded store is.
#[derive(Debug, clap::Args)]
pub(crate) struct Where {
    /// The directory of `kith up` [default: that of the last `kith up`, else your data directory].
    #[arg(long, global = true, value_name = "DIRECTORY")]
    pub(crate) data: Option<PathBuf>,
}

/// `kith parked`.
#[derive(Debug, clap::Args)]
pub(crate) struct Parked {
    #[command(flatten)]
    pub(crate) place: Where,
    #[command(subcommand)]
    pub(crate) command: Option<ParkedCommand>,
}

/// What to do with parked organisations; listed unless said.
#[derive(Debug, Clone, Copy, Default, clap::Subcommand)]
pub(crate) enum ParkedCommand {
    /// List them, with where each stands and why.
    #[default]
    List,
    /// Take one along again, once the cause is gone: what it missed is applied now.
    Retry {
        /// Its id, as `kith parked` lists it.
        organisation: OrganisationId,
    },
}

/// `kith migrate`.
#[derive(Debug, Clone, Copy, clap::Subcommand)]
pub(crate) enum Migrate {
    /// Make or update all tables.
    Up,
    /// List what `up` would do.
    Status,
}

pub(crate) async fn migrate(command: Migrate, config: &Config) -> anyhow::Result<()> {
    let place = node::database(config)?;
    match command {
        Migrate::Up => {
            Store::migrate(place).await?;
            println!("the database is prepared");
        }
        Migrate::Status => {
            let pending = Store::pending(place).await;
            match pending {
                Ok(pending) if pending.is_empty() => println!("the database is up to date"),
                Ok(pending) => println!("waiting: {}", pending.join(", ")),
                Err(error) if lacks_schema(&error) => {
                    println!("the database is not prepared; run `kith migrate up`");
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
    Ok(())
}

pub(crate) async fn verify(config: &Config, global: &cli::Global) -> anyhow::Result<ExitCode> {
    match Keeper::find(config, global).await?.verify().await? {
        Verdict::Equal { hash, rows } => {
            println!("equal: {rows} rows, SHA-256 {hash}");
            Ok(ExitCode::SUCCESS)
        }
        Verdict::Differs { table, key } => {
            println!("different: the first row that differs is {key} of table {table}");
            println!("`kith rebuild` builds the read models anew from the log");
            Ok(ExitCode::FAILURE)
        }
    }
}

pub(crate) async fn rebuild(config: &Config, global: &cli::Global) -> anyhow::Result<()> {
    let commits = Keeper::find(config, global).await?.rebuild().await?;
    println!("rebuilt from {commits} commits");
    Ok(())
}

/// Whether Postgres has no schema of Kith: `invalid_schema_name`.
fn lacks_schema(error: &StoreError) -> bool {
    let StoreError::Database(DbErr::Exec(RuntimeErr::SqlxError(error))) = error else {
        return false;
    };
    error
        .as_database_error()
        .is_some_and(|error| error.code().as_deref() == Some("3F000"))
}

pub(crate) async fn parked(
    command: Option<ParkedCommand>,
    config: &Config,
    global: &cli::Global,
) -> anyhow::Result<ExitCode> {
    let keeper = Keeper::find(config, global).await?;
    match command.unwrap_or_default() {
        ParkedCommand::List => {
            cli::show_parked(&keeper.parked().await?, global.format)?;
            Ok(ExitCode::SUCCESS)
        }
        ParkedCommand::Retry { organisation } => {
            let Some(parked) = keeper.retry(organisation).await? else {
                println!("{organisation} goes on");
                return Ok(ExitCode::SUCCESS);
            };
            println!(
                "{organisation} stands still at commit {} all the same: {}",
                parked.position, parked.reason
            );
            Ok(ExitCode::FAILURE)
        }
    }
}
