//! Obligations 6 to 8: what readers see while nothing is disturbed.

use futures::{StreamExt, future};

use super::{Harness, aggregate, append, journal, must, next, organisation, read, tail, take};
use crate::log::{Expected, Filter, MAX_COMMIT_BYTES, ReadError};

pub(super) async fn holds(harness: &dyn Harness) {
    ordered_and_unchanged(harness).await;
    shards_are_apart(harness).await;
    large_commits_are_read_and_followed(harness).await;
    follow_is_live(harness).await;
    another_replica_reads_what_was_acknowledged(harness).await;
}

/// Obligations 2, 6 and 8.
async fn ordered_and_unchanged(harness: &dyn Harness) {
    let log = harness.open().await;
    let start = tail(&*log, 0).await;
    let subject = journal(organisation());
    let long = vec![7; 70_000];
    let contents: [&[u8]; 4] = [b"one", &[0, 255, 10, 13], b"", &long];
    let mut last = start;
    for content in contents {
        let appended = must(&*log, append(&subject, Expected::Any, content)).await;
        assert!(appended.position.sequence > last, "sequences grow");
        assert!(!appended.duplicate);
        last = appended.position.sequence;
        assert_eq!(tail(&*log, 0).await, last);
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

/// Obligations 2, 6 and 7, where the log has more shards than one: each has an order of its own.
async fn shards_are_apart(harness: &dyn Harness) {
    let log = harness.open().await;
    let last = log.description().shards - 1;
    if last > 0 {
        let before = (tail(&*log, 0).await, tail(&*log, last).await);
        let mut subject = journal(organisation());
        subject.shard = last;
        let contents: [&[u8]; 2] = [b"there", b"there too"];
        for content in contents {
            let appended = must(&*log, append(&subject, Expected::Any, content)).await;
            assert_eq!(appended.position.shard, last);
            assert_eq!(appended.position.sequence, tail(&*log, last).await);
        }
        assert_eq!(
            tail(&*log, 0).await,
            before.0,
            "the first shard is as it was"
        );
        assert!(read(&*log, Filter::Shard(0), before.0).await.is_empty());
        let followed = take(&*log, last, before.1, 2).await;
        let all = read(&*log, Filter::Shard(last), before.1).await;
        let own = read(&*log, Filter::Subject(subject), before.1).await;
        for records in [followed, all, own] {
            let found: Vec<&[u8]> = records.iter().map(|record| &*record.bytes).collect();
            assert_eq!(found, contents);
        }
    }
    let none = last + 1;
    let refused = |error| matches!(error, Some(ReadError::NoSuchShard(shard)) if shard == none);
    assert!(refused(log.tail(none).await.err()));
    let read = log.read(Filter::Shard(none), 0).next().await;
    assert!(refused(read.and_then(Result::err)));
    let followed = log.follow(none, 0).next().await;
    assert!(refused(followed.and_then(Result::err)));
}

/// Obligations 6 and 7, with more than an adapter holds at a time.
async fn large_commits_are_read_and_followed(harness: &dyn Harness) {
    let log = harness.open().await;
    let start = tail(&*log, 0).await;
    let subject = journal(organisation());
    let large: Vec<Vec<u8>> = (0..40_u8).map(|n| vec![n; MAX_COMMIT_BYTES]).collect();
    for bytes in &large {
        must(&*log, append(&subject, Expected::Any, bytes)).await;
    }
    let followed = take(&*log, 0, start, large.len()).await;
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
    let start = tail(&*log, 0).await;
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
            let record = next(&mut follower).await;
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
