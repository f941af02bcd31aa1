//! `kith met`: a talk, captured in one line.

use kith_proto::kith::followup::v1::FollowUp;
use kith_proto::kith::gathering::v1::record_encounter_request::Who;
use kith_proto::kith::gathering::v1::{RecordEncounterRequest, RecordEncounterResponse};

use super::connect::Client;
use super::failure::Failure;
use super::gathering::find;
use super::output::{Cell, Output, print};
use super::shape;
use super::when::{self, Aim};

/// Whom, and what was said.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A name, what the badge says ('Ana Silva, Windfarm'), an address, or an id.
    person: String,
    /// What you learnt and promised, in clauses: 'runs a wind farm; promised the paper by friday'.
    sentence: Option<String>,
    /// At which gathering; without it, the one that goes on now, if you go there.
    #[arg(long, value_name = "GATHERING")]
    at: Option<String>,
    /// When it was, if not now: 'yesterday', '2h', '2026-12-02'.
    #[arg(long, value_name = "TIME")]
    when: Option<String>,
    /// For you alone.
    #[arg(long)]
    private: bool,
    /// The question that it answers, by its id.
    #[arg(long, value_name = "QUESTION", default_value = "")]
    answers: String,
}

pub(super) async fn run(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let gathering_id = match &args.at {
        Some(named) => find::gathering(client, named).await?.gathering_id,
        None => String::new(),
    };
    let at = args.when.as_deref();
    let at = at.map(|when| when::moment(when, &output.here, Aim::Past).map_err(Failure::usage));
    let is_id = args.person.len() == 26 && args.person.parse::<kith_domain::id::PersonId>().is_ok();
    let who = if is_id {
        Who::PersonId(args.person.clone())
    } else {
        Who::Named(args.person.clone())
    };
    let request = client.request(RecordEncounterRequest {
        request_id: client.request_id.clone(),
        who: Some(who),
        gathering_id,
        sentence: args.sentence.clone().unwrap_or_default(),
        at: at.transpose()?.map(when::to_wire),
        private: args.private,
        question_id: args.answers,
        min_position: client.min_position.clone(),
        ..RecordEncounterRequest::default()
    });
    let answer = client
        .encounters()
        .record_encounter(request)
        .await?
        .into_inner();
    if !answer.candidates.is_empty() {
        return Err(which(&args.person, &answer));
    }
    if output.for_people() {
        return print(&told(&answer, output));
    }
    let questions: Vec<&str> = answer
        .questions
        .iter()
        .map(|one| one.text.as_str())
        .collect();
    let facts: Vec<&str> = answer.facts.iter().map(|one| one.text.as_str()).collect();
    let promises: Vec<&str> = answer
        .promises
        .iter()
        .map(|one| one.text.as_str())
        .collect();
    output.card(vec![
        ("interaction_id", Cell::text(answer.interaction_id.as_str())),
        ("person_id", Cell::text(answer.person_id.as_str())),
        ("name", Cell::text(answer.name.as_str())),
        ("is_new", Cell::flag(answer.is_new)),
        ("facts", Cell::text(facts.join("; "))),
        ("promises", Cell::text(promises.join("; "))),
        ("questions", Cell::text(questions.join(" "))),
        ("position", Cell::text(answer.position.as_str())),
    ])
}

/// Several people are called like that: nothing was recorded.
fn which(named: &str, answer: &RecordEncounterResponse) -> Failure {
    let failure = Failure::usage(format!(
        "'{named}' may be several people, and nothing was recorded"
    ));
    let tell = |failure: Failure, one: &kith_proto::kith::gathering::v1::Candidate| {
        failure.detail(format!("{}  {}  {}", one.person_id, one.name, one.company))
    };
    let all = answer.candidates.iter();
    all.fold(failure, tell)
        .next("say the company too ('Ana Silva, Windfarm'), or give the id")
}

/// What was understood, and what to ask next.
fn told(answer: &RecordEncounterResponse, output: &Output) -> String {
    let new = if answer.is_new {
        ", whom you did not know"
    } else {
        ""
    };
    let mut text = format!("Met {}{new}.\n", answer.name);
    for fact in &answer.facts {
        text.push_str(&format!("  Noted: {}\n", fact.text));
    }
    for promise in &answer.promises {
        text.push_str(&format!("  {}\n", promised(promise, output)));
    }
    if !answer.questions.is_empty() {
        text.push_str("Ask next:\n");
        for question in &answer.questions {
            text.push_str(&format!("  {}\n", question.text));
        }
    }
    text.push_str("Wrongly understood? 'kith undo' takes it back.\n");
    text
}

fn promised(promise: &FollowUp, output: &Output) -> String {
    let who = if promise.mine {
        "You promised"
    } else {
        "They promised"
    };
    let due = promise.due_at.as_ref().and_then(when::from_wire);
    let due = due
        .map(|due| when::minute(due, output.here.time_zone()))
        .unwrap_or_default();
    shape::sentence(&format!("{who}: {} (due {due})", promise.text))
}
