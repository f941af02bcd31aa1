//! Who keeps the read models: this command, or a server that has them.

use std::path::{Path, PathBuf};

use anyhow::bail;
use kith_domain::id::OrganisationId;
use kith_readmodel::rebuild::{self, Verdict};
use kith_readmodel::runner::{Parked, catch_up, list_parked, retry_parked};
use kith_servicekit::config::{Config, Origin};

use crate::cli::context;
use crate::cli::{Global, Operations};
use crate::node::{Lock, Node};

/// Who keeps the read models.
pub(super) enum Keeper {
    /// This command: log and database are servers of their own.
    Here(Box<Node>),
    /// This command: the directory was free, so that nobody projects meanwhile.
    Alone(Box<Node>),
    /// A server, which is asked.
    Server(Box<Operations>),
}

impl Keeper {
    /// The server that `--server` names, the servers of the configuration, or the directory with
    /// whoever has it.
    pub(super) async fn find(config: &Config, global: &Global) -> anyhow::Result<Self> {
        if global.server.is_some() {
            return Ok(Self::Server(Box::new(Operations::open(global)?)));
        }
        if config.nats_url.is_some() {
            return Ok(Self::Here(Box::new(Node::open(config).await?)));
        }
        let directory = directory(config)?;
        if !directory.join("log.db").exists() {
            bail!(
                "{} holds no data of Kith; name its directory with --data",
                directory.display()
            );
        }
        match Lock::take(&directory)? {
            Ok(lock) => {
                let node = Node::locked(&directory, lock).await?;
                Ok(Self::Alone(Box::new(node)))
            }
            Err(address) => ask(&directory, address, global),
        }
    }

    pub(super) async fn verify(self) -> anyhow::Result<Verdict> {
        self.catch_up().await?;
        match self {
            Self::Here(node) | Self::Alone(node) => {
                Ok(rebuild::verify(&node.store, &node.ledger).await?)
            }
            Self::Server(server) => server.verify().await,
        }
    }

    /// Answers how many commits the new read models were built from. The live ones are not looked at:
    /// they may be what is wrong.
    pub(super) async fn rebuild(self) -> anyhow::Result<u64> {
        match self {
            Self::Here(node) | Self::Alone(node) => {
                Ok(rebuild::rebuild(&node.store, &node.ledger).await?)
            }
            Self::Server(server) => server.rebuild().await,
        }
    }

    pub(super) async fn parked(self) -> anyhow::Result<Vec<Parked>> {
        self.catch_up().await?;
        match self {
            Self::Here(node) | Self::Alone(node) => {
                Ok(list_parked(&node.store.live().reading).await?)
            }
            Self::Server(server) => server.parked().await,
        }
    }

    /// Takes a parked organisation along again; answers where it stands still all the same.
    pub(super) async fn retry(
        self,
        organisation: OrganisationId,
    ) -> anyhow::Result<Option<Parked>> {
        self.catch_up().await?;
        match self {
            Self::Here(node) | Self::Alone(node) => {
                Ok(retry_parked(&node.store, &node.ledger, organisation).await?)
            }
            Self::Server(server) => server.retry(organisation).await,
        }
    }

    /// Brings the live read models to the log's tail, where no projector does.
    async fn catch_up(&self) -> anyhow::Result<()> {
        if let Self::Alone(node) = self {
            let tail = node.ledger.log().tail(0).await?;
            catch_up(&node.store.live().writing, &node.ledger, 0, tail).await?;
        }
        Ok(())
    }
}

/// The directory that settings name; else that of the last `kith up`; else the default one.
fn directory(config: &Config) -> anyhow::Result<PathBuf> {
    if config.origin("data_dir") == Origin::Default
        && let Some(known) = context::read()?
        && let Some(directory) = known.key_file.parent()
    {
        return Ok(directory.to_owned());
    }
    Ok(config.data_dir.clone())
}

/// The server that has a directory, with the operator key that lies in it.
fn ask(directory: &Path, address: String, global: &Global) -> anyhow::Result<Keeper> {
    if address.is_empty() {
        bail!("a server is starting on {}; try again", directory.display());
    }
    let key_file = global.key_file.clone();
    let asked = Global {
        server: Some(address),
        key_file: key_file.or_else(|| Some(directory.join("operator.key"))),
        ..global.clone()
    };
    Ok(Keeper::Server(Box::new(Operations::open(&asked)?)))
}

#[cfg(test)]
mod tests {
    use kith_servicekit::config::Flags;
    use sea_orm::ConnectionTrait as _;

    use super::*;

    #[tokio::test]
    async fn rows_of_another_log_are_built_anew_without_a_look_at_them() {
        let directory = tempfile::tempdir().unwrap();
        let environment = [("KITH_DATA_DIR".into(), directory.path().into())];
        let config = Config::layered(Flags::default(), environment).unwrap();
        let global = Global::default();
        let find = async || Keeper::find(&config, &global).await.unwrap();

        let node = Node::embedded(directory.path()).await.unwrap();
        let rows = node.store.live().writing;
        catch_up(&rows, &node.ledger, 0, 0).await.unwrap();
        let another = "UPDATE checkpoint SET epoch = zeroblob(16)";
        rows.execute_unprepared(another).await.unwrap();
        drop(node);

        let refused = find().await.verify().await.unwrap_err();
        assert!(refused.to_string().contains("kith rebuild"), "{refused}");
        assert_eq!(find().await.rebuild().await.unwrap(), 0);
        find().await.verify().await.unwrap();
    }
}
