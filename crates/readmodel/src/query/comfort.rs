//! What members are comfortable with.

use kith_domain::id::{OrganisationId, PersonId};
use sea_orm::{DatabaseConnection, DbErr, EntityTrait};

use super::own;
use crate::entity::comfort as row;

/// What a member said, if they did.
pub async fn find(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
) -> Result<Option<row::Model>, DbErr> {
    let key = (own(organisation), member.as_bytes().to_vec());
    row::Entity::find_by_id(key).one(database).await
}
