//! The gathering, and the attendee, that somebody means.

use kith_domain::text::folded;
use kith_proto::kith::gathering::v1::{
    Attendee, AttendeeFilter, Gathering, ListAttendeesRequest, ListGatheringsRequest,
};

use crate::cli::connect::Client;
use crate::cli::failure::Failure;
use crate::cli::{MAX_PAGE, every, who};

/// Which gathering.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// Part of its name, or the beginning of its id.
    pub(super) gathering: String,
}

/// Of which gatherings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::cli) enum When {
    /// Those that are not over, the next one first.
    Ahead,
    /// Those that are over, the last one first.
    Past,
}

/// All of them.
pub(super) async fn all(client: &Client, when: When) -> Result<Vec<Gathering>, Failure> {
    every(async |page_token| {
        let request = client.request(ListGatheringsRequest {
            past: when == When::Past,
            page_size: MAX_PAGE,
            page_token,
            min_position: client.min_position.clone(),
        });
        let page = client
            .gatherings()
            .list_gatherings(request)
            .await?
            .into_inner();
        Ok((page.gatherings, page.next_page_token))
    })
    .await
}

/// The one that is named, else the first to which the caller goes, or went.
pub(in crate::cli) async fn named_or_own(
    client: &Client,
    named: Option<&str>,
    when: When,
) -> Result<Option<Gathering>, Failure> {
    if let Some(named) = named {
        return gathering(client, named).await.map(Some);
    }
    let me = who::me(client).await?;
    let goes = |one: &Gathering| one.going.iter().any(|going| going.member_id == me);
    let mut all = all(client, when).await?.into_iter();
    Ok(all.find(|one| !one.cancelled && goes(one)))
}

/// The one that is meant: of those ahead, else of those past.
pub(in crate::cli) async fn gathering(client: &Client, meant: &str) -> Result<Gathering, Failure> {
    for when in [When::Ahead, When::Past] {
        let all = all(client, when).await?;
        let is_meant = |one: &&Gathering| is_called(&one.name, &one.gathering_id, meant);
        let found: Vec<&Gathering> = all.iter().filter(is_meant).collect();
        match found.as_slice() {
            [] => {}
            [only] => return Ok((*only).clone()),
            several => {
                let failure = Failure::usage(format!("'{meant}' is several gatherings"));
                let tell = |failure: Failure, one: &&Gathering| {
                    failure.detail(format!("{}  {}", one.gathering_id, one.name))
                };
                return Err(several
                    .iter()
                    .fold(failure, tell)
                    .next("give more of the name, or of the id"));
            }
        }
    }
    let failure = Failure::not_found(format!("no gathering is called like '{meant}'"));
    Err(failure.next("see them with 'kith gathering list', or with 'kith gathering list --past'"))
}

fn is_called(name: &str, id: &str, meant: &str) -> bool {
    folded(name).contains(&folded(meant)) || (meant.len() >= 4 && id.starts_with(meant))
}

/// Everybody on its list.
pub(super) async fn attendees(
    client: &Client,
    gathering: &str,
    filter: AttendeeFilter,
) -> Result<Vec<Attendee>, Failure> {
    every(async |page_token| {
        let request = client.request(ListAttendeesRequest {
            gathering_id: gathering.to_owned(),
            filter: filter.into(),
            page_size: MAX_PAGE,
            page_token,
            min_position: client.min_position.clone(),
        });
        let page = client
            .gatherings()
            .list_attendees(request)
            .await?
            .into_inner();
        Ok((page.attendees, page.next_page_token))
    })
    .await
}

/// What the list calls somebody.
pub(super) fn called(attendee: &Attendee) -> &str {
    let listed = attendee.listed.as_ref();
    let name = listed
        .map(|listed| listed.name.as_str())
        .filter(|name| !name.is_empty());
    name.or(listed.map(|listed| listed.address.as_str()))
        .unwrap_or_default()
}

/// The attendee who is meant.
pub(in crate::cli) async fn attendee(
    client: &Client,
    of: &Gathering,
    meant: &str,
) -> Result<Attendee, Failure> {
    let all = attendees(client, &of.gathering_id, AttendeeFilter::Unspecified).await?;
    let is_meant = |one: &&Attendee| {
        let has_address = one
            .listed
            .as_ref()
            .is_some_and(|listed| listed.address == meant);
        has_address || is_called(called(one), &one.attendee_id, meant)
    };
    let found: Vec<&Attendee> = all.iter().filter(is_meant).collect();
    match found.as_slice() {
        [only] => Ok((*only).clone()),
        [] => Err(Failure::not_found(format!(
            "nobody on the list of {} is called like '{meant}'",
            of.name
        ))
        .next("see them with 'kith gathering attendees'")),
        several => {
            let failure = Failure::usage(format!("'{meant}' is several attendees"));
            let tell = |failure: Failure, one: &&Attendee| {
                failure.detail(format!("{}  {}", one.attendee_id, called(one)))
            };
            Err(several
                .iter()
                .fold(failure, tell)
                .next("give more of the name, or the id"))
        }
    }
}
