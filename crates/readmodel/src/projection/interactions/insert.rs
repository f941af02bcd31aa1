//! Interactions into their rows, with a row for everybody who took part.

use std::collections::HashMap;

use kith_domain::id::{InteractionId, OrganisationId};
use kith_domain::interaction::Participant;
use sea_orm::sea_query::ArrayType;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryResult, Statement, Value,
};

use super::New;
use crate::bulk::{Rows, array, blob, pieces, statement, tuples};

const INTERACTION: &[&str] = &[
    "organisation",
    "id",
    "revision",
    "from_position",
    "recorded_us",
    "source",
    "recorder",
    "kind",
    "at_us",
    "duration_s",
    "participants",
    "channel",
    "note",
    "subject",
    "words",
    "found",
    "fingerprint",
    "import",
    "by_hand",
    "held",
];
const PARTICIPATION: &[&str] = &["organisation", "person", "at_us", "interaction"];

/// What is answered of a new row: whether another interaction of the same source was there before.
const SHARED: &str = "EXISTS (SELECT 1 FROM interaction o \
     WHERE o.organisation = interaction.organisation \
      AND o.source = interaction.source AND o.id <> interaction.id) AS shared";

/// Inserts revisions and answers those that were new, each with whether somebody told of the same before. Whoever
/// took part in one that was there already has a row already.
pub(super) async fn insert(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    revisions: &[New],
) -> Result<HashMap<InteractionId, bool>, DbErr> {
    let mut inserted = HashMap::with_capacity(revisions.len());
    if database.get_database_backend() == DbBackend::Postgres {
        for piece in pieces(revisions, 1) {
            let together = together(organisation, piece);
            inserted.extend(ids(&database.query_all_raw(together).await?)?);
        }
        return Ok(inserted);
    }
    let mut rows = Rows::new("interaction", INTERACTION);
    for new in revisions {
        rows.push(new.row());
    }
    inserted.extend(ids(&rows
        .insert_new_returning(database, &format!("id, {SHARED}"))
        .await?)?);
    let mut rows = Rows::new("participation", PARTICIPATION);
    for (new, participant) in everybody(revisions) {
        if inserted.contains_key(&new.id) {
            rows.push(participation(organisation, new, participant));
        }
    }
    rows.insert_new(database).await?;
    Ok(inserted)
}

/// Both in one statement: a moment becomes visible one round trip earlier.
fn together(organisation: OrganisationId, revisions: &[New]) -> Statement {
    let mut sql = format!(
        "WITH new AS (INSERT INTO interaction ({}) VALUES ",
        INTERACTION.join(", ")
    );
    let (width, count) = (INTERACTION.len(), revisions.len());
    tuples(&mut sql, DbBackend::Postgres, width, count, 0);
    let after = width * count;
    let [people, moments, interactions] = [after + 2, after + 3, after + 4];
    sql.push_str(&format!(
        " ON CONFLICT DO NOTHING RETURNING id, {shared}), \
         own AS (INSERT INTO participation ({columns}) \
         SELECT ${organisation}, p.person, p.at_us, p.interaction \
         FROM unnest(${people}, ${moments}, ${interactions}) AS p (person, at_us, interaction) \
         JOIN new ON new.id = p.interaction ON CONFLICT DO NOTHING) \
         SELECT id, shared FROM new",
        columns = PARTICIPATION.join(", "),
        organisation = after + 1,
        shared = SHARED,
    ));
    let mut values: Vec<Value> = revisions.iter().flat_map(New::row).collect();
    values.push(blob(organisation.as_bytes()));
    let [mut people, mut moments, mut interactions] = [const { Vec::new() }; 3];
    for (new, participant) in everybody(revisions) {
        let [_, person, at, interaction] = participation(organisation, new, participant);
        people.push(person);
        moments.push(at);
        interactions.push(interaction);
    }
    values.push(array(ArrayType::Bytes, people));
    values.push(array(ArrayType::BigInt, moments));
    values.push(array(ArrayType::Bytes, interactions));
    statement(DbBackend::Postgres, sql, values)
}

/// Whoever took part in what counts.
fn everybody(revisions: &[New]) -> impl Iterator<Item = (&New, &Participant)> {
    revisions
        .iter()
        .filter(|new| new.held > 0)
        .flat_map(|new| new.people.iter().map(move |who| (new, who)))
}

fn participation(organisation: OrganisationId, new: &New, who: &Participant) -> [Value; 4] {
    [
        blob(organisation.as_bytes()),
        blob(who.person.as_bytes()),
        new.moment.at.micros().into(),
        blob(new.id.as_bytes()),
    ]
}

fn ids(rows: &[QueryResult]) -> Result<Vec<(InteractionId, bool)>, DbErr> {
    let mut ids = Vec::with_capacity(rows.len());
    for row in rows {
        let id: Vec<u8> = row.try_get("", "id")?;
        let shared: bool = row.try_get("", "shared")?;
        ids.extend(InteractionId::from_slice(&id).map(|id| (id, shared)));
    }
    Ok(ids)
}
