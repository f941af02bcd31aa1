//! Commands of the operator, on read models as a whole. Where a server has them, it is asked;
//! otherwise the command works on the store itself.

mod keeper;

use std::path::PathBuf;
use std::process::ExitCode;

use kith_readmodel::rebuild::Verdict;
use kith_readmodel::store::Store;
use kith_servicekit::config::Config;

use crate::{cli, node};
use keeper::Keeper;

/// Where an embedded store is.
#[derive(Debug, clap::Args)]
pub(crate) struct Where {
    /// The directory of `kith up` [default: that of the last `kith up`, else your data directory].
    #[arg(long, value_name = "DIRECTORY")]
    pub(crate) data: Option<PathBuf>,
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
                Err(_) => println!("the database is not prepared; run `kith migrate up`"),
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

pub(crate) async fn parked(config: &Config, global: &cli::Global) -> anyhow::Result<()> {
    let parked = Keeper::find(config, global).await?.parked().await?;
    if parked.is_empty() {
        println!("nothing is parked");
        return Ok(());
    }
    for one in &parked {
        println!(
            "organisation {} stands at commit {} of shard {}: {}",
            one.organisation, one.position, one.shard, one.reason
        );
    }
    println!("once the cause is gone, `kith rebuild` takes them along again");
    Ok(())
}
