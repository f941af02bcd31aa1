//! The suite that holds every log to the specification of [`EventLog`](super::EventLog).
//!
//! Each adapter brings a [`Harness`]: how to make an empty log, and how to disturb it. A check is
//! named after the obligation it holds.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt, TryStreamExt, future};
use kith_domain::id::{CommitId, OrganisationId};

use super::{
    Append, AppendError, Appended, EventLog, Expected, Filter, MAX_COMMIT_BYTES, Record, Subject,
    SubjectKind,
};
use crate::entropy;

const PATIENCE: Duration = Duration::from_secs(60);

/// What the suite needs of an adapter's tests.
#[async_trait::async_trait(?Send)]
pub trait Harness {
    /// A handle on the log, as another replica would open one.
    async fn open(&self) -> Arc<dyn EventLog>;

    /// Ends the log's server or process without warning and starts it again. Nothing for a log that
    /// survives nothing.
    async fn crash(&self);

    /// Whether what was acknowledged is there after [`crash`](Harness::crash).
    fn survives(&self) -> bool;
}

/// Runs the whole suite against an empty log.
///
/// # Panics
/// When an obligation is broken.
pub async fn holds(harness: &dyn Harness) {
    ordered_and_unchanged(harness).await;
    expected(harness).await;
    racing_writers(harness).await;
    once(harness).await;
    size(harness).await;
    large_commits_are_read_and_followed(harness).await;
    follow_is_live(harness).await;
    another_replica_reads_what_was_acknowledged(harness).await;
    epoch_stays(harness).await;
    if harness.survives() {
        acknowledged_survives_a_crash(harness).await;
        follow_survives_a_crash(harness).await;
    }
}

fn organisation() -> OrganisationId {
    OrganisationId::from_bytes(entropy::bytes())
}

fn journal(organisation: OrganisationId) -> Subject {
    Subject {
        shard: 0,
        organisation,
        kind: SubjectKind::Journal,
    }
}

fn aggregate(organisation: OrganisationId, id: &str) -> Subject {
    Subject {
        shard: 0,
        organisation,
        kind: SubjectKind::Aggregate("test", id.to_owned()),
    }
}

fn append(subject: &Subject, expected: Expected, bytes: &[u8]) -> Append {
    Append {
        subject: subject.clone(),
        expected,
        id: CommitId::from_bytes(entropy::bytes()),
        fingerprint: entropy::bytes(),
        bytes: Bytes::copy_from_slice(bytes),
    }
}

async fn must(log: &dyn EventLog, append: Append) -> Appended {
    log.append(append)
        .await
        .expect("an append that nothing speaks against")
}

async fn read(log: &dyn EventLog, filter: Filter, after: u64) -> Vec<Record> {
    let read = log.read(filter, after).try_collect();
    tokio::time::timeout(PATIENCE, read)
        .await
        .expect("read ends")
        .expect("read works")
}

async fn tail(log: &dyn EventLog) -> u64 {
    log.tail(0).await.expect("the tail is known")
}

/// The next `count` records of a follower.
async fn take(log: &dyn EventLog, after: u64, count: usize) -> Vec<Record> {
    let records = log.follow(0, after).take(count).try_collect();
    tokio::time::timeout(PATIENCE, records)
        .await
        .expect("follow goes on")
        .expect("follow works")
}

/// Obligations 2, 6 and 8.
async fn ordered_and_unchanged(harness: &dyn Harness) {
    let log = harness.open().await;
    let start = tail(&*log).await;
    let subject = journal(organisation());
    let long = vec![7; 70_000];
    let contents: [&[u8]; 4] = [b"one", &[0, 255, 10, 13], b"", &long];
    let mut last = start;
    for content in contents {
        let appended = must(&*log, append(&subject, Expected::Any, content)).await;
        assert!(appended.position.sequence > last, "sequences grow");
        assert!(!appended.duplicate);
        last = appended.position.sequence;
        assert_eq!(tail(&*log).await, last);
    }
    let records = read(&*log, Filter::Shard(0), start).await;
    let bytes: Vec<&[u8]> = records.iter().map(|record| &record.bytes[..]).collect();
    assert_eq!(bytes, contents, "bytes come back in order, unchanged");
    assert!(records.is_sorted_by_key(|record| record.sequence));
    let from_the_middle = read(&*log, Filter::Shard(0), records[1].sequence).await;
    assert_eq!(from_the_middle, records[2..]);
    assert!(read(&*log, Filter::Shard(0), last).await.is_empty());
    assert_eq!(read(&*log, Filter::Subject(subject), start).await, records);
    let silent = Filter::Subject(journal(organisation()));
    assert!(
        read(&*log, silent, 0).await.is_empty(),
        "a subject without commits reads as empty"
    );
}

/// Obligation 3.
async fn expected(harness: &dyn Harness) {
    let log = harness.open().await;
    let own = organisation();
    let (subject, neighbour) = (aggregate(own, "a"), aggregate(own, "b"));
    let first = must(&*log, append(&subject, Expected::Empty, b"1"))
        .await
        .position
        .sequence;
    must(&*log, append(&neighbour, Expected::Empty, b"other subject")).await;
    must(&*log, append(&journal(own), Expected::Any, b"other kind")).await;
    for wrong in [Expected::Empty, Expected::At(first + 1), Expected::At(0)] {
        let refused = log.append(append(&subject, wrong, b"no")).await;
        assert!(
            matches!(refused, Err(AppendError::Conflict)),
            "{wrong:?}: {refused:?}"
        );
    }
    let never_there = aggregate(own, "c");
    let refused = log
        .append(append(&never_there, Expected::At(first), b"no"))
        .await;
    assert!(matches!(refused, Err(AppendError::Conflict)), "{refused:?}");
    let second = must(&*log, append(&subject, Expected::At(first), b"2"))
        .await
        .position
        .sequence;
    let past = read(&*log, Filter::Subject(subject), 0).await;
    let sequences: Vec<u64> = past.iter().map(|record| record.sequence).collect();
    assert_eq!(sequences, [first, second], "refused appends left nothing");
}

/// Obligation 3, with many writers at once.
async fn racing_writers(harness: &dyn Harness) {
    let logs = [harness.open().await, harness.open().await];
    let subject = aggregate(organisation(), "raced");
    let mut expectation = Expected::Empty;
    for round in 0..5_u8 {
        let writers = (0..16_usize).map(|writer| {
            let append = append(&subject, expectation, &[round]);
            let log = Arc::clone(&logs[writer % 2]);
            async move { log.append(append).await }
        });
        let outcomes = future::join_all(writers).await;
        let won: Vec<&Appended> = outcomes.iter().flatten().collect();
        assert_eq!(won.len(), 1, "one writer wins");
        let lost = outcomes
            .iter()
            .filter(|o| matches!(o, Err(AppendError::Conflict)))
            .count();
        assert_eq!(lost, 15, "the others are told of the conflict");
        expectation = Expected::At(won[0].position.sequence);
    }
    assert_eq!(read(&*logs[0], Filter::Subject(subject), 0).await.len(), 5);
}

/// Obligation 4.
async fn once(harness: &dyn Harness) {
    let log = harness.open().await;
    let own = organisation();
    for (subject, expectation) in [
        (journal(own), Expected::Any),
        (aggregate(own, "once"), Expected::Empty),
    ] {
        let request = append(&subject, expectation, b"once");
        let first = must(&*log, request.clone()).await;
        // The same bytes again, and the same request sealed again.
        let resealed = Append {
            bytes: Bytes::from_static(b"other bytes"),
            ..request.clone()
        };
        for retry in [request.clone(), resealed] {
            let again = log.append(retry).await.expect("a retry is no mistake");
            assert_eq!(
                again,
                Appended {
                    duplicate: true,
                    ..first
                }
            );
        }
        let misuse = Append {
            fingerprint: entropy::bytes(),
            ..request.clone()
        };
        let refused = log.append(misuse).await;
        assert!(matches!(refused, Err(AppendError::IdReused)), "{refused:?}");
        assert_eq!(
            read(&*log, Filter::Subject(subject.clone()), 0).await.len(),
            1
        );

        // A lost ack, found out only after others went on.
        let position = first.position.sequence;
        must(&*log, append(&subject, Expected::At(position), b"later")).await;
        let again = log
            .append(request)
            .await
            .expect("a late retry is no mistake");
        assert_eq!(
            again,
            Appended {
                duplicate: true,
                ..first
            }
        );
    }
    let racing = append(&journal(own), Expected::Any, b"raced");
    let writers = (0..8).map(|_| log.append(racing.clone()));
    let outcomes = future::join_all(writers).await;
    let told: Vec<Appended> = outcomes
        .into_iter()
        .map(|o| o.expect("all are told"))
        .collect();
    let positions: BTreeSet<u64> = told
        .iter()
        .map(|appended| appended.position.sequence)
        .collect();
    assert_eq!(positions.len(), 1, "one commit");
    assert_eq!(
        told.iter().filter(|appended| !appended.duplicate).count(),
        1
    );
}

async fn size(harness: &dyn Harness) {
    let log = harness.open().await;
    let subject = journal(organisation());
    let largest = vec![1; MAX_COMMIT_BYTES];
    must(&*log, append(&subject, Expected::Any, &largest)).await;
    let refused = log
        .append(append(
            &subject,
            Expected::Any,
            &[largest, vec![1]].concat(),
        ))
        .await;
    assert!(matches!(refused, Err(AppendError::TooLarge)), "{refused:?}");
}

/// Obligations 6 and 7, with more than an adapter holds at a time.
async fn large_commits_are_read_and_followed(harness: &dyn Harness) {
    let log = harness.open().await;
    let start = tail(&*log).await;
    let subject = journal(organisation());
    let large: Vec<Vec<u8>> = (0..9_u8).map(|n| vec![n; MAX_COMMIT_BYTES]).collect();
    for bytes in &large {
        must(&*log, append(&subject, Expected::Any, bytes)).await;
    }
    let followed = take(&*log, start, large.len()).await;
    let all = read(&*log, Filter::Shard(0), start).await;
    let own = read(&*log, Filter::Subject(subject), start).await;
    for records in [followed, all, own] {
        let found: Vec<&[u8]> = records.iter().map(|record| &*record.bytes).collect();
        assert!(found == large, "each of them, in order, once");
    }
}

/// Obligation 7.
async fn follow_is_live(harness: &dyn Harness) {
    let log = harness.open().await;
    let start = tail(&*log).await;
    let subject = journal(organisation());
    for n in 0..50_u8 {
        must(&*log, append(&subject, Expected::Any, &[n])).await;
    }
    let mut follower = log.follow(0, start);
    let other = harness.open().await;
    let appends = async {
        for n in 50..100_u8 {
            must(&*other, append(&subject, Expected::Any, &[n])).await;
        }
    };
    let follows = async {
        let mut seen = Vec::new();
        while seen.len() < 100 {
            let record = tokio::time::timeout(PATIENCE, follower.next()).await;
            let record = record
                .expect("follow goes on")
                .expect("never ends")
                .expect("works");
            seen.push(record.bytes[0]);
        }
        seen
    };
    let ((), seen) = future::join(appends, follows).await;
    assert_eq!(
        seen,
        (0..100).collect::<Vec<u8>>(),
        "old and new, in order, each once"
    );
}

/// Obligation 6, second sentence.
async fn another_replica_reads_what_was_acknowledged(harness: &dyn Harness) {
    let (writer, reader) = (harness.open().await, harness.open().await);
    let subject = aggregate(organisation(), "elsewhere");
    for n in 1..=20 {
        let last = read(&*reader, Filter::Subject(subject.clone()), 0).await;
        let expectation = last
            .last()
            .map_or(Expected::Empty, |record| Expected::At(record.sequence));
        must(&*writer, append(&subject, expectation, b"step")).await;
        assert_eq!(
            read(&*reader, Filter::Subject(subject.clone()), 0)
                .await
                .len(),
            n
        );
    }
}

/// Obligation 9.
async fn epoch_stays(harness: &dyn Harness) {
    let epoch = harness.open().await.epoch();
    assert_ne!(epoch, [0; 16]);
    harness.crash().await;
    if harness.survives() {
        assert_eq!(harness.open().await.epoch(), epoch);
    }
}

/// Obligations 1 and 5: what was acknowledged is there, and a retry across the crash finds its
/// first append.
async fn acknowledged_survives_a_crash(harness: &dyn Harness) {
    let subject = journal(organisation());
    let log = harness.open().await;
    let kept = append(&subject, Expected::Any, b"kept");
    let first = must(&*log, kept.clone()).await;
    drop(log);
    harness.crash().await;
    let log = harness.open().await;
    let records = read(&*log, Filter::Subject(subject.clone()), 0).await;
    assert_eq!(records.len(), 1, "nothing acknowledged is lost");
    assert_eq!(
        must(&*log, kept).await,
        Appended {
            duplicate: true,
            ..first
        }
    );
    let next = must(&*log, append(&subject, Expected::Any, b"next")).await;
    assert!(
        next.position.sequence > first.position.sequence,
        "sequences are not used again"
    );
}

/// Obligation 7 across a crash, for logs whose server may end while a client stays.
async fn follow_survives_a_crash(harness: &dyn Harness) {
    let log = harness.open().await;
    let start = tail(&*log).await;
    let subject = journal(organisation());
    must(&*log, append(&subject, Expected::Any, b"before")).await;
    let mut follower = log.follow(0, start);
    let first = follower.next().await.expect("never ends").expect("works");
    assert_eq!(&first.bytes[..], b"before");
    harness.crash().await;
    let reopened = harness.open().await;
    must(&*reopened, append(&subject, Expected::Any, b"after")).await;
    let records = take(&*reopened, first.sequence, 1).await;
    assert_eq!(&records[0].bytes[..], b"after");
    drop(follower);
}
