//! The broker and the database without Kith: what nothing built on them can beat.

use std::time::Duration;

use anyhow::Result;
use async_nats::jetstream::{self, stream};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use kith_testkit::NatsServer;
use sea_orm::{ConnectOptions, ConnectionTrait, DatabaseConnection};

use crate::now;

const SUBJECT: &str = "bare.events";
/// As large as an event of Kith.
const EVENT_BYTES: usize = 155;
const IN_FLIGHT: usize = 1024;

/// A stream of its own on a broker.
pub(crate) struct Broker {
    context: jetstream::Context,
}

impl Broker {
    pub(crate) async fn connect(server: &NatsServer) -> Result<Self> {
        let context = jetstream::new(async_nats::connect(server.url()).await?);
        let stream = stream::Config {
            name: "BARE".to_owned(),
            subjects: vec![SUBJECT.to_owned()],
            ..stream::Config::default()
        };
        context.get_or_create_stream(stream).await?;
        Ok(Self { context })
    }

    /// Single events, each acknowledged, so many of them in flight.
    pub(crate) async fn publishes_per_second(&self, events: usize) -> Result<f64> {
        let event = bytes::Bytes::from(vec![7; EVENT_BYTES]);
        let begin = now();
        let mut in_flight = FuturesUnordered::new();
        for _ in 0..events {
            if in_flight.len() == IN_FLIGHT
                && let Some(acknowledged) = in_flight.next().await
            {
                let _: jetstream::publish::PublishAck = acknowledged?;
            }
            let sent = self.context.publish(SUBJECT, event.clone()).await?;
            in_flight.push(sent.into_future());
        }
        while let Some(acknowledged) = in_flight.next().await {
            acknowledged?;
        }
        Ok(events as f64 / begin.elapsed().as_secs_f64())
    }

    /// One event, until it is acknowledged.
    pub(crate) async fn ack(&self) -> Result<Duration> {
        let begin = now();
        let sent = self
            .context
            .publish(SUBJECT, vec![7; EVENT_BYTES].into())
            .await?;
        sent.await?;
        Ok(begin.elapsed())
    }
}

/// A table of its own in a database.
pub(crate) struct Database {
    connection: DatabaseConnection,
}

impl Database {
    pub(crate) async fn connect(url: &str) -> Result<Self> {
        let mut options = ConnectOptions::new(url);
        options.max_connections(1).sqlx_logging(false);
        let connection = sea_orm::Database::connect(options).await?;
        connection
            .execute_unprepared("CREATE TABLE bare (n bigint); INSERT INTO bare VALUES (0)")
            .await?;
        Ok(Self { connection })
    }

    /// One changed row, until it is on the disk.
    pub(crate) async fn commit(&self) -> Result<Duration> {
        let begin = now();
        self.connection
            .execute_unprepared("UPDATE bare SET n = n + 1")
            .await?;
        Ok(begin.elapsed())
    }
}
