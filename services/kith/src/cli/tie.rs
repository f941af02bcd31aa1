//! `kith tie PERSON`: one tie with its figures, where they come from, and its past.

mod why;

use jiff::Zoned;
use kith_proto::kith::relationship::v1::{
    GetTieHistoryRequest, GetTieHistoryResponse, GetTieRequest, GetTieResponse, Tie,
};
use serde_json::{Value, json};
use tonic::Code;

use super::connect::Client;
use super::failure::Failure;
use super::output::{Card, Cell, Output};
use super::when::{self, Aim};
use super::{shape, who, words};

/// Points of the sparkline: a line of text.
const POINTS: u32 = 52;

/// Shows one of your ties, and why it is as it is.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Whom: a name, an address or an id.
    person: String,
    /// As of a past moment.
    #[arg(long, value_name = "TIME")]
    as_of: Option<String>,
    /// How many days ahead 'alive' looks; 90 unless given.
    #[arg(long, value_name = "DAYS", default_value_t = 90, value_parser = clap::value_parser!(u32).range(1..=3650))]
    horizon: u32,
}

pub(super) async fn run(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let as_of = match &args.as_of {
        Some(text) => {
            let moment = when::moment(text, &output.here, Aim::Exact).map_err(Failure::usage)?;
            Some(when::to_wire(moment))
        }
        None => None,
    };
    let person = who::person(client, &args.person).await?;
    let request = GetTieRequest {
        person: person.person_id.clone(),
        horizon_days: args.horizon,
        as_of,
        min_position: client.min_position.clone(),
    };
    let answer = client
        .relationships()
        .get_tie(client.request(request))
        .await?
        .into_inner();
    let tie = answer.tie.clone().unwrap_or_default();
    if tie.first_contact.is_none() && tie.last_contact.is_none() && output.for_people() {
        let name = who::called(&person);
        output.say(format!(
            "No moment with {name} is recorded, so nothing is known."
        ))?;
        return output.say(format!(
            "Record one with: kith record call {}",
            person.person_id
        ));
    }
    let history = history(client, &person.person_id).await?;
    output.card(card(&answer, &tie, &history, args.horizon, &output.here))?;
    if let Some(explanation) = &answer.explanation {
        output.say(why::prose(explanation, &output.here))?;
    }
    Ok(())
}

/// The caller's tie with somebody now; `None` when they are in nobody's directory yet.
pub(super) async fn current(
    client: &Client,
    reference: &str,
    min_position: &str,
) -> Result<Option<Tie>, Failure> {
    let request = GetTieRequest {
        person: reference.to_owned(),
        min_position: min_position.to_owned(),
        ..GetTieRequest::default()
    };
    match client
        .relationships()
        .get_tie(client.request(request))
        .await
    {
        Ok(answer) => Ok(answer.into_inner().tie),
        Err(status) if status.code() == Code::NotFound => Ok(None),
        Err(status) => Err(status.into()),
    }
}

async fn history(client: &Client, person_id: &str) -> Result<GetTieHistoryResponse, Failure> {
    let request = GetTieHistoryRequest {
        person: person_id.to_owned(),
        points: POINTS,
        since: None,
        min_position: client.min_position.clone(),
    };
    let mut service = client.relationships();
    let answer = service.get_tie_history(client.request(request)).await?;
    Ok(answer.into_inner())
}

fn card(
    answer: &GetTieResponse,
    tie: &Tie,
    history: &GetTieHistoryResponse,
    horizon: u32,
    here: &Zoned,
) -> Card {
    let alive = tie.alive.map_or_else(
        || "unknown".to_owned(),
        |p| format!("{}: contact within {horizon} days", shape::percent(p)),
    );
    let line: Vec<f64> = history.points.iter().map(|point| point.alive).collect();
    let past = history.points.first().and_then(|p| p.at.as_ref());
    let past = past.and_then(when::from_wire);
    let since = past.map_or_else(String::new, |m| {
        format!(" since {}", when::day(m, here.time_zone()))
    });
    vec![
        ("person", Cell::text(tie.name.as_str())),
        ("band", Cell::band(tie.band)),
        ("alive", Cell::apart(alive, json!(tie.alive))),
        (
            "depth",
            Cell::apart(format!("{:.0} of 100", tie.depth), tie.depth),
        ),
        ("trend", Cell::text(words::trend(tie.trend))),
        ("first_contact", Cell::day(tie.first_contact.as_ref(), here)),
        (
            "last_contact",
            Cell::minute(tie.last_contact.as_ref(), here),
        ),
        ("due_at", Cell::due(tie.due_at.as_ref(), here)),
        ("care", Cell::text(words::care(tie.care))),
        ("important", Cell::flag(tie.important)),
        ("outgoing", Cell::count(tie.outgoing.into())),
        ("incoming", Cell::count(tie.incoming.into())),
        (
            "alive_over_time",
            Cell::apart(
                format!("{}{since}", shape::sparkline(&line)),
                points(history),
            ),
        ),
        ("formula", Cell::hidden(answer.formula.as_str())),
        ("depth_formula", Cell::hidden(answer.depth_formula.as_str())),
        (
            "explanation",
            Cell::hidden(answer.explanation.as_ref().map_or(Value::Null, why::json)),
        ),
        ("person_id", Cell::text(tie.person_id.as_str())),
    ]
}

fn points(history: &GetTieHistoryResponse) -> Value {
    let point = |point: &kith_proto::kith::relationship::v1::HistoryPoint| {
        json!({
            "at": when::rfc3339(point.at.as_ref()),
            "alive": point.alive,
            "depth": point.depth,
            "band": words::band(point.band),
        })
    };
    history.points.iter().map(point).collect()
}
