//! What members let others see, and whom they leave out.

use std::collections::HashMap;

use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::sharing::Level;
use sea_orm::{
    ColumnTrait, DatabaseConnection, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
};

use super::own;
use crate::bulk::{blob, statement};
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

#[derive(FromQueryResult)]
struct Said {
    member: Vec<u8>,
    kind: i16,
    target: Vec<u8>,
    level: i16,
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
        // A word about an entry is one about whose it is now; of several the tightest counts.
        let sql = "SELECT r.member, r.kind, COALESCE(i.person, r.target) AS target, r.level \
                   FROM sharing_rule r LEFT JOIN identity i ON r.kind = 0 \
                    AND i.organisation = r.organisation AND i.entry = r.target \
                   WHERE r.organisation = $1";
        let backend = database.get_database_backend();
        let rows = statement(backend, sql, vec![blob(organisation.as_bytes())]);
        let rows = Said::find_by_statement(rows).all(database).await?;
        let mut said: HashMap<_, Level> = HashMap::with_capacity(rows.len());
        for row in rows {
            let level = usize::try_from(row.level).ok().and_then(Level::from_index);
            if let Some((member, level)) = PersonId::from_slice(&row.member).zip(level) {
                let own = said.entry((member, row.kind, row.target)).or_insert(level);
                *own = level.max(*own);
            }
        }
        Ok(Self {
            default: Some(default),
            said,
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
