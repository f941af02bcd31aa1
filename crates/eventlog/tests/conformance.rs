//! Every log is held to the one specification.

use std::path::PathBuf;
use std::sync::Arc;

use kith_eventlog::log::EventLog;
use kith_eventlog::log::conformance::{Harness, holds};
use kith_eventlog::log::jetstream::{Config, JetStream};
use kith_eventlog::log::memory::Memory;
use kith_eventlog::log::sqlite::Sqlite;
use kith_testkit::NatsServer;
use tokio::sync::Mutex;

struct InMemory(Memory);

#[async_trait::async_trait(?Send)]
impl Harness for InMemory {
    async fn open(&self) -> Arc<dyn EventLog> {
        Arc::new(self.0.clone())
    }

    async fn crash(&self) {}

    fn survives(&self) -> bool {
        false
    }
}

#[tokio::test]
async fn the_memory_log_keeps_its_specification() {
    holds(&InMemory(Memory::new(2))).await;
}

/// One process holds the file; replicas of it are clones. What a crash leaves of a running process
/// is tested with the binary itself.
struct InFile {
    path: PathBuf,
    log: Mutex<Option<Sqlite>>,
}

#[async_trait::async_trait(?Send)]
impl Harness for InFile {
    async fn open(&self) -> Arc<dyn EventLog> {
        let mut log = self.log.lock().await;
        let log = log.get_or_insert_with(|| Sqlite::open(&self.path).expect("opens"));
        Arc::new(log.clone())
    }

    async fn crash(&self) {
        *self.log.lock().await = None;
    }

    fn survives(&self) -> bool {
        true
    }
}

#[tokio::test]
async fn the_sqlite_log_keeps_its_specification() {
    let directory = tempfile::tempdir().expect("a directory");
    let path = directory.path().join("log.db");
    holds(&InFile {
        path,
        log: Mutex::default(),
    })
    .await;
}

struct OnServer(Mutex<NatsServer>);

fn config(server: &NatsServer) -> Config {
    Config {
        url: server.url(),
        credentials: None,
        shards: 2,
        replicas: 1,
    }
}

#[async_trait::async_trait(?Send)]
impl Harness for OnServer {
    async fn open(&self) -> Arc<dyn EventLog> {
        let server = self.0.lock().await;
        Arc::new(
            JetStream::connect(&config(&server))
                .await
                .expect("connects"),
        )
    }

    async fn crash(&self) {
        let mut server = self.0.lock().await;
        server.kill9().await.expect("ends");
        server.restart().await.expect("starts again");
    }

    fn survives(&self) -> bool {
        true
    }

    fn has_server(&self) -> bool {
        true
    }

    async fn silence(&self) {
        self.0.lock().await.signal("STOP");
    }

    async fn resume(&self) {
        self.0.lock().await.signal("CONT");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_jetstream_log_keeps_its_specification() {
    let server = NatsServer::start().await.expect("a nats-server");
    holds(&OnServer(Mutex::new(server))).await;
}
