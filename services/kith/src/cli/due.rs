//! `kith due`: whom to get in touch with next, when and why.

use kith_proto::kith::followup::v1::{FollowUp, FollowUpStatus, ListFollowUpsRequest};
use kith_proto::kith::relationship::v1::{ListTiesRequest, ListTiesResponse, TieOrder};

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output, Sheet};
use super::when::{self, Aim};
use super::{MAX_PAGE, every, words};

/// Lists whom to get in touch with.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What falls due before this moment; within a week unless given.
    #[arg(long, value_name = "TIME")]
    before: Option<String>,
    /// At most this many.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

pub(super) async fn run(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    // A week is the server's, by its own clock.
    let before = match &args.before {
        Some(text) => Some(when::moment(text, &output.here, Aim::Future).map_err(Failure::usage)?),
        None => None,
    };
    let request = ListFollowUpsRequest {
        status: FollowUpStatus::Open.into(),
        due_before: before.map(when::to_wire),
        page_size: args.limit,
        page_token: String::new(),
        min_position: client.min_position.clone(),
    };
    let mut service = client.follow_ups();
    let answer = service.list_follow_ups(client.request(request)).await?;
    let answer = answer.into_inner();
    output.list(&sheet(&answer.follow_ups, output))?;
    if !output.for_people() {
        return Ok(());
    }
    if let Some(until) = answer.paused_until.as_ref().and_then(when::from_wire) {
        let day = when::minute(until, output.here.time_zone());
        output.say(format!(
            "You paused until {day}: nothing new is told before. 'kith pause end' goes on at once."
        ))?;
    }
    if answer.follow_ups.is_empty() {
        let until = match before {
            Some(before) => format!("until {}", when::day(before, output.here.time_zone())),
            None => "within a week".to_owned(),
        };
        return output.say(why_empty(client, &until, output).await?);
    }
    if !answer.next_page_token.is_empty() {
        output.say(
            "There are more: see them with a larger --limit. Nothing has to be done all at once.",
        )?;
    }
    let gifts = answer
        .follow_ups
        .iter()
        .filter(|one| !one.mine && !one.give.is_empty());
    let mut gifts = gifts.peekable();
    if gifts.peek().is_some() {
        output.say("Something to give:")?;
    }
    for one in gifts {
        output.say(format!("  {}: {}", one.name, one.give))?;
    }
    output.say("Then: kith done ID, kith snooze ID, or kith dismiss ID")
}

fn sheet(follow_ups: &[FollowUp], output: &Output) -> Sheet {
    let mut sheet = Sheet::new(&[
        "id",
        "due_at",
        "person",
        "reason",
        "why",
        "text",
        "mine",
        "status",
        "person_id",
        "give",
    ]);
    for follow_up in follow_ups {
        sheet.rows.push(vec![
            Cell::id(&follow_up.follow_up_id),
            Cell::due(follow_up.due_at.as_ref(), &output.here),
            Cell::text(&follow_up.name),
            Cell::hidden(words::follow_up_reason(follow_up.reason)),
            Cell::apart(why(follow_up), follow_up.why.as_str()),
            Cell::hidden(follow_up.text.as_str()),
            Cell::hidden(follow_up.mine),
            Cell::hidden(words::status(follow_up.status)),
            Cell::hidden(follow_up.person_id.as_str()),
            Cell::hidden(follow_up.give.as_str()),
        ]);
    }
    sheet
}

/// Why to get in touch, in a sentence, and what was promised.
pub(super) fn why(follow_up: &FollowUp) -> String {
    let why = if follow_up.why.is_empty() {
        words::follow_up_reason(follow_up.reason)
    } else {
        follow_up.why.clone()
    };
    let text = follow_up.text.as_str();
    if text.is_empty() || why.contains(text) {
        return why;
    }
    format!("{why}: {text}")
}

/// Why nothing is due, and what to do next.
async fn why_empty(client: &Client, until: &str, output: &Output) -> Result<String, Failure> {
    let any = ties_by(client, TieOrder::Alive).await?;
    if any.total == 0 {
        return Ok(
            "Nothing is due, because no moment with anybody is recorded yet.\n\
             Record one with: kith record call 'Ana Silva <ana@example.org>'\n\
             or bring them in from a file with: kith import csv FILE"
                .to_owned(),
        );
    }
    let answer = ties_by(client, TieOrder::Due).await?;
    let upcoming = answer.ties.first().and_then(|tie| {
        let due_at = when::from_wire(tie.due_at.as_ref()?)?;
        (due_at > output.here.timestamp()).then(|| {
            let day = when::day(due_at, output.here.time_zone());
            format!("Your tie with {} comes up on {day}.\n", tie.name)
        })
    });
    Ok(format!(
        "Nothing is due {until}, and nothing has to be done.\n{}\
         What comes later: kith due --before 90d. To note a promise: kith promise PERSON TEXT \
         --due DATE",
        upcoming.unwrap_or_default()
    ))
}

/// The first of the caller's ties in an order, and how many there are.
async fn ties_by(client: &Client, order: TieOrder) -> Result<ListTiesResponse, Failure> {
    let request = ListTiesRequest {
        order: order.into(),
        page_size: 1,
        min_position: client.min_position.clone(),
        ..ListTiesRequest::default()
    };
    let mut service = client.relationships();
    let answer = service.list_ties(client.request(request)).await?;
    Ok(answer.into_inner())
}

/// All follow-ups of one status, however far away.
pub(super) async fn all(client: &Client, status: FollowUpStatus) -> Result<Vec<FollowUp>, Failure> {
    every(async |page_token| {
        let request = client.request(ListFollowUpsRequest {
            status: status.into(),
            // The last second of the year 9999.
            due_before: Some(prost_types::Timestamp {
                seconds: 253_402_300_799,
                nanos: 0,
            }),
            page_size: MAX_PAGE,
            page_token,
            min_position: client.min_position.clone(),
        });
        let mut service = client.follow_ups();
        let page = service.list_follow_ups(request).await?.into_inner();
        Ok((page.follow_ups, page.next_page_token))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_follow_up_always_says_why() {
        let mut follow_up = FollowUp {
            reason: 1,
            ..FollowUp::default()
        };
        assert_eq!(why(&follow_up), "promise");
        follow_up.why = "they promised this".into();
        follow_up.text = "the paper".into();
        assert_eq!(why(&follow_up), "they promised this: the paper");
        follow_up.why = "they promised you the paper".into();
        assert_eq!(why(&follow_up), "they promised you the paper");
    }
}
