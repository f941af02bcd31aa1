//! Sends one file as one client stream, from the start again when the connection breaks: each
//! moment carries a source key, so that nothing is recorded twice.

use std::time::Duration;

use kith_capture::csv::Reader;
use kith_capture::report::Report;
use kith_proto::kith::interaction::v1::{RecordInteractionsRequest, RecordInteractionsResponse};
use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Status};

use super::Source;
use super::progress::{Counting, Progress};
use crate::cli::ambient;
use crate::cli::connect::Client;
use crate::cli::failure::{self, Failure};

/// Moments read ahead of what the server takes.
const AHEAD: usize = 1_024;

/// Tries of one file. With the waits between them they last about ten minutes.
const TRIES: u32 = 64;

/// Waits between tries: the first, doubled up to the longest.
pub(super) const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// Sends a file; answers what became of its rows, and what the server says.
pub(super) async fn send(
    client: &Client,
    source: &Source,
    everyone_is_a_member: bool,
    progress: &Progress,
) -> Result<(Report, RecordInteractionsResponse), Failure> {
    let mut wait = FIRST_WAIT;
    let mut tries = 1;
    loop {
        let (report, answer) = attempt(client, source, everyone_is_a_member, progress).await?;
        let status = match answer {
            Ok(answer) => return Ok((report, answer)),
            Err(status) => status,
        };
        if !failure::is_passing(&status) {
            return Err(status.into());
        }
        if source.is_standard_input() {
            return Err(Failure::from(status)
                .detail("standard input can't be read twice")
                .next("pipe the same file in again: nothing is recorded twice"));
        }
        if tries == TRIES {
            return Err(status.into());
        }
        tries += 1;
        progress.again("The connection is lost. Beginning again: nothing is recorded twice.");
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

type Answer = Result<RecordInteractionsResponse, Status>;

async fn attempt(
    client: &Client,
    source: &Source,
    everyone_is_a_member: bool,
    progress: &Progress,
) -> Result<(Report, Answer), Failure> {
    let input = progress.counting(source.open()?);
    let reader = Reader::open(input, ambient::now())?;
    let (send, mut receive) = mpsc::channel(AHEAD);
    let feeding = {
        let progress = progress.clone();
        tokio::task::spawn_blocking(move || feed(reader, everyone_is_a_member, &send, &progress))
    };
    // A file without a usable row is no reason to call anybody.
    let answer = match receive.recv().await {
        None => Ok(RecordInteractionsResponse::default()),
        Some(first) => {
            let all = tokio_stream::once(first).chain(ReceiverStream::new(receive));
            // No deadline: a file takes as long as it takes.
            let request = Request::new(all);
            let mut service = client.interactions();
            let answer = service.record_interactions(request).await;
            answer.map(tonic::Response::into_inner)
        }
    };
    let report = feeding
        .await
        .map_err(|_| Failure::failed("reading the file ended in a defect"))??;
    Ok((report, answer))
}

/// Reads the file as fast as the server takes it; ends early when nobody listens any more.
fn feed(
    mut reader: Reader<Counting>,
    everyone_is_a_member: bool,
    send: &mpsc::Sender<RecordInteractionsRequest>,
    progress: &Progress,
) -> Result<Report, Failure> {
    for moment in reader.by_ref() {
        let request = RecordInteractionsRequest {
            interaction: Some(moment?),
            everyone_is_a_member,
        };
        if send.blocking_send(request).is_err() {
            break;
        }
        progress.moment();
    }
    Ok(reader.into_report())
}
