//! API keys, organisations, members: what a request needs before it is looked at.

use kith_domain::access::{Principal, Role};
use kith_domain::id::{KeyId, OrganisationId, PersonId};
use kith_domain::sharing::Level;
use sea_orm::{
    ColumnTrait, DatabaseConnection, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
};

use super::own;
use crate::entity::{api_key, member, moved, organisation};

/// A key that exists, revoked or not.
#[derive(Debug, Clone)]
pub struct Known {
    /// Who signs in with it.
    pub principal: Principal,
    /// SHA-256 of its secret.
    pub secret_hash: Vec<u8>,
    /// Whether it opens nothing any more.
    pub revoked: bool,
}

/// The key with this id.
pub async fn find(database: &DatabaseConnection, id: KeyId) -> Result<Option<Known>, DbErr> {
    let row = api_key::Entity::find_by_id(id.as_bytes().to_vec())
        .one(database)
        .await?;
    Ok(row.and_then(|row| {
        let role = usize::try_from(row.role).ok().and_then(Role::from_index)?;
        let principal = Principal {
            organisation: OrganisationId::from_slice(&row.organisation)?,
            key: id,
            role,
            member: row.member.as_deref().and_then(PersonId::from_slice),
        };
        Some(Known {
            principal,
            secret_hash: row.secret_hash,
            revoked: row.revoked,
        })
    }))
}

/// Keys of an organisation above an id, by id.
pub async fn list(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    after: Option<KeyId>,
    limit: u64,
) -> Result<Vec<api_key::Model>, DbErr> {
    let mut find = api_key::Entity::find()
        .filter(api_key::Column::Organisation.eq(own(organisation)))
        .order_by_asc(api_key::Column::Id)
        .limit(limit);
    if let Some(after) = after {
        find = find.filter(api_key::Column::Id.gt(after.as_bytes().to_vec()));
    }
    find.all(database).await
}

/// An organisation as requests need it.
#[derive(Debug, Clone)]
pub struct Organisation {
    /// The shard of its events.
    pub shard: u16,
    /// Its name; empty when erased.
    pub name: String,
    /// What members share by default.
    pub sharing: Level,
}

/// What decides, beside who asks, what they see of people: as long as it stays, so does that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// What members share by default.
    pub sharing: Level,
    /// The last commit that says anything but what becomes of a gathering; 0 when there is none.
    pub moved: u64,
}

/// The organisation with this id.
pub async fn organisation(
    database: &DatabaseConnection,
    id: OrganisationId,
) -> Result<Option<Organisation>, DbErr> {
    let row = organisation::Entity::find_by_id(own(id))
        .one(database)
        .await?;
    Ok(row.map(|row| Organisation {
        shard: row.shard as u16,
        name: row.name.unwrap_or_default(),
        sharing: usize::try_from(row.sharing)
            .ok()
            .and_then(Level::from_index)
            .unwrap_or(Level::Private),
    }))
}

/// What decides what is seen of people in an organisation.
pub async fn standing(
    database: &DatabaseConnection,
    id: OrganisationId,
) -> Result<Standing, DbErr> {
    let moved = moved::Entity::find_by_id(own(id)).one(database).await?;
    let found = organisation(database, id).await?;
    Ok(Standing {
        sharing: found.map_or(Level::Private, |organisation| organisation.sharing),
        moved: moved.map_or(0, |row| row.position as u64),
    })
}

/// Whether a person is a member.
pub async fn is_member(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    id: PersonId,
) -> Result<bool, DbErr> {
    let key = (own(organisation), id.as_bytes().to_vec());
    Ok(member::Entity::find_by_id(key)
        .one(database)
        .await?
        .is_some())
}

/// The ids of all members.
pub async fn members(
    database: &DatabaseConnection,
    organisation: OrganisationId,
) -> Result<Vec<PersonId>, DbErr> {
    let find = member::Entity::find().filter(member::Column::Organisation.eq(own(organisation)));
    let rows = find.order_by_asc(member::Column::Id).all(database).await?;
    Ok(rows
        .iter()
        .filter_map(|row| PersonId::from_slice(&row.id))
        .collect())
}
