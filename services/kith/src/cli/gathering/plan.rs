//! What a gathering is, its sessions, and who of us goes.

use jiff::Zoned;
use jiff::tz::TimeZone;
use kith_proto::kith::gathering::v1::{
    CreateGatheringRequest, Gathering, GetGatheringRequest, Going, ListSessionsRequest, Session,
    SetGoingRequest, SetSessionRequest, UpdateGatheringRequest,
};

use super::find::{self, When};
use crate::cli::connect::Client;
use crate::cli::failure::Failure;
use crate::cli::output::{Cell, Output, Sheet};
use crate::cli::shape;
use crate::cli::when::{self, Aim};

/// What it is.
#[derive(Debug, clap::Args)]
pub(crate) struct PlanArgs {
    /// What it is called.
    name: String,
    #[command(flatten)]
    what: What,
}

/// Which, and what it becomes.
#[derive(Debug, clap::Args)]
pub(crate) struct ChangeArgs {
    #[command(flatten)]
    which: find::Which,
    /// What it is called from now on.
    #[arg(long)]
    name: Option<String>,
    #[command(flatten)]
    what: What,
}

/// Where, when and about what.
#[derive(Debug, clap::Args)]
pub(crate) struct What {
    /// When it begins; a day alone means its morning.
    #[arg(long, value_name = "WHEN")]
    from: Option<String>,
    /// When it ends; a day alone means its evening.
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
    /// Where it is.
    #[arg(long)]
    place: Option<String>,
    /// The time zone of its hours, such as Europe/Lisbon. Yours, if none is given.
    #[arg(long)]
    zone: Option<String>,
    /// What it is about; may be given several times.
    #[arg(long = "topic", value_name = "TOPIC")]
    topics: Vec<String>,
}

impl What {
    /// The present moment where it is.
    fn there(&self, output: &Output, known: Option<&str>) -> Result<Zoned, Failure> {
        let Some(zone) = self.zone.as_deref().or(known) else {
            return Ok(output.here.clone());
        };
        let zone = TimeZone::get(zone).map_err(|_| {
            Failure::usage(format!(
                "'{zone}' is no time zone: write one such as Europe/Lisbon"
            ))
        })?;
        Ok(output.here.with_time_zone(zone))
    }
}

/// A moment of an argument, read in the zone of what it is about.
fn moment(
    text: Option<&String>,
    there: &Zoned,
    aim: Aim,
) -> Result<Option<prost_types::Timestamp>, Failure> {
    let read = text.map(|text| when::moment(text, there, aim).map(when::to_wire));
    read.transpose().map_err(Failure::usage)
}

pub(super) async fn plan(args: PlanArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    let what = args.what;
    if what.from.is_none() || what.until.is_none() {
        return Err(Failure::usage("a gathering has a beginning and an end")
            .next("give --from and --until"));
    }
    let there = what.there(output, None)?;
    let gathering = Gathering {
        name: args.name,
        place: what.place.unwrap_or_default(),
        begins_at: moment(what.from.as_ref(), &there, Aim::Future)?,
        ends_at: moment(what.until.as_ref(), &there, Aim::End)?,
        zone: there.time_zone().iana_name().unwrap_or("UTC").to_owned(),
        topics: what.topics,
        ..Gathering::default()
    };
    let request = client.request(CreateGatheringRequest {
        request_id: client.request_id.clone(),
        gathering: Some(gathering),
        min_position: client.min_position.clone(),
    });
    let answer = client
        .gatherings()
        .create_gathering(request)
        .await?
        .into_inner();
    let made = answer.gathering.unwrap_or_default();
    let id = shape::short(&made.gathering_id).to_owned();
    let told = format!(
        "Planned: {}. Put people on its list with: kith gathering add {id} FILE",
        told(&made)
    );
    output.changed(&told, &answer.position)
}

pub(super) async fn change(
    args: ChangeArgs,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let was = find::gathering(client, &args.which.gathering).await?;
    let what = args.what;
    let there = what.there(output, Some(&was.zone))?;
    let gathering = Gathering {
        gathering_id: was.gathering_id,
        name: args.name.unwrap_or_default(),
        place: what.place.unwrap_or_default(),
        begins_at: moment(what.from.as_ref(), &there, Aim::Future)?,
        ends_at: moment(what.until.as_ref(), &there, Aim::End)?,
        zone: what.zone.unwrap_or_default(),
        topics: what.topics,
        ..Gathering::default()
    };
    update(gathering, &[], client, output).await
}

pub(super) async fn cancel(
    which: find::Which,
    cancelled: bool,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let was = find::gathering(client, &which.gathering).await?;
    let becomes = Gathering {
        gathering_id: was.gathering_id,
        cancelled,
        ..Gathering::default()
    };
    update(becomes, &["cancelled"], client, output).await
}

async fn update(
    becomes: Gathering,
    paths: &[&str],
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let paths: Vec<String> = paths.iter().map(|path| (*path).to_owned()).collect();
    let request = client.request(UpdateGatheringRequest {
        request_id: client.request_id.clone(),
        gathering: Some(becomes),
        update_mask: (!paths.is_empty()).then_some(prost_types::FieldMask { paths }),
        min_position: client.min_position.clone(),
        ..UpdateGatheringRequest::default()
    });
    let answer = client
        .gatherings()
        .update_gathering(request)
        .await?
        .into_inner();
    let told = format!("Now: {}.", told(&answer.gathering.unwrap_or_default()));
    output.changed(&told, &answer.position)
}

/// A gathering in a sentence, with the hours of its own zone.
fn told(gathering: &Gathering) -> String {
    let zone = TimeZone::get(&gathering.zone).unwrap_or(TimeZone::UTC);
    let minute = |moment: Option<&prost_types::Timestamp>| {
        moment
            .and_then(when::from_wire)
            .map(|moment| when::minute(moment, &zone))
            .unwrap_or_default()
    };
    let place = if gathering.place.is_empty() {
        String::new()
    } else {
        format!(" in {}", gathering.place)
    };
    let (from, until) = (
        minute(gathering.begins_at.as_ref()),
        minute(gathering.ends_at.as_ref()),
    );
    let off = if gathering.cancelled {
        ", cancelled"
    } else {
        ""
    };
    format!(
        "{}{place}, {from} to {until} ({}){off}",
        gathering.name, gathering.zone
    )
}

/// Which ones.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    /// Those that are over, the last one first.
    #[arg(long)]
    past: bool,
}

pub(super) async fn list(args: ListArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    let when = if args.past { When::Past } else { When::Ahead };
    let all = find::all(client, when).await?;
    let mut sheet = Sheet::new(&[
        "gathering",
        "begins",
        "ends",
        "place",
        "goes",
        "cancelled",
        "gathering_id",
    ]);
    for one in &all {
        sheet.rows.push(vec![
            Cell::text(&one.name),
            Cell::minute(one.begins_at.as_ref(), &output.here),
            Cell::minute(one.ends_at.as_ref(), &output.here),
            Cell::text(&one.place),
            Cell::texts(&going(&one.going)),
            Cell::flag(one.cancelled),
            Cell::id(&one.gathering_id),
        ]);
    }
    output.list(&sheet)?;
    match (all.is_empty(), args.past) {
        (true, false) => output.say(
            "No gathering is ahead. Plan one with: kith gathering plan 'Spring meeting' --from 2026-12-02 --until \
             2026-12-04",
        ),
        (true, true) => output.say("No gathering is over yet: 'kith gathering list' shows those ahead."),
        _ => Ok(()),
    }
}

fn going(all: &[Going]) -> Vec<String> {
    let named = |one: &Going| {
        if one.name.is_empty() {
            shape::short(&one.member_id).to_owned()
        } else {
            one.name.clone()
        }
    };
    all.iter().map(named).collect()
}

pub(super) async fn show(
    which: find::Which,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let found = find::gathering(client, &which.gathering).await?;
    let request = client.request(GetGatheringRequest {
        gathering_id: found.gathering_id.clone(),
        min_position: client.min_position.clone(),
    });
    let answer = client
        .gatherings()
        .get_gathering(request)
        .await?
        .into_inner();
    let one = answer.gathering.unwrap_or_default();
    let request = client.request(ListSessionsRequest {
        gathering_id: found.gathering_id,
        min_position: client.min_position.clone(),
    });
    let sessions = client
        .gatherings()
        .list_sessions(request)
        .await?
        .into_inner()
        .sessions;
    output.card(vec![
        ("gathering", Cell::text(&one.name)),
        ("place", Cell::text(&one.place)),
        ("begins", Cell::minute(one.begins_at.as_ref(), &output.here)),
        ("ends", Cell::minute(one.ends_at.as_ref(), &output.here)),
        ("zone", Cell::text(&one.zone)),
        ("topics", Cell::texts(&one.topics)),
        ("attendees", Cell::count(one.attendees.into())),
        ("goes", Cell::texts(&going(&one.going))),
        ("cancelled", Cell::flag(one.cancelled)),
        (
            "sessions",
            Cell::texts(
                &sessions
                    .iter()
                    .map(|one| session_told(one, output))
                    .collect::<Vec<_>>(),
            ),
        ),
        ("gathering_id", Cell::text(&one.gathering_id)),
    ])
}

fn session_told(session: &Session, output: &Output) -> String {
    let begins = session.begins_at.as_ref().and_then(when::from_wire);
    let begins = begins
        .map(|moment| when::minute(moment, output.here.time_zone()))
        .unwrap_or_default();
    let room = if session.room.is_empty() {
        String::new()
    } else {
        format!(" ({})", session.room)
    };
    format!("{begins} {}{room}", session.title)
}

/// Which, and when you are there.
#[derive(Debug, clap::Args)]
pub(crate) struct GoArgs {
    #[command(flatten)]
    which: find::Which,
    /// From when you are there, if not from the beginning.
    #[arg(long, value_name = "WHEN")]
    from: Option<String>,
    /// Until when, if not until the end.
    #[arg(long, value_name = "WHEN")]
    until: Option<String>,
}

pub(super) async fn go(args: GoArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    let found = find::gathering(client, &args.which.gathering).await?;
    let request = SetGoingRequest {
        going: true,
        from: moment(args.from.as_ref(), &output.here, Aim::Future)?,
        until: moment(args.until.as_ref(), &output.here, Aim::End)?,
        ..going_to(&found, client)
    };
    let answer = client
        .gatherings()
        .set_going(client.request(request))
        .await?
        .into_inner();
    output.changed(&format!("You go to {}.", found.name), &answer.position)
}

pub(super) async fn stay(
    which: find::Which,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let found = find::gathering(client, &which.gathering).await?;
    let request = client.request(going_to(&found, client));
    let answer = client.gatherings().set_going(request).await?.into_inner();
    output.changed(
        &format!("You don't go to {}.", found.name),
        &answer.position,
    )
}

fn going_to(gathering: &Gathering, client: &Client) -> SetGoingRequest {
    SetGoingRequest {
        request_id: client.request_id.clone(),
        gathering_id: gathering.gathering_id.clone(),
        min_position: client.min_position.clone(),
        ..SetGoingRequest::default()
    }
}

/// Of which gathering, and what it is.
#[derive(Debug, clap::Args)]
pub(crate) struct SessionArgs {
    #[command(flatten)]
    which: find::Which,
    /// What it is called.
    title: String,
    /// When it begins.
    #[arg(long, value_name = "WHEN")]
    from: String,
    /// When it ends.
    #[arg(long, value_name = "WHEN")]
    until: String,
    /// In which room.
    #[arg(long)]
    room: Option<String>,
    /// What it is about; may be given several times.
    #[arg(long = "topic", value_name = "TOPIC")]
    topics: Vec<String>,
}

pub(super) async fn session(
    args: SessionArgs,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let found = find::gathering(client, &args.which.gathering).await?;
    let zone = TimeZone::get(&found.zone).unwrap_or(TimeZone::UTC);
    let there = output.here.with_time_zone(zone);
    let session = Session {
        title: args.title.clone(),
        room: args.room.unwrap_or_default(),
        begins_at: moment(Some(&args.from), &there, Aim::Future)?,
        ends_at: moment(Some(&args.until), &there, Aim::End)?,
        topics: args.topics,
        ..Session::default()
    };
    let request = client.request(SetSessionRequest {
        request_id: client.request_id.clone(),
        gathering_id: found.gathering_id,
        session: Some(session),
        min_position: client.min_position.clone(),
    });
    let answer = client.gatherings().set_session(request).await?.into_inner();
    output.changed(
        &format!("{} has a session more: {}.", found.name, args.title),
        &answer.position,
    )
}
