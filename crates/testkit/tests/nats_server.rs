//! The nats-server of the tests is a real one.

use std::time::Duration;

use anyhow::Result;
use async_nats::jetstream::{self, stream};
use kith_testkit::{NatsServer, eventually};

async fn connect(server: &NatsServer) -> Result<jetstream::Context> {
    let client = async_nats::ConnectOptions::new()
        .retry_on_initial_connect()
        .connect(server.url())
        .await?;
    Ok(jetstream::new(client))
}

#[tokio::test]
async fn a_started_server_takes_connections_and_has_jetstream() -> Result<()> {
    let server = NatsServer::start().await?;
    connect(&server).await?.query_account().await?;
    Ok(())
}

#[tokio::test]
async fn an_acknowledged_message_survives_kill_9_and_the_port_is_kept() -> Result<()> {
    let mut server = NatsServer::start().await?;
    let url = server.url();
    let log = connect(&server).await?;
    let config = stream::Config {
        name: "T".to_owned(),
        subjects: vec!["t.>".to_owned()],
        ..stream::Config::default()
    };
    log.create_stream(config).await?;
    log.publish("t.1", "kept".into()).await?.await?;

    server.kill9().await?;
    server.restart().await?;

    assert_eq!(server.url(), url);
    let mut stream = connect(&server).await?.get_stream("T").await?;
    assert_eq!(stream.info().await?.state.messages, 1);
    assert!(server.store_dir().join("jetstream").is_dir());
    Ok(())
}

#[tokio::test]
async fn a_dropped_server_is_gone_with_its_folder() -> Result<()> {
    let server = NatsServer::builder().sync_always(false).start().await?;
    let (port, folder) = (server.url().replace("nats://", ""), server.store_dir());
    drop(server);
    assert!(!folder.exists());
    eventually(Duration::from_secs(5), async || {
        tokio::net::TcpStream::connect(&port).await.is_err()
    })
    .await?;
    Ok(())
}
