//! `kith watch`: notifications as they fall due, one line each, for ever.

use std::collections::{HashSet, VecDeque};
use std::time::Duration;

use jiff::Zoned;
use kith_proto::kith::admin::v1::GetServerInfoRequest;
use kith_proto::kith::followup::v1::{
    FollowUp, FollowUpStatus, ListFollowUpsRequest, WatchNotificationsRequest,
    WatchNotificationsResponse,
};
use serde_json::json;
use tonic::{Request, Status, Streaming};

use super::connect::Client;
use super::failure::{self, Failure};
use super::output::{self, Format, Output};
use super::{MAX_PAGE, ambient, due, every, shape, when, words};

/// A heartbeat comes every 20 seconds; three missed ones mean that nobody is there.
const SILENCE: Duration = Duration::from_secs(65);

/// Between two tries to connect.
const FIRST_WAIT: Duration = Duration::from_millis(500);
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Ids remembered, to tell a repeated delivery from a new one.
const REMEMBERED: usize = 1_000;

/// Shows notifications as they arrive.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Stop after this many.
    #[arg(long, value_parser = clap::value_parser!(u64).range(1..))]
    count: Option<u64>,
    /// Begin after this token, from the last line of an earlier watch in JSON.
    #[arg(long, value_name = "TOKEN", default_value = "")]
    resume: String,
    /// First show what fell due in this time and is still open: 30m, 1h, 8h.
    #[arg(long, value_name = "LENGTH", value_parser = when::duration_s, conflicts_with = "resume")]
    since: Option<u32>,
}

pub(super) async fn run(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let mut token = args.resume;
    let mut teller = Teller::new(args.count, output.format);
    let mut wait = FIRST_WAIT;
    let mut connected_before = false;
    loop {
        let broken = match watch(client, &token).await {
            Ok(mut stream) => {
                if !connected_before {
                    output::note("Watching. What falls due appears here; Ctrl-C stops.");
                    // The stream is open: what falls due from now on comes with it.
                    if let Some(since) = args.since {
                        for follow_up in fallen_due(client, since).await? {
                            teller.tell(&follow_up, &token)?;
                        }
                    }
                } else if wait > FIRST_WAIT {
                    output::note("Connected again; nothing was missed.");
                }
                connected_before = true;
                wait = FIRST_WAIT;
                follow(&mut stream, &mut token, &mut teller).await?
            }
            Err(status) => status,
        };
        if teller.has_told_enough() {
            return Ok(());
        }
        let reason = failure::reason(&broken);
        if reason.as_deref() == Some("LOG_EPOCH") && !token.is_empty() {
            output::note("The server was restored from a backup; watching from now on.");
            token.clear();
            continue;
        }
        // A server that was never reached is more likely named wrongly than gone for a moment.
        if !failure::is_passing(&broken) || !connected_before {
            return Err(broken.into());
        }
        if wait == FIRST_WAIT {
            output::note("The connection is lost; trying again.");
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LONGEST_WAIT);
    }
}

/// What fell due in the last seconds and is still open, the oldest first, by the server's clock.
async fn fallen_due(client: &Client, seconds: u32) -> Result<Vec<FollowUp>, Failure> {
    let request = client.request(GetServerInfoRequest {});
    let info = client.admin().get_server_info(request).await?.into_inner();
    let Some(now) = info.now else {
        return Ok(Vec::new());
    };
    let mut follow_ups = every(async |page_token| {
        let request = client.request(ListFollowUpsRequest {
            status: FollowUpStatus::Open.into(),
            due_before: Some(now),
            page_size: MAX_PAGE,
            page_token,
            min_position: client.min_position.clone(),
        });
        let mut service = client.follow_ups();
        let page = service.list_follow_ups(request).await?.into_inner();
        Ok((page.follow_ups, page.next_page_token))
    })
    .await?;
    let due_at = |follow_up: &FollowUp| follow_up.due_at.map_or(0, |moment| moment.seconds);
    follow_ups.retain(|follow_up| due_at(follow_up) >= now.seconds - i64::from(seconds));
    follow_ups.sort_by_key(due_at);
    Ok(follow_ups)
}

async fn watch(
    client: &Client,
    token: &str,
) -> Result<Streaming<WatchNotificationsResponse>, Status> {
    let request = Request::new(WatchNotificationsRequest {
        resume_token: token.to_owned(),
    });
    let answer = client.follow_ups().watch_notifications(request).await?;
    Ok(answer.into_inner())
}

/// Prints until the stream breaks, and says how; or until enough was printed.
async fn follow(
    stream: &mut Streaming<WatchNotificationsResponse>,
    token: &mut String,
    teller: &mut Teller,
) -> Result<Status, Failure> {
    while !teller.has_told_enough() {
        let message = match tokio::time::timeout(SILENCE, stream.message()).await {
            Ok(Ok(Some(message))) => message,
            Ok(Ok(None)) => return Ok(Status::unavailable("the server closed the stream")),
            Ok(Err(status)) => return Ok(status),
            Err(_) => return Ok(Status::unavailable("no heartbeat")),
        };
        if let Some(follow_up) = message.follow_up {
            teller.tell(&follow_up, &message.resume_token)?;
        }
        *token = message.resume_token;
    }
    Ok(Status::cancelled("enough"))
}

/// Prints each notification once, until it was as many as asked for.
struct Teller {
    told: Told,
    left: Option<u64>,
    format: Format,
}

impl Teller {
    fn new(count: Option<u64>, format: Format) -> Self {
        Self {
            told: Told::default(),
            left: count,
            format,
        }
    }

    fn has_told_enough(&self) -> bool {
        self.left == Some(0)
    }

    fn tell(&mut self, follow_up: &FollowUp, token: &str) -> Result<(), Failure> {
        if self.has_told_enough() || !self.told.is_new(follow_up) {
            return Ok(());
        }
        output::print(&line(follow_up, token, self.format)?)?;
        self.left = self.left.map(|left| left - 1);
        Ok(())
    }
}

/// What was told already: delivery is at least once.
#[derive(Debug, Default)]
struct Told {
    ids: HashSet<(String, i64)>,
    order: VecDeque<(String, i64)>,
}

impl Told {
    fn is_new(&mut self, follow_up: &FollowUp) -> bool {
        // A snoozed follow-up falls due again under its id, at another time.
        let due_at = follow_up.due_at.as_ref().map_or(0, |m| m.seconds);
        let key = (follow_up.follow_up_id.clone(), due_at);
        if !self.ids.insert(key.clone()) {
            return false;
        }
        self.order.push_back(key);
        if self.order.len() > REMEMBERED
            && let Some(oldest) = self.order.pop_front()
        {
            self.ids.remove(&oldest);
        }
        true
    }
}

fn line(follow_up: &FollowUp, token: &str, format: Format) -> Result<String, Failure> {
    let due_at = when::rfc3339(follow_up.due_at.as_ref()).unwrap_or_default();
    let why = due::why(follow_up);
    match format {
        Format::Table => Ok(for_people(follow_up, &ambient::here())),
        Format::Json => {
            let value = json!({
                "follow_up_id": follow_up.follow_up_id,
                "due_at": due_at,
                "person_id": follow_up.person_id,
                "person": follow_up.name,
                "reason": words::follow_up_reason(follow_up.reason),
                "why": why,
                "resume_token": token,
            });
            Ok(format!("{value}\n"))
        }
        Format::Csv => {
            let mut writer = csv::Writer::from_writer(Vec::new());
            let record = [&follow_up.follow_up_id, &due_at, &follow_up.name, &why];
            let written = writer.write_record(record).map_err(std::io::Error::from);
            written?;
            let bytes = writer
                .into_inner()
                .map_err(csv::IntoInnerError::into_error)?;
            Ok(String::from_utf8_lossy(&bytes).into_owned())
        }
    }
}

fn for_people(follow_up: &FollowUp, here: &Zoned) -> String {
    format!(
        "{}  {}  {}: {}\n",
        here.strftime("%H:%M:%S"),
        shape::short(&follow_up.follow_up_id),
        follow_up.name,
        due::why(follow_up)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn follow_up(id: &str, seconds: i64) -> FollowUp {
        FollowUp {
            follow_up_id: id.into(),
            due_at: Some(prost_types::Timestamp { seconds, nanos: 0 }),
            name: "Ana".into(),
            why: "you promised the paper".into(),
            ..FollowUp::default()
        }
    }

    #[test]
    fn a_repeated_delivery_is_told_once_and_a_snoozed_one_again() {
        let mut told = Told::default();
        assert!(told.is_new(&follow_up("a", 1)));
        assert!(!told.is_new(&follow_up("a", 1)));
        assert!(told.is_new(&follow_up("a", 2)));
        for n in 0..2 * REMEMBERED {
            assert!(told.is_new(&follow_up("b", n as i64)));
        }
        assert_eq!(told.ids.len(), REMEMBERED);
    }

    #[test]
    fn enough_is_told_once_as_many_are_told_as_were_asked_for() {
        let mut teller = Teller::new(Some(2), Format::Json);
        for id in ["a", "a", "b"] {
            assert!(!teller.has_told_enough());
            teller.tell(&follow_up(id, 1), "t").unwrap();
        }
        assert!(teller.has_told_enough());
        assert!(!Teller::new(None, Format::Json).has_told_enough());
    }

    #[test]
    fn a_notification_is_one_line_whatever_the_format() {
        for format in [Format::Table, Format::Json, Format::Csv] {
            let text = line(&follow_up("abcdefghij", 1), "t", format).unwrap();
            assert_eq!(text.matches('\n').count(), 1, "{text}");
            assert!(text.contains("Ana"), "{text}");
        }
    }
}
