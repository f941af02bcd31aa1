//! Obligations 2 to 4: what appending promises while nothing is disturbed.

use std::collections::BTreeSet;
use std::sync::Arc;

use bytes::Bytes;
use futures::future;

use super::{Harness, aggregate, append, journal, must, organisation, read};
use crate::entropy;
use crate::log::{Append, AppendError, Appended, Expected, Filter, MAX_COMMIT_BYTES};

pub(super) async fn holds(harness: &dyn Harness) {
    expected(harness).await;
    racing_writers(harness).await;
    once(harness).await;
    size(harness).await;
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
    let changed = aggregate(own, "changed");
    let begun = must(&*log, append(&changed, Expected::Empty, b"begun")).await;
    for (subject, expectation) in [
        (journal(own), Expected::Any),
        (aggregate(own, "once"), Expected::Empty),
        (changed, Expected::At(begun.position.sequence)),
    ] {
        let before = read(&*log, Filter::Subject(subject.clone()), 0).await.len();
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
        let kept = read(&*log, Filter::Subject(subject.clone()), 0).await;
        assert_eq!(kept.len(), before + 1);

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
