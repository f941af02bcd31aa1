//! Reading: an ordered consumer for shards, leader reads for subjects.

use std::time::Duration;

use async_nats::jetstream::consumer::pull;
use async_nats::jetstream::consumer::{AckPolicy, DeliverPolicy};
use async_nats::jetstream::message::StreamMessage;
use async_nats::jetstream::stream::{RawMessageBuilder, RawMessageErrorKind, WithHeaders};
use futures::stream::{self, BoxStream};
use futures::{StreamExt, TryStreamExt};

use super::JetStream;
use crate::log::{EventLog, ReadError, Record, Subject};

/// No message for this long although there are some: the consumer is made again.
const STALL: Duration = Duration::from_secs(10);
/// The server says this often that a consumer without messages is alive. Two are missed before it
/// is made again.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// The server forgets a consumer that nobody asks any more.
const FORGET_AFTER: Duration = Duration::from_secs(30);
const RECONNECT_WAIT: Duration = Duration::from_millis(250);
/// What is under way to a consumer: half as much again at most, in each shard, after however long
/// a downtime. A little more than the runner puts into one transaction, and eight of the largest
/// commits; with a count of messages alone, hundreds of those.
const UNDER_WAY_BYTES: usize = 4 * 1024 * 1024;

/// The subject of whatever a stream holds.
const EVERYTHING: &str = ">";

type Source = Box<dyn std::error::Error + Send + Sync>;

/// A message from the leader, or `None` when it has none of that kind.
async fn ask(get: RawMessageBuilder<WithHeaders>) -> Result<Option<StreamMessage>, ReadError> {
    match get.send().await {
        Ok(message) => Ok(Some(message)),
        Err(error) if error.kind() == RawMessageErrorKind::NoMessageFound => Ok(None),
        Err(error) => Err(ReadError::Unavailable(error.into())),
    }
}

/// The first message of the subject above `after`.
pub(super) async fn next_of_subject(
    log: &JetStream,
    subject: &Subject,
    after: u64,
) -> Result<Option<StreamMessage>, ReadError> {
    let get = log.stream(subject.shard)?.raw_message_builder();
    ask(get.sequence(after + 1).next_by_subject(subject.name())).await
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

pub(super) fn to_tail(
    log: JetStream,
    shard: u16,
    after: u64,
) -> BoxStream<'static, Result<Record, ReadError>> {
    let open = async move {
        let until = log.tail(shard).await?;
        let reader = Reader::new(log, shard, after);
        Ok(stream::try_unfold(reader, move |mut reader| async move {
            // The last sequences may be those of deleted messages: no message would reach them.
            let is_read = reader.after >= until
                || (reader.expects_nothing() && reader.is_at_the_end().await?);
            if is_read {
                return Ok(None);
            }
            let record = reader.next().await?;
            let record = record.filter(|record| record.sequence <= until);
            Ok(record.map(|record| (record, reader)))
        }))
    };
    stream::once(open).try_flatten().boxed()
}

pub(super) fn follow(
    log: JetStream,
    shard: u16,
    after: u64,
) -> BoxStream<'static, Result<Record, ReadError>> {
    let reader = Reader::new(log, shard, after);
    let records = stream::try_unfold(reader, move |mut reader| async move {
        loop {
            match reader.next().await {
                Ok(Some(record)) => return Ok(Some((record, reader))),
                Ok(None) => {}
                Err(error @ ReadError::NoSuchShard(_)) => return Err(error),
                Err(error) => {
                    tracing::warn!(
                        shard,
                        error = &error as &dyn std::error::Error,
                        "log not readable, trying again"
                    );
                    tokio::time::sleep(RECONNECT_WAIT).await;
                }
            }
        }
    });
    records.boxed()
}

/// A shard above `after`, in order, each record once, over as many consumers as that takes.
///
/// async-nats has an ordered consumer too. Made anew before its first message it begins at the first
/// of all, and it doesn't bound the bytes under way.
struct Reader {
    log: JetStream,
    shard: u16,
    after: u64,
    delivery: Option<Delivery>,
}

impl Reader {
    fn new(log: JetStream, shard: u16, after: u64) -> Self {
        Self {
            log,
            shard,
            after,
            delivery: None,
        }
    }

    /// The next record; `None` when for a while there was none. An error is of the server or the
    /// way to it, never of a consumer: that one is made again.
    async fn next(&mut self) -> Result<Option<Record>, ReadError> {
        let shard = self.shard;
        loop {
            let mut delivery = match self.delivery.take() {
                Some(delivery) => delivery,
                None => Delivery::open(&self.log, shard, self.after).await?,
            };
            match tokio::time::timeout(STALL, delivery.next()).await {
                Ok(Ok(record)) => {
                    self.after = record.sequence;
                    self.delivery = Some(delivery);
                    return Ok(Some(record));
                }
                Ok(Err(error)) => {
                    tracing::warn!(shard, error, "consumer failed, making a new one");
                    tokio::time::sleep(RECONNECT_WAIT).await;
                }
                Err(_) if self.is_at_the_end().await? => {
                    self.delivery = Some(delivery);
                    return Ok(None);
                }
                Err(_) => tracing::warn!(shard, "consumer stalled, making a new one"),
            }
        }
    }

    /// Whether the consumer has told of no further message; it may know less than the leader.
    fn expects_nothing(&self) -> bool {
        let delivery = self.delivery.as_ref();
        delivery.is_none_or(|delivery| delivery.waiting == 0)
    }

    async fn is_at_the_end(&self) -> Result<bool, ReadError> {
        let get = self.log.stream(self.shard)?.raw_message_builder();
        let next = ask(get.sequence(self.after + 1).next_by_subject(EVERYTHING)).await?;
        Ok(next.is_none())
    }
}

/// One consumer at work. It has no acks: what is lost under way shows as a gap in its count.
struct Delivery {
    messages: pull::Stream,
    delivered: u64,
    /// Messages above the last one, when that was delivered.
    waiting: u64,
}

impl Delivery {
    async fn open(log: &JetStream, shard: u16, after: u64) -> Result<Self, ReadError> {
        let config = pull::Config {
            deliver_policy: DeliverPolicy::ByStartSequence {
                start_sequence: after + 1,
            },
            ack_policy: AckPolicy::None,
            // It lives in the memory of one server: it is cheaper to make again than to keep.
            memory_storage: true,
            num_replicas: 1,
            inactive_threshold: FORGET_AFTER,
            ..Default::default()
        };
        let consumer = log.stream(shard)?.create_consumer(config).await;
        let consumer = consumer.map_err(|e| ReadError::Unavailable(e.into()))?;
        let waiting = consumer.cached_info().num_pending;
        let messages = consumer
            .stream()
            .max_bytes_per_batch(UNDER_WAY_BYTES)
            .heartbeat(HEARTBEAT)
            .messages()
            .await
            .map_err(|e| ReadError::Unavailable(e.into()))?;
        Ok(Self {
            messages,
            delivered: 0,
            waiting,
        })
    }

    async fn next(&mut self) -> Result<Record, Source> {
        let message = self.messages.next().await.ok_or("the consumer ended")??;
        let info = message.info()?;
        self.delivered += 1;
        if info.consumer_sequence != self.delivered {
            return Err("a message was lost under way".into());
        }
        self.waiting = info.pending;
        let sequence = info.stream_sequence;
        Ok(Record {
            sequence,
            bytes: message.message.payload,
        })
    }
}
