//! Who comes, and who in one's directory that is.

use std::fs::File;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use kith_proto::kith::gathering::v1::resolve_attendee_request::Answer;
use kith_proto::kith::gathering::v1::{
    AddAttendeesRequest, Attendee, AttendeeFilter, AttendeeInput, Candidate, Gathering,
    NobodyKnown, RemoveAttendeeRequest, ResolutionGround, ResolveAttendeeRequest,
};
use prost::Message as _;

use super::find;
use crate::cli::connect::Client;
use crate::cli::failure::Failure;
use crate::cli::output::{Cell, Output, Sheet, note};
use crate::cli::{ambient, asking, shape, who};

/// Attendees of one request, and about what their descriptions take: less than the server takes at once.
const MOST: usize = 500;
const MOST_BYTES: usize = 350_000;
/// What sealing adds to each text.
const SEAL_BYTES: usize = 48;
/// Texts of a description, but for its topics.
const TEXTS: usize = 7;

/// To which gathering, and who.
#[derive(Debug, clap::Args)]
pub(crate) struct AddArgs {
    #[command(flatten)]
    which: find::Which,
    /// The list; - is standard input.
    file: PathBuf,
    /// Only say what would be added.
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn add(args: AddArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    let found = find::gathering(client, &args.which.gathering).await?;
    let list = kith_capture::attendees::read(opened(&args.file)?)
        .map_err(|error| Failure::usage(format!("{}: {error}", args.file.display())))?;
    if !list.left_out.is_empty() {
        let lines: Vec<String> = list.left_out.iter().take(5).map(u64::to_string).collect();
        let count = shape::counted(
            list.left_out.len() as u64,
            "line names nobody",
            "lines name nobody",
        );
        note(&format!("{count}: {}", lines.join(", ")));
    }
    if list.attendees.is_empty() {
        return Err(Failure::usage(format!("{} names nobody", args.file.display()))
            .next("give a table with a header such as 'name,company,email', cards, an invitation (ics), or lines such as 'Ana Silva, Windfarm'"));
    }
    if args.dry_run {
        return would_add(&list.attendees, output);
    }
    let (mut listed, mut known, mut erased) = (0, 0, 0);
    let mut position = client.min_position.clone();
    for attendees in parts(list.attendees) {
        let request = client.request(AddAttendeesRequest {
            request_id: ambient::request_id().to_string(),
            gathering_id: found.gathering_id.clone(),
            attendees,
            min_position: position,
        });
        let answer = client
            .gatherings()
            .add_attendees(request)
            .await?
            .into_inner();
        listed += answer.listed;
        known += answer.known;
        erased += answer.erased;
        position = answer.position;
    }
    let counted = [
        (listed, "put on the list, or described anew"),
        (known, "there as they are"),
        (erased, "left out, as they were erased"),
    ];
    let counted = counted.iter().filter(|(count, _)| *count > 0);
    let counted: Vec<String> = counted
        .map(|(count, what)| format!("{count} {what}"))
        .collect();
    let told = format!(
        "{}: {}. 'kith gathering attendees {}' shows who they are.",
        found.name,
        counted.join(", "),
        shape::short(&found.gathering_id)
    );
    output.changed(&told, &position)
}

fn opened(file: &Path) -> Result<Box<dyn Read>, Failure> {
    if file.as_os_str() == "-" {
        return Ok(Box::new(io::stdin()));
    }
    let opened =
        File::open(file).map_err(|error| Failure::usage(format!("{}: {error}", file.display())))?;
    Ok(Box::new(opened))
}

/// Cut so that each part fits into one request.
fn parts(attendees: Vec<AttendeeInput>) -> Vec<Vec<AttendeeInput>> {
    let mut parts: Vec<Vec<AttendeeInput>> = Vec::new();
    let mut bytes = MOST_BYTES;
    for one in attendees {
        let own = one.encoded_len() + (TEXTS + one.topics.len()) * SEAL_BYTES;
        let has_room = bytes + own <= MOST_BYTES;
        if let Some(part) = parts
            .last_mut()
            .filter(|part| has_room && part.len() < MOST)
        {
            bytes += own;
            part.push(one);
        } else {
            bytes = own;
            parts.push(vec![one]);
        }
    }
    parts
}

fn would_add(attendees: &[AttendeeInput], output: &Output) -> Result<(), Failure> {
    let mut sheet = Sheet::new(&["name", "title", "company", "address"]);
    for one in attendees {
        sheet.rows.push(
            [&one.name, &one.title, &one.company, &one.address]
                .map(Cell::text)
                .into(),
        );
    }
    output.list(&sheet)?;
    output.say(format!(
        "{} would be put on the list; nothing was.",
        attendees.len()
    ))
}

/// Of which gathering, and which of them.
#[derive(Debug, clap::Args)]
pub(crate) struct ListArgs {
    #[command(flatten)]
    which: find::Which,
    /// Only those.
    #[arg(long, value_enum)]
    only: Option<Only>,
    /// At most this many.
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// Which attendees.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Only {
    /// Of whom it is known who they are.
    Resolved,
    /// Of whom you are asked who they are.
    Doubtful,
    /// Who are nobody in your directory.
    Unknown,
}

pub(super) async fn list(args: ListArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    let found = find::gathering(client, &args.which.gathering).await?;
    let filter = match args.only {
        None => AttendeeFilter::Unspecified,
        Some(Only::Resolved) => AttendeeFilter::Resolved,
        Some(Only::Doubtful) => AttendeeFilter::Doubtful,
        Some(Only::Unknown) => AttendeeFilter::Unknown,
    };
    let all = find::attendees(client, &found.gathering_id, filter).await?;
    let mut sheet = Sheet::new(&[
        "attendee",
        "company",
        "is",
        "because",
        "confidence",
        "person_id",
        "attendee_id",
    ]);
    for one in all.iter().take(args.limit as usize) {
        let company = one.listed.as_ref().map(|listed| listed.company.as_str());
        sheet.rows.push(vec![
            Cell::text(find::called(one)),
            Cell::text(company.unwrap_or_default()),
            Cell::text(is(one)),
            Cell::text(because(one)),
            Cell::hidden(one.confidence),
            Cell::hidden(one.person_id.as_str()),
            Cell::id(&one.attendee_id),
        ]);
    }
    output.list(&sheet)?;
    if all.is_empty() {
        return output.say(match args.only {
            None => {
                "Nobody is on the list. Put people there with: kith gathering add GATHERING FILE"
            }
            Some(Only::Doubtful) => "Of nobody it is in doubt who they are.",
            Some(Only::Resolved) => "Nobody on the list is known to be in your directory.",
            Some(Only::Unknown) => "Everybody on the list may be in your directory.",
        });
    }
    let doubtful = all.iter().filter(|one| !one.candidates.is_empty()).count() as u64;
    if let Some(more) = shape::more(sheet.rows.len() as u64, all.len() as u64) {
        output.say(more)?;
    }
    if doubtful > 0 {
        let whom = shape::counted(doubtful, "attendee is", "attendees are");
        output.say(format!(
            "{whom} in doubt: 'kith gathering ask {}' asks you.",
            shape::short(&found.gathering_id)
        ))?;
    }
    Ok(())
}

/// Who somebody is, in a word.
fn is(attendee: &Attendee) -> String {
    match attendee.candidates.as_slice() {
        _ if !attendee.person_id.is_empty() => attendee.person_name.clone(),
        [] => "nobody known".to_owned(),
        [one] => format!("perhaps {}", one.name),
        several => format!("one of {}", several.len()),
    }
}

/// What speaks for it, in words.
fn because(attendee: &Attendee) -> String {
    if !attendee.said_by.is_empty() {
        return "a member said so".to_owned();
    }
    let ground = attendee
        .candidates
        .first()
        .map_or(attendee.ground, |one| one.ground);
    words(ResolutionGround::try_from(ground).unwrap_or_default()).to_owned()
}

fn words(ground: ResolutionGround) -> &'static str {
    match ground {
        ResolutionGround::Unspecified => "",
        ResolutionGround::Address => "same address",
        ResolutionGround::NameAndCompany => "same name and company",
        ResolutionGround::LikeNameAndCompany => "similar name, same company",
        ResolutionGround::Name => "same name",
        ResolutionGround::LikeName => "similar name",
        ResolutionGround::OtherAddress => "same name, another address there",
        ResolutionGround::OtherName => "same address, another name",
        ResolutionGround::OtherCompany => "same name, another company",
    }
}

pub(super) async fn ask(
    which: find::Which,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let found = find::gathering(client, &which.gathering).await?;
    let doubtful = find::attendees(client, &found.gathering_id, AttendeeFilter::Doubtful).await?;
    if doubtful.is_empty() {
        return output.say("Of nobody on the list it is in doubt who they are.");
    }
    if !asking::is_possible() {
        let failure = Failure::usage("there is no terminal to ask at");
        return Err(failure.next(
            "say it with 'kith gathering answer GATHERING ATTENDEE PERSON', or with --nobody",
        ));
    }
    let (count, mut answered) = (doubtful.len(), 0);
    for (number, one) in (1..).zip(&doubtful) {
        let company = one
            .listed
            .as_ref()
            .map(|listed| listed.company.as_str())
            .unwrap_or_default();
        let company = if company.is_empty() {
            String::new()
        } else {
            format!(", {company}")
        };
        note(&format!(
            "{number} of {count}: {}{company}",
            find::called(one)
        ));
        for (number, candidate) in (1..).zip(&one.candidates) {
            note(&format!("  {number}  {}", offered(candidate)));
        }
        let line = asking::line(
            "Who is it? A number, 'n' for nobody of these, 'q' to stop, Enter to leave it open:",
        )?;
        let answer = match line.as_str() {
            "q" => break,
            "n" => Answer::Nobody(NobodyKnown {}),
            line => match line
                .parse::<usize>()
                .ok()
                .and_then(|n| one.candidates.get(n.checked_sub(1)?))
            {
                Some(candidate) => Answer::PersonId(candidate.person_id.clone()),
                None => continue,
            },
        };
        say(client, &found, one, Some(answer)).await?;
        answered += 1;
    }
    output.say(format!("{answered} of {count} answered."))
}

fn offered(candidate: &Candidate) -> String {
    let company = if candidate.company.is_empty() {
        String::new()
    } else {
        format!(", {}", candidate.company)
    };
    let ground = words(ResolutionGround::try_from(candidate.ground).unwrap_or_default());
    format!("{}{company} ({ground})", candidate.name)
}

async fn say(
    client: &Client,
    of: &Gathering,
    attendee: &Attendee,
    answer: Option<Answer>,
) -> Result<String, Failure> {
    let request = client.request(ResolveAttendeeRequest {
        request_id: ambient::request_id().to_string(),
        gathering_id: of.gathering_id.clone(),
        attendee_id: attendee.attendee_id.clone(),
        answer,
        min_position: client.min_position.clone(),
    });
    let answer = client.gatherings().resolve_attendee(request).await?;
    Ok(answer.into_inner().position)
}

/// Who is whom.
#[derive(Debug, clap::Args)]
#[group(id = "whom", required = true, multiple = false, args = ["person", "nobody", "undecided"])]
pub(crate) struct AnswerArgs {
    #[command(flatten)]
    which: find::Which,
    /// The attendee: part of the name, the address, or the beginning of the id.
    attendee: String,
    /// The person of the directory: a name, an address or an id.
    person: Option<String>,
    /// They are nobody in the directory.
    #[arg(long)]
    nobody: bool,
    /// Take back what was said.
    #[arg(long)]
    undecided: bool,
}

pub(super) async fn answer(
    args: AnswerArgs,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let found = find::gathering(client, &args.which.gathering).await?;
    let attendee = find::attendee(client, &found, &args.attendee).await?;
    let called = find::called(&attendee).to_owned();
    let (answer, told) = match &args.person {
        Some(person) => {
            let person = who::person(client, person).await?;
            let told = format!("{called} is {}.", who::called(&person));
            (Some(Answer::PersonId(person.person_id)), told)
        }
        None if args.nobody => (
            Some(Answer::Nobody(NobodyKnown {})),
            format!("{called} is nobody in the directory."),
        ),
        None => (None, format!("Nobody says any more who {called} is.")),
    };
    let position = say(client, &found, &attendee, answer).await?;
    output.changed(&told, &position)
}

/// Who does not come.
#[derive(Debug, clap::Args)]
pub(crate) struct RemoveArgs {
    #[command(flatten)]
    which: find::Which,
    /// The attendee: part of the name, the address, or the beginning of the id.
    attendee: String,
}

pub(super) async fn remove(
    args: RemoveArgs,
    client: &Client,
    output: &Output,
) -> Result<(), Failure> {
    let found = find::gathering(client, &args.which.gathering).await?;
    let attendee = find::attendee(client, &found, &args.attendee).await?;
    let request = client.request(RemoveAttendeeRequest {
        request_id: client.request_id.clone(),
        gathering_id: found.gathering_id.clone(),
        attendee_id: attendee.attendee_id.clone(),
        min_position: client.min_position.clone(),
        ..RemoveAttendeeRequest::default()
    });
    let answer = client
        .gatherings()
        .remove_attendee(request)
        .await?
        .into_inner();
    let told = format!(
        "{} is off the list of {}.",
        find::called(&attendee),
        found.name
    );
    output.changed(&told, &answer.position)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_cut_so_that_each_part_fits_into_a_request() {
        let one = |bytes: usize| AttendeeInput {
            bio: "x".repeat(bytes),
            ..AttendeeInput::default()
        };
        let sizes =
            |all: Vec<AttendeeInput>| -> Vec<usize> { parts(all).iter().map(Vec::len).collect() };
        assert_eq!(sizes(vec![one(1); 1_201]), [500, 500, 201]);
        assert_eq!(sizes(vec![one(100_000); 5]), [3, 2]);
        assert_eq!(sizes(vec![]), [0; 0]);
    }
}
