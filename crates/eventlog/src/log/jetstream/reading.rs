//! Reading: ordered consumers for shards, leader reads for subjects.

use std::time::Duration;

use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::pull::{Ordered, OrderedConfig};
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::RawMessageErrorKind;
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};

use super::JetStream;
use crate::log::{EventLog, ReadError, Record, Subject};

/// No message for this long although there are some: the consumer is made again.
const STALL: Duration = Duration::from_secs(10);
const RECONNECT_WAIT: Duration = Duration::from_millis(250);

/// The first message of the subject above `after`, from the leader.
pub(super) async fn next_of_subject(
    log: &JetStream,
    subject: &Subject,
    after: u64,
) -> Result<Option<StreamMessage>, ReadError> {
    let get = log.stream(subject.shard)?.raw_message_builder();
    match get
        .sequence(after + 1)
        .next_by_subject(subject.name())
        .send()
        .await
    {
        Ok(message) => Ok(Some(message)),
        Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(ReadError::Unavailable(error.into())),
    }
}

pub(super) fn subject(
    log: JetStream,
    subject: Subject,
    after: u64,
) -> BoxStream<'static, Result<Record, ReadError>> {
    let records = stream::try_unfold(after, move |after| {
        let (log, subject) = (log.clone(), subject.clone());
        async move {
            let message = next_of_subject(&log, &subject, after).await?;
            Ok(message.map(|message| {
                let sequence = message.sequence;
                (
                    Record {
                        sequence,
                        bytes: message.payload,
                    },
                    sequence,
                )
            }))
        }
    });
    records.boxed()
}

/// A consumer from `after`, and how many messages wait for it.
async fn consume(log: &JetStream, shard: u16, after: u64) -> Result<(Ordered, u64), ReadError> {
    let config = OrderedConfig {
        deliver_policy: DeliverPolicy::ByStartSequence {
            start_sequence: after + 1,
        },
        ..Default::default()
    };
    let consumer = log.stream(shard)?.create_consumer(config).await;
    let consumer = consumer.map_err(|e| ReadError::Unavailable(e.into()))?;
    let waiting = consumer.cached_info().num_pending;
    let messages = consumer
        .messages()
        .await
        .map_err(|e| ReadError::Unavailable(e.into()))?;
    Ok((messages, waiting))
}

fn record(message: &async_nats::jetstream::Message) -> Result<Record, ReadError> {
    let info = message.info().map_err(ReadError::Unavailable)?;
    Ok(Record {
        sequence: info.stream_sequence,
        bytes: message.payload.clone(),
    })
}

pub(super) fn to_tail(
    log: JetStream,
    shard: u16,
    after: u64,
) -> BoxStream<'static, Result<Record, ReadError>> {
    let open = async move {
        let (messages, waiting) = consume(&log, shard, after).await?;
        let wanted = usize::try_from(waiting).unwrap_or(usize::MAX);
        let records = messages
            .take(wanted)
            .map(|message| record(&message.map_err(|e| ReadError::Unavailable(e.into()))?));
        Ok(records)
    };
    stream::once(open).try_flatten().boxed()
}

/// Where a follower stands.
struct Follower {
    log: JetStream,
    shard: u16,
    after: u64,
    messages: Option<Ordered>,
}

pub(super) fn follow(
    log: JetStream,
    shard: u16,
    after: u64,
) -> BoxStream<'static, Result<Record, ReadError>> {
    let follower = Follower {
        log,
        shard,
        after,
        messages: None,
    };
    let records = stream::try_unfold(follower, |mut follower| async move {
        let record = follower.next().await?;
        Ok(Some((record, follower)))
    });
    records.boxed()
}

impl Follower {
    /// The next record; ends only when there is no such shard.
    async fn next(&mut self) -> Result<Record, ReadError> {
        loop {
            let Some(messages) = &mut self.messages else {
                self.open().await?;
                continue;
            };
            match tokio::time::timeout(STALL, messages.next()).await {
                Ok(Some(Ok(message))) => {
                    let record = record(&message)?;
                    if record.sequence > self.after {
                        self.after = record.sequence;
                        return Ok(record);
                    }
                }
                Ok(Some(Err(error))) => {
                    tracing::warn!(shard = self.shard, %error, "consumer failed, making a new one");
                    self.messages = None;
                }
                Ok(None) => self.messages = None,
                Err(_) if is_behind(&self.log, self.shard, self.after).await => {
                    tracing::warn!(shard = self.shard, "consumer stalled, making a new one");
                    self.messages = None;
                }
                Err(_) => {}
            }
        }
    }

    async fn open(&mut self) -> Result<(), ReadError> {
        match consume(&self.log, self.shard, self.after).await {
            Ok((messages, _)) => self.messages = Some(messages),
            Err(error @ ReadError::NoSuchShard(_)) => return Err(error),
            Err(error) => {
                tracing::warn!(shard = self.shard, %error, "log not readable, trying again");
                tokio::time::sleep(RECONNECT_WAIT).await;
            }
        }
        Ok(())
    }
}

async fn is_behind(log: &JetStream, shard: u16, after: u64) -> bool {
    log.tail(shard).await.is_ok_and(|tail| tail > after)
}
