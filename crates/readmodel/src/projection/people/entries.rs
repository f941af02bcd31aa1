//! Entries of people: how one comes into the directory.

use std::collections::{HashMap, HashSet};

use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::person::{self, Profile};
use kith_domain::text::Text;
use sea_orm::{DatabaseTransaction, DbErr, EntityTrait};

use super::rows::{Lists, Standing, people, rewrite, row};
use super::tellings::{Tellings, handle};
use crate::entity;
use crate::projection::Origin;

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
        let mut rows = people();
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
                lists.push_profile(organisation, entry.id, &entry.profile);
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
