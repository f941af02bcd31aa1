//! `kith exclude`: whom to leave out of everything that Kith works out for you.

use kith_proto::kith::relationship::v1::{
    ListExclusionsRequest, SetExclusionRequest, exclusion, set_exclusion_request,
};

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output, Sheet};
use super::sharing::{Asked, person};
use super::who;

/// Whom to leave out.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Addresses (ana@x.org), domains (@x.org), or people (name or id).
    #[arg(value_name = "WHOM", required_unless_present = "list")]
    targets: Vec<String>,
    /// Take them in again: with all that was recorded meanwhile.
    #[arg(long)]
    remove: bool,
    /// List whom you leave out.
    #[arg(long, conflicts_with_all = ["targets", "remove"])]
    list: bool,
}

pub(super) async fn run(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    if args.list {
        return list(client, output).await;
    }
    let (position, named) = all(client, &args.targets, !args.remove).await?;
    let told = if args.remove {
        format!("No longer left out: {named}. Your ties with them are back.")
    } else {
        format!(
            "Left out, for the past and from now on: {named}. Nobody but you can see that; \
             'kith exclude --remove' takes it back."
        )
    };
    output.changed(&told, &position)
}

/// Leaves these out.
pub(super) async fn leave_out(client: &Client, whom: &[&str]) -> Result<(), Failure> {
    all(client, whom, true).await.map(drop)
}

/// Answers the position of the last change, and who is meant. All are known before any is changed.
async fn all(
    client: &Client,
    whom: &[impl AsRef<str>],
    excluded: bool,
) -> Result<(String, String), Failure> {
    let (mut targets, mut named) = (Vec::new(), Vec::new());
    for text in whom {
        let (target, name) = target(client, text.as_ref()).await?;
        targets.push(target);
        named.push(name);
    }
    let mut position = String::new();
    for target in targets {
        position = set(client, target, excluded).await?;
    }
    Ok((position, named.join(", ")))
}

async fn set(
    client: &Client,
    target: set_exclusion_request::Target,
    excluded: bool,
) -> Result<String, Failure> {
    let request = SetExclusionRequest {
        request_id: super::ambient::request_id().to_string(),
        target: Some(target),
        excluded,
        min_position: client.min_position.clone(),
    };
    let mut service = client.relationships();
    let answer = service.set_exclusion(client.request(request)).await?;
    Ok(answer.into_inner().position)
}

async fn target(
    client: &Client,
    text: &str,
) -> Result<(set_exclusion_request::Target, String), Failure> {
    use set_exclusion_request::Target;
    Ok(match Asked::of(text) {
        Asked::Domain(domain) => (Target::Domain(domain.to_owned()), format!("@{domain}")),
        Asked::Address(address) => (Target::Address(address.to_owned()), address.to_owned()),
        Asked::Person(text) => {
            let person = who::person(client, text).await?;
            let name = who::called(&person);
            (Target::PersonId(person.person_id), name)
        }
    })
}

async fn list(client: &Client, output: &Output) -> Result<(), Failure> {
    use exclusion::Target;
    let request = ListExclusionsRequest {
        min_position: client.min_position.clone(),
    };
    let mut service = client.relationships();
    let answer = service.list_exclusions(client.request(request)).await?;
    let mut sheet = Sheet::new(&["about", "left_out"]);
    for exclusion in answer.into_inner().exclusions {
        let (about, whom) = match exclusion.target {
            Some(Target::PersonId(id)) => ("person", person(client, &id, output).await?),
            Some(Target::Address(address)) => ("address", Cell::text(address)),
            Some(Target::Domain(domain)) => ("domain", Cell::text(format!("@{domain}"))),
            None => continue,
        };
        sheet.rows.push(vec![Cell::text(about), whom]);
    }
    output.list(&sheet)?;
    if sheet.rows.is_empty() {
        output.say(
            "You leave nobody out. 'kith exclude doctor@clinic.example' would, and \
             'kith import mbox FILE --dry-run' shows who is in your mail.",
        )?;
    }
    Ok(())
}
