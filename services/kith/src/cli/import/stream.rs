//! Sends one file as one client stream, from the start again when the connection breaks or a moment
//! is refused: each carries a source key, so that nothing is recorded twice.

use std::time::Duration;

use kith_capture::report::{Place, Reason, Report};
use kith_proto::kith::interaction::v1::{
    InteractionInput, RecordInteractionsRequest, RecordInteractionsResponse,
};
use tokio::sync::mpsc;
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Code, Request, Status};

use super::progress::Progress;
use super::refusal::Refused;
use super::sent::Sent;
use super::source::{Form, Reading, Source};
use crate::cli::connect::Client;
use crate::cli::failure::{self, Failure};

/// Moments read ahead of what the server takes.
const AHEAD: usize = 1_024;

/// Tries of one file. With the waits between them they last about ten minutes.
const TRIES: u32 = 64;

/// Waits between tries: the first, doubled up to the longest.
pub(super) const FIRST_WAIT: Duration = Duration::from_millis(250);
const LONGEST_WAIT: Duration = Duration::from_secs(10);

/// One file on its way to the server.
pub(super) struct Sending<'a> {
    pub(super) client: &'a Client,
    pub(super) source: &'a Source,
    pub(super) form: &'a Form,
    pub(super) batch: &'a Batch,
    /// What is not sent again; grows by what is sent now.
    pub(super) sent: Option<&'a Sent>,
    pub(super) progress: &'a Progress,
}

/// What all moments of an import have in common.
#[derive(Debug, Clone)]
pub(super) struct Batch {
    pub(super) everyone_is_a_member: bool,
    /// A UUID: what comes under it can be taken back together.
    pub(super) id: String,
    pub(super) name: String,
}

impl Batch {
    fn message(&self, moment: InteractionInput) -> RecordInteractionsRequest {
        RecordInteractionsRequest {
            interaction: Some(moment),
            everyone_is_a_member: self.everyone_is_a_member,
            min_position: String::new(),
            import_id: self.id.clone(),
            import_name: self.name.clone(),
        }
    }
}

type Answer = Result<RecordInteractionsResponse, Status>;

impl Sending<'_> {
    /// Sends the file; answers what became of its rows, and what the server says.
    pub(super) async fn send(self) -> Result<(Report, RecordInteractionsResponse), Failure> {
        let mut refused = Refused::default();
        let mut wait = FIRST_WAIT;
        let mut tries = 1;
        loop {
            let (report, answer) = self.attempt(refused.clone()).await?;
            let status = match answer {
                Ok(answer) => return Ok((report, answer)),
                Err(status) => status,
            };
            if failure::is_passing(&status) && tries < TRIES {
                self.must_be_a_file(&status)?;
                // A server that took more than was waiting for it was there for a while.
                if self.progress.count() > 2 * AHEAD as u64 {
                    wait = FIRST_WAIT;
                }
                if wait == FIRST_WAIT {
                    self.progress.note(
                        "The connection is lost. Beginning again: nothing is recorded twice.",
                    );
                }
                tries += 1;
                tokio::time::sleep(wait).await;
                wait = (wait * 2).min(LONGEST_WAIT);
            } else {
                self.leave_out_what_is_refused(status, &mut refused).await?;
            }
            self.progress.begin_again();
        }
    }

    /// Standard input and pipes can't be read from the start again.
    fn must_be_a_file(&self, status: &Status) -> Result<(), Failure> {
        if self.source.can_be_read_again() {
            return Ok(());
        }
        Err(Failure::from(status.clone())
            .detail(format!("{} can't be read twice", self.source.name()))
            .next("import the same from a file: nothing is recorded twice"))
    }

    /// Finds the moments that the server refuses. One that is only suspected is sent alone first:
    /// no moment is left out because of another.
    async fn leave_out_what_is_refused(
        &self,
        status: Status,
        refused: &mut Refused,
    ) -> Result<(), Failure> {
        let suspects = refused.suspects(&status);
        if suspects.is_empty() {
            return Err(status.into());
        }
        self.must_be_a_file(&status)?;
        let mut found = false;
        for place in suspects {
            let Some((place_in_file, moment)) = self.moment_at(place)? else {
                continue;
            };
            let alone = tokio_stream::once(self.batch.message(moment));
            let mut service = self.client.interactions();
            let answer = service
                .record_interactions(self.client.request(alone))
                .await;
            let Err(refusal) = answer else { continue };
            if refusal.code() != Code::InvalidArgument {
                // Not about this moment: the next attempt will tell.
                return Ok(());
            }
            found = true;
            let what = refusal.message();
            self.progress.note(&format!(
                "What begins at {place_in_file} is left out, the server refuses it: {what}"
            ));
            if !refused.leave_out(place) {
                return Err(Failure::from(status).detail("the server refuses very many rows"));
            }
        }
        if found { Ok(()) } else { Err(status.into()) }
    }

    /// The moment at a place among those to be sent, and where it begins.
    fn moment_at(&self, place: u64) -> Result<Option<(Place, InteractionInput)>, Failure> {
        let mut reader = self.source.open(self.form, &Progress::hidden())?;
        let mut before = place;
        while let Some(moment) = reader.next() {
            let moment = moment.map_err(|error| self.source.unreadable(&error))?;
            if self.sent.is_some_and(|sent| sent.contains(&moment)) {
                continue;
            }
            if before == 0 {
                return Ok(Some((reader.place(), moment)));
            }
            before -= 1;
        }
        Ok(None)
    }

    async fn attempt(&self, refused: Refused) -> Result<(Report, Answer), Failure> {
        let (send, mut receive) = mpsc::channel(AHEAD);
        let feed = Feed {
            reader: self.source.open(self.form, self.progress)?,
            source: self.source.clone(),
            batch: self.batch.clone(),
            refused,
            sent: self.sent.cloned(),
            progress: self.progress.clone(),
            send,
        };
        let feeding = tokio::task::spawn_blocking(move || feed.all());
        // A file without a usable row is no reason to call anybody.
        let answer = match receive.recv().await {
            None => Ok(RecordInteractionsResponse::default()),
            Some(first) => {
                let all = tokio_stream::once(first).chain(ReceiverStream::new(receive));
                // No deadline: a file takes as long as it takes.
                let mut service = self.client.interactions();
                let answer = service.record_interactions(Request::new(all)).await;
                answer.map(tonic::Response::into_inner)
            }
        };
        let (report, keys) = feeding
            .await
            .map_err(|_| Failure::failed("reading the file ended in a defect"))??;
        if let (Ok(_), Some(sent)) = (&answer, self.sent) {
            sent.add(keys);
        }
        Ok((report, answer))
    }
}

/// What reads a file while the server takes it.
struct Feed {
    reader: Reading,
    source: Source,
    batch: Batch,
    refused: Refused,
    sent: Option<Sent>,
    progress: Progress,
    send: mpsc::Sender<RecordInteractionsRequest>,
}

impl Feed {
    /// Reads as fast as the server takes it; ends early when nobody listens any more. Answers what
    /// became of the file, and what was sent of it if somebody keeps that.
    fn all(mut self) -> Result<(Report, Vec<u64>), Failure> {
        let (mut refused_at, mut keys) = (Vec::new(), Vec::new());
        let (mut place, mut is_first) = (0, true);
        while let Some(moment) = self.reader.next() {
            let moment = moment.map_err(|error| self.source.unreadable(&error))?;
            if let Some(sent) = &self.sent {
                if sent.contains(&moment) {
                    continue;
                }
                keys.push(Sent::key(&moment));
            }
            if self.refused.contains(place) {
                refused_at.push(self.reader.place());
                place += 1;
                continue;
            }
            place += 1;
            // What all have in common is read from the first.
            let request = if is_first {
                is_first = false;
                self.batch.message(moment)
            } else {
                RecordInteractionsRequest {
                    interaction: Some(moment),
                    ..RecordInteractionsRequest::default()
                }
            };
            if self.send.blocking_send(request).is_err() {
                break;
            }
            self.progress.moment();
        }
        let mut report = self.reader.report().clone();
        for place in refused_at {
            report.take_back(Reason::Refused, place);
        }
        Ok((report, keys))
    }
}
