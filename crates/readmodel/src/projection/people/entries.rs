//! Entries of people: how one comes into the directory, and what its row and its searchable lists
//! hold.

use std::collections::{BTreeSet, HashMap, HashSet};

use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::person::{self, Profile};
use kith_domain::text::{Text, folded, normalised_address};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, Value};

use super::tellings::{Tellings, handle};
use crate::bulk::{Rows, blob, statement};
use crate::entity;
use crate::projection::Origin;

const PERSON: &[&str] = &[
    "organisation",
    "id",
    "name",
    "sort_name",
    "external_key",
    "addresses",
    "company",
    "company_folded",
    "title",
    "tags",
    "version",
    "met",
    "entered_us",
    "entered_by",
    "fingerprint",
];

/// Somebody on their way into the directory.
pub(in crate::projection) struct Entry {
    origin: Origin,
    id: PersonId,
    /// What everybody in whose directory they stand may know.
    profile: Profile,
    met: bool,
    /// The name that a moment gave, for those who took part in it.
    told: Option<Text>,
    told_to: Vec<PersonId>,
    fingerprint: [u8; 16],
}

impl Entry {
    /// `None` of any other event.
    pub(in crate::projection) fn of(origin: Origin, event: &person::Event) -> Option<Self> {
        let person::Event::Added {
            id,
            profile,
            met,
            told_to,
            fingerprint,
        } = event
        else {
            return None;
        };
        let told_to = match (met, told_to.as_slice()) {
            (false, _) => vec![],
            // An old event does not say.
            (true, []) => origin.member.into_iter().collect(),
            (true, told_to) => told_to.to_vec(),
        };
        Some(Self {
            origin,
            id: *id,
            profile: if *met {
                handle(profile)
            } else {
                profile.clone()
            },
            met: *met,
            told: profile.name.clone(),
            told_to,
            fingerprint: *fingerprint,
        })
    }

    pub(in crate::projection) fn organisation(&self) -> OrganisationId {
        self.origin.organisation
    }

    pub(in crate::projection) fn id(&self) -> PersonId {
        self.id
    }

    /// Adds what was told to some, of an entry that is this person's.
    pub(in crate::projection) fn tell(&self, person: PersonId, tellings: &mut Tellings) {
        let place = (self.origin.organisation, self.origin.position);
        let entry = (self.id, person);
        tellings.push(place, entry, self.told.as_ref(), &self.told_to);
    }

    pub(in crate::projection) fn profile(&self) -> &Profile {
        &self.profile
    }

    /// What the row of one who is entered by this holds, after so many changes.
    pub(in crate::projection) fn standing(&self, version: i32) -> Standing {
        Standing {
            version,
            met: self.met,
            entered_us: self.origin.recorded_us,
            entered_by: self.origin.member.map(|id| id.as_bytes().to_vec()),
            fingerprint: self.fingerprint.to_vec(),
        }
    }

    fn key(&self) -> Key {
        (
            self.origin.organisation.as_bytes().to_vec(),
            self.id.as_bytes().to_vec(),
        )
    }
}

/// Organisation and person.
pub(super) type Key = (Vec<u8>, Vec<u8>);

/// People on their way into the directory.
pub(in crate::projection) struct Added {
    entries: Vec<Entry>,
    tellings: Tellings,
}

impl Default for Added {
    fn default() -> Self {
        Self {
            entries: Vec::new(),
            tellings: Tellings::new(),
        }
    }
}

impl Extend<Entry> for Added {
    fn extend<E: IntoIterator<Item = Entry>>(&mut self, entries: E) {
        for entry in entries {
            entry.tell(entry.id, &mut self.tellings);
            self.entries.push(entry);
        }
    }
}

impl Added {
    pub(in crate::projection) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Of several entries of one id the first counts, and one that was made on purpose before one
    /// that came along with a moment. Answers whose entry was replaced by such a one.
    pub(in crate::projection) async fn write(
        self,
        database: &DatabaseTransaction,
    ) -> Result<Vec<(OrganisationId, PersonId)>, DbErr> {
        let mut place_of: HashMap<Key, usize> = HashMap::with_capacity(self.entries.len());
        let mut first: Vec<Entry> = Vec::with_capacity(self.entries.len());
        for entry in self.entries {
            let place = *place_of.entry(entry.key()).or_insert(first.len());
            match first.get_mut(place) {
                None => first.push(entry),
                Some(before) if before.met && !entry.met => *before = entry,
                Some(_) => {}
            }
        }
        let mut rows = Rows::new("person", PERSON);
        for entry in &first {
            let (organisation, standing) = (entry.organisation(), entry.standing(0));
            rows.push(row(organisation, entry.id, &entry.profile, &standing));
        }
        let new = rows
            .insert_new_returning(database, "organisation, id")
            .await?;
        let mut added: HashSet<Key> = HashSet::with_capacity(new.len());
        for row in new {
            added.insert((row.try_get("", "organisation")?, row.try_get("", "id")?));
        }
        let (mut lists, mut replaced) = (Lists::new(), Vec::new());
        for entry in &first {
            if added.contains(&entry.key()) {
                let organisation = entry.organisation();
                lists.push_addresses(organisation, (entry.id, entry.id), &entry.profile.addresses);
                lists.push_tags(organisation, entry.id, &entry.profile.tags);
            } else if !entry.met && replace_met(database, entry).await? {
                replaced.push((entry.origin.organisation, entry.id));
            }
        }
        lists.write(database).await?;
        self.tellings.write(database).await?;
        Ok(replaced)
    }
}

/// Whoever only came along so far is entered on purpose now. `false` for somebody who was before.
async fn replace_met(database: &DatabaseTransaction, entry: &Entry) -> Result<bool, DbErr> {
    let row = entity::person::Entity::find_by_id(entry.key())
        .one(database)
        .await?;
    let Some(row) = row.filter(|row| row.met) else {
        return Ok(false);
    };
    let standing = entry.standing(row.version);
    let organisation = entry.organisation();
    rewrite(database, organisation, entry.id, &entry.profile, &standing).await?;
    Ok(true)
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
    lists.push_tags(organisation, id, &profile.tags);
    lists.write(database).await
}

/// Writes the row of a person. They have none of their tags any more, and had their addresses: what they
/// have is written next.
pub(in crate::projection) async fn write(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    id: PersonId,
    profile: &Profile,
    standing: &Standing,
) -> Result<(), DbErr> {
    let mut rows = Rows::new("person", PERSON);
    rows.push(row(organisation, id, profile, standing));
    rows.upsert(database, 2).await?;
    let backend = database.get_database_backend();
    for sql in [
        "UPDATE person_address SET former = TRUE WHERE organisation = $1 AND person = $2",
        "DELETE FROM person_tag WHERE organisation = $1 AND person = $2",
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
    ] {
        let key = vec![blob(organisation.as_bytes()), blob(id.as_bytes())];
        database.execute_raw(statement(backend, sql, key)).await?;
    }
    Ok(())
}

fn row(
    organisation: OrganisationId,
    id: PersonId,
    profile: &Profile,
    standing: &Standing,
) -> [Value; 15] {
    let columns = columns(profile);
    [
        blob(organisation.as_bytes()),
        blob(id.as_bytes()),
        columns.name.into(),
        columns.sort_name.into(),
        columns.external_key.into(),
        columns.addresses.into(),
        columns.company.into(),
        columns.company_folded.into(),
        columns.title.into(),
        columns.tags.into(),
        standing.version.into(),
        standing.met.into(),
        standing.entered_us.into(),
        Value::Bytes(standing.entered_by.clone()),
        blob(&standing.fingerprint),
    ]
}

/// The searchable addresses and tags of people. An erased text is in neither.
pub(in crate::projection) struct Lists {
    addresses: Rows,
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

    pub(in crate::projection) fn push_tags(
        &mut self,
        organisation: OrganisationId,
        person: PersonId,
        tags: &[Text],
    ) {
        for tag in tags.iter().filter_map(Text::as_clear) {
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
    company_folded: Option<String>,
    title: Option<String>,
    tags: String,
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

fn columns(profile: &Profile) -> Columns {
    let name = clear(profile.name.as_ref());
    let external_key = clear(profile.external_key.as_ref());
    let address = clear(profile.addresses.first());
    let called = name.as_ref().or(address.as_ref()).or(external_key.as_ref());
    let company = clear(profile.company.as_ref());
    Columns {
        sort_name: called.map(String::as_str).map(folded).unwrap_or_default(),
        company_folded: company.as_deref().map(folded),
        addresses: lines(&profile.addresses),
        title: clear(profile.title.as_ref()),
        tags: lines(&profile.tags),
        name,
        external_key,
        company,
    }
}
