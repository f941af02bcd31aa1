//! `kith companies`: where the organisation knows somebody, the best known first.

use std::cmp::Reverse;

use kith_proto::kith::relationship::v1::{Band, Company, ListCompaniesRequest};

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output, Sheet};
use super::{MAX_PAGE, every, shape};

/// Lists companies.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Part of a name; accents and case don't matter.
    text: Option<String>,
    /// At most this many.
    #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..))]
    limit: u32,
}

/// Bands, the strongest first.
const STRENGTH: [Band; 5] = [
    Band::Strong,
    Band::Steady,
    Band::New,
    Band::Cooling,
    Band::Dormant,
];

/// The best known first: by the strongest tie, then by how many know somebody there.
fn order(company: &Company) -> (usize, Reverse<u32>, String) {
    let band = STRENGTH.iter().position(|b| *b == company.strongest());
    (
        band.unwrap_or(STRENGTH.len()),
        Reverse(company.ties),
        company.name.clone(),
    )
}

pub(super) async fn run(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let mut companies = every(async |page_token| {
        let request = client.request(ListCompaniesRequest {
            name: args.text.clone().unwrap_or_default(),
            page_size: MAX_PAGE,
            page_token,
            min_position: client.min_position.clone(),
        });
        let page = client.relationships().list_companies(request).await?;
        let page = page.into_inner();
        Ok((page.companies, page.next_page_token))
    })
    .await?;
    companies.sort_by_cached_key(order);
    let total = companies.len() as u64;
    companies.truncate(args.limit as usize);
    let mut sheet = Sheet::new(&[
        "company",
        "people",
        "strongest",
        "own",
        "members",
        "unnamed",
        "ties",
        "fading",
    ]);
    for company in &companies {
        sheet.rows.push(vec![
            Cell::text(&company.name),
            Cell::count(company.people.into()),
            Cell::band(company.strongest),
            Cell::band(company.own),
            Cell::count(company.members.into()),
            Cell::count(company.unnamed.into()),
            Cell::count(company.ties.into()),
            Cell::count(company.fading.into()),
        ]);
    }
    output.list(&sheet)?;
    match (companies.is_empty(), args.text) {
        (true, Some(_)) => {
            output.say("No company is called like that. Try a shorter part of its name.")
        }
        (true, None) => output.say(
            "No company is known of anybody in the directory. Note one with: \
             kith person job Ana Harbour --title captain --since 2024-03",
        ),
        (false, _) => match shape::more(companies.len() as u64, total) {
            Some(more) => output.say(more),
            None => Ok(()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_known_comes_first_and_the_unknown_last() {
        let company = |name: &str, band: Band, ties| Company {
            name: name.to_owned(),
            strongest: band.into(),
            ties,
            ..Company::default()
        };
        let mut companies = [
            company("e", Band::Unknown, 0),
            company("d", Band::Dormant, 9),
            company("c", Band::Steady, 1),
            company("b", Band::Steady, 2),
            company("a", Band::Strong, 1),
        ];
        companies.sort_by_cached_key(order);
        let names: String = companies.iter().map(|c| c.name.as_str()).collect();
        assert_eq!(names, "abcde");
    }
}
