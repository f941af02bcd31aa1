//! `kith sharing`: how much of the strength of your ties others see.

use kith_proto::kith::admin::v1::SetOrganisationSharingRequest;
use kith_proto::kith::directory::v1::GetPersonRequest;
use kith_proto::kith::event::v1::SharingLevel;
use kith_proto::kith::relationship::v1::{
    ListSharingRequest, SetSharingRequest, set_sharing_request, sharing_rule,
};

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output, Sheet};
use super::{who, words};

/// What to do with sharing.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Command {
    /// Says how much others see of a tie, of an address, or of a whole domain.
    Set(SetArgs),
    /// Lists what you said about sharing, and what holds otherwise.
    List,
    /// Says what members share unless they say otherwise. Needs a key of the role admin.
    Default(DefaultArgs),
}

/// What about, and how much.
#[derive(Debug, clap::Args)]
pub(crate) struct SetArgs {
    /// A person (name or id), an address (ana@x.org), or a domain (@x.org).
    target: String,
    /// What others see: your name and the band; that someone here knows them; nothing; or what
    /// holds by default.
    #[arg(value_parser = words::level_argument())]
    level: SharingLevel,
}

/// How much.
#[derive(Debug, clap::Args)]
pub(crate) struct DefaultArgs {
    /// What others see of a tie that its member said nothing about.
    #[arg(value_parser = words::level_argument())]
    level: SharingLevel,
}

pub(super) async fn run(command: Command, client: &Client, output: &Output) -> Result<(), Failure> {
    match command {
        Command::Set(args) => set(args, client, output).await,
        Command::List => list(client, output).await,
        Command::Default(args) => set_default(args, client, output).await,
    }
}

async fn set(args: SetArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    use set_sharing_request::Target;
    let (target, named) = match Asked::of(&args.target) {
        Asked::Domain(domain) => (
            Target::Domain(domain.to_owned()),
            format!("everybody at {domain}"),
        ),
        Asked::Address(address) => (
            Target::Address(address.to_owned()),
            format!("whoever has the address {address}"),
        ),
        Asked::Person(text) => {
            let person = who::person(client, text).await?;
            let name = who::called(&person);
            (Target::PersonId(person.person_id), name)
        }
    };
    let request = SetSharingRequest {
        request_id: client.request_id.clone(),
        target: Some(target),
        level: args.level.into(),
        min_position: client.min_position.clone(),
    };
    let mut service = client.relationships();
    let answer = service.set_sharing(client.request(request)).await?;
    let seen = match args.level {
        SharingLevel::Unspecified => "what holds by default".to_owned(),
        SharingLevel::Private => meaning(SharingLevel::Private).to_owned(),
        // A colleague has a word of their own, which is theirs to know.
        other => format!("at most {}", meaning(other)),
    };
    output.changed(
        &format!("Of your ties with {named}, others see {seen}."),
        &answer.into_inner().position,
    )
}

async fn set_default(args: DefaultArgs, client: &Client, output: &Output) -> Result<(), Failure> {
    let request = SetOrganisationSharingRequest {
        request_id: client.request_id.clone(),
        level: args.level.into(),
        min_position: client.min_position.clone(),
    };
    let mut service = client.admin();
    let answer = service
        .set_organisation_sharing(client.request(request))
        .await?;
    let seen = meaning(args.level);
    output.changed(
        &format!("Unless a member says otherwise, others see {seen}."),
        &answer.into_inner().position,
    )
}

async fn list(client: &Client, output: &Output) -> Result<(), Failure> {
    use sharing_rule::Target;
    let request = ListSharingRequest {
        min_position: client.min_position.clone(),
    };
    let mut service = client.relationships();
    let answer = service.list_sharing(client.request(request)).await?;
    let answer = answer.into_inner();
    let mut sheet = Sheet::new(&["about", "target", "others_see"]);
    for rule in &answer.rules {
        let (about, target) = match &rule.target {
            Some(Target::PersonId(id)) => ("person", person(client, id, output).await?),
            Some(Target::Address(address)) => ("address", Cell::text(address)),
            Some(Target::Domain(domain)) => ("domain", Cell::text(domain)),
            None => continue,
        };
        let row = vec![Cell::text(about), target, level_cell(rule.level)];
        sheet.rows.push(row);
    }
    let everything_else = vec![
        Cell::text("default"),
        Cell::apart("everything else", ""),
        level_cell(answer.default_level),
    ];
    sheet.rows.push(everything_else);
    output.list(&sheet)
}

fn level_cell(level: i32) -> Cell {
    let meaning = meaning(SharingLevel::try_from(level).unwrap_or_default());
    let word = words::level(level);
    Cell::apart(format!("{word}: {meaning}"), word)
}

/// A person by name for people, by id for programs.
pub(super) async fn person(client: &Client, id: &str, output: &Output) -> Result<Cell, Failure> {
    if !output.for_people() {
        return Ok(Cell::text(id));
    }
    let request = GetPersonRequest {
        person: id.to_owned(),
        min_position: String::new(),
    };
    let answer = client.directory().get_person(client.request(request)).await;
    // Somebody erased is still in the list, without a name.
    let person = answer.ok().and_then(|answer| answer.into_inner().person);
    Ok(Cell::text(person.map_or_else(
        || id.to_owned(),
        |person| who::called(&person),
    )))
}

fn meaning(level: SharingLevel) -> &'static str {
    match level {
        SharingLevel::Named => "your name and how strong the tie is",
        SharingLevel::Anonymous => "that someone here has a tie, and how strong it is",
        SharingLevel::Private => "nothing",
        SharingLevel::Unspecified => "what the server holds for right",
    }
}

/// What a rule is asked to be about.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Asked<'a> {
    Person(&'a str),
    Address(&'a str),
    Domain(&'a str),
}

impl<'a> Asked<'a> {
    pub(super) fn of(text: &'a str) -> Self {
        let text = text.trim();
        if let Some(domain) = text.strip_prefix('@').filter(|d| !d.contains('@')) {
            return Self::Domain(domain);
        }
        if kith_capture::mailbox::is_address(text) {
            return Self::Address(text);
        }
        Self::Person(text)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_target_is_a_domain_an_address_or_a_person() {
        assert_eq!(Asked::of("@x.org"), Asked::Domain("x.org"));
        assert_eq!(Asked::of("ana@x.org"), Asked::Address("ana@x.org"));
        assert_eq!(Asked::of("Ana Silva"), Asked::Person("Ana Silva"));
    }
}
