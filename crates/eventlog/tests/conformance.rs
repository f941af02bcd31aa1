//! Every log is held to the one specification.

use std::path::PathBuf;
use std::sync::Arc;

use kith_eventlog::log::conformance::{Harness, holds};
use kith_eventlog::log::jetstream::{Config, JetStream};
use kith_eventlog::log::memory::Memory;
use kith_eventlog::log::sqlite::Sqlite;
use kith_eventlog::log::{EventLog, OpenError};
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
}

#[tokio::test(flavor = "multi_thread")]
async fn the_jetstream_log_keeps_its_specification() {
    let server = NatsServer::start().await.expect("a nats-server");
    holds(&OnServer(Mutex::new(server))).await;
}

#[tokio::test]
async fn a_server_with_another_number_of_shards_is_refused() {
    let server = NatsServer::start().await.expect("a nats-server");
    JetStream::connect(&config(&server))
        .await
        .expect("makes the streams");
    let other = Config {
        shards: 1,
        ..config(&server)
    };
    let refused = JetStream::connect(&other)
        .await
        .expect_err("another number of shards");
    assert!(matches!(refused, OpenError::Refused(_)), "{refused:?}");
}

#[tokio::test]
async fn a_stream_that_somebody_limited_is_refused() {
    let server = NatsServer::start().await.expect("a nats-server");
    JetStream::connect(&config(&server))
        .await
        .expect("makes the streams");
    let client = async_nats::connect(server.url()).await.expect("connects");
    let context = async_nats::jetstream::new(client);
    let stream = context.get_stream("KITH_00").await.expect("is there");
    let mut limited = stream.cached_info().config.clone();
    limited.max_age = std::time::Duration::from_secs(3600);
    context.update_stream(limited).await.expect("is changed");
    let refused = JetStream::connect(&config(&server))
        .await
        .expect_err("history would be lost");
    assert!(refused.to_string().contains("max_age"), "{refused}");
}
