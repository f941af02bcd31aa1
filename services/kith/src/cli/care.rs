//! `kith care`, `pause` and `review`: what you want to be reminded of.

use kith_proto::kith::event::v1::Care;
use kith_proto::kith::followup::v1::SetPauseRequest;
use kith_proto::kith::relationship::v1::{
    GetTieRequest, ListReviewRequest, ListTiesRequest, SetCareRequest, Tie,
};

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output, Sheet};
use super::when::{self, Aim};
use super::{MAX_PAGE, ambient, asking, every, shape, who, words};

/// What to decide about a person.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Whom: a name, an address or an id. Without, lists what you decided.
    person: Option<String>,
    /// tend: keep the tie alive. quiet: leave it alone, only promises remind. never: remind of nothing.
    /// undecided: take your word back.
    #[arg(value_parser = words::care_argument(), requires = "person")]
    word: Option<Care>,
    /// Mark the tie as important.
    #[arg(long, requires = "person")]
    important: bool,
    /// Take the mark away.
    #[arg(long, requires = "person", conflicts_with = "important")]
    not_important: bool,
}

pub(super) async fn care(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let Some(person) = &args.person else {
        return list(client, output).await;
    };
    let mark = match (args.important, args.not_important) {
        (true, _) => Some(true),
        (_, true) => Some(false),
        _ => None,
    };
    if args.word.is_none() && mark.is_none() {
        return Err(Failure::usage("what you decide is not said")
            .next("add tend, quiet, never or undecided, or --important"));
    }
    let person = who::person(client, person).await?;
    let name = who::called(&person);
    let request_id = client.request_id.clone();
    let position = set(client, request_id, &person.person_id, args.word, mark).await?;
    let mut told: Vec<String> = Vec::new();
    if args.word == Some(Care::Tend) && !is_reminded(client, &person.person_id, &position).await? {
        told.push(format!(
            "You will be reminded of {name} once there is more between the two of you: so far the tie is too \
             thin to say when."
        ));
    } else {
        told.extend(args.word.map(|word| consequence(word, &name)));
    }
    told.extend(mark.map(|important| {
        let is = if important { "is" } else { "is no longer" };
        format!("{name} {is} marked as important.")
    }));
    told.push("Nobody but you sees that; 'kith undo' takes it back.".to_owned());
    output.changed(&told.join(" "), &position)
}

async fn set(
    client: &Client,
    request_id: String,
    person_id: &str,
    word: Option<Care>,
    important: Option<bool>,
) -> Result<String, Failure> {
    let request = client.request(SetCareRequest {
        request_id,
        person_id: person_id.to_owned(),
        care: word.map_or(0, Into::into),
        important,
        min_position: client.min_position.clone(),
    });
    let answer = client.relationships().set_care(request).await?;
    Ok(answer.into_inner().position)
}

/// Whether a tie asks for attention at all.
async fn is_reminded(client: &Client, person_id: &str, after: &str) -> Result<bool, Failure> {
    let request = client.request(GetTieRequest {
        person: person_id.to_owned(),
        min_position: after.to_owned(),
        ..GetTieRequest::default()
    });
    let answer = client.relationships().get_tie(request).await?.into_inner();
    Ok(answer.tie.is_some_and(|tie| tie.due_at.is_some()))
}

/// What follows from a word.
fn consequence(word: Care, name: &str) -> String {
    match word {
        Care::Tend => format!("You will be reminded of {name} when it is time."),
        Care::Quiet => format!("{name} is left alone: only promises remind you."),
        Care::Never => format!("Nothing will remind you of {name}."),
        Care::Undecided | Care::Unspecified => {
            format!("Your word about {name} is taken back: the tie's own rhythm reminds you.")
        }
    }
}

/// Lists what was decided.
async fn list(client: &Client, output: &Output) -> Result<(), Failure> {
    let mut sheet = Sheet::new(&["person", "care", "important", "band", "person_id"]);
    for tie in decided(client).await? {
        sheet.rows.push(vec![
            Cell::text(tie.name.as_str()),
            Cell::text(words::care(tie.care)),
            Cell::flag(tie.important),
            Cell::band(tie.band),
            Cell::hidden(tie.person_id.as_str()),
        ]);
    }
    output.list(&sheet)?;
    if sheet.rows.is_empty() {
        output.say(
            "You decided nothing yet: every tie reminds you by its own rhythm. 'kith care PERSON \
             quiet' leaves one alone, and 'kith review' shows those most worth a word.",
        )?;
    }
    Ok(())
}

async fn decided(client: &Client) -> Result<Vec<Tie>, Failure> {
    let ties = every(async |page_token| {
        let request = client.request(ListTiesRequest {
            page_size: MAX_PAGE,
            page_token,
            min_position: client.min_position.clone(),
            ..ListTiesRequest::default()
        });
        let page = client.relationships().list_ties(request).await?;
        let page = page.into_inner();
        Ok((page.ties, page.next_page_token))
    })
    .await?;
    let undecided = [Care::Undecided.into(), Care::Unspecified.into()];
    let is_decided = |tie: &Tie| tie.important || !undecided.contains(&tie.care);
    Ok(ties.into_iter().filter(is_decided).collect())
}

/// Until when nothing new is told.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Pause {
    /// Tells you nothing new until then: 'monday', '2w', '2026-03-01'.
    Until {
        /// When it ends.
        #[arg(value_name = "DATE")]
        date: String,
    },
    /// Ends the pause now.
    End,
}

pub(super) async fn pause(what: Pause, client: &Client, output: &Output) -> Result<(), Failure> {
    let until = match &what {
        Pause::Until { date } => {
            Some(when::moment(date, &output.here, Aim::Future).map_err(Failure::usage)?)
        }
        Pause::End => None,
    };
    let request = client.request(SetPauseRequest {
        request_id: client.request_id.clone(),
        until: until.map(when::to_wire),
        min_position: client.min_position.clone(),
    });
    let answer = client.follow_ups().set_pause(request).await?;
    let told = match until {
        Some(until) => {
            let day = when::minute(until, output.here.time_zone());
            format!(
                "Nothing new is told until {day}. What is open stays in 'kith due'; 'kith pause end' \
                 goes on at once."
            )
        }
        None => "No pause: you are told what falls due.".to_owned(),
    };
    output.changed(&told, &answer.into_inner().position)
}

/// Ends the prompts of a day, and counts nothing.
pub(super) async fn enough(client: &Client, output: &Output) -> Result<(), Failure> {
    let tomorrow = when::moment("tomorrow", &output.here, Aim::Future).map_err(Failure::usage)?;
    let request = client.request(SetPauseRequest {
        request_id: client.request_id.clone(),
        until: Some(when::to_wire(tomorrow)),
        min_position: client.min_position.clone(),
    });
    let answer = client.follow_ups().set_pause(request).await?;
    let told = "Enough for today. Nothing more is told until tomorrow morning.";
    output.changed(told, &answer.into_inner().position)
}

/// Shows the ties most worth a decision, and asks about each on a terminal.
pub(super) async fn review(client: &Client, output: &Output) -> Result<(), Failure> {
    let request = client.request(ListReviewRequest {
        min_position: client.min_position.clone(),
    });
    let answer = client.relationships().list_review(request).await?;
    let ties = answer.into_inner().ties;
    let mut sheet = Sheet::new(&[
        "person",
        "band",
        "depth",
        "last_contact",
        "first_contact",
        "outgoing",
        "incoming",
        "person_id",
    ]);
    for tie in &ties {
        sheet.rows.push(vec![
            Cell::text(tie.name.as_str()),
            Cell::band(tie.band),
            Cell::figure(tie.depth, 0),
            Cell::day(tie.last_contact.as_ref(), &output.here),
            Cell::day(tie.first_contact.as_ref(), &output.here),
            Cell::hidden(tie.outgoing),
            Cell::hidden(tie.incoming),
            Cell::hidden(tie.person_id.as_str()),
        ]);
    }
    output.list(&sheet)?;
    if ties.is_empty() {
        return output.say(
            "Nothing is waiting for a decision: what fades from now on, 'kith due' tells you in time.",
        );
    }
    output.say(
        "These were once strong or deep, and went quiet before Kith knew of them: nothing reminds you \
         of them unless you say so.\n\
         Then: kith care PERSON tend, kith care PERSON quiet, or kith care PERSON never",
    )?;
    if output.for_people() && asking::is_possible() {
        ask(&ties, client, output).await?;
    }
    Ok(())
}

/// Asks about one tie after the other.
async fn ask(ties: &[Tie], client: &Client, output: &Output) -> Result<(), Failure> {
    let mut decided = 0;
    for tie in ties {
        let question = format!(
            "{}: [t]end, [q]uiet, [n]ever, Enter to skip, [e]nd?",
            tie.name
        );
        let word = match asking::line(&question)?.to_lowercase().as_str() {
            "t" | "tend" => Care::Tend,
            "q" | "quiet" => Care::Quiet,
            "n" | "never" => Care::Never,
            "e" | "end" => break,
            _ => continue,
        };
        let request_id = ambient::request_id().to_string();
        set(client, request_id, &tie.person_id, Some(word), None).await?;
        decided += 1;
    }
    match decided {
        0 => Ok(()),
        decided => output.say(format!(
            "Decided about {}. 'kith due' shows whom to get in touch with; 'kith undo' takes one back.",
            shape::counted(decided, "tie", "ties")
        )),
    }
}
