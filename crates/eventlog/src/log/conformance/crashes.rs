//! Obligations 1, 5, 7 and 9: what holds across the death and the silence of the log.

use std::time::Duration;

use futures::future;

use super::{Harness, PATIENCE, aggregate, append, journal, must, next, organisation, read, tail};
use crate::log::{Appended, Expected, Filter};

/// Longer than an adapter waits for one acknowledgement, shorter than it repeats.
const SILENCE: Duration = Duration::from_secs(7);

pub(super) async fn holds(harness: &dyn Harness) {
    epoch_stays(harness).await;
    if harness.survives() {
        acknowledged_survives_a_crash(harness).await;
    }
    if harness.has_server() {
        a_lost_ack_is_asked_for_again(harness).await;
        a_follower_survives_a_crash(harness).await;
        a_quiet_follower_survives_a_crash(harness).await;
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

/// Obligation 5: an append into the silence is answered once the server speaks again, and whatever
/// was repeated meanwhile is there once.
async fn a_lost_ack_is_asked_for_again(harness: &dyn Harness) {
    let log = harness.open().await;
    let own = organisation();
    let changed = aggregate(own, "changed");
    let begun = must(&*log, append(&changed, Expected::Empty, b"begun")).await;
    let appends = [
        append(&journal(own), Expected::Any, b"any"),
        append(&aggregate(own, "new"), Expected::Empty, b"new"),
        append(&changed, Expected::At(begun.position.sequence), b"at"),
    ];
    harness.silence().await;
    let appending = appends.iter().map(|append| log.append(append.clone()));
    let mut appending = future::join_all(appending);
    let early = tokio::time::timeout(SILENCE, &mut appending).await;
    harness.resume().await;
    assert!(
        early.is_err(),
        "nobody is told what nobody knows: {early:?}"
    );
    let outcomes = tokio::time::timeout(PATIENCE, appending).await;
    for (append, outcome) in appends.iter().zip(outcomes.expect("all are told")) {
        let appended = outcome.expect("the server is back, and so is the append");
        let found = read(&*log, Filter::Subject(append.subject.clone()), 0).await;
        let own = found.iter().filter(|record| record.bytes == append.bytes);
        let sequences: Vec<u64> = own.map(|record| record.sequence).collect();
        assert_eq!(sequences, [appended.position.sequence], "it is there once");
    }
}

/// Obligation 7 across a crash.
async fn a_follower_survives_a_crash(harness: &dyn Harness) {
    let log = harness.open().await;
    let subject = journal(organisation());
    let mut follower = log.follow(0, tail(&*log, 0).await);
    for n in 0..3_u8 {
        let before = must(&*log, append(&subject, Expected::Any, &[n])).await;
        assert_eq!(next(&mut follower).await.sequence, before.position.sequence);
        harness.crash().await;
        // Before anybody looks: a follower that begins anew at the tail misses it.
        let reopened = harness.open().await;
        let after = must(&*reopened, append(&subject, Expected::Any, &[n])).await;
        assert_eq!(next(&mut follower).await.sequence, after.position.sequence);
    }
}

/// Obligation 7 for a follower that had nothing to tell yet when the server crashed.
async fn a_quiet_follower_survives_a_crash(harness: &dyn Harness) {
    let log = harness.open().await;
    let subject = journal(organisation());
    must(&*log, append(&subject, Expected::Any, b"history")).await;
    let mut follower = log.follow(0, tail(&*log, 0).await);
    let disturb = async {
        harness.crash().await;
        let reopened = harness.open().await;
        must(&*reopened, append(&subject, Expected::Any, b"news")).await
    };
    let (record, appended) = future::join(next(&mut follower), disturb).await;
    assert_eq!(record.sequence, appended.position.sequence, "news alone");
}
