//! What the row of a person and its searchable lists hold.

use std::collections::BTreeSet;

use kith_domain::affiliation::{Affiliation, stays};
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::person::Profile;
use kith_domain::search::indexed;
use kith_domain::text::{Text, folded, normalised_address};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Value};

use crate::bulk::{Rows, blob, statement};

const PERSON: &[&str] = &[
    "organisation",
    "id",
    "name",
    "sort_name",
    "external_key",
    "addresses",
    "company",
    "title",
    "affiliations",
    "tags",
    "words",
    "version",
    "met",
    "entered_us",
    "entered_by",
    "fingerprint",
];

/// Rows on their way into `person`.
pub(super) fn people() -> Rows {
    Rows::new("person", PERSON)
}

/// What a row of a person holds beside the profile.
pub(in crate::projection) struct Standing {
    pub(in crate::projection) version: i32,
    pub(in crate::projection) met: bool,
    pub(in crate::projection) entered_us: i64,
    pub(in crate::projection) entered_by: Option<Vec<u8>>,
    pub(in crate::projection) fingerprint: Vec<u8>,
}

/// Replaces what is known of somebody of one entry.
pub(super) async fn rewrite(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    id: PersonId,
    profile: &Profile,
    standing: &Standing,
) -> Result<(), DbErr> {
    write(database, organisation, id, profile, standing).await?;
    let mut lists = Lists::new();
    lists.push_addresses(organisation, (id, id), &profile.addresses);
    lists.push_profile(organisation, id, profile);
    lists.write(database).await
}

/// Writes the row of a person. They have none of their tags and companies any more, and had their addresses:
/// what they have is written next.
pub(in crate::projection) async fn write(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    id: PersonId,
    profile: &Profile,
    standing: &Standing,
) -> Result<(), DbErr> {
    let mut rows = people();
    rows.push(row(organisation, id, profile, standing));
    rows.upsert(database, 2).await?;
    let backend = database.get_database_backend();
    for sql in [
        "UPDATE person_address SET former = TRUE WHERE organisation = $1 AND person = $2",
        "DELETE FROM person_tag WHERE organisation = $1 AND person = $2",
        "DELETE FROM person_company WHERE organisation = $1 AND person = $2",
    ] {
        let key = vec![blob(organisation.as_bytes()), blob(id.as_bytes())];
        database.execute_raw(statement(backend, sql, key)).await?;
    }
    Ok(())
}

/// There is no such person any more: their entry is another's.
pub(in crate::projection) async fn remove(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    id: PersonId,
) -> Result<(), DbErr> {
    let backend = database.get_database_backend();
    for sql in [
        "DELETE FROM person WHERE organisation = $1 AND id = $2",
        "DELETE FROM person_tag WHERE organisation = $1 AND person = $2",
        "DELETE FROM person_company WHERE organisation = $1 AND person = $2",
    ] {
        let key = vec![blob(organisation.as_bytes()), blob(id.as_bytes())];
        database.execute_raw(statement(backend, sql, key)).await?;
    }
    Ok(())
}

/// A row of [`people`].
pub(super) fn row(
    organisation: OrganisationId,
    id: PersonId,
    profile: &Profile,
    standing: &Standing,
) -> [Value; 16] {
    let columns = columns(profile);
    [
        blob(organisation.as_bytes()),
        blob(id.as_bytes()),
        columns.name.into(),
        columns.sort_name.into(),
        columns.external_key.into(),
        columns.addresses.into(),
        columns.company.into(),
        columns.title.into(),
        columns.affiliations.into(),
        columns.tags.into(),
        columns.words.into(),
        standing.version.into(),
        standing.met.into(),
        standing.entered_us.into(),
        Value::Bytes(standing.entered_by.clone()),
        blob(&standing.fingerprint),
    ]
}

const COMPANY: &[&str] = &[
    "organisation",
    "company",
    "person",
    "name",
    "since",
    "until",
];

/// The searchable addresses, companies and tags of people. An erased text is in neither.
pub(in crate::projection) struct Lists {
    addresses: Rows,
    companies: Rows,
    tags: Rows,
}

impl Lists {
    pub(in crate::projection) fn new() -> Self {
        let addresses = &[
            "organisation",
            "address",
            "entry",
            "person",
            "domain",
            "former",
        ];
        Self {
            addresses: Rows::new("person_address", addresses),
            companies: Rows::new("person_company", COMPANY),
            tags: Rows::new("person_tag", &["organisation", "tag", "person"]),
        }
    }

    /// The addresses of an entry, and whose it is.
    pub(in crate::projection) fn push_addresses(
        &mut self,
        organisation: OrganisationId,
        (entry, person): (PersonId, PersonId),
        addresses: &[Text],
    ) {
        let clear = addresses.iter().filter_map(Text::as_clear);
        // Two spellings of one address are one row.
        let addresses: BTreeSet<String> = clear.map(normalised_address).collect();
        for address in addresses {
            let domain = address
                .rsplit_once('@')
                .map_or("", |(_, domain)| domain)
                .to_owned();
            self.addresses.push([
                blob(organisation.as_bytes()),
                address.into(),
                blob(entry.as_bytes()),
                blob(person.as_bytes()),
                domain.into(),
                false.into(),
            ]);
        }
    }

    /// The companies and tags of a person.
    pub(in crate::projection) fn push_profile(
        &mut self,
        organisation: OrganisationId,
        person: PersonId,
        profile: &Profile,
    ) {
        for (folded, stay) in stays(profile.company.as_ref(), &profile.affiliations) {
            self.companies.push([
                blob(organisation.as_bytes()),
                folded.into(),
                blob(person.as_bytes()),
                stay.company.into(),
                stay.since.map(|day| day.to_string()).into(),
                stay.until.map(|day| day.to_string()).into(),
            ]);
        }
        for tag in profile.tags.iter().filter_map(Text::as_clear) {
            let organisation = blob(organisation.as_bytes());
            self.tags
                .push([organisation, folded(tag).into(), blob(person.as_bytes())]);
        }
    }

    pub(in crate::projection) async fn write(
        self,
        database: &DatabaseTransaction,
    ) -> Result<(), DbErr> {
        // A former address may come back.
        self.addresses.upsert(database, 3).await?;
        self.companies.insert_new(database).await?;
        self.tags.insert_new(database).await
    }
}

/// The columns that a profile fills.
struct Columns {
    name: Option<String>,
    sort_name: String,
    external_key: Option<String>,
    addresses: String,
    company: Option<String>,
    title: Option<String>,
    affiliations: String,
    tags: String,
    words: Option<String>,
}

pub(in crate::projection) fn clear(text: Option<&Text>) -> Option<String> {
    text.and_then(Text::as_clear).map(ToOwned::to_owned)
}

pub(in crate::projection) fn lines(texts: &[Text]) -> String {
    texts
        .iter()
        .filter_map(Text::as_clear)
        .collect::<Vec<_>>()
        .join("\n")
}

/// The words by which somebody is found: of all that is known of them but their key. Dates of affiliations
/// say nothing by themselves.
fn words(profile: &Profile) -> Option<String> {
    let lists = [&profile.addresses, &profile.tags].into_iter().flatten();
    let single = [&profile.name, &profile.company, &profile.title];
    let texts = single.into_iter().flatten().chain(lists);
    let texts: Vec<&str> = texts.filter_map(Text::as_clear).collect();
    let lines = profile.affiliations.iter().filter_map(Text::as_clear);
    let jobs: Vec<Affiliation> = Affiliation::all(lines).collect();
    let jobs = jobs.iter().flat_map(|job| {
        let title = job.title.as_deref();
        [Some(job.company.as_str()), title].into_iter().flatten()
    });
    indexed(texts.into_iter().chain(jobs))
}

fn columns(profile: &Profile) -> Columns {
    let name = clear(profile.name.as_ref());
    let external_key = clear(profile.external_key.as_ref());
    let address = clear(profile.addresses.first());
    let called = name.as_ref().or(address.as_ref()).or(external_key.as_ref());
    Columns {
        sort_name: called.map(String::as_str).map(folded).unwrap_or_default(),
        addresses: lines(&profile.addresses),
        company: clear(profile.company.as_ref()),
        title: clear(profile.title.as_ref()),
        affiliations: lines(&profile.affiliations),
        tags: lines(&profile.tags),
        words: words(profile),
        name,
        external_key,
    }
}
