//! Whom members leave out: no contact with them makes a tie. Their interactions stay, so that a word
//! that is taken back gives back what would be.

use std::collections::{HashMap, HashSet};

use kith_domain::exclusion;
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::sharing::Target;
use kith_domain::text::{Text, normalised_address};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect,
};

use super::people::addresses_ever;
use super::ties::Pair;
use super::{Identities, Origin};
use crate::entity::exclusion as row;
use crate::entity::person_address;

/// The exclusions of an organisation: by member, how rows name them.
#[derive(Debug, Default)]
pub(crate) struct Exclusions(HashMap<PersonId, HashSet<String>>);

/// How a row names whom it is about; `None` for what was erased, which is nobody any more.
pub(super) fn named(target: &Target) -> Option<String> {
    let text = |text: &Text| text.as_clear().map(normalised_address);
    match target {
        Target::Person(person) => Some(person.to_string()),
        Target::Address(address) => text(address),
        Target::Domain(domain) => text(domain).map(|domain| format!("@{domain}")),
    }
}

impl Exclusions {
    pub(crate) async fn load(
        database: &impl ConnectionTrait,
        organisation: OrganisationId,
    ) -> Result<Self, DbErr> {
        let rows = row::Entity::find()
            .filter(row::Column::Organisation.eq(organisation.as_bytes().as_slice()))
            .all(database)
            .await?;
        let mut by_member: HashMap<_, HashSet<String>> = HashMap::new();
        for row in rows {
            if let Some(member) = PersonId::from_slice(&row.member) {
                by_member.entry(member).or_default().insert(row.target);
            }
        }
        Ok(Self(by_member))
    }

    /// Those of these ties that are left out.
    pub(crate) async fn among(
        &self,
        database: &impl ConnectionTrait,
        organisation: OrganisationId,
        ties: impl Iterator<Item = Pair>,
        identities: &Identities,
    ) -> Result<HashSet<Pair>, DbErr> {
        let mut left_out = HashSet::new();
        // Most members leave out nobody: then there is nothing to look up.
        let asked: HashSet<Pair> = ties
            .filter(|(member, _)| self.0.contains_key(member))
            .collect();
        if asked.is_empty() {
            return Ok(left_out);
        }
        let people: HashSet<PersonId> = asked.iter().map(|(_, person)| *person).collect();
        let people: Vec<PersonId> = people.into_iter().collect();
        let addresses = addresses_ever(database, organisation, &people).await?;
        for (member, person) in asked {
            let Some(targets) = self.0.get(&member) else {
                continue;
            };
            let mut own = addresses.get(&person).into_iter().flatten();
            let by_address = own.any(|row| {
                targets.contains(&row.address) || targets.contains(&format!("@{}", row.domain))
            });
            let mut entries = identities.entries_of(person).into_iter();
            if by_address || entries.any(|entry| targets.contains(&entry.to_string())) {
                left_out.insert((member, person));
            }
        }
        Ok(left_out)
    }

    /// The ties of those who leave anybody out with one person.
    pub(super) fn ties_with(&self, person: PersonId) -> impl Iterator<Item = Pair> {
        self.0.keys().map(move |member| (*member, person))
    }

    /// Somebody is left out, or no longer. Answers the ties that this is about.
    pub(super) async fn set(
        &mut self,
        database: &DatabaseTransaction,
        origin: Origin,
        exclusion::Event::Set {
            member,
            target,
            excluded,
        }: &exclusion::Event,
        identities: &Identities,
    ) -> Result<HashSet<Pair>, DbErr> {
        let Some(name) = named(target) else {
            return Ok(HashSet::new());
        };
        let key = (
            origin.organisation.as_bytes().to_vec(),
            member.as_bytes().to_vec(),
            name.clone(),
        );
        if *excluded {
            let row = row::ActiveModel {
                organisation: Set(key.0),
                member: Set(key.1),
                target: Set(key.2),
                person: Set(match target {
                    Target::Person(entry) => Some(identities.person_of(*entry).as_bytes().to_vec()),
                    Target::Address(_) | Target::Domain(_) => None,
                }),
            };
            let keep = OnConflict::new().do_nothing().to_owned();
            let insert = row::Entity::insert(row).on_conflict(keep);
            insert.exec_without_returning(database).await?;
            self.0.entry(*member).or_default().insert(name);
        } else {
            row::Entity::delete_by_id(key).exec(database).await?;
            if let Some(own) = self.0.get_mut(member) {
                own.remove(&name);
                if own.is_empty() {
                    self.0.remove(member);
                }
            }
        }
        let people = meant(database, origin.organisation, target).await?;
        let people = people.into_iter().map(|entry| identities.person_of(entry));
        Ok(people.map(|person| (*member, person)).collect())
    }
}

/// Whoever a target is about, by every address that they ever had.
async fn meant(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    target: &Target,
) -> Result<Vec<PersonId>, DbErr> {
    use person_address::Column;
    let text = |text: &Text| text.as_clear().map(normalised_address).unwrap_or_default();
    let meant = match target {
        Target::Person(person) => return Ok(vec![*person]),
        Target::Address(address) => Column::Address.eq(text(address)),
        Target::Domain(domain) => Column::Domain.eq(text(domain)),
    };
    let ids: Vec<Vec<u8>> = person_address::Entity::find()
        .select_only()
        .column(Column::Person)
        .filter(Column::Organisation.eq(organisation.as_bytes().as_slice()))
        .filter(meant)
        .into_tuple()
        .all(database)
        .await?;
    Ok(ids
        .iter()
        .filter_map(|id| PersonId::from_slice(id))
        .collect())
}
