//! Answers and consumers that are lost at the worst moment.

use std::sync::Arc;

use bytes::Bytes;
use futures::future::{self, FutureExt};
use futures::{StreamExt, TryStreamExt};
use kith_domain::id::{CommitId, OrganisationId};
use kith_eventlog::entropy;
use kith_eventlog::log::jetstream::JetStream;
use kith_eventlog::log::{
    Append, Appended, EventLog, Expected, Filter, Record, Subject, SubjectKind,
};
use kith_testkit::NatsServer;

use super::between::{Between, Then};
use super::{connect, operator, server};

fn append(kind: SubjectKind, expected: Expected) -> Append {
    let subject = Subject {
        shard: 0,
        organisation: OrganisationId::from_bytes([1; 16]),
        kind,
    };
    Append {
        subject,
        expected,
        id: CommitId::from_bytes(entropy::bytes()),
        fingerprint: entropy::bytes(),
        bytes: Bytes::from_static(b"a commit"),
    }
}

#[tokio::test]
async fn an_answer_lost_while_looking_for_the_own_commit_is_asked_for_again() {
    let server = server().await;
    let retried = async |kind, expected| {
        let cut = || future::ready(Then::Cut).boxed();
        let between = Between::at("$JS.API.STREAM.MSG.GET", &server, cut).await;
        let retry = async {
            let log = connect(between.url()).await;
            let append = append(kind, expected);
            let first = log.append(append.clone()).await.expect("appends");
            let again = log.append(append).await.expect("is found, not unavailable");
            assert_eq!(
                again,
                Appended {
                    duplicate: true,
                    ..first
                }
            );
        };
        between.during(retry).await;
    };
    // Known by its id within the window, and by a failed expectation.
    let changed = SubjectKind::Aggregate("test", "a".to_owned());
    let within = Box::pin(retried(SubjectKind::Journal, Expected::Any));
    let refused = Box::pin(retried(changed, Expected::Empty));
    future::join(within, refused).await;
}

/// A client whose consumers are all deleted once, when it is about to ask for their first message.
async fn deleting_consumers(server: &NatsServer) -> Between {
    let url = server.url();
    let delete = || {
        async move {
            let stream = operator(url).await.get_stream("KITH_00").await;
            let stream = stream.expect("is there");
            let names: Vec<String> = stream.consumer_names().try_collect().await.expect("lists");
            for name in names {
                stream.delete_consumer(&name).await.expect("deletes");
            }
            Then::Forward
        }
        .boxed()
    };
    Between::at("$JS.API.CONSUMER.MSG.NEXT", server, delete).await
}

#[tokio::test]
async fn a_consumer_lost_before_its_first_message_goes_on_where_the_reader_is() {
    let server = server().await;
    let direct = connect(server.url()).await;
    let mut sequences = Vec::new();
    for _ in 0..6 {
        let append = append(SubjectKind::Journal, Expected::Any);
        let appended = direct.append(append).await.expect("appends");
        sequences.push(appended.position.sequence);
    }
    let after = sequences[2];
    let of = |records: Vec<Record>| -> Vec<u64> { records.iter().map(|r| r.sequence).collect() };

    let between = deleting_consumers(&server).await;
    let reading = async {
        let log: Arc<JetStream> = Arc::new(connect(between.url()).await);
        let read = log.read(Filter::Shard(0), after);
        of(read.try_collect().await.expect("reads"))
    };
    assert_eq!(between.during(reading).await, sequences[3..], "read");

    let between = deleting_consumers(&server).await;
    let following = async {
        let log = connect(between.url()).await;
        let follow = log.follow(0, after).take(3);
        of(follow.try_collect().await.expect("follows"))
    };
    assert_eq!(between.during(following).await, sequences[3..], "follow");
}

#[tokio::test]
async fn a_read_ends_although_the_last_commits_were_deleted() {
    let server = server().await;
    let log = connect(server.url()).await;
    let mut sequences = Vec::new();
    for _ in 0..3 {
        let append = append(SubjectKind::Journal, Expected::Any);
        let appended = log.append(append).await.expect("appends");
        sequences.push(appended.position.sequence);
    }
    let stream = operator(server.url()).await.get_stream("KITH_00").await;
    let stream = stream.expect("is there");
    stream.delete_message(sequences[2]).await.expect("deletes");
    let read = log.read(Filter::Shard(0), sequences[0]);
    let read: Vec<Record> = read.try_collect().await.expect("reads");
    assert_eq!(read.len(), 1);
    assert_eq!(read[0].sequence, sequences[1]);
}
