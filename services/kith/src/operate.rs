//! Commands of the operator, on the store itself. On an embedded directory they take its lock: stop
//! the server first.

use std::path::PathBuf;
use std::process::ExitCode;

use kith_domain::id::OrganisationId;
use kith_readmodel::rebuild::{self, Verdict};
use kith_readmodel::runner::{catch_up, list_parked, retry_parked};
use kith_readmodel::store::Store;
use kith_servicekit::config::Config;

use crate::node::{self, Node};

/// Where an embedded store is.
#[derive(Debug, clap::Args)]
pub(crate) struct Where {
    /// The directory of `kith up` [default: your data directory].
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

/// `kith parked`.
#[derive(Debug, clap::Args)]
pub(crate) struct Parked {
    #[command(flatten)]
    pub(crate) place: Where,
    /// Rebuild the read models with this organisation taken along again.
    #[arg(long, value_name = "ORGANISATION")]
    retry: Option<OrganisationId>,
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

/// Brings an embedded read model to the end of its log: no projector runs while its lock is held.
async fn catch_up_embedded(node: &Node, config: &Config) -> anyhow::Result<()> {
    if config.nats_url.is_none() {
        let live = node.store.live();
        let tail = node.ledger.log().tail(0).await?;
        catch_up(&node.store, &live.writing, &node.ledger, 0, tail).await?;
    }
    Ok(())
}

pub(crate) async fn verify(config: &Config) -> anyhow::Result<ExitCode> {
    let node = Node::open(config).await?;
    catch_up_embedded(&node, config).await?;
    match rebuild::verify(&node.store, &node.ledger).await? {
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

pub(crate) async fn rebuild(config: &Config) -> anyhow::Result<()> {
    let node = Node::open(config).await?;
    let commits = rebuild::rebuild(&node.store, &node.ledger).await?;
    println!("rebuilt from {commits} commits");
    Ok(())
}

pub(crate) async fn parked(args: &Parked, config: &Config) -> anyhow::Result<()> {
    let node = Node::open(config).await?;
    if let Some(organisation) = args.retry {
        if !retry_parked(node.store.work(), organisation).await? {
            anyhow::bail!("organisation {organisation} is not parked");
        }
        rebuild::rebuild(&node.store, &node.ledger).await?;
    }
    let parked = list_parked(node.store.work()).await?;
    if parked.is_empty() {
        println!("nothing is parked");
    }
    for one in parked {
        println!(
            "organisation {} stands at commit {} of shard {}: {}",
            one.organisation, one.position, one.shard, one.reason
        );
    }
    Ok(())
}
