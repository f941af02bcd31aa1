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
    let outcomes: rusqlite::Result<Vec<Outcome>> = appends
        .iter()
        .map(|append| write_one(&transaction, append))
        .collect();
    // A failed statement undoes itself alone: without this the appends before it would be kept,
    // although their callers are told that nothing is known of them. Dropped, it rolls back.
    let outcomes = outcomes?;
    transaction.commit()?;
    // Only now are the outcomes true.
    Ok(outcomes)
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

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use kith_domain::id::{CommitId, OrganisationId};

    use super::super::SCHEMA;
    use super::*;
    use crate::log::{Subject, SubjectKind};

    fn append(n: u8) -> Append {
        let subject = Subject {
            shard: 0,
            organisation: OrganisationId::from_bytes([1; 16]),
            kind: SubjectKind::Journal,
        };
        Append {
            subject,
            expected: Expected::Any,
            id: CommitId::from_bytes([n; 16]),
            fingerprint: [n; 16],
            bytes: Bytes::copy_from_slice(&[n]),
        }
    }

    fn count(connection: &Connection) -> i64 {
        let count = "SELECT count(*) FROM log";
        connection
            .query_row(count, [], |row| row.get(0))
            .expect("counts")
    }

    /// Writes one group; the outcomes of its appends.
    fn write(
        connection: &mut Connection,
        tail: &watch::Sender<u64>,
        appends: [Append; 2],
    ) -> Vec<Outcome> {
        let (group, outcomes): (Vec<Request>, Vec<_>) = appends
            .into_iter()
            .map(|append| {
                let (answer, outcome) = oneshot::channel();
                (Request { append, answer }, outcome)
            })
            .unzip();
        write_group(connection, group, tail);
        let answered = outcomes.into_iter().map(oneshot::Receiver::blocking_recv);
        answered
            .map(|outcome| outcome.expect("is answered"))
            .collect()
    }

    #[test]
    fn a_group_that_fails_in_the_middle_keeps_nothing_and_the_tail_agrees() {
        let mut connection = Connection::open_in_memory().expect("opens");
        connection.execute_batch(SCHEMA).expect("makes the tables");
        let broken = "CREATE TRIGGER broken BEFORE INSERT ON log WHEN new.bytes = x'02'
                      BEGIN SELECT RAISE(ABORT, 'as a broken disk would'); END";
        connection.execute_batch(broken).expect("breaks");
        let tail = watch::Sender::new(0);

        let outcomes = write(&mut connection, &tail, [append(1), append(2)]);
        assert!(
            outcomes
                .iter()
                .all(|outcome| matches!(outcome, Err(AppendError::Unavailable(_)))),
            "{outcomes:?}"
        );
        assert_eq!((count(&connection), *tail.borrow()), (0, 0));

        connection
            .execute_batch("DROP TRIGGER broken")
            .expect("mends");
        let outcomes = write(&mut connection, &tail, [append(1), append(2)]);
        assert!(
            outcomes
                .iter()
                .all(|outcome| matches!(outcome, Ok((_, false)))),
            "{outcomes:?}"
        );
        assert_eq!((count(&connection), *tail.borrow()), (2, 2));
    }
}
