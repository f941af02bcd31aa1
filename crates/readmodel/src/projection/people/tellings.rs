//! What moments say of those who came along with them.
//!
//! The row `person` is one for everybody, so that of somebody who was never entered on purpose it holds
//! nothing but what made their id; whoever was, and was taken out again, keeps the addresses and the key
//! that all could see. The name that a
//! moment gives is kept for the members who took part in it; whom else it is shown to,
//! `query::directory` says.

use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::person::Profile;
use kith_domain::search::indexed;
use kith_domain::text::{Text, folded};
use sea_orm::{DatabaseTransaction, DbErr};

use crate::bulk::{Rows, blob};

const TELLING: &[&str] = &[
    "organisation",
    "entry",
    "member",
    "person",
    "name",
    "sort_name",
    "words",
    "position",
];

/// The part of a profile by which everybody may know somebody who came along: their key and addresses. Who
/// has neither key nor address is known by the name that somebody once gave to all.
pub(in crate::projection) fn handle(profile: &Profile) -> Profile {
    let has_handle = profile.external_key.is_some() || !profile.addresses.is_empty();
    Profile {
        name: profile.name.clone().filter(|_| !has_handle),
        external_key: profile.external_key.clone(),
        addresses: profile.addresses.clone(),
        ..Profile::default()
    }
}

/// Tellings on their way into their table. Of several to one member the first counts.
pub(in crate::projection) struct Tellings(Rows);

impl Tellings {
    pub(in crate::projection) fn new() -> Self {
        Self(Rows::new("telling", TELLING))
    }

    /// These members were told that an entry of this person is called so. An erased name is none.
    pub(in crate::projection) fn push(
        &mut self,
        (organisation, position): (OrganisationId, i64),
        (entry, person): (PersonId, PersonId),
        name: Option<&Text>,
        told_to: &[PersonId],
    ) {
        let Some(name) = name.and_then(Text::as_clear) else {
            return;
        };
        for member in told_to {
            self.0.push([
                blob(organisation.as_bytes()),
                blob(entry.as_bytes()),
                blob(member.as_bytes()),
                blob(person.as_bytes()),
                name.into(),
                folded(name).into(),
                indexed([name]).into(),
                position.into(),
            ]);
        }
    }

    pub(in crate::projection) async fn write(
        self,
        database: &DatabaseTransaction,
    ) -> Result<(), DbErr> {
        self.0.insert_new(database).await
    }
}
