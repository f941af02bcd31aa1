//! `kith who-knows`: who in the organisation can open a door.

use kith_proto::kith::relationship::v1::{Acquaintance, WhoKnowsRequest};

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output, Sheet};
use super::{MAX_PAGE, shape, who};

/// Whose door it is.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// A name, an address or an id.
    #[arg(required_unless_present = "company")]
    person: Option<String>,
    /// Anybody who works at this company.
    #[arg(long, conflicts_with = "person")]
    company: Option<String>,
}

pub(super) async fn run(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let person = match &args.person {
        Some(person) => Some(who::person(client, person).await?),
        None => None,
    };
    let company = args.company.unwrap_or_default();
    let request = WhoKnowsRequest {
        person: person
            .as_ref()
            .map(|p| p.person_id.clone())
            .unwrap_or_default(),
        company: company.clone(),
        page_size: MAX_PAGE,
        min_position: client.min_position.clone(),
    };
    let mut service = client.relationships();
    let answer = service.who_knows(client.request(request)).await?;
    let answer = answer.into_inner();
    let whom = match &person {
        Some(person) => who::called(person),
        None => format!("anybody at {company}"),
    };
    if answer.acquaintances.is_empty() && output.for_people() {
        return output.say(format!(
            "Nobody else here shares a tie with {whom}. Everyone decides that for themselves: see \
             'kith sharing'."
        ));
    }
    if person.is_none() && output.for_people() {
        return by_person(&answer.acquaintances, output);
    }
    let mut sheet = Sheet::new(&["member", "band", "knows", "member_id", "person_id"]);
    for known in &answer.acquaintances {
        let shown = if known.name.is_empty() {
            "someone here"
        } else {
            &known.name
        };
        let knows = known.person_name.as_str();
        sheet.rows.push(vec![
            Cell::apart(shown, known.name.as_str()),
            Cell::band(known.band),
            match person {
                // It was asked for.
                Some(_) => Cell::hidden(knows),
                None => Cell::text(knows),
            },
            Cell::hidden(known.member_id.as_str()),
            Cell::hidden(known.person_id.as_str()),
        ]);
    }
    output.list(&sheet)?;
    match shape::more(answer.acquaintances.len() as u64, answer.total) {
        Some(_) => output.say("There are more than are shown."),
        None => Ok(()),
    }
}

/// People of a company shown to people.
const SHOWN: usize = 20;

/// Each person of a company in a row, with those who know them: who shares without a name would fill a row
/// each otherwise.
fn by_person(acquaintances: &[Acquaintance], output: &Output) -> Result<(), Failure> {
    let mut people: Vec<Vec<&Acquaintance>> = Vec::new();
    // The strongest come first, and so do their people.
    for known in acquaintances {
        let of_one = people
            .iter_mut()
            .find(|all| all[0].person_id == known.person_id);
        match of_one {
            Some(all) => all.push(known),
            None => people.push(vec![known]),
        }
    }
    let mut sheet = Sheet::new(&["person", "strongest", "known_by"]);
    for all in people.iter().take(SHOWN) {
        sheet.rows.push(vec![
            Cell::text(&all[0].person_name),
            Cell::band(all[0].band),
            Cell::text(known_by(all)),
        ]);
    }
    output.list(&sheet)?;
    if people.len() <= SHOWN {
        return Ok(());
    }
    let rest = people.len() - SHOWN;
    output.say(format!(
        "and {rest} more: --format csv or json has all, with each who knows them"
    ))
}

/// `Bo Li, Cleo Roux and 2 without a name`.
fn known_by(all: &[&Acquaintance]) -> String {
    let (named, unnamed): (Vec<&Acquaintance>, Vec<&Acquaintance>) = all
        .iter()
        .copied()
        .partition(|known| !known.name.is_empty());
    let names: Vec<&str> = named.iter().map(|known| known.name.as_str()).collect();
    let unnamed = match unnamed.len() {
        0 => None,
        1 => Some("someone here".to_owned()),
        some => Some(format!("{some} here")),
    };
    match (names.as_slice(), unnamed) {
        ([], unnamed) => unnamed.unwrap_or_default(),
        (names, None) => names.join(", "),
        (names, Some(unnamed)) => format!("{} and {unnamed}", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_shares_without_a_name_is_counted() {
        let told = |names: &[&str]| {
            let all: Vec<Acquaintance> = names
                .iter()
                .map(|name| Acquaintance {
                    name: (*name).to_owned(),
                    ..Acquaintance::default()
                })
                .collect();
            known_by(&all.iter().collect::<Vec<_>>())
        };
        assert_eq!(told(&["Bo", "Cleo"]), "Bo, Cleo");
        assert_eq!(told(&["Bo", "", ""]), "Bo and 2 here");
        assert_eq!(told(&[""]), "someone here");
    }
}
