//! Imports: what of the timeline stands because it was brought in, and what no longer does.
//!
//! An interaction counts its sources that stand (`held`). When the last one goes, its participants'
//! rows go and their ties are folded without it; when one comes again, they come back.

use std::collections::HashSet;

use kith_domain::id::{ImportId, InteractionId, OrganisationId, PersonId};
use kith_domain::text::Text;
use sea_orm::ActiveValue::Set;
use sea_orm::sea_query::ArrayType;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, EntityTrait,
    FromQueryResult, IntoActiveModel, Value,
};

use super::changes::Change;
use super::interactions::{pairs, taken_part_of};
use super::ties::Pair;
use super::{Members, Origin};
use crate::bulk::{Rows, array, blob, pieces, statement, tuples};
use crate::entity::{import, interaction};
use crate::lookup::Lookup;

/// The import that recordings came with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Importing {
    pub(super) id: ImportId,
    /// Whether it still stood when they came.
    pub(super) stands: bool,
}

/// A part of an import came; its row is made with the first one.
pub(super) async fn part(
    database: &DatabaseTransaction,
    origin: Origin,
    id: ImportId,
    member: Option<PersonId>,
    name: Option<&Text>,
) -> Result<Importing, DbErr> {
    let organisation = origin.organisation.as_bytes().to_vec();
    let key = (organisation.clone(), id.as_bytes().to_vec());
    let known = import::Entity::find_by_id(key.clone())
        .one(database)
        .await?;
    if let Some(known) = known {
        return Ok(Importing {
            id,
            stands: !known.undone,
        });
    }
    let row = import::ActiveModel {
        organisation: Set(organisation),
        id: Set(key.1),
        member: Set(member.map(|member| member.as_bytes().to_vec())),
        name: Set(name.and_then(Text::as_clear).map(ToOwned::to_owned)),
        begun_us: Set(origin.recorded_us),
        undone: Set(false),
    };
    row.insert(database).await?;
    if let Some(member) = member {
        let change = Change::imported(member, id);
        change.write(database, origin).await?;
    }
    Ok(Importing { id, stands: true })
}

#[derive(FromQueryResult)]
struct First {
    id: Vec<u8>,
    import: Option<Vec<u8>>,
    by_hand: bool,
}

const FIRST: Lookup<1> = Lookup {
    select: "t.id, t.import, t.by_hand",
    table: "interaction",
    by: ["id"],
    and: " AND t.revision = 1",
};

/// Moments came again: with an import, or by hand. Answers the ties that are other than before.
pub(super) async fn again(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    importing: Option<Importing>,
    moments: &[InteractionId],
    members: &Members,
) -> Result<HashSet<Pair>, DbErr> {
    let keys: Vec<_> = moments.iter().map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<First> = FIRST.find(database, organisation, &keys).await?;
    let mut new: HashSet<InteractionId> = HashSet::with_capacity(rows.len());
    let own = importing.map(|importing| importing.id.as_bytes().to_vec());
    for row in rows {
        // It may be this import's own, sent again; one hand counts once.
        let is_new = match &own {
            Some(_) => row.import != own,
            None => !row.by_hand,
        };
        if is_new {
            new.extend(InteractionId::from_slice(&row.id));
        }
    }
    if let Some(importing) = importing {
        let columns = &["organisation", "import", "interaction"];
        let mut rows = Rows::new("import_again", columns);
        for id in &new {
            let import = importing.id.as_bytes();
            rows.push([
                blob(organisation.as_bytes()),
                blob(import),
                blob(id.as_bytes()),
            ]);
        }
        let inserted = rows.insert_new_returning(database, "interaction").await?;
        new.clear();
        for row in inserted {
            let id: Vec<u8> = row.try_get("", "interaction")?;
            new.extend(InteractionId::from_slice(&id));
        }
        if !importing.stands {
            return Ok(HashSet::new());
        }
    }
    let ids: Vec<InteractionId> = new.into_iter().collect();
    let more = if importing.is_some() {
        "held = held + 1"
    } else {
        "held = held + 1, by_hand = true"
    };
    hold_again(database, organisation, &ids, more, members).await
}

/// Another source holds these. Whoever took part in what nothing held takes part again.
async fn hold_again(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    ids: &[InteractionId],
    more: &str,
    members: &Members,
) -> Result<HashSet<Pair>, DbErr> {
    let back = current(database, organisation, ids, " AND t.held = 0").await?;
    hold(database, organisation, ids, more).await?;
    let mut rows = Rows::new(
        "participation",
        &["organisation", "person", "at_us", "interaction"],
    );
    let mut affected = HashSet::new();
    for row in &back {
        let (kind, participants) = taken_part_of(row, &members.identities)?;
        affected.extend(pairs(&participants, kind, members));
        for participant in participants {
            rows.push([
                blob(organisation.as_bytes()),
                blob(participant.person.as_bytes()),
                row.at_us.into(),
                blob(&row.id),
            ]);
        }
    }
    rows.insert_new(database).await?;
    Ok(affected)
}

/// Whether an import stands is another than before, or `false` if it stood so already.
async fn turn(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    id: ImportId,
    undone: bool,
) -> Result<bool, DbErr> {
    let key = (organisation.as_bytes().to_vec(), id.as_bytes().to_vec());
    let known = import::Entity::find_by_id(key).one(database).await?;
    let Some(known) = known.filter(|row| row.undone != undone) else {
        return Ok(false);
    };
    let mut row = known.into_active_model();
    row.undone = Set(undone);
    row.update(database).await?;
    Ok(true)
}

/// Every moment that came with an import, first or again.
async fn brought(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    id: ImportId,
) -> Result<Vec<InteractionId>, DbErr> {
    let sql = "SELECT id FROM interaction \
               WHERE organisation = $1 AND import = $2 AND revision = 1 UNION ALL \
               SELECT interaction AS id FROM import_again WHERE organisation = $1 AND import = $2";
    let backend = database.get_database_backend();
    let values = vec![blob(organisation.as_bytes()), blob(id.as_bytes())];
    let mut ids = Vec::new();
    for row in database
        .query_all_raw(statement(backend, sql, values))
        .await?
    {
        let id: Vec<u8> = row.try_get("", "id")?;
        ids.extend(InteractionId::from_slice(&id));
    }
    Ok(ids)
}

/// An import that had been taken back stands again. Answers the ties that are other than before.
pub(super) async fn restored(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    id: ImportId,
    members: &Members,
) -> Result<HashSet<Pair>, DbErr> {
    if !turn(database, organisation, id, false).await? {
        return Ok(HashSet::new());
    }
    let ids = brought(database, organisation, id).await?;
    hold_again(database, organisation, &ids, "held = held + 1", members).await
}

/// An import was taken back. Answers the ties that are other than before.
pub(super) async fn undone(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    id: ImportId,
    members: &Members,
) -> Result<HashSet<Pair>, DbErr> {
    if !turn(database, organisation, id, true).await? {
        return Ok(HashSet::new());
    }
    let ids = brought(database, organisation, id).await?;
    hold(database, organisation, &ids, "held = held - 1").await?;
    let gone = current(database, organisation, &ids, " AND t.held = 0").await?;
    let mut rows = Vec::new();
    let mut affected = HashSet::new();
    for row in &gone {
        let (kind, participants) = taken_part_of(row, &members.identities)?;
        affected.extend(pairs(&participants, kind, members));
        for participant in participants {
            rows.push([
                blob(participant.person.as_bytes()),
                row.at_us.into(),
                blob(&row.id),
            ]);
        }
    }
    leave(database, organisation, &rows).await?;
    Ok(affected)
}

/// The revisions in force of these interactions, as far as they are so.
async fn current(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    ids: &[InteractionId],
    so: &'static str,
) -> Result<Vec<interaction::Model>, DbErr> {
    let lookup = Lookup {
        select: "t.*",
        table: "interaction",
        by: ["id"],
        and: &format!(" AND t.to_position IS NULL{so}"),
    };
    let keys: Vec<_> = ids.iter().map(|id| [blob(id.as_bytes())]).collect();
    lookup.find(database, organisation, &keys).await
}

/// Other sources of each of these.
async fn hold(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    ids: &[InteractionId],
    set: &str,
) -> Result<(), DbErr> {
    let backend = database.get_database_backend();
    let ids: Vec<Value> = ids.iter().map(|id| blob(id.as_bytes())).collect();
    if backend == DbBackend::Postgres {
        let sql = format!("UPDATE interaction SET {set} WHERE organisation = $1 AND id = ANY($2)");
        let values = vec![blob(organisation.as_bytes()), array(ArrayType::Bytes, ids)];
        database
            .execute_raw(statement(backend, sql, values))
            .await?;
        return Ok(());
    }
    for piece in pieces(&ids, 1) {
        let mut sql =
            format!("UPDATE interaction SET {set} WHERE organisation = ? AND id IN (VALUES ");
        tuples(&mut sql, backend, 1, piece.len(), 0);
        sql.push(')');
        let own = std::iter::once(blob(organisation.as_bytes()));
        let values = own.chain(piece.iter().cloned()).collect();
        database
            .execute_raw(statement(backend, sql, values))
            .await?;
    }
    Ok(())
}

/// Removes rows of who took part: person, moment and interaction each.
pub(super) async fn leave(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    rows: &[[Value; 3]],
) -> Result<(), DbErr> {
    let backend = database.get_database_backend();
    if backend == DbBackend::Postgres {
        let [mut people, mut moments, mut interactions] = [const { Vec::new() }; 3];
        for [person, at, interaction] in rows.iter().cloned() {
            people.push(person);
            moments.push(at);
            interactions.push(interaction);
        }
        let sql = "DELETE FROM participation p \
                   USING unnest($2, $3, $4) AS gone (person, at_us, interaction) \
                   WHERE p.organisation = $1 AND p.person = gone.person \
                    AND p.at_us = gone.at_us AND p.interaction = gone.interaction";
        let values = vec![
            blob(organisation.as_bytes()),
            array(ArrayType::Bytes, people),
            array(ArrayType::BigInt, moments),
            array(ArrayType::Bytes, interactions),
        ];
        database
            .execute_raw(statement(backend, sql, values))
            .await?;
        return Ok(());
    }
    for piece in pieces(rows, 1) {
        let mut sql = "DELETE FROM participation WHERE organisation = ? \
                       AND (person, at_us, interaction) IN (VALUES "
            .to_owned();
        tuples(&mut sql, backend, 3, piece.len(), 0);
        sql.push(')');
        let own = std::iter::once(blob(organisation.as_bytes()));
        let values = own.chain(piece.iter().flatten().cloned()).collect();
        database
            .execute_raw(statement(backend, sql, values))
            .await?;
    }
    Ok(())
}
