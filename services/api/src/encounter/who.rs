//! Who is meant by a name, a badge or an address: never guessed.
//!
//! It is found among few: those on the list of the gathering who are called like that, and those of the caller's
//! directory whose name has a word of it. A whole directory is not read for one word in the middle of a talk.

use std::collections::{BTreeSet, HashMap};

use kith_domain::id::{GatheringId, PersonId};
use kith_domain::person::Profile;
use kith_domain::resolution::{Description, MOST_CANDIDATES, Resolution};
use kith_domain::text::{Text, folded, normalised_address};
use kith_eventlog::identity::{self, Handle};
use kith_eventlog::ledger::Request;
use kith_proto::kith::gathering::v1 as wire;
use kith_readmodel::entity::{gathering, gathering_attendee, person};
use kith_readmodel::query::gatherings::{self, When};
use kith_readmodel::query::{erasures, listing, people};
use kith_servicekit::failure::Failure;

use crate::Api;
use crate::caller::Caller;
use crate::directory::erasure;
use crate::gathering::{EVENING, directory};

/// People whose name has a word of what was said who are compared.
const MOST: u64 = 200;
/// Attendees looked through for a name.
const MOST_LISTED: u64 = 5_000;

/// Whom a request means.
pub(super) enum Meant {
    /// A person of the caller's directory.
    Known(PersonId),
    /// Nobody there: somebody new, with what is said of them.
    New(PersonId, Profile),
    /// One of these.
    Several(Vec<wire::Candidate>),
}

/// The gathering that goes on now, and to which the caller goes.
pub(super) async fn gathering_now(
    api: &Api,
    caller: &Caller,
) -> Result<Option<gathering::Model>, Failure> {
    let (live, now, me) = (api.live(), api.now().micros(), caller.member()?);
    let organisation = caller.principal.organisation;
    let ahead = When::Ahead(now - EVENING);
    let ahead = gatherings::list(&live.reading, organisation, ahead, None, 20).await;
    let mut ahead = ahead.map_err(Failure::unavailable)?;
    ahead.retain(|row| !row.cancelled && row.begins_us - EVENING <= now);
    let ids: Vec<GatheringId> = ahead
        .iter()
        .filter_map(|row| GatheringId::from_slice(&row.id))
        .collect();
    let going = gatherings::going(&live.reading, organisation, &ids).await;
    let going = going.map_err(Failure::unavailable)?;
    let goes = |row: &gathering::Model| {
        let id = GatheringId::from_slice(&row.id).unwrap_or_default();
        let members = going.get(&id).into_iter().flatten();
        members.into_iter().any(|one| one.member == me.as_bytes())
    };
    Ok(ahead.into_iter().find(goes))
}

/// Whom a name, a badge or an address means.
pub(super) async fn meant(
    api: &Api,
    caller: &Caller,
    request: &Request,
    named: &str,
    gathering: Option<GatheringId>,
) -> Result<Meant, Failure> {
    let mut description = described(named);
    if let Some(gathering) = gathering {
        let listed = listed(api, caller, gathering, &description).await?;
        match listed.as_slice() {
            [] => {}
            [one] => description = directory::described(one),
            several => {
                // Of several on the list, what the badge says besides decides, or nobody does.
                let companies: BTreeSet<String> =
                    description.companies.iter().map(|c| folded(c)).collect();
                let same = several.iter().filter(|row| {
                    let company = row.company.as_deref().map(folded);
                    company.is_some_and(|company| companies.contains(&company))
                });
                if let [one] = same.collect::<Vec<_>>().as_slice() {
                    description = directory::described(one);
                }
            }
        }
    }
    let rows = candidates(api, caller, &description).await?;
    let ids: Vec<PersonId> = rows.keys().copied().collect();
    let organisation = caller.principal.organisation;
    let addresses = people::addresses_of_all(&api.live().reading, organisation, &ids).await;
    let addresses = addresses.map_err(Failure::unavailable)?;
    let found = directory::of(&rows, addresses);
    match found.resolve(&description) {
        Resolution::Resolved(one) => Ok(Meant::Known(one.person)),
        Resolution::Doubtful(several) => {
            let several = several.iter().map(|one| directory::candidate(one, &rows));
            Ok(Meant::Several(several.collect()))
        }
        Resolution::Unknown => {
            let alike = alike(&rows, &description);
            if alike.is_empty() {
                new(api, caller, request, &description).await
            } else {
                Ok(Meant::Several(alike))
            }
        }
    }
}

/// Those who have half a name: whoever says no more may mean each of them.
fn alike(
    rows: &HashMap<PersonId, person::Model>,
    description: &Description,
) -> Vec<wire::Candidate> {
    let names = description.names.iter().map(|name| folded(name));
    let halves: Vec<String> = names.filter(|name| !name.contains(' ')).collect();
    let has_half = |row: &person::Model| {
        let name = row.name.as_deref().map(folded).unwrap_or_default();
        name.split_whitespace()
            .any(|word| halves.iter().any(|half| half == word))
    };
    let mut alike: Vec<(&PersonId, &person::Model)> =
        rows.iter().filter(|(_, row)| has_half(row)).collect();
    alike.sort_by_key(|(id, row)| (row.sort_name.clone(), **id));
    let shown = alike.into_iter().take(MOST_CANDIDATES);
    let shown = shown.map(|(id, row)| wire::Candidate {
        person_id: id.to_string(),
        name: people::called(row),
        company: row.company.clone().unwrap_or_default(),
        ..wire::Candidate::default()
    });
    shown.collect()
}

/// What a badge says: a name, and behind a comma or a line the company; or an address.
fn described(named: &str) -> Description {
    let one = |text: &str| {
        [text.trim().to_owned()]
            .into_iter()
            .filter(|text| !text.is_empty())
            .collect()
    };
    if named.contains('@') && !named.trim().contains(' ') {
        return Description {
            addresses: [normalised_address(named)].into_iter().collect(),
            ..Description::default()
        };
    }
    let cut = named.split_once(" - ").or_else(|| named.split_once(" – "));
    let (name, company) = cut
        .or_else(|| named.split_once(", "))
        .unwrap_or((named, ""));
    Description {
        names: one(name),
        companies: one(company),
        addresses: BTreeSet::new(),
    }
}

/// Lines of the list that are called like that.
async fn listed(
    api: &Api,
    caller: &Caller,
    gathering: GatheringId,
    description: &Description,
) -> Result<Vec<gathering_attendee::Model>, Failure> {
    let organisation = caller.principal.organisation;
    let live = api.live();
    let rows =
        gatherings::attendees(&live.reading, organisation, gathering, None, MOST_LISTED).await;
    let mut rows = rows.map_err(Failure::unavailable)?;
    let names: BTreeSet<String> = description.names.iter().map(|name| folded(name)).collect();
    rows.retain(|row| {
        let is_called = row
            .name
            .as_deref()
            .is_some_and(|name| names.contains(&folded(name)));
        let has_address = row
            .address
            .as_ref()
            .is_some_and(|address| description.addresses.contains(address));
        is_called || has_address
    });
    Ok(rows)
}

/// People of the caller's directory who may be meant: by an address, or by the last word of a name.
async fn candidates(
    api: &Api,
    caller: &Caller,
    description: &Description,
) -> Result<HashMap<PersonId, person::Model>, Failure> {
    let live = api.live();
    let mut rows: Vec<person::Model> = Vec::new();
    for address in &description.addresses {
        let found = people::resolve(&live.reading, &caller.principal, address).await;
        rows.extend(found.map_err(Failure::unavailable)?);
    }
    let mut words: BTreeSet<String> = BTreeSet::new();
    for name in &description.names {
        let folded = folded(name);
        let last = folded.split_whitespace().next_back().map(ToOwned::to_owned);
        let first = folded
            .split_whitespace()
            .next()
            .map(|word| word.trim_matches(',').to_owned());
        words.extend(last.into_iter().chain(first));
    }
    for word in words {
        let filter = listing::Filter {
            name: Some(word),
            ..listing::Filter::default()
        };
        let found = listing::list(&live.reading, &caller.principal, &filter, None, MOST).await;
        rows.extend(found.map_err(Failure::unavailable)?);
    }
    let by_id = rows
        .into_iter()
        .filter_map(|row| Some((PersonId::from_slice(&row.id)?, row)));
    Ok(by_id.collect())
}

/// Somebody who is in no directory: entered with a name for the caller alone, as whoever comes along with a moment.
async fn new(
    api: &Api,
    caller: &Caller,
    request: &Request,
    description: &Description,
) -> Result<Meant, Failure> {
    let address = description.addresses.first();
    let id = match address {
        Some(address) => caller.keys.person(Handle::Address(address), 0),
        None => identity::person_of(request.commit),
    };
    let organisation = caller.principal.organisation;
    let erased = erasures::among(&api.live().reading, organisation, &[id]).await;
    if !erased.map_err(Failure::unavailable)?.is_empty() {
        return Err(erasure::erased());
    }
    let text = |text: &String| Text::Clear(text.clone());
    let profile = Profile {
        name: description.names.first().map(text),
        addresses: address.map(text).into_iter().collect(),
        ..Profile::default()
    };
    Ok(Meant::New(id, profile))
}
