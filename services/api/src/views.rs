//! Rows as messages: what several services show.

use kith_domain::affiliation::Affiliation;
use kith_domain::date::PartialDate;
use kith_domain::id::PersonId;
use kith_domain::time::Timestamp;
use kith_proto::kith::directory::v1::{Affiliation as WireAffiliation, Person};
use kith_proto::words;
use kith_readmodel::entity::person;

/// An id of a row as text; empty when the row keeps none.
pub(crate) fn id_text(bytes: &[u8]) -> String {
    PersonId::from_slice(bytes)
        .map(|id| id.to_string())
        .unwrap_or_default()
}

/// A moment of a row.
pub(crate) fn moment(micros: i64) -> prost_types::Timestamp {
    words::timestamp(Timestamp(micros))
}

/// An index of a row as the wire's enum value, which counts from 1.
pub(crate) fn word(index: i16) -> i32 {
    i32::from(index) + 1
}

/// Affiliations, of their lines.
pub(crate) fn affiliations<'a>(lines: impl Iterator<Item = &'a str>) -> Vec<WireAffiliation> {
    let date = |date: Option<PartialDate>| date.map(|date| date.to_string()).unwrap_or_default();
    Affiliation::all(lines)
        .map(|one| WireAffiliation {
            company: one.company,
            title: one.title.unwrap_or_default(),
            since: date(one.since),
            until: date(one.until),
        })
        .collect()
}

/// A person of the directory.
pub(crate) fn person(row: &person::Model, is_member: bool) -> Person {
    Person {
        person_id: id_text(&row.id),
        name: row.name.clone().unwrap_or_default(),
        addresses: row.addresses.lines().map(ToOwned::to_owned).collect(),
        external_key: row.external_key.clone().unwrap_or_default(),
        company: row.company.clone().unwrap_or_default(),
        title: row.title.clone().unwrap_or_default(),
        affiliations: affiliations(row.affiliations.lines()),
        tags: row.tags.lines().map(ToOwned::to_owned).collect(),
        is_member,
        etag: row.version.to_string(),
    }
}
