//! `kith briefing`: what to read before a gathering. `kith rehearse`: what to say to somebody there. `kith pitch`:
//! who you are, in three sentences.

mod json;

use std::io::Write as _;
use std::path::PathBuf;

use kith_proto::kith::gathering::v1::{
    BriefingFormat, BriefingPage, Gathering, GetBriefingPageRequest, GetBriefingRequest,
    GetPitchRequest, Sentence, WatchBriefingRequest,
};

use super::connect::Client;
use super::export::target::Target;
use super::failure::Failure;
use super::gathering::find::{self, When};
use super::output::{Format, Output, print};

/// For which gathering, and as what.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Part of its name, or the beginning of its id; without it, the next one to which you go.
    gathering: Option<String>,
    /// As what it is written. '--format json' gives it to programs.
    #[arg(long = "as", value_name = "FORM", default_value = "text")]
    form: Form,
    /// Into this file instead.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Tell what changes from now on, until you stop it: who comes or stays away, a talk at another hour.
    #[arg(long, conflicts_with_all = ["form", "out"])]
    watch: bool,
}

/// How a briefing is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Form {
    /// Plain text.
    Text,
    /// Markdown.
    Markdown,
    /// One HTML file, to read or to print.
    Html,
}

/// With whom.
#[derive(Debug, clap::Args)]
pub(crate) struct RehearseArgs {
    /// The attendee: part of the name, the address, or the id on the list.
    person: String,
    /// At which gathering; without it, the next one to which you go.
    #[arg(long)]
    gathering: Option<String>,
}

/// Of whom.
#[derive(Debug, clap::Args)]
pub(crate) struct PitchArgs {
    /// Of the organisation instead of yourself.
    #[arg(long)]
    organisation: bool,
    /// Another one of several.
    #[arg(long, value_name = "NUMBER", default_value_t = 0)]
    variant: u32,
}

/// The gathering that is named, else the next one to which the caller goes.
async fn meant(client: &Client, named: Option<&str>) -> Result<Gathering, Failure> {
    let meant = find::named_or_own(client, named, When::Ahead).await?;
    meant.ok_or_else(|| {
        Failure::not_found("there is no gathering ahead to which you go").next(
            "say that you go with 'kith gathering go NAME', or name one: 'kith briefing NAME'",
        )
    })
}

pub(super) async fn run(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let gathering = meant(client, args.gathering.as_deref()).await?;
    if args.watch {
        return watch(&gathering, client, output).await;
    }
    let format = match args.form {
        Form::Text => BriefingFormat::Text,
        Form::Markdown => BriefingFormat::Markdown,
        Form::Html => BriefingFormat::Html,
    };
    let request = client.request(GetBriefingRequest {
        gathering_id: gathering.gathering_id,
        format: format.into(),
        min_position: client.min_position.clone(),
    });
    let answer = client.briefings().get_briefing(request).await?.into_inner();
    let written = match output.format {
        Format::Table => answer.rendered,
        Format::Json => json::briefing(&answer.briefing.unwrap_or_default()),
        Format::Csv => {
            return Err(Failure::usage("a briefing is no table").next(
                "write it with '--as text', '--as markdown' or '--as html', or as '--format json'",
            ));
        }
    };
    let mut target = Target::open(args.out.as_deref())?;
    target.write_all(written.as_bytes())?;
    target.finish()?;
    Ok(())
}

/// Tells what changes, a line each.
async fn watch(gathering: &Gathering, client: &Client, output: &Output) -> Result<(), Failure> {
    let request = tonic::Request::new(WatchBriefingRequest {
        gathering_id: gathering.gathering_id.clone(),
        min_position: client.min_position.clone(),
    });
    let mut messages = client
        .briefings()
        .watch_briefing(request)
        .await?
        .into_inner();
    output.say(format!(
        "What changes of your briefing for {}, as it happens:",
        gathering.name
    ))?;
    while let Some(message) = messages.message().await? {
        for change in message.changes {
            print(&format!("{change}\n"))?;
        }
    }
    Ok(())
}

pub(super) async fn rehearse(
    args: RehearseArgs,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let gathering = meant(client, args.gathering.as_deref()).await?;
    let attendee = find::attendee(client, &gathering, &args.person).await?;
    let request = client.request(GetBriefingPageRequest {
        gathering_id: gathering.gathering_id,
        attendee_id: attendee.attendee_id,
        min_position: client.min_position.clone(),
    });
    let answer = client
        .briefings()
        .get_briefing_page(request)
        .await?
        .into_inner();
    let page = answer.page.unwrap_or_default();
    if !output.for_people() {
        return print(&json::page(&page, &answer.leave));
    }
    print(&rehearsed(&page, &answer.leave, &gathering.name))
}

/// What to say, what to ask first, and how to leave.
fn rehearsed(page: &BriefingPage, leave: &str, gathering: &str) -> String {
    let mut text = format!("{}, at {gathering}\n\n", page.name);
    let mut part = |head: &str, words: &str| {
        if !words.is_empty() {
            text.push_str(&format!("{head}\n  {words}\n\n"));
        }
    };
    let pitch: Vec<&str> = page.pitch.iter().map(|one| one.text.as_str()).collect();
    let pitch = pitch.join(" ");
    if pitch.is_empty() {
        part(
            "Say of yourself",
            "(Nothing that you could say is noted of you yet: 'kith note me TEXT', or 'kith comfort --own-words TEXT'.)",
        );
    } else {
        part("Say of yourself", &pitch);
    }
    let first = page.questions.first();
    part(
        "Ask first",
        first.map_or("", |question| question.text.as_str()),
    );
    part("Leave with", leave);
    text.trim_end().to_owned() + "\n"
}

pub(super) async fn pitch(
    args: PitchArgs,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let request = client.request(GetPitchRequest {
        about_organisation: args.organisation,
        variant: args.variant,
        min_position: client.min_position.clone(),
    });
    let answer = client.briefings().get_pitch(request).await?.into_inner();
    if !output.for_people() {
        return print(&json::sentences(&answer.sentences));
    }
    if answer.sentences.is_empty() {
        return output.say(
            "Nothing is noted that you could say. Note what you are good at: kith note me 'Builds bridges that move.' \
             Or say it in your own words: kith comfort --own-words TEXT",
        );
    }
    let texts: Vec<&str> = answer.sentences.iter().map(text).collect();
    output.say(texts.join(" "))
}

fn text(sentence: &Sentence) -> &str {
    &sentence.text
}
