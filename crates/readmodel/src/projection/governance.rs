//! Organisations, members, keys, sharing rules, exports.

use std::collections::BTreeMap;

use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::sharing::Target;
use kith_domain::text::{Text, normalised_address};
use kith_domain::{access, key, organisation, sharing};
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::OnConflict;
use sea_orm::{ActiveModelTrait, DatabaseTransaction, DbErr, EntityTrait};

use super::{Origin, erasures};
use crate::entity;

pub(super) async fn organisation(
    database: &DatabaseTransaction,
    origin: Origin,
    event: &organisation::Event,
) -> Result<(), DbErr> {
    match event {
        organisation::Event::Created {
            id,
            shard,
            name,
            sharing,
        } => {
            let row = entity::organisation::ActiveModel {
                id: Set(id.as_bytes().to_vec()),
                shard: Set(i32::from(*shard)),
                name: Set(name.as_clear().map(ToOwned::to_owned)),
                sharing: Set(sharing.index() as i16),
            };
            row.insert(database).await.map(drop)
        }
        organisation::Event::SharingSet { id, level } => {
            let row = entity::organisation::ActiveModel {
                id: Set(id.as_bytes().to_vec()),
                sharing: Set(level.index() as i16),
                ..Default::default()
            };
            row.update(database).await.map(drop)
        }
        // Said in the system organisation: its name goes, and what it held goes by its own events.
        organisation::Event::Erased { id } if origin.organisation == OrganisationId::SYSTEM => {
            let row = entity::organisation::ActiveModel {
                id: Set(id.as_bytes().to_vec()),
                name: Set(None),
                ..Default::default()
            };
            row.update(database).await.map(drop)
        }
        organisation::Event::Erased { .. } => erasures::everything(database, origin).await,
    }
}

/// Notes of organisations which commit was the last that says anything but what becomes of a gathering.
pub(super) async fn moved(
    database: &DatabaseTransaction,
    moved: &BTreeMap<OrganisationId, i64>,
) -> Result<(), DbErr> {
    use entity::moved::{ActiveModel, Column, Entity};
    if moved.is_empty() {
        return Ok(());
    }
    let rows = moved.iter().map(|(organisation, position)| ActiveModel {
        organisation: Set(organisation.as_bytes().to_vec()),
        position: Set(*position),
    });
    let latest = OnConflict::column(Column::Organisation)
        .update_column(Column::Position)
        .to_owned();
    let insert = Entity::insert_many(rows).on_conflict(latest);
    insert.exec_without_returning(database).await.map(drop)
}

pub(super) async fn member(
    database: &DatabaseTransaction,
    origin: Origin,
    id: PersonId,
) -> Result<(), DbErr> {
    let row = entity::member::ActiveModel {
        organisation: Set(origin.organisation.as_bytes().to_vec()),
        id: Set(id.as_bytes().to_vec()),
        joined_us: Set(origin.recorded_us),
    };
    let keep = OnConflict::new().do_nothing().to_owned();
    let insert = entity::member::Entity::insert(row).on_conflict(keep);
    insert.exec_without_returning(database).await.map(drop)
}

pub(super) async fn key(
    database: &DatabaseTransaction,
    origin: Origin,
    event: &key::Event,
) -> Result<(), DbErr> {
    match event {
        key::Event::Created {
            id,
            role,
            member,
            secret_hash,
            label,
        } => {
            let row = entity::api_key::ActiveModel {
                id: Set(id.as_bytes().to_vec()),
                organisation: Set(origin.organisation.as_bytes().to_vec()),
                role: Set(role.index() as i16),
                member: Set(member.map(|member| member.as_bytes().to_vec())),
                secret_hash: Set(secret_hash.to_vec()),
                label: Set(label.as_clear().unwrap_or_default().to_owned()),
                revoked: Set(false),
                created_us: Set(origin.recorded_us),
            };
            row.insert(database).await.map(drop)
        }
        key::Event::Revoked { id } => {
            let row = entity::api_key::ActiveModel {
                id: Set(id.as_bytes().to_vec()),
                revoked: Set(true),
                ..Default::default()
            };
            row.update(database).await.map(drop)
        }
    }
}

/// The kind and target by which a row names whom a word is about; `None` of an erased address, about
/// which no rule holds any more.
fn named(target: &Target) -> Option<(i16, Vec<u8>)> {
    let text = |text: &Text| text.as_clear().map(|t| normalised_address(t).into_bytes());
    Some(match target {
        Target::Person(person) => (0, person.as_bytes().to_vec()),
        Target::Address(address) => (1, text(address)?),
        Target::Domain(domain) => (2, text(domain)?),
    })
}

/// What a member shows others of whom this is about, if they said so.
pub(super) async fn rule(
    database: &DatabaseTransaction,
    origin: Origin,
    member: PersonId,
    target: &Target,
) -> Result<Option<entity::sharing_rule::Model>, DbErr> {
    let Some((kind, target)) = named(target) else {
        return Ok(None);
    };
    let organisation = origin.organisation.as_bytes().to_vec();
    let key = (organisation, member.as_bytes().to_vec(), kind, target);
    entity::sharing_rule::Entity::find_by_id(key)
        .one(database)
        .await
}

pub(super) async fn sharing(
    database: &DatabaseTransaction,
    origin: Origin,
    sharing::Event::Set {
        member,
        target,
        level,
    }: &sharing::Event,
) -> Result<(), DbErr> {
    let Some((kind, target)) = named(target) else {
        return Ok(());
    };
    let organisation = origin.organisation.as_bytes().to_vec();
    let member = member.as_bytes().to_vec();
    let Some(level) = level else {
        let key = (organisation, member, kind, target);
        return entity::sharing_rule::Entity::delete_by_id(key)
            .exec(database)
            .await
            .map(drop);
    };
    let row = entity::sharing_rule::ActiveModel {
        organisation: Set(organisation),
        member: Set(member),
        kind: Set(kind),
        target: Set(target),
        level: Set(level.index() as i16),
    };
    use entity::sharing_rule::Column;
    let key = [
        Column::Organisation,
        Column::Member,
        Column::Kind,
        Column::Target,
    ];
    let overwrite = OnConflict::columns(key)
        .update_column(Column::Level)
        .to_owned();
    let insert = entity::sharing_rule::Entity::insert(row).on_conflict(overwrite);
    insert.exec_without_returning(database).await.map(drop)
}

pub(super) async fn exported(
    database: &DatabaseTransaction,
    origin: Origin,
    exported: &access::Exported,
) -> Result<(), DbErr> {
    let row = entity::export_record::ActiveModel {
        organisation: Set(origin.organisation.as_bytes().to_vec()),
        position: Set(origin.position),
        key: Set(exported.key.as_bytes().to_vec()),
        at_us: Set(exported.at.micros()),
    };
    row.insert(database).await.map(drop)
}
