//! `kith import vcf` and `kith import contacts`: address books enter the directory.
//!
//! What the directory has is never overwritten: an address book fills what is empty there, and adds
//! addresses and labels. So importing one again changes nothing.

use std::path::PathBuf;

use kith_capture::contacts::{Contacts, card, table};
use kith_capture::report::Report;
use kith_domain::person::MAX_LIST;
use kith_proto::kith::directory::v1::{CreatePersonRequest, Person, UpdatePersonRequest};

use super::progress::Progress;
use super::sending::reach;
use super::source::Source;
use super::stream::FIRST_WAIT;
use super::tell;
use crate::cli::connect::Client;
use crate::cli::failure::{Exit, Failure};
use crate::cli::output::{Cell, Output};
use crate::cli::{Global, ambient, shape, who};

/// Which address books, and how.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Files to read; '-' is standard input.
    #[arg(required = true, value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only read and report; nothing is sent.
    #[arg(long)]
    dry_run: bool,
}

/// In what form an address book is.
#[derive(Debug, Clone, Copy)]
pub(super) enum Form {
    /// vCards.
    Cards,
    /// A table.
    Table,
}

/// What became of the people of all files.
#[derive(Debug, Default)]
struct Done {
    added: u64,
    filled: u64,
    unchanged: u64,
    /// Contacts whose address is in the directory as that of somebody with quite another name.
    others: u64,
    /// Contacts that the server did not take.
    refused: u64,
    position: String,
}

/// What all that is entered is a part of.
struct Import {
    id: String,
    name: String,
}

impl Done {
    /// What the next question waits for: the last change, and before any what the command was given.
    fn after<'a>(&'a self, client: &'a Client) -> &'a str {
        if self.position.is_empty() {
            &client.min_position
        } else {
            &self.position
        }
    }
}

pub(super) async fn run(
    form: Form,
    args: Args,
    global: &Global,
    output: &Output,
) -> Result<(), Failure> {
    let sources: Vec<Source> = args.paths.iter().map(|path| Source::new(path)).collect();
    for source in &sources {
        source.check(false)?;
    }
    let client = if args.dry_run {
        None
    } else {
        let client = Client::open(global)?;
        reach(&client).await?;
        Some(client)
    };
    let names: Vec<String> = sources.iter().map(Source::name).collect();
    let import = Import {
        id: ambient::request_id().to_string(),
        name: names.join(", ").chars().take(200).collect(),
    };
    let (mut done, mut reports) = (Done::default(), Vec::new());
    for source in &sources {
        let progress = Progress::begin(source);
        let read = match &client {
            None => read(form, source, &progress),
            Some(client) => enter(form, source, (client, &import), &progress, &mut done)
                .await
                .map_err(|failure| failure.of(&client.server, &client.request_id)),
        };
        progress.end();
        let report = read.map_err(|failure| failure.detail(format!("file: {}", source.name())))?;
        reports.push((source.name(), report));
    }
    tell_all(&reports, client.is_some().then_some(&done), output)?;
    let (people, others) = reports
        .iter()
        .fold((0, 0), |(people, others), (_, report)| {
            (people + report.moments, others + report.left_out())
        });
    if people == 0 && others > 0 {
        return Err(Failure::failed("no contact could be used")
            .next("see above why; 'kith person add' adds somebody by hand"));
    }
    Ok(())
}

fn open(form: Form, source: &Source, progress: &Progress) -> Result<Box<dyn Contacts>, Failure> {
    let input = progress.counting(source.bytes()?);
    let opened: Result<Box<dyn Contacts>, _> = match form {
        Form::Cards => card::Reader::open(input).map(|reader| Box::new(reader) as _),
        Form::Table => table::Reader::open(input).map(|reader| Box::new(reader) as _),
    };
    opened.map_err(|error| Failure::failed(kith_servicekit::failure::chain(&error)))
}

fn read(form: Form, source: &Source, progress: &Progress) -> Result<Report, Failure> {
    let mut contacts = open(form, source, progress)?;
    contacts.by_ref().for_each(drop);
    Ok(contacts.report().clone())
}

async fn enter(
    form: Form,
    source: &Source,
    (client, import): (&Client, &Import),
    progress: &Progress,
    done: &mut Done,
) -> Result<Report, Failure> {
    // Read as a whole: what is sent between holds nothing of the file open.
    let mut contacts = open(form, source, progress)?;
    let people: Vec<Person> = contacts.by_ref().collect();
    for person in people {
        patiently((client, import), person, done).await?;
    }
    Ok(contacts.report().clone())
}

/// Tries what passes again, and leaves out what the server refuses: nobody is kept out by another.
async fn patiently(
    (client, import): (&Client, &Import),
    given: Person,
    done: &mut Done,
) -> Result<(), Failure> {
    const TRIES: u32 = 5;
    let mut tries = 1;
    loop {
        let Err(failure) = one((client, import), given.clone(), done).await else {
            return Ok(());
        };
        if failure.is("FIELDS_INVALID") || failure.is("ERASED") {
            done.refused += 1;
            return Ok(());
        }
        let passes = failure.is("CHANGED_MEANWHILE") || failure.exit() == Exit::Unreachable;
        if !passes || tries == TRIES {
            return Err(failure);
        }
        tries += 1;
        tokio::time::sleep(FIRST_WAIT).await;
    }
}

/// Enters somebody, or completes their entry. One after the other: the next card may be theirs too.
async fn one(
    (client, import): (&Client, &Import),
    given: Person,
    done: &mut Done,
) -> Result<(), Failure> {
    let mut known = None;
    let mut new_addresses = Vec::new();
    for address in &given.addresses {
        match who::get_after(client, address, done.after(client)).await? {
            None => new_addresses.push(address.clone()),
            Some(person) => {
                known.get_or_insert(person);
            }
        }
    }
    if given.addresses.is_empty() {
        known = who::get_after(client, &given.external_key, done.after(client)).await?;
    }
    let Some(known) = known else {
        let request = CreatePersonRequest {
            request_id: ambient::request_id().to_string(),
            person: Some(given),
            min_position: done.after(client).to_owned(),
            import_id: import.id.clone(),
            import_name: import.name.clone(),
        };
        let mut directory = client.directory();
        let answer = directory.create_person(client.request(request)).await?;
        done.position = answer.into_inner().position;
        done.added += 1;
        return Ok(());
    };
    if are_different(&known.name, &given.name) {
        done.others += 1;
        return Ok(());
    }
    let Some(change) = completed(&known, &given, new_addresses) else {
        done.unchanged += 1;
        return Ok(());
    };
    let request = UpdatePersonRequest {
        request_id: ambient::request_id().to_string(),
        etag: change.etag.clone(),
        person: Some(change),
        min_position: done.after(client).to_owned(),
        import_id: import.id.clone(),
        import_name: import.name.clone(),
        ..UpdatePersonRequest::default()
    };
    let mut directory = client.directory();
    let answer = directory.update_person(client.request(request)).await?;
    done.position = answer.into_inner().position;
    done.filled += 1;
    Ok(())
}

/// Whether two names have no word in common: then an address that both have is a shared one, of a firm
/// or a family.
fn are_different(one: &str, other: &str) -> bool {
    let words = |name: &str| -> Vec<String> {
        let name = kith_domain::text::folded(name);
        let words = name.split(|c: char| !c.is_alphanumeric());
        words
            .filter(|word| !word.is_empty())
            .map(ToOwned::to_owned)
            .collect()
    };
    let (one, other) = (words(one), words(other));
    !one.is_empty() && !other.is_empty() && !one.iter().any(|word| other.contains(word))
}

/// What an entry lacks that is given: the change as a request takes it. `None` when it lacks nothing.
fn completed(known: &Person, given: &Person, addresses: Vec<String>) -> Option<Person> {
    let mut change = Person {
        person_id: known.person_id.clone(),
        etag: known.etag.clone(),
        ..Person::default()
    };
    let empty = change.clone();
    let lacking = |own: &str, given: &str| if own.is_empty() { given } else { "" }.to_owned();
    change.name = lacking(&known.name, &given.name);
    change.company = lacking(&known.company, &given.company);
    change.title = lacking(&known.title, &given.title);
    if !addresses.is_empty() {
        change.addresses = [known.addresses.clone(), addresses].concat();
        change.addresses.truncate(MAX_LIST);
    }
    let is_new = |tag: &&String| !known.tags.contains(tag);
    let tags: Vec<String> = given.tags.iter().filter(is_new).cloned().collect();
    if !tags.is_empty() {
        change.tags = [known.tags.clone(), tags].concat();
        change.tags.truncate(MAX_LIST);
    }
    (change != empty).then_some(change)
}

fn tell_all(
    reports: &[(String, Report)],
    done: Option<&Done>,
    output: &Output,
) -> Result<(), Failure> {
    if !output.for_people() {
        let none = Done::default();
        let counts = done.unwrap_or(&none);
        let number = |value: u64| Cell::hidden(value);
        let read = reports.iter().map(|(_, report)| report.total()).sum();
        let left_out = reports.iter().map(|(_, report)| report.left_out()).sum();
        return output.card(vec![
            ("read", number(read)),
            ("left_out", number(left_out)),
            ("added", number(counts.added)),
            ("completed", number(counts.filled)),
            ("unchanged", number(counts.unchanged)),
            ("others", number(counts.others)),
            ("refused", number(counts.refused)),
            ("position", Cell::hidden(counts.position.as_str())),
            ("dry_run", Cell::hidden(done.is_none())),
        ]);
    }
    for (name, report) in reports {
        let (one, several) = report.unit.words();
        let left_out = match report.left_out() {
            0 => String::new(),
            count => format!("; {} left out", shape::grouped(count)),
        };
        output.say(format!(
            "{name}: {}{left_out}.",
            shape::counted(report.total(), one, several)
        ))?;
        output.list(&tell::skipped(report))?;
    }
    if let Some(done) = done.filter(|done| done.others > 0) {
        output.say(format!(
            "{} left alone: the address belongs to somebody of another name in the directory.",
            shape::counted(done.others, "contact was", "contacts were")
        ))?;
    }
    if let Some(done) = done.filter(|done| done.refused > 0) {
        output.say(format!(
            "{} not taken by the server.",
            shape::counted(done.refused, "contact was", "contacts were")
        ))?;
    }
    output.say(match done {
        None => {
            "Nothing was sent: this was a dry run. Leave out --dry-run to enter them.".to_owned()
        }
        Some(done) => format!(
            "{} entered the directory; {} completed, {} had nothing to add.{}",
            shape::counted(done.added, "person", "people"),
            shape::counted(done.filled, "entry was", "entries were"),
            shape::grouped(done.unchanged),
            match done.added + done.filled {
                0 => "",
                _ => " 'kith undo' takes that back, as long as it is your last change; later 'kith import undo'.",
            },
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shared_address_does_not_make_two_people_one() {
        for (one, other, different) in [
            ("Bo Lind", "Cy Dahl", true),
            ("Bo Lind", "Lind, Robert", false),
            ("José", "Jose Nuñez", false),
            ("", "Cy", false),
        ] {
            assert_eq!(are_different(one, other), different, "{one}, {other}");
        }
    }

    #[test]
    fn an_entry_is_completed_and_never_overwritten() {
        let known = Person {
            person_id: "id".into(),
            name: "Bo Berg".into(),
            addresses: vec!["bo@y.example".into()],
            tags: vec!["wind".into()],
            etag: "3".into(),
            ..Person::default()
        };
        let given = Person {
            name: "Bo B.".into(),
            company: "Windfarm".into(),
            tags: vec!["wind".into(), "porto".into()],
            ..Person::default()
        };
        let change = completed(&known, &given, vec!["bo@home.example".into()]).unwrap();
        let expected = Person {
            person_id: "id".into(),
            company: "Windfarm".into(),
            addresses: vec!["bo@y.example".into(), "bo@home.example".into()],
            tags: vec!["wind".into(), "porto".into()],
            etag: "3".into(),
            ..Person::default()
        };
        assert_eq!(change, expected);
        assert_eq!(completed(&known, &known, Vec::new()), None);
    }
}
