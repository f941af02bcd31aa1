//! Connecting: the server's version, and what it *echoes* of the streams, compared with what was
//! asked. Old servers silently ignore much of what they are asked.

use std::collections::HashMap;
use std::time::Duration;

use async_nats::jetstream::{self, stream};
use data_encoding::HEXLOWER;

use super::{Config, JetStream};
use crate::entropy;
use crate::log::{MAX_COMMIT_BYTES, OpenError};

const OLDEST_SERVER: (u64, u64, u64) = (2, 12, 3);
const SCHEMA: &str = "1";
const PATIENCE: Duration = Duration::from_secs(30);
/// Server acks arrive in milliseconds; a lost one is asked for again after this.
const ACK_TIMEOUT: Duration = Duration::from_secs(5);
const DUPLICATE_WINDOW: Duration = Duration::from_secs(120);

/// What the headers of a message take at most; they count as payload.
const HEADER_BYTES: usize = 4 * 1024;

const KEY_SCHEMA: &str = "kith-schema";
const KEY_SHARDS: &str = "kith-shards";
const KEY_EPOCH: &str = "kith-epoch";

pub(super) async fn connect(config: &Config) -> Result<JetStream, OpenError> {
    let mut options = async_nats::ConnectOptions::new()
        .name("kith")
        .retry_on_initial_connect()
        .max_reconnects(None)
        .connection_timeout(Duration::from_secs(5))
        .request_timeout(Some(ACK_TIMEOUT))
        .subscription_capacity(16 * 1024)
        .client_capacity(4 * 1024);
    if let Some(path) = &config.credentials {
        options = options.credentials_file(path).await.map_err(unavailable)?;
    }
    let client = options.connect(&config.url).await.map_err(unavailable)?;
    let mut context = jetstream::new(client.clone());
    context.set_timeout(ACK_TIMEOUT);
    wait_until_it_answers(&context).await?;
    let server = client.server_info();
    check_version(&server.version)?;
    check_max_payload(server.max_payload)?;

    let mut streams = Vec::new();
    let mut epoch = None;
    for shard in 0..config.shards {
        let asked = stream_config(config, shard);
        let stream = open_stream(&context, &asked).await?;
        let echoed = &stream.cached_info().config;
        check_echo(&asked, echoed)?;
        epoch.get_or_insert(parse_epoch(echoed)?);
        streams.push(stream);
    }
    let epoch = epoch.ok_or_else(|| OpenError::Refused("a log needs at least one shard".into()))?;
    Ok(JetStream {
        context,
        streams: streams.into(),
        epoch,
        replicas: config.replicas,
    })
}

async fn wait_until_it_answers(context: &jetstream::Context) -> Result<(), OpenError> {
    let ask = async {
        let mut wait = Duration::from_millis(20);
        while let Err(error) = context.query_account().await {
            tracing::info!(%error, "waiting for JetStream");
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(Duration::from_secs(1));
        }
    };
    tokio::time::timeout(PATIENCE, ask).await.map_err(|_| {
        OpenError::Unavailable("no JetStream server answered within 30 seconds".into())
    })
}

fn check_version(version: &str) -> Result<(), OpenError> {
    let bare = version.split(['-', '+']).next().unwrap_or_default();
    let mut numbers = bare.split('.').map(|n| n.parse::<u64>().unwrap_or(0));
    let mut next = || numbers.next().unwrap_or(0);
    if (next(), next(), next()) >= OLDEST_SERVER {
        return Ok(());
    }
    Err(OpenError::Refused(format!(
        "nats-server {version} is too old; 2.12.3 or later is needed"
    )))
}

/// A server that takes less would run, and fail the first large import.
fn check_max_payload(max_payload: usize) -> Result<(), OpenError> {
    let needed = MAX_COMMIT_BYTES + HEADER_BYTES;
    if max_payload >= needed {
        return Ok(());
    }
    Err(OpenError::Refused(format!(
        "nats-server has max_payload {max_payload}, Kith needs {needed} or more; 1MB is its default"
    )))
}

fn stream_config(config: &Config, shard: u16) -> stream::Config {
    let mut metadata = HashMap::from([
        (KEY_SCHEMA.to_owned(), SCHEMA.to_owned()),
        (KEY_SHARDS.to_owned(), config.shards.to_string()),
    ]);
    let fresh: [u8; 16] = entropy::bytes();
    metadata.insert(KEY_EPOCH.to_owned(), HEXLOWER.encode(&fresh));
    stream::Config {
        name: format!("KITH_{shard:02}"),
        subjects: vec![format!("kith.{shard:02}.>")],
        storage: stream::StorageType::File,
        retention: stream::RetentionPolicy::Limits,
        discard: stream::DiscardPolicy::New,
        duplicate_window: DUPLICATE_WINDOW,
        num_replicas: config.replicas,
        // Erasing a person deletes messages securely.
        deny_delete: false,
        metadata,
        ..Default::default()
    }
}

async fn open_stream(
    context: &jetstream::Context,
    asked: &stream::Config,
) -> Result<stream::Stream, OpenError> {
    if let Ok(stream) = context.get_stream(&asked.name).await {
        return Ok(stream);
    }
    match context.create_stream(asked.clone()).await {
        Ok(stream) => Ok(stream),
        // Another replica was faster.
        Err(_) => context.get_stream(&asked.name).await.map_err(unavailable),
    }
}

fn check_echo(asked: &stream::Config, echoed: &stream::Config) -> Result<(), OpenError> {
    let differs = |what: &str, asked: &dyn std::fmt::Debug, echoed: &dyn std::fmt::Debug| {
        OpenError::Refused(format!(
            "stream has {what} {echoed:?}, Kith needs {asked:?}"
        ))
    };
    macro_rules! same {
        ($($field:ident),*) => {$(
            if asked.$field != echoed.$field {
                let name = format!("{} {}", echoed.name, stringify!($field));
                return Err(differs(&name, &asked.$field, &echoed.$field));
            }
        )*};
    }
    same!(
        subjects,
        storage,
        retention,
        discard,
        duplicate_window,
        num_replicas,
        deny_delete,
        deny_purge,
        max_age,
        no_ack
    );
    for key in [KEY_SCHEMA, KEY_SHARDS] {
        let (asked, echoed) = (asked.metadata.get(key), echoed.metadata.get(key));
        if asked != echoed {
            return Err(differs(key, &asked, &echoed));
        }
    }
    for (what, limit) in [
        ("max_bytes", echoed.max_bytes),
        ("max_messages", echoed.max_messages),
        ("max_messages_per_subject", echoed.max_messages_per_subject),
        ("max_message_size", echoed.max_message_size.into()),
    ] {
        if limit > 0 {
            let what = format!("{} {what}", echoed.name);
            return Err(differs(&what, &"no limit", &limit));
        }
    }
    Ok(())
}

fn parse_epoch(echoed: &stream::Config) -> Result<[u8; 16], OpenError> {
    let text = echoed
        .metadata
        .get(KEY_EPOCH)
        .map(String::as_bytes)
        .unwrap_or_default();
    let bytes = HEXLOWER
        .decode(text)
        .ok()
        .and_then(|bytes| bytes.try_into().ok());
    bytes.ok_or_else(|| OpenError::Refused(format!("stream {} has no epoch", echoed.name)))
}

fn unavailable<E: Into<Box<dyn std::error::Error + Send + Sync>>>(error: E) -> OpenError {
    OpenError::Unavailable(error.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_server_older_than_needed_is_refused_in_one_sentence() {
        assert!(check_version("2.15.1").is_ok());
        assert!(check_version("2.12.3").is_ok());
        assert!(check_version("2.14.0-RC.1").is_ok());
        for old in ["2.12.2", "2.9.10", "nonsense"] {
            let error = check_version(old).expect_err("too old").to_string();
            assert!(
                error.ends_with("is too old; 2.12.3 or later is needed"),
                "{error}"
            );
        }
    }

    #[test]
    fn a_stream_that_forgets_is_refused() {
        let config = Config {
            url: String::new(),
            credentials: None,
            shards: 8,
            replicas: 1,
        };
        let asked = stream_config(&config, 0);
        assert!(check_echo(&asked, &asked.clone()).is_ok());
        let aged = stream::Config {
            max_age: Duration::from_secs(1),
            ..asked.clone()
        };
        assert!(check_echo(&asked, &aged).is_err());
        let bounded = stream::Config {
            max_bytes: 1,
            ..asked.clone()
        };
        assert!(check_echo(&asked, &bounded).is_err());
        let resharded = stream_config(
            &Config {
                shards: 4,
                ..config
            },
            0,
        );
        assert!(check_echo(&asked, &resharded).is_err());
    }
}
