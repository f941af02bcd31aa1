//! What a world stands on: files of a directory, or a nats-server and a Postgres database.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use anyhow::{Context as _, Result};
use kith_eventlog::ledger::Ledger;
use kith_eventlog::log::jetstream::{self, JetStream};
use kith_eventlog::log::sqlite::Sqlite;
use kith_eventlog::sealing::{KeyRing, MasterKey};
use kith_eventlog::vault;
use kith_readmodel::store::{Place, Store};
use kith_testkit::{NatsServer, Postgres};
use tempfile::TempDir;

/// Few, so that a world starts quickly; more than one, so that organisations may lie apart.
const SHARDS: u16 = 2;
/// The server, and two projectors with a scheduler each.
const REPLICAS: usize = 3;

/// Where a world keeps everything.
pub enum Engine {
    /// Files of a directory.
    Embedded(TempDir),
    /// The log on this server, vault and read models in the database with this URL.
    Servers(Box<NatsServer>, String),
}

/// A log and its read models, as one process opens them.
#[derive(Clone)]
pub(super) struct Node {
    pub(super) ledger: Ledger,
    pub(super) store: Store,
}

fn master_key() -> MasterKey {
    MasterKey::new([7; 32])
}

impl Engine {
    pub(super) fn embedded() -> Result<Self> {
        Ok(Self::Embedded(tempfile::tempdir()?))
    }

    pub(super) async fn on_servers() -> Result<Self> {
        // What is tested here is not the disk.
        let nats = NatsServer::builder().sync_always(false).start().await?;
        let url = Postgres::shared().await?.database().await?;
        Store::migrate(Place::Postgres(url.clone())).await?;
        Ok(Self::Servers(Box::new(nats), url))
    }

    /// Opens the parts of every process: one, or the server's and those of the replicas.
    pub(super) async fn open(&self) -> Result<Vec<Node>> {
        match self {
            Self::Embedded(directory) => Ok(vec![embedded(directory.path()).await?]),
            Self::Servers(nats, url) => {
                let mut nodes = Vec::new();
                for _ in 0..REPLICAS {
                    nodes.push(on_servers(nats.url(), url).await?);
                }
                Ok(nodes)
            }
        }
    }

    /// A copy of the files, while nobody writes them. The last connection to a database closes behind whoever
    /// held it, and then what was written ahead goes into the file: a copy counts if nothing moved meanwhile.
    pub(super) fn copied(&self) -> Result<Self> {
        let from = self
            .directory()
            .context("files are copied, servers are not")?;
        for _ in 0..20 {
            let before = files(from)?;
            let to = tempfile::tempdir()?;
            let copy = |name: &PathBuf| std::fs::copy(from.join(name), to.path().join(name));
            let all: std::io::Result<Vec<u64>> = before.keys().map(copy).collect();
            if all.is_ok() && files(from)? == before {
                return Ok(Self::Embedded(to));
            }
        }
        anyhow::bail!("the files in {} never come to rest", from.display())
    }

    pub(super) fn log_files(&self) -> Vec<PathBuf> {
        match self {
            Self::Embedded(directory) => ["log.db", "log.db-wal", "log.db-shm"]
                .map(|name| directory.path().join(name))
                .to_vec(),
            Self::Servers(nats, _) => vec![nats.store_dir(), nats.log_path()],
        }
    }

    pub(super) fn directory(&self) -> Option<&Path> {
        match self {
            Self::Embedded(directory) => Some(directory.path()),
            Self::Servers(..) => None,
        }
    }
}

async fn embedded(directory: &Path) -> Result<Node> {
    let log = Sqlite::open(&directory.join("log.db"))?;
    let vault = vault::sqlite::Sqlite::open(&directory.join("vault.db"))?;
    let keys = KeyRing::new(Arc::new(vault), master_key());
    Ok(Node {
        ledger: Ledger::new(Arc::new(log), keys),
        store: Store::open(Place::Directory(directory.to_owned())).await?,
    })
}

async fn on_servers(nats: String, database: &str) -> Result<Node> {
    let log = JetStream::connect(&jetstream::Config {
        url: nats,
        credentials: None,
        shards: SHARDS,
        replicas: 1,
    })
    .await?;
    let store = Store::open(Place::Postgres(database.to_owned())).await?;
    let vault = vault::postgres::Postgres::open(store.work().clone()).await?;
    let keys = KeyRing::new(Arc::new(vault), master_key());
    Ok(Node {
        ledger: Ledger::new(Arc::new(log), keys),
        store,
    })
}

/// Names, sizes and times of the files of a directory, without the shared memory of databases, which is made
/// anew by whoever opens one.
fn files(directory: &Path) -> Result<BTreeMap<PathBuf, (u64, SystemTime)>> {
    let mut files = BTreeMap::new();
    for file in std::fs::read_dir(directory)? {
        let file = file?;
        let name = PathBuf::from(file.file_name());
        let is_memory = name.to_string_lossy().ends_with("-shm");
        // It may be gone meanwhile.
        if let (false, Ok(about)) = (is_memory, file.metadata()) {
            files.insert(name, (about.len(), about.modified()?));
        }
    }
    Ok(files)
}
