//! Files on their way to the server, until the figures show them.

use kith_proto::kith::admin::v1::{GetServerInfoRequest, ListMembersRequest};

use super::progress::Progress;
use super::sent::Sent;
use super::source::{Form, Source};
use super::stream::{self, Batch};
use super::{Outcome, Total, of_file, tell};
use crate::cli::ambient;
use crate::cli::connect::Client;
use crate::cli::failure::{self, Failure};
use crate::cli::output::{self, Output};

/// Tries to see the figures after an import, each as long as `--timeout`.
const LOOKS: u32 = 40;

/// What is to be sent, and how.
pub(super) struct Import<'a> {
    pub(super) client: &'a Client,
    pub(super) sources: &'a [Source],
    pub(super) form: &'a Form,
    pub(super) batch: Batch,
    /// Kept by whoever goes on watching.
    pub(super) sent: Option<Sent>,
}

impl<'a> Import<'a> {
    /// All of these, under one id and the names of the files.
    pub(super) fn new(client: &'a Client, sources: &'a [Source], form: &'a Form) -> Self {
        const MAX_NAME: usize = 200;
        let names: Vec<String> = sources.iter().map(Source::name).collect();
        let batch = Batch {
            everyone_is_a_member: false,
            id: ambient::request_id().to_string(),
            name: names.join(", ").chars().take(MAX_NAME).collect(),
        };
        Self {
            client,
            sources,
            form,
            batch,
            sent: None,
        }
    }

    /// What comes from now on is not of the same import.
    pub(super) fn begin_another(&mut self) {
        self.batch.id = ambient::request_id().to_string();
    }

    /// Sends everything and reports what became of it.
    pub(super) async fn run(&self, no_wait: bool, output: &Output) -> Result<(), Failure> {
        let client = self.client;
        reach(client).await?;
        let began = ambient::now();
        let (mut outcomes, mut failed) = (Vec::new(), None);
        for source in self.sources {
            match self.bring_in(source).await {
                Ok(outcome) => outcomes.push(outcome),
                Err(failure) => {
                    failed = Some(failure);
                    break;
                }
            }
        }
        let total = Total {
            outcomes,
            people: None,
            seconds: ambient::now().micros_since(began) as f64 / 1e6,
        };
        if failed.is_none() || !total.outcomes.is_empty() {
            tell::report(&total, output)?;
        }
        if let Some(failure) = failed {
            return Err(failure);
        }
        if !no_wait {
            wait_until_visible(client, &total).await?;
        }
        // Whoever watches a mailbox may begin with an empty one.
        if self.sent.is_some() {
            return Ok(());
        }
        total.must_be_of_use()
    }

    /// Sends one source.
    pub(super) async fn bring_in(&self, source: &Source) -> Result<Outcome, Failure> {
        let progress = Progress::begin(source);
        let sending = stream::Sending {
            client: self.client,
            source,
            form: self.form,
            batch: &self.batch,
            sent: self.sent.as_ref(),
            progress: &progress,
        };
        let result = sending.send().await;
        progress.end();
        let (report, answer) = result.map_err(|failure| {
            let failure = failure.of(&self.client.server, &self.client.request_id);
            of_file(failure, source)
        })?;
        Ok(Outcome {
            name: source.name(),
            report,
            answer,
        })
    }
}

/// Asks the server for a sign of life. One that was never reached is more likely named wrongly than
/// gone for a moment, and a file would be tried again for minutes.
pub(super) async fn reach(client: &Client) -> Result<(), Failure> {
    let request = client.request(GetServerInfoRequest {});
    match client.admin().get_server_info(request).await {
        Ok(_) => Ok(()),
        Err(status) => Err(Failure::from(status).of(&client.server, &client.request_id)),
    }
}

/// Waits until figures include what was recorded, so that the next command shows it.
async fn wait_until_visible(client: &Client, total: &Total) -> Result<(), Failure> {
    let positions = total.outcomes.iter().map(|o| &o.answer.position);
    match positions.rev().find(|position| !position.is_empty()) {
        Some(position) => wait_for(client, position).await,
        None => Ok(()),
    }
}

/// The same of one change.
pub(super) async fn wait_for(client: &Client, position: &str) -> Result<(), Failure> {
    let waiting = Progress::waiting();
    let visible = look_for(client, position).await;
    waiting.end();
    if !visible? {
        output::note("It is in the log; the figures are still being worked out.");
    }
    Ok(())
}

/// Whether a position becomes visible within a few minutes.
async fn look_for(client: &Client, position: &str) -> Result<bool, Failure> {
    for _ in 0..LOOKS {
        let request = client.request(ListMembersRequest {
            page_size: 1,
            page_token: String::new(),
            min_position: position.to_owned(),
        });
        let Err(status) = client.admin().list_members(request).await else {
            return Ok(true);
        };
        let slow = status.code() == tonic::Code::DeadlineExceeded;
        if !slow && !failure::is_passing(&status) {
            return Err(status.into());
        }
        if !slow {
            tokio::time::sleep(stream::FIRST_WAIT).await;
        }
    }
    Ok(false)
}
