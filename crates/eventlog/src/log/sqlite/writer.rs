//! The writer thread of the embedded log: everything that waits shares one transaction.

use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};
use tokio::sync::{oneshot, watch};

use crate::log::{Append, AppendError, Expected};

/// Appends of one transaction; bounds its size, and so the wait of the first of them.
const MAX_GROUP: usize = 512;
/// Appends that may wait; beyond it, callers wait to enqueue.
const QUEUE: usize = 1024;

type Outcome = Result<(u64, bool), AppendError>;

struct Request {
    append: Append,
    answer: oneshot::Sender<Outcome>,
}

/// The handle of the writer thread. The thread ends with its last handle.
#[derive(Debug, Clone)]
pub(super) struct Writer {
    queue: tokio::sync::mpsc::Sender<Request>,
}

impl Writer {
    pub(super) fn start(connection: Connection, tail: watch::Sender<u64>) -> std::io::Result<Self> {
        let (queue, mut requests) = tokio::sync::mpsc::channel(QUEUE);
        let work = move || {
            let mut connection = connection;
            while let Some(first) = requests.blocking_recv() {
                let mut group = vec![first];
                while group.len() < MAX_GROUP
                    && let Ok(next) = requests.try_recv()
                {
                    group.push(next);
                }
                write_group(&mut connection, group, &tail);
            }
        };
        std::thread::Builder::new()
            .name("kith-log-writer".into())
            .spawn(work)?;
        Ok(Self { queue })
    }

    pub(super) async fn append(&self, append: Append) -> Outcome {
        let gone = || AppendError::Unavailable("the writer thread has ended".into());
        let (answer, outcome) = oneshot::channel();
        self.queue
            .send(Request { append, answer })
            .await
            .map_err(|_| gone())?;
        outcome.await.map_err(|_| gone())?
    }
}

/// Writes a group in one transaction and answers after it is durable. A refused append leaves no
/// trace in the transaction; a database error fails the whole group, since nothing was kept.
fn write_group(connection: &mut Connection, group: Vec<Request>, tail: &watch::Sender<u64>) {
    let (appends, answers): (Vec<Append>, Vec<_>) = group
        .into_iter()
        .map(|request| (request.append, request.answer))
        .unzip();
    match try_write(connection, &appends) {
        Ok(outcomes) => {
            let last = outcomes
                .iter()
                .flatten()
                .map(|(sequence, _)| *sequence)
                .max();
            tail.send_if_modified(|tail| {
                let grew = last.is_some_and(|last| last > *tail);
                *tail = (*tail).max(last.unwrap_or(0));
                grew
            });
            for (answer, outcome) in answers.into_iter().zip(outcomes) {
                // A caller that went away has its answer in the log.
                drop(answer.send(outcome));
            }
        }
        Err(error) => {
            let text = error.to_string();
            for answer in answers {
                drop(answer.send(Err(AppendError::Unavailable(text.clone().into()))));
            }
        }
    }
}

fn try_write(connection: &mut Connection, appends: &[Append]) -> rusqlite::Result<Vec<Outcome>> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let outcomes = appends
        .iter()
        .map(|append| write_one(&transaction, append))
        .collect();
    transaction.commit()?;
    // Only now are the outcomes true.
    outcomes
}

fn write_one(
    transaction: &rusqlite::Transaction<'_>,
    append: &Append,
) -> rusqlite::Result<Outcome> {
    let known = transaction
        .prepare_cached("SELECT sequence, fingerprint FROM log WHERE commit_id = ?1")?
        .query_row([append.id.as_bytes()], |row| {
            Ok((row.get::<_, i64>(0)?, row.get(1)?))
        })
        .optional()?;
    if let Some((sequence, fingerprint)) = known {
        let fingerprint: [u8; 16] = fingerprint;
        let same = fingerprint == append.fingerprint;
        return Ok(if same {
            Ok((sequence as u64, true))
        } else {
            Err(AppendError::IdReused)
        });
    }
    let subject = append.subject.name();
    if append.expected != Expected::Any {
        let last: Option<i64> = transaction
            .prepare_cached("SELECT max(sequence) FROM log WHERE subject = ?1")?
            .query_row([&subject], |row| row.get(0))?;
        let as_expected = match append.expected {
            Expected::Any => true,
            Expected::Empty => last.is_none(),
            Expected::At(sequence) => last == Some(sequence as i64),
        };
        if !as_expected {
            return Ok(Err(AppendError::Conflict));
        }
    }
    transaction
        .prepare_cached(
            "INSERT INTO log (subject, commit_id, fingerprint, bytes) VALUES (?1, ?2, ?3, ?4)",
        )?
        .execute(params![
            subject,
            append.id.as_bytes(),
            append.fingerprint,
            &append.bytes[..]
        ])?;
    Ok(Ok((transaction.last_insert_rowid() as u64, false)))
}
