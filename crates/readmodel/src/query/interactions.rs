//! The timeline.

use std::collections::{HashMap, HashSet};

use kith_domain::access::{Class, Principal, Resource, Sight, visible};
use kith_domain::id::{InteractionId, OrganisationId, PersonId};
use kith_domain::interaction::Participant;
use sea_orm::{DatabaseConnection, DbErr, EntityTrait, FromQueryResult};

use super::own;
use crate::bulk::{blob, statement};
use crate::entity::interaction;
use crate::lookup::Lookup;
use crate::projection::unpack;

/// An interaction as its reader may see it.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The row; note and subject are gone where they are not the reader's.
    pub row: interaction::Model,
    /// Who took part.
    pub participants: Vec<Participant>,
}

/// What is kept of the request that recorded an interaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Receipt {
    /// The keyed hash of its body.
    pub fingerprint: Vec<u8>,
    /// Its commit.
    pub position: u64,
}

#[derive(FromQueryResult)]
struct ReceiptRow {
    id: Vec<u8>,
    fingerprint: Vec<u8>,
    from_position: i64,
}

const RECEIPTS: Lookup<1> = Lookup {
    select: "t.id, t.fingerprint, t.from_position",
    table: "interaction",
    by: ["id"],
    and: " AND t.revision = 1",
};

/// The receipts of those of these interactions that are recorded.
pub async fn receipts(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    ids: &[InteractionId],
) -> Result<HashMap<InteractionId, Receipt>, DbErr> {
    let keys: Vec<_> = ids.iter().map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<ReceiptRow> = RECEIPTS.find(database, organisation, &keys).await?;
    let receipts = rows.into_iter().filter_map(|row| {
        let receipt = Receipt {
            fingerprint: row.fingerprint,
            position: row.from_position as u64,
        };
        Some((InteractionId::from_slice(&row.id)?, receipt))
    });
    Ok(receipts.collect())
}

/// Who recorded an interaction, and who took part in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin {
    /// The member who recorded it; `None` for a program that spoke for nobody.
    pub recorder: Option<PersonId>,
    /// Who took part, as it was first recorded.
    pub participants: Vec<PersonId>,
}

/// Where an interaction comes from, if it was ever recorded.
pub async fn origin(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    id: InteractionId,
) -> Result<Option<Origin>, DbErr> {
    let key = (own(organisation), id.as_bytes().to_vec(), 1);
    let row = interaction::Entity::find_by_id(key).one(database).await?;
    Ok(row.map(|row| Origin {
        recorder: PersonId::from_slice(&row.recorder).filter(|id| *id != PersonId::default()),
        participants: unpack(&row.participants).iter().map(|p| p.person).collect(),
    }))
}

/// The member's interactions below a place, newest first: all, or those with one person.
pub async fn list(
    database: &DatabaseConnection,
    principal: &Principal,
    member: PersonId,
    person: Option<PersonId>,
    before: Option<(i64, InteractionId)>,
    limit: u64,
) -> Result<Vec<Seen>, DbErr> {
    let mut sql = "SELECT i.* FROM participation a ".to_owned();
    let mut values = vec![
        blob(principal.organisation.as_bytes()),
        blob(member.as_bytes()),
    ];
    if let Some(person) = person {
        values.push(blob(person.as_bytes()));
        sql.push_str(
            "JOIN participation b ON b.organisation = a.organisation AND b.person = $3 \
             AND b.at_us = a.at_us AND b.interaction = a.interaction ",
        );
    }
    sql.push_str(
        "JOIN interaction i ON i.organisation = a.organisation AND i.id = a.interaction \
         AND i.to_position IS NULL WHERE a.organisation = $1 AND a.person = $2 ",
    );
    if let Some((at, id)) = before {
        let n = values.len();
        values.extend([at.into(), blob(id.as_bytes())]);
        sql.push_str(&format!(
            "AND (a.at_us, a.interaction) < (${}, ${}) ",
            n + 1,
            n + 2
        ));
    }
    sql.push_str(&format!(
        "ORDER BY a.at_us DESC, a.interaction DESC LIMIT {limit}"
    ));
    let backend = database.get_database_backend();
    let found = interaction::Entity::find().from_raw_sql(statement(backend, sql, values));
    let rows = found.all(database).await?;
    let members: HashSet<PersonId> = super::keys::members(database, principal.organisation)
        .await?
        .into_iter()
        .collect();
    Ok(rows
        .into_iter()
        .map(|row| see(principal, row, &members))
        .collect())
}

/// Takes away what the reader may not see.
fn see(principal: &Principal, mut row: interaction::Model, members: &HashSet<PersonId>) -> Seen {
    let participants = unpack(&row.participants);
    let present: Vec<PersonId> = participants
        .iter()
        .map(|p| p.person)
        .filter(|p| members.contains(p))
        .collect();
    let author = PersonId::from_slice(&row.recorder).unwrap_or_default();
    if visible(principal, Resource::Note { author }, Class::Content) != Sight::Full {
        row.note = None;
    }
    let interaction = Resource::Interaction { members: &present };
    if visible(principal, interaction, Class::Content) != Sight::Full {
        row.subject = None;
    }
    Seen { row, participants }
}
