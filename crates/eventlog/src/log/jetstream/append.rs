//! The append protocol: the same bytes until the server says what became of them.

use std::error::Error as _;
use std::time::Duration;

use async_nats::jetstream::context::{PublishError, PublishErrorKind};
use async_nats::jetstream::message::PublishMessage;
use async_nats::jetstream::{self, publish::PublishAck};
use data_encoding::HEXLOWER;

use super::{JetStream, reading};
use crate::log::{
    Append, AppendError, Appended, Expected, MAX_COMMIT_BYTES, Position, RETRY_FOR, ReadError,
};

const FINGERPRINT: &str = "Kith-Fingerprint";
const FIRST_WAIT: Duration = Duration::from_millis(20);
const LONGEST_WAIT: Duration = Duration::from_secs(1);

/// Wrong last sequence, from a single node and from a cluster.
const WRONG_LAST_SEQUENCE: [u64; 2] = [10071, 10164];
/// The server can't write just now: no JetStream, no leader, full or busy.
const TRANSIENT: [u64; 5] = [10008, 10023, 10077, 10158, 10163];

type Outcome = Result<Appended, AppendError>;

/// What one publish told.
enum Told {
    Stored(PublishAck),
    WrongLastSequence,
    TooLarge,
    /// Nothing certain; ask again.
    Unknown(PublishError),
    Refused(PublishError),
}

/// What is known after one attempt.
enum Known {
    /// The last word.
    Outcome(Outcome),
    /// Nothing: the publish, or the read that tells its meaning, was not answered. Ask again.
    Nothing(Box<dyn std::error::Error + Send + Sync>),
}

pub(super) async fn append(log: &JetStream, append: Append) -> Outcome {
    if append.bytes.len() > MAX_COMMIT_BYTES {
        return Err(AppendError::TooLarge);
    }
    log.stream(append.subject.shard)
        .map_err(|e| AppendError::Unavailable(e.into()))?;
    let subject = append.subject.name();
    let mut last_error = None;
    let until_known = async {
        let mut wait = FIRST_WAIT;
        loop {
            match attempt(log, &subject, &append).await {
                Known::Outcome(outcome) => return outcome,
                Known::Nothing(error) => {
                    tracing::debug!(error, "append not acknowledged, asking again");
                    last_error = Some(error);
                }
            }
            tokio::time::sleep(wait).await;
            wait = (wait * 2).min(LONGEST_WAIT);
        }
    };
    let known = tokio::time::timeout(RETRY_FOR, until_known).await;
    known.unwrap_or_else(|_| {
        let source = last_error.unwrap_or_else(|| "no answer in time".into());
        Err(AppendError::Unavailable(source))
    })
}

async fn attempt(log: &JetStream, subject: &str, append: &Append) -> Known {
    let looked = match publish(log, subject, append).await {
        Told::Stored(ack) if !ack.duplicate => Ok(Ok(appended(append, ack.sequence))),
        Told::Stored(ack) => duplicate_at(log, append, ack.sequence).await,
        Told::WrongLastSequence => own_lost_ack(log, append).await,
        Told::TooLarge => Ok(Err(AppendError::TooLarge)),
        Told::Refused(error) => Ok(Err(AppendError::Unavailable(error.into()))),
        Told::Unknown(error) => return Known::Nothing(error.into()),
    };
    looked.map_or_else(|unread| Known::Nothing(unread.into()), Known::Outcome)
}

async fn publish(log: &JetStream, subject: &str, append: &Append) -> Told {
    let mut message = PublishMessage::build()
        .message_id(append.id.to_string())
        .header(FINGERPRINT, HEXLOWER.encode(&append.fingerprint))
        .payload(append.bytes.clone());
    message = match append.expected {
        Expected::Any => message,
        Expected::Empty => message.expected_last_subject_sequence(0),
        Expected::At(sequence) => message.expected_last_subject_sequence(sequence),
    };
    let acked = match log.context.send_publish(subject.to_owned(), message).await {
        Ok(ack) => ack.await,
        Err(error) => Err(error),
    };
    acked.map_or_else(classify, Told::Stored)
}

fn classify(error: PublishError) -> Told {
    match error.kind() {
        PublishErrorKind::WrongLastSequence => Told::WrongLastSequence,
        PublishErrorKind::MaxPayloadExceeded => Told::TooLarge,
        PublishErrorKind::StreamNotFound
        | PublishErrorKind::TimedOut
        | PublishErrorKind::BrokenPipe
        | PublishErrorKind::MaxAckPending => Told::Unknown(error),
        PublishErrorKind::WrongLastMessageId => Told::Refused(error),
        PublishErrorKind::Other => match server_code(&error) {
            Some(code) if WRONG_LAST_SEQUENCE.contains(&code) => Told::WrongLastSequence,
            Some(code) if TRANSIENT.contains(&code) => Told::Unknown(error),
            Some(_) => Told::Refused(error),
            // Not an answer of the server: the connection broke under way.
            None => Told::Unknown(error),
        },
    }
}

fn server_code(error: &PublishError) -> Option<u64> {
    let source = error.source()?.downcast_ref::<jetstream::Error>()?;
    Some(source.error_code().0)
}

fn appended(append: &Append, sequence: u64) -> Appended {
    let position = Position {
        shard: append.subject.shard,
        sequence,
    };
    Appended {
        position,
        duplicate: false,
    }
}

/// `duplicate` proves only that some message had this id: compare what was asked then.
async fn duplicate_at(
    log: &JetStream,
    append: &Append,
    sequence: u64,
) -> Result<Outcome, ReadError> {
    let message = log
        .stream(append.subject.shard)?
        .get_raw_message(sequence)
        .await;
    let message = message.map_err(|e| ReadError::Unavailable(e.into()))?;
    Ok(compare(append, sequence, &message.headers))
}

/// The subject isn't as expected: by somebody else's commit, or by this one, whose ack was lost.
async fn own_lost_ack(log: &JetStream, append: &Append) -> Result<Outcome, ReadError> {
    let mut after = match append.expected {
        Expected::At(sequence) => sequence.saturating_sub(1),
        Expected::Any | Expected::Empty => 0,
    };
    while let Some(message) = reading::next_of_subject(log, &append.subject, after).await? {
        let id = message.headers.get(async_nats::header::NATS_MESSAGE_ID);
        if id.is_some_and(|id| id.as_str() == append.id.to_string()) {
            return Ok(compare(append, message.sequence, &message.headers));
        }
        after = message.sequence;
    }
    Ok(Err(AppendError::Conflict))
}

fn compare(append: &Append, sequence: u64, headers: &async_nats::HeaderMap) -> Outcome {
    let fingerprint = HEXLOWER.encode(&append.fingerprint);
    if headers
        .get(FINGERPRINT)
        .is_some_and(|stored| stored.as_str() == fingerprint)
    {
        return Ok(Appended {
            duplicate: true,
            ..appended(append, sequence)
        });
    }
    Err(AppendError::IdReused)
}
