//! The parts of a node: log, vault and read models, embedded or on servers.

use std::fs::File;
use std::os::unix::fs::DirBuilderExt as _;
use std::path::Path;
use std::sync::Arc;

use anyhow::{Context as _, bail};
use kith_eventlog::ledger::Ledger;
use kith_eventlog::log::jetstream::{self, JetStream};
use kith_eventlog::log::sqlite::Sqlite;
use kith_eventlog::sealing::{KeyRing, MasterKey};
use kith_eventlog::vault;
use kith_readmodel::store::{Place, Store};
use kith_servicekit::config::Config;
use kith_servicekit::private_file;

/// A log and its read models.
pub(crate) struct Node {
    pub(crate) ledger: Ledger,
    pub(crate) store: Store,
    /// Held as long as an embedded node lives: one process per directory.
    _lock: Option<File>,
}

impl Node {
    /// What the configuration says: servers if NATS is named, else the data directory.
    pub(crate) async fn open(config: &Config) -> anyhow::Result<Self> {
        if config.nats_url.is_some() {
            Self::on_servers(config).await
        } else {
            Self::embedded(&config.data_dir).await
        }
    }

    /// Everything in one directory; made if it is not there.
    pub(crate) async fn embedded(directory: &Path) -> anyhow::Result<Self> {
        let shown = directory.display();
        let mut make = std::fs::DirBuilder::new();
        make.recursive(true).mode(0o700);
        make.create(directory)
            .with_context(|| format!("{shown} can not be made"))?;
        let lock = File::create(directory.join("lock"))?;
        if lock.try_lock().is_err() {
            bail!("a server is running on {shown}; stop it first, or talk to it");
        }
        let log = Sqlite::open(&directory.join("log.db")).context("log.db can not be opened")?;
        let keys = vault::sqlite::Sqlite::open(&directory.join("vault.db"))
            .context("vault.db can not be opened")?;
        let keys = KeyRing::new(Arc::new(keys), master_key(&directory.join("master.key"))?);
        let place = std::path::absolute(directory)?;
        let store = Store::open(Place::Directory(place)).await?;
        Ok(Self {
            ledger: Ledger::new(Arc::new(log), keys),
            store,
            _lock: Some(lock),
        })
    }

    /// The log on JetStream, vault and read models on Postgres.
    async fn on_servers(config: &Config) -> anyhow::Result<Self> {
        let log = jetstream::Config {
            url: config
                .nats_url
                .as_ref()
                .map(|url| url.expose().to_owned())
                .unwrap_or_default(),
            credentials: config.nats_credentials.clone(),
            shards: config.shards,
            replicas: usize::from(config.replicas),
        };
        let log = JetStream::connect(&log)
            .await
            .context("the log can not be opened")?;
        let place = database(config)?;
        let store = Store::open(place).await?;
        let keys = vault::postgres::Postgres::open(store.work().clone()).await?;
        let keys = KeyRing::new(Arc::new(keys), config.master_key()?);
        Ok(Self {
            ledger: Ledger::new(Arc::new(log), keys),
            store,
            _lock: None,
        })
    }
}

/// Where the read models are.
pub(crate) fn database(config: &Config) -> anyhow::Result<Place> {
    match config.database()? {
        Some(url) => Ok(Place::Postgres(url.expose().to_owned())),
        None if config.nats_url.is_some() => {
            bail!("database_url is missing; set KITH_DATABASE_URL to a Postgres database")
        }
        None => Ok(Place::Directory(config.data_dir.clone())),
    }
}

/// The master key of a directory, made with it.
fn master_key(path: &Path) -> anyhow::Result<MasterKey> {
    if !path.exists() {
        private_file::create_master_key(path, &MasterKey::generate())?;
    }
    Ok(private_file::read_master_key(path)?)
}
