//! The people among whom attendees are looked for.

use std::collections::{BTreeSet, HashMap};

use kith_domain::id::PersonId;
use kith_domain::resolution::{self, Description, Directory, Resolution};
use kith_proto::kith::gathering::v1::Candidate;
use kith_proto::words::Word as _;
use kith_readmodel::entity::{gathering_attendee, person};
use kith_readmodel::query::{gatherings, people};
use kith_servicekit::failure::Failure;

use crate::Api;
use crate::caller::Caller;

/// A directory of these people.
pub(crate) fn of(
    rows: &HashMap<PersonId, person::Model>,
    mut addresses: HashMap<PersonId, BTreeSet<String>>,
) -> Directory {
    let describe = |(id, row): (&PersonId, &person::Model)| {
        let description = Description {
            names: row.name.iter().cloned().collect(),
            companies: people::companies(row),
            addresses: addresses.remove(id).unwrap_or_default(),
        };
        (*id, description)
    };
    let described: Vec<(PersonId, Description)> = rows.iter().map(describe).collect();
    Directory::of(described.iter().map(|(id, of)| (*id, of)))
}

/// What a list says of somebody, as it is compared.
pub(crate) fn described(row: &gathering_attendee::Model) -> Description {
    Description {
        names: row.name.iter().cloned().collect(),
        companies: row.company.iter().cloned().collect(),
        addresses: row.address.iter().cloned().collect(),
    }
}

/// Somebody of these people who may be meant.
pub(crate) fn candidate(
    of: &resolution::Candidate,
    rows: &HashMap<PersonId, person::Model>,
) -> Candidate {
    let row = rows.get(&of.person);
    Candidate {
        person_id: of.person.to_string(),
        name: row.map(people::called).unwrap_or_default(),
        company: row.and_then(|row| row.company.clone()).unwrap_or_default(),
        ground: of.ground.to_wire(),
        confidence: of.confidence.into(),
    }
}

/// As whom lists of gatherings name a person who has these entries and addresses, or named them: by an address of
/// theirs, where a member said so, or where nothing speaks for anybody else. For whoever forgets them, and may see
/// everybody.
pub(crate) async fn listed_as(
    api: &Api,
    caller: &Caller,
    whom: PersonId,
    entries: &[PersonId],
    theirs: &BTreeSet<String>,
) -> Result<Vec<PersonId>, Failure> {
    let live = api.live();
    let organisation = caller.principal.organisation;
    let all = gatherings::all_attendees(&live.reading, organisation).await;
    let all = all.map_err(Failure::unavailable)?;
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let said = gatherings::said_to_be(&live.reading, organisation, entries).await;
    let mut listed = said.map_err(Failure::unavailable)?;
    let has_theirs = |row: &&gathering_attendee::Model| {
        let address = row.address.as_deref();
        address.is_some_and(|address| theirs.contains(address))
    };
    let by_address = all.iter().filter(has_theirs);
    listed.extend(by_address.filter_map(|row| PersonId::from_slice(&row.listed)));
    let rows = people::all(&live.reading, organisation).await;
    let rows = rows.map_err(Failure::unavailable)?.into_iter();
    let rows: HashMap<PersonId, person::Model> = rows
        .filter_map(|row| Some((PersonId::from_slice(&row.id)?, row)))
        .collect();
    let ids: Vec<PersonId> = rows.keys().copied().collect();
    let addresses = people::addresses_of_all(&live.reading, organisation, &ids).await;
    let addresses = addresses.map_err(Failure::unavailable)?;
    let found = tokio::task::spawn_blocking(move || -> Vec<PersonId> {
        let directory = of(&rows, addresses);
        let is_theirs = |row: &&gathering_attendee::Model| matches!(directory.resolve(&described(row)), Resolution::Resolved(found) if found.person == whom);
        let theirs = all.iter().filter(is_theirs);
        theirs
            .filter_map(|row| PersonId::from_slice(&row.listed))
            .collect()
    });
    listed.extend(found.await.map_err(Failure::unavailable)?);
    Ok(listed)
}
