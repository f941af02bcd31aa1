//! Ties from their interactions: what a merge can't do, because an OR can't be undone.

use std::collections::{BTreeSet, HashSet};

use kith_domain::due::Known;
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::interaction::touches;
use kith_domain::tie::Contact;
use kith_domain::time::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use super::{Pair, Touched, write};
use crate::bulk::{blob, statement};
use crate::entity::tie;
use crate::projection::{Members, taken_part};

/// All contacts of a tie, in the order of time.
pub(crate) async fn contacts(
    database: &impl ConnectionTrait,
    organisation: OrganisationId,
    (member, person): Pair,
) -> Result<Vec<Known>, DbErr> {
    let sql = "SELECT i.kind, i.at_us, i.participants, i.recorded_us, i.found, m.joined_us \
               FROM member m \
               JOIN participation a ON a.organisation = m.organisation AND a.person = m.id \
               JOIN participation b ON b.organisation = a.organisation AND b.person = $3 \
                AND b.at_us = a.at_us AND b.interaction = a.interaction \
               JOIN interaction i ON i.organisation = a.organisation AND i.id = a.interaction \
                AND i.to_position IS NULL \
               WHERE m.organisation = $1 AND m.id = $2 \
               ORDER BY a.at_us, a.interaction";
    let values = vec![
        blob(organisation.as_bytes()),
        blob(member.as_bytes()),
        blob(person.as_bytes()),
    ];
    let backend = database.get_database_backend();
    let mut contacts = Vec::new();
    for row in database
        .query_all_raw(statement(backend, sql, values))
        .await?
    {
        let (kind, participants) = taken_part(&row)?;
        let own = touches(kind, &participants, |p| p == member);
        let at = Timestamp(row.try_get("", "at_us")?);
        let recorded: i64 = row.try_get("", "recorded_us")?;
        let joined: i64 = row.try_get("", "joined_us")?;
        let since = Timestamp(recorded.max(joined));
        let found: bool = row.try_get("", "found")?;
        let touch = own.into_iter().find(|touch| touch.person == person);
        contacts.extend(touch.map(|touch| {
            let direction = touch.direction;
            let contact = Contact {
                at,
                direction,
                kind,
            };
            Known {
                contact,
                since,
                found,
            }
        }));
    }
    Ok(contacts)
}

/// Builds ties anew from their interactions: an OR can't be undone. A tie without any is gone.
pub(in crate::projection) async fn refold(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    pairs: HashSet<Pair>,
    members: &Members,
) -> Result<(), DbErr> {
    let pairs: BTreeSet<Pair> = pairs.into_iter().collect();
    let mut touched = Touched::default();
    for pair in pairs {
        for known in contacts(database, organisation, pair).await? {
            touched.fold(pair, &known);
        }
        if !touched.deltas.contains_key(&pair) {
            let id = [pair.0, pair.1].map(|id| id.as_bytes().to_vec());
            let [member, person] = id;
            let key = (organisation.as_bytes().to_vec(), member, person);
            tie::Entity::delete_by_id(key).exec(database).await?;
        }
    }
    write(database, organisation, &touched.deltas, members).await
}

/// Somebody became a member: their own ties come to be, and ties to them stop prompting.
pub(in crate::projection) async fn refold_around(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    id: PersonId,
    members: &Members,
) -> Result<(), DbErr> {
    let sql = "SELECT i.kind, i.participants FROM participation a \
               JOIN interaction i ON i.organisation = a.organisation AND i.id = a.interaction \
                AND i.to_position IS NULL \
               WHERE a.organisation = $1 AND a.person = $2";
    let values = vec![blob(organisation.as_bytes()), blob(id.as_bytes())];
    let backend = database.get_database_backend();
    let mut affected = HashSet::new();
    for row in database
        .query_all_raw(statement(backend, sql, values))
        .await?
    {
        let (kind, participants) = taken_part(&row)?;
        let own = touches(kind, &participants, |p| p == id);
        affected.extend(own.into_iter().map(|touch| (touch.member, touch.person)));
    }
    let to_them = tie::Entity::find()
        .filter(tie::Column::Organisation.eq(organisation.as_bytes().as_slice()))
        .filter(tie::Column::Person.eq(id.as_bytes().as_slice()));
    for row in to_them.all(database).await? {
        affected.extend(PersonId::from_slice(&row.member).map(|member| (member, id)));
    }
    refold(database, organisation, affected, members).await
}
