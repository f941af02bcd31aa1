//! What members let others see, and whom they leave out.

use std::collections::HashMap;

use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::sharing::Level;
use sea_orm::{ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder};

use super::own;
use crate::entity::{exclusion, person_address, sharing_rule};

/// The rules of one member.
pub async fn rules(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
) -> Result<Vec<sharing_rule::Model>, DbErr> {
    sharing_rule::Entity::find()
        .filter(sharing_rule::Column::Organisation.eq(own(organisation)))
        .filter(sharing_rule::Column::Member.eq(member.as_bytes().to_vec()))
        .order_by_asc(sharing_rule::Column::Kind)
        .order_by_asc(sharing_rule::Column::Target)
        .all(database)
        .await
}

/// Whom a member leaves out: addresses, domains behind an `@`, and ids of people.
pub async fn exclusions(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
) -> Result<Vec<String>, DbErr> {
    let rows = exclusion::Entity::find()
        .filter(exclusion::Column::Organisation.eq(own(organisation)))
        .filter(exclusion::Column::Member.eq(member.as_bytes().to_vec()))
        .order_by_asc(exclusion::Column::Target)
        .all(database)
        .await?;
    Ok(rows.into_iter().map(|row| row.target).collect())
}

/// All rules of an organisation, ready to be asked about ties.
#[derive(Debug, Default)]
pub struct Rules {
    default: Option<Level>,
    said: HashMap<(PersonId, i16, Vec<u8>), Level>,
}

impl Rules {
    /// Reads the rules.
    pub async fn load(
        database: &DatabaseConnection,
        organisation: OrganisationId,
        default: Level,
    ) -> Result<Self, DbErr> {
        let rows = sharing_rule::Entity::find()
            .filter(sharing_rule::Column::Organisation.eq(own(organisation)))
            .all(database)
            .await?;
        let said = rows.into_iter().filter_map(|row| {
            let level = usize::try_from(row.level)
                .ok()
                .and_then(Level::from_index)?;
            Some((
                (PersonId::from_slice(&row.member)?, row.kind, row.target),
                level,
            ))
        });
        Ok(Self {
            default: Some(default),
            said: said.collect(),
        })
    }

    /// How much others see of a tie: the default, tightened by every rule that applies. `addresses`
    /// are all that the person ever had: whoever changes an address of the directory undoes no word
    /// of another member's.
    #[must_use]
    pub fn level(
        &self,
        member: PersonId,
        person: PersonId,
        addresses: &[person_address::Model],
    ) -> Level {
        let about_addresses = addresses.iter().flat_map(|row| {
            let (address, domain) = (row.address.as_bytes(), row.domain.as_bytes());
            [(1, address.to_vec()), (2, domain.to_vec())]
        });
        let targets = [(0, person.as_bytes().to_vec())];
        let said = targets
            .into_iter()
            .chain(about_addresses)
            .filter_map(|(kind, target)| self.said.get(&(member, kind, target)).copied());
        said.chain([self.default.unwrap_or(Level::Private)])
            .max()
            .unwrap_or(Level::Private)
    }
}
