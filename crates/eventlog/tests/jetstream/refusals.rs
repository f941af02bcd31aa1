//! Starting is refused, in one sentence, on what would put data at risk.

use std::fs;
use std::time::Duration;

use async_nats::jetstream::stream;
use kith_eventlog::log::OpenError;
use kith_eventlog::log::jetstream::{Config, JetStream};

use super::{config, connect, operator, server};

#[tokio::test]
async fn a_server_with_another_number_of_shards_is_refused() {
    let server = server().await;
    connect(server.url()).await;
    let other = Config {
        shards: 1,
        ..config(server.url())
    };
    let refused = JetStream::connect(&other)
        .await
        .expect_err("another number of shards");
    assert!(matches!(refused, OpenError::Refused(_)), "{refused:?}");
}

#[tokio::test]
async fn a_stream_that_somebody_limited_is_refused_and_the_limit_named() {
    type Limit = fn(&mut stream::Config);
    let limits: [(&str, Limit); 5] = [
        ("max_age", |limited| {
            limited.max_age = Duration::from_secs(3600);
        }),
        ("max_bytes", |limited| limited.max_bytes = 1 << 20),
        ("max_messages", |limited| limited.max_messages = 1 << 20),
        ("max_messages_per_subject", |limited| {
            limited.max_messages_per_subject = 1;
        }),
        ("max_message_size", |limited| {
            limited.max_message_size = 1000;
        }),
    ];
    let server = server().await;
    connect(server.url()).await;
    let operator = operator(server.url()).await;
    let stream = operator.get_stream("KITH_01").await.expect("is there");
    let whole = stream.cached_info().config.clone();
    for (name, limit) in limits {
        let mut limited = whole.clone();
        limit(&mut limited);
        operator.update_stream(limited).await.expect("is changed");
        let refused = JetStream::connect(&config(server.url()))
            .await
            .expect_err(name)
            .to_string();
        let named = format!("refusing to start: stream has KITH_01 {name} ");
        assert!(refused.starts_with(&named), "{refused}");
        operator.update_stream(&whole).await.expect("is mended");
    }
    connect(server.url()).await;
}

#[tokio::test]
async fn a_server_that_takes_small_messages_only_is_refused() {
    let mut server = server().await;
    let path = server.store_dir().with_file_name("nats.conf");
    let shipped = fs::read_to_string(&path).expect("reads");
    let small = shipped.replace("max_payload: 1MB", "max_payload: 256KB");
    assert_ne!(small, shipped);
    fs::write(&path, small).expect("writes");
    server.restart().await.expect("starts again");
    let refused = JetStream::connect(&config(server.url()))
        .await
        .expect_err("every large commit would fail")
        .to_string();
    assert!(refused.contains("max_payload 262144"), "{refused}");
}
