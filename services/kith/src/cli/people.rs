//! `kith person`: the directory.

use kith_capture::mailbox::{Identity, Mailbox};
use kith_proto::kith::directory::v1::{
    CreatePersonRequest, Fact, GetPersonRequest, ListPersonsRequest, Person,
};
use serde_json::{Value, json};

use super::connect::Client;
use super::failure::Failure;
use super::holdings::{EraseArgs, ExportArgs};
use super::identity::{DuplicatesArgs, MergeArgs, UnmergeArgs};
use super::output::{Card, Cell, Output, Sheet};
use super::{MAX_PAGE, holdings, identity, job, readers, when, who, words};

/// What to do with the directory.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Lists the people whose name contains a text.
    Find(FindArgs),
    /// Shows one person and what is known of them.
    Show(PersonArgs),
    /// Adds a person.
    Add(AddArgs),
    /// Notes where a person works or worked.
    Job(job::Args),
    /// Lists entries that may mean one person, and why.
    Duplicates(DuplicatesArgs),
    /// Makes one person of two entries.
    Merge(MergeArgs),
    /// Makes an entry that was merged somebody else again.
    Unmerge(UnmergeArgs),
    /// Lists the entries of a person, each by itself.
    Entries(PersonArgs),
    /// Prints all that you may see of a person: the answer to "what do you hold on me?".
    Export(ExportArgs),
    /// Lists who was shown what others wrote of a person, by the day. Needs a key of the role admin.
    Readers(PersonArgs),
    /// Forgets a person for ever. Needs a key of the role admin.
    Erase(EraseArgs),
}

/// Whom to look for.
#[derive(Debug, clap::Args)]
pub(crate) struct FindArgs {
    /// Part of a name; accents and case don't matter.
    text: Option<String>,
    /// Only people of this company.
    #[arg(long)]
    company: Option<String>,
    /// Only people with this tag.
    #[arg(long)]
    tag: Option<String>,
    /// At most this many.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=1000))]
    limit: u32,
}

/// Whom it is about.
#[derive(Debug, clap::Args)]
pub(crate) struct PersonArgs {
    /// Whom: a name, an address or an id.
    pub(super) person: String,
}

/// Whom to add.
#[derive(Debug, clap::Args)]
pub(crate) struct AddArgs {
    /// Their name, an address, or both: 'Ana Silva <ana@x.org>'.
    person: String,
    /// Another address; may be given several times.
    #[arg(long)]
    address: Vec<String>,
    /// Your own key for them. It can't be changed later.
    #[arg(long)]
    external_key: Option<String>,
    /// Where they work.
    #[arg(long)]
    company: Option<String>,
    /// As what.
    #[arg(long)]
    title: Option<String>,
    /// A tag; may be given several times.
    #[arg(long)]
    tag: Vec<String>,
}

pub(super) async fn run(command: Command, client: &Client, output: &Output) -> Result<(), Failure> {
    match command {
        Command::Find(args) => find(args, client, output).await,
        Command::Show(args) => show(args, client, output).await,
        Command::Add(args) => add(args, client, output).await,
        Command::Job(args) => job::run(args, client, output).await,
        Command::Duplicates(args) => identity::duplicates(args, client, output).await,
        Command::Merge(args) => identity::merge(args, client, output).await,
        Command::Unmerge(args) => identity::unmerge(args, client, output).await,
        Command::Entries(args) => identity::entries(args, client, output).await,
        Command::Export(args) => holdings::export(args, client).await,
        Command::Readers(args) => readers::run(args, client, output).await,
        Command::Erase(args) => holdings::erase(args, client, output).await,
    }
}

async fn find(args: FindArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    let text = args.text.unwrap_or_default();
    let by_address = kith_capture::mailbox::is_address(&text);
    let (name, address) = if by_address {
        (String::new(), text)
    } else {
        (text, String::new())
    };
    let request = ListPersonsRequest {
        name,
        address,
        company: args.company.unwrap_or_default(),
        tag: args.tag.unwrap_or_default(),
        page_size: args.limit.min(MAX_PAGE),
        page_token: String::new(),
        min_position: client.min_position.clone(),
    };
    let mut service = client.directory();
    let answer = service.list_persons(client.request(request)).await?;
    let answer = answer.into_inner();
    let mut sheet = Sheet::new(&[
        "name",
        "company",
        "title",
        "addresses",
        "tags",
        "member",
        "external_key",
        "person_id",
    ]);
    for person in &answer.persons {
        sheet.rows.push(vec![
            Cell::apart(who::called(person), person.name.as_str()),
            Cell::text(&person.company),
            Cell::text(&person.title),
            Cell::texts(&person.addresses),
            Cell::texts(&person.tags),
            Cell::flag(person.is_member),
            Cell::hidden(person.external_key.as_str()),
            Cell::text(&person.person_id),
        ]);
    }
    output.list(&sheet)?;
    if answer.persons.is_empty() {
        return output.say(
            "Nobody in the directory is like that. Try a shorter part of the name, or add them \
             with: kith person add 'Ana Silva <ana@example.org>'",
        );
    }
    if answer.next_page_token.is_empty() {
        return Ok(());
    }
    output.say("There are more: give a longer part of the name, or a larger --limit.")
}

async fn show(args: PersonArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    let person = who::person(client, &args.person).await?;
    let (person, facts) = with_facts(client, &person).await?;
    let mut card = card(&person);
    card.push((
        "facts",
        Cell::hidden(facts.iter().map(fact).collect::<Value>()),
    ));
    output.card(card)?;
    for fact in &facts {
        let private = if fact.private { " (for you alone)" } else { "" };
        let kind = words::fact_kind(fact.kind);
        output.say(format!("{kind}: {}{private}", fact.text))?;
    }
    Ok(())
}

/// A person as they are now, with the facts that the caller may see.
pub(super) async fn with_facts(
    client: &Client,
    person: &Person,
) -> Result<(Person, Vec<Fact>), Failure> {
    let request = GetPersonRequest {
        person: person.person_id.clone(),
        min_position: client.min_position.clone(),
    };
    let mut service = client.directory();
    let answer = service.get_person(client.request(request)).await?;
    let answer = answer.into_inner();
    let now = answer.person.unwrap_or_else(|| person.clone());
    Ok((now, answer.facts))
}

async fn add(args: AddArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    let Some(mailbox) = Mailbox::parse(&args.person) else {
        return Err(Failure::usage(
            "say whom to add: a name, an address, or both",
        ));
    };
    let (name, first) = match mailbox.identity {
        Identity::Address(address) => (mailbox.name, Some(address)),
        // No address: these words are the name.
        Identity::ExternalKey(name) => (name, None),
    };
    let person = Person {
        name,
        addresses: first.into_iter().chain(args.address).collect(),
        external_key: args.external_key.unwrap_or_default(),
        company: args.company.unwrap_or_default(),
        title: args.title.unwrap_or_default(),
        tags: args.tag,
        ..Person::default()
    };
    let request = CreatePersonRequest {
        request_id: client.request_id.clone(),
        person: Some(person),
        min_position: client.min_position.clone(),
        ..CreatePersonRequest::default()
    };
    let mut service = client.directory();
    let answer = service.create_person(client.request(request)).await?;
    let answer = answer.into_inner();
    let mut card = card(&answer.person.unwrap_or_default());
    card.push(("position", Cell::hidden(answer.position)));
    output.say("In the directory now:")?;
    output.card(card)
}

fn card(person: &Person) -> Card {
    vec![
        ("name", Cell::text(&person.name)),
        ("addresses", Cell::texts(&person.addresses)),
        ("external_key", Cell::text(&person.external_key)),
        ("company", Cell::text(&person.company)),
        ("title", Cell::text(&person.title)),
        (
            "affiliations",
            Cell::texts(
                &person
                    .affiliations
                    .iter()
                    .map(job::told)
                    .collect::<Vec<_>>(),
            ),
        ),
        ("tags", Cell::texts(&person.tags)),
        ("member", Cell::flag(person.is_member)),
        ("person_id", Cell::text(&person.person_id)),
        ("etag", Cell::hidden(person.etag.as_str())),
    ]
}

pub(super) fn fact(fact: &Fact) -> Value {
    json!({
        "fact_id": fact.fact_id,
        "kind": words::fact_kind(fact.kind),
        "text": fact.text,
        "source": fact.source,
        "private": fact.private,
        "author_id": fact.author_id,
        "noted_at": when::rfc3339(fact.noted_at.as_ref()),
    })
}
