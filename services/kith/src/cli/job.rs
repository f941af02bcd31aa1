//! `kith person job`: where somebody works or worked.

use kith_domain::date::PartialDate;
use kith_domain::text::folded;
use kith_proto::kith::directory::v1::{Affiliation, Person, UpdatePersonRequest};

use super::connect::Client;
use super::failure::Failure;
use super::output::{Cell, Output};
use super::who;

/// A job of somebody. One at that company that goes on is changed; otherwise it is added.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Whose: a name, an address or an id.
    person: String,
    /// Where.
    company: String,
    /// As what.
    #[arg(long)]
    title: Option<String>,
    /// Since when: a year, a month or a day, as in 2021, 2021-03 or 2021-03-15.
    #[arg(long, value_name = "DATE")]
    since: Option<PartialDate>,
    /// Until when, likewise.
    #[arg(long, value_name = "DATE")]
    until: Option<PartialDate>,
    /// Take all that is noted of this company away.
    #[arg(long, conflicts_with_all = ["title", "since", "until"])]
    remove: bool,
}

pub(super) async fn run(args: Args, client: &Client, output: &Output) -> Result<(), Failure> {
    let person = who::person(client, &args.person).await?;
    let name = who::called(&person);
    let mut changed = person.clone();
    let mut paths = vec!["affiliations".to_owned()];
    if args.remove {
        if !remove(&mut changed, &args.company) {
            return Err(Failure::not_found(format!(
                "no job of {name} at '{}' is noted",
                args.company
            ))
            .next("see them with 'kith person show'"));
        }
        // It may be named as their company, too.
        paths.extend(["company", "title"].map(ToOwned::to_owned));
    } else {
        set(&mut changed, &args);
    }
    let request = client.request(UpdatePersonRequest {
        request_id: client.request_id.clone(),
        etag: person.etag.clone(),
        person: Some(changed),
        update_mask: Some(prost_types::FieldMask { paths }),
        min_position: client.min_position.clone(),
        ..UpdatePersonRequest::default()
    });
    let answer = client.directory().update_person(request).await?;
    let answer = answer.into_inner();
    if output.for_people() {
        let person = answer.person.unwrap_or_default();
        let jobs: Vec<String> = person.affiliations.iter().map(told).collect();
        let jobs = if jobs.is_empty() {
            "no job is noted".to_owned()
        } else {
            jobs.join("; ")
        };
        return output.say(format!("{name}: {jobs}."));
    }
    output.card(vec![("position", Cell::text(answer.position))])
}

fn set(person: &mut Person, args: &Args) {
    let company = folded(&args.company);
    let own_title = (folded(&person.company) == company).then(|| person.title.clone());
    let jobs = &mut person.affiliations;
    let goes_on = |job: &Affiliation| job.until.is_empty() && folded(&job.company) == company;
    let place = jobs.iter().position(goes_on).unwrap_or(jobs.len());
    if place == jobs.len() {
        jobs.push(Affiliation {
            company: args.company.clone(),
            title: own_title.unwrap_or_default(),
            ..Affiliation::default()
        });
    }
    let job = &mut jobs[place];
    if let Some(title) = &args.title {
        job.title.clone_from(title);
    }
    for (field, date) in [(&mut job.since, args.since), (&mut job.until, args.until)] {
        if let Some(date) = date {
            *field = date.to_string();
        }
    }
}

/// Takes a company away from what is noted; `false` if it is not there.
fn remove(person: &mut Person, company: &str) -> bool {
    let company = folded(company);
    let before = person.affiliations.len();
    person
        .affiliations
        .retain(|job| folded(&job.company) != company);
    let is_own = folded(&person.company) == company;
    if is_own {
        person.company.clear();
        person.title.clear();
    }
    is_own || person.affiliations.len() < before
}

/// A job in words.
pub(super) fn told(job: &Affiliation) -> String {
    let date = |text: &str| text.parse().ok();
    kith_domain::affiliation::Affiliation {
        company: job.company.clone(),
        title: Some(job.title.clone()).filter(|title| !title.is_empty()),
        since: date(&job.since),
        until: date(&job.until),
    }
    .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(company: &str, title: Option<&str>, until: Option<&str>) -> Args {
        Args {
            person: "Ana".to_owned(),
            company: company.to_owned(),
            title: title.map(ToOwned::to_owned),
            since: None,
            until: until.map(|date| date.parse().unwrap()),
            remove: false,
        }
    }

    fn jobs(person: &Person) -> Vec<String> {
        person.affiliations.iter().map(told).collect()
    }

    #[test]
    fn a_job_that_goes_on_is_changed_and_any_other_added() {
        let mut person = Person {
            company: "Harbour".to_owned(),
            title: "captain".to_owned(),
            ..Person::default()
        };
        set(&mut person, &args("HARBOUR", None, Some("2024-05")));
        assert_eq!(jobs(&person), ["HARBOUR, captain (until 2024-05)"]);
        set(&mut person, &args("Wind", Some("chair"), None));
        set(&mut person, &args("wind", Some("board"), None));
        set(&mut person, &args("Harbour", Some("pilot"), None));
        let all = [
            "HARBOUR, captain (until 2024-05)",
            "Wind, board",
            "Harbour, pilot",
        ];
        assert_eq!(jobs(&person), all);
        assert!(remove(&mut person, "harbour"));
        assert_eq!(jobs(&person), ["Wind, board"]);
        assert_eq!(person.company, "");
        assert!(!remove(&mut person, "harbour"));
    }
}
