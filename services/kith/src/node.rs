//! The parts of a node: log, vault and read models, embedded or on servers.

use std::fs::{File, OpenOptions};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
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
    lock: Option<Lock>,
}

/// The one process of an embedded directory. Others read in its file where to reach it.
#[derive(Debug)]
pub(crate) struct Lock(File);

impl Lock {
    /// Takes a directory; or, while another process has it, the address that it serves on (empty
    /// before it does).
    pub(crate) fn take(directory: &Path) -> std::io::Result<Result<Self, String>> {
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(directory.join("lock"))?;
        if file.try_lock().is_err() {
            let mut address = String::new();
            file.read_to_string(&mut address)?;
            return Ok(Err(address));
        }
        file.set_len(0)?;
        Ok(Ok(Self(file)))
    }

    fn note(&mut self, address: &str) -> std::io::Result<()> {
        self.0.set_len(0)?;
        self.0.rewind()?;
        self.0.write_all(address.as_bytes())
    }
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
        make_directory(directory)?;
        let Ok(lock) = Lock::take(directory)? else {
            bail!(
                "a server is running on {}; stop it first, or talk to it",
                directory.display()
            );
        };
        Self::locked(directory, lock).await
    }

    /// Everything in a directory that this process has.
    pub(crate) async fn locked(directory: &Path, lock: Lock) -> anyhow::Result<Self> {
        let log = Sqlite::open(&directory.join("log.db")).context("log.db can not be opened")?;
        let keys = vault::sqlite::Sqlite::open(&directory.join("vault.db"))
            .context("vault.db can not be opened")?;
        let keys = KeyRing::new(Arc::new(keys), master_key(&directory.join("master.key"))?);
        let ledger = checked(Ledger::new(Arc::new(log), keys)).await?;
        let place = std::path::absolute(directory)?;
        let store = Store::open(Place::Directory(place)).await?;
        Ok(Self {
            ledger,
            store,
            lock: Some(lock),
        })
    }

    /// Notes where this process serves, for commands on the same directory.
    pub(crate) fn serves_at(&mut self, address: &str) -> std::io::Result<()> {
        self.lock.as_mut().map_or(Ok(()), |lock| lock.note(address))
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
            ledger: checked(Ledger::new(Arc::new(log), keys)).await?,
            store,
            lock: None,
        })
    }
}

/// The ledger, if its vault is the one of its log.
async fn checked(ledger: Ledger) -> anyhow::Result<Ledger> {
    let checked = ledger.check_vault().await;
    checked.context("the vault can not be used with this log")?;
    Ok(ledger)
}

/// Makes a directory that is its owner's alone, if it is not there.
pub(crate) fn make_directory(directory: &Path) -> anyhow::Result<()> {
    let mut make = std::fs::DirBuilder::new();
    make.recursive(true).mode(0o700);
    make.create(directory)
        .with_context(|| format!("{} can not be made", directory.display()))
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
