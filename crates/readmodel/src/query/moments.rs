//! A member's moments with others, many at once: who was there, and when.

use std::collections::HashMap;

use kith_domain::access::Principal;
use kith_domain::id::{InteractionId, PersonId};
use kith_domain::interaction::Kind;
use kith_domain::time::Timestamp;
use sea_orm::{DatabaseConnection, DbErr, FromQueryResult};

use super::interactions::{Seen, see};
use crate::bulk::{blob, statement};
use crate::entity::interaction;
use crate::lookup::Lookup;
use crate::projection::{Members, unpack};

/// The most moments of a member that are worth reading at once: their latest.
pub const MOST: u64 = 50_000;

/// A moment without its texts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// Which.
    pub id: InteractionId,
    /// What it was.
    pub kind: Kind,
    /// When.
    pub at: Timestamp,
    /// Who took part beside the member, but for those whom the member leaves out.
    pub others: Vec<PersonId>,
}

#[derive(FromQueryResult)]
struct Row {
    id: Vec<u8>,
    kind: i16,
    at_us: i64,
    participants: Vec<u8>,
}

/// The member's latest moments, newest first. `limit` bounds how many are read.
pub async fn of_member(
    database: &DatabaseConnection,
    principal: &Principal,
    member: PersonId,
    limit: u64,
) -> Result<Vec<Moment>, DbErr> {
    let organisation = principal.organisation;
    let sql = format!(
        "SELECT i.id, i.kind, i.at_us, i.participants FROM participation a \
         JOIN interaction i ON i.organisation = a.organisation AND i.id = a.interaction \
          AND i.at_us = a.at_us AND i.to_position IS NULL \
         WHERE a.organisation = $1 AND a.person = $2 \
         ORDER BY a.at_us DESC, a.interaction DESC LIMIT {limit}"
    );
    let values = vec![blob(organisation.as_bytes()), blob(member.as_bytes())];
    let backend = database.get_database_backend();
    let rows = Row::find_by_statement(statement(backend, sql, values));
    let rows = rows.all(database).await?;
    let members = Members::load(database, organisation).await?;
    let mut moments: Vec<Moment> = rows
        .into_iter()
        .filter_map(|row| {
            let present = members.identities.people(unpack(&row.participants));
            let others = present.into_iter().map(|one| one.person);
            Some(Moment {
                id: InteractionId::from_slice(&row.id)?,
                kind: usize::try_from(row.kind).ok().and_then(Kind::from_index)?,
                at: Timestamp(row.at_us),
                others: others.filter(|person| *person != member).collect(),
            })
        })
        .collect();
    let ties = moments.iter().flat_map(|moment| &moment.others);
    let ties: std::collections::HashSet<_> = ties.map(|other| (member, *other)).collect();
    let left_out = members.left_out(database, organisation, ties.iter().copied());
    let left_out = left_out.await?;
    for moment in &mut moments {
        moment
            .others
            .retain(|other| !left_out.contains(&(member, *other)));
    }
    moments.retain(|moment| !moment.others.is_empty());
    Ok(moments)
}

/// These interactions, as the principal may see them: for ids that the principal has from what is theirs.
pub async fn these(
    database: &DatabaseConnection,
    principal: &Principal,
    ids: &[InteractionId],
) -> Result<HashMap<InteractionId, Seen>, DbErr> {
    const BY_ID: Lookup<1> = Lookup {
        select: "t.*",
        table: "interaction",
        by: ["id"],
        and: " AND t.to_position IS NULL",
    };
    let organisation = principal.organisation;
    let keys: Vec<_> = ids.iter().map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<interaction::Model> = BY_ID.find(database, organisation, &keys).await?;
    let members = Members::load(database, organisation).await?;
    let seen = rows.into_iter().filter_map(|row| {
        let id = InteractionId::from_slice(&row.id)?;
        Some((id, see(principal, row, &members)))
    });
    Ok(seen.collect())
}
