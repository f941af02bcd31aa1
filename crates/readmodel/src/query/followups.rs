//! Follow-ups, what is due, and what members are told.

use std::collections::{HashMap, HashSet};

use kith_domain::care::Word;
use kith_domain::followup::{Reason, Status};
use kith_domain::id::{FollowUpId, OrganisationId, PersonId};
use kith_domain::time::{DAY, Timestamp};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, FromQueryResult,
    QueryFilter, QueryOrder, Value,
};

use super::own;
use crate::bulk::{blob, statement};
use crate::entity::{follow_up, pause};

/// What holds of a row `f` of a follow-up that nothing made moot: a promise, unless its member never wants
/// to hear of the person or they were erased, or one that rests on what its tie still asks for attention
/// by. Real contact moves a tie's due moment, and leaving it alone takes the moment away; the follow-up is
/// gone from every answer without a further event.
fn still_stands() -> String {
    format!(
        "((f.reason = {promise} AND NOT EXISTS (SELECT 1 FROM care c \
           WHERE c.organisation = f.organisation AND c.member = f.member AND c.person = f.person \
            AND c.holds AND c.word = {never}) \
          AND NOT EXISTS (SELECT 1 FROM erasure e \
           WHERE e.organisation = f.organisation AND e.person = f.person)) \
         OR (f.reason <> {promise} AND EXISTS (SELECT 1 FROM tie t \
          WHERE t.organisation = f.organisation AND t.member = f.member AND t.person = f.person \
           AND f.basis = CASE f.reason WHEN {fading} THEN t.fading_basis ELSE t.ladder_basis END)))",
        promise = Reason::Promise.index(),
        never = Word::Never.index(),
        fading = Reason::Fading.index(),
    )
}

/// The follow-up with this id, if it is the member's.
pub async fn find(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
    id: FollowUpId,
) -> Result<Option<follow_up::Model>, DbErr> {
    let key = (own(organisation), id.as_bytes().to_vec());
    let row = follow_up::Entity::find_by_id(key).one(database).await?;
    Ok(row.filter(|row| row.member == member.as_bytes()))
}

/// What a member promised, or was promised, with one request: by its receipt, due soonest first.
pub async fn of_request(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
    fingerprint: &[u8; 16],
) -> Result<Vec<follow_up::Model>, DbErr> {
    use follow_up::Column;
    follow_up::Entity::find()
        .filter(Column::Organisation.eq(own(organisation)))
        .filter(Column::Member.eq(member.as_bytes().to_vec()))
        .filter(Column::Fingerprint.eq(fingerprint.to_vec()))
        .order_by_asc(Column::DueUs)
        .order_by_asc(Column::Id)
        .all(database)
        .await
}

/// The member's follow-ups with a status, due no later than a moment, due soonest first, above a
/// place in that order.
pub async fn list(
    database: &DatabaseConnection,
    (organisation, member): (OrganisationId, PersonId),
    status: Status,
    due_before: Timestamp,
    after: Option<(i64, FollowUpId)>,
    limit: u64,
) -> Result<Vec<follow_up::Model>, DbErr> {
    let mut sql = "SELECT f.* FROM follow_up f WHERE f.organisation = $1 AND f.member = $2 \
                   AND f.status = $3 AND f.due_us <= $4"
        .to_owned();
    let mut values = vec![
        blob(organisation.as_bytes()),
        blob(member.as_bytes()),
        (status.index() as i16).into(),
        due_before.micros().into(),
    ];
    if status == Status::Open {
        sql.push_str(" AND ");
        sql.push_str(&still_stands());
    }
    if let Some((due, id)) = after {
        sql.push_str(" AND (f.due_us, f.id) > ($5, $6)");
        values.extend([due.into(), blob(id.as_bytes())]);
    }
    sql.push_str(&format!(" ORDER BY f.due_us, f.id LIMIT {limit}"));
    rows(database, sql, values).await
}

/// Of an organisation that does not stand still. What the log is told about one that does is not
/// projected: its due moments would be found again and again.
fn goes_on(table: char) -> String {
    format!("NOT EXISTS (SELECT 1 FROM parked p WHERE p.organisation = {table}.organisation)")
}

/// What the member was told and should still be told, by the position of the log and the id, above
/// such a place. What was put off since is told again when it falls due.
pub async fn told_after(
    database: &DatabaseConnection,
    (organisation, member): (OrganisationId, PersonId),
    (position, id): (u64, FollowUpId),
    limit: u64,
) -> Result<Vec<follow_up::Model>, DbErr> {
    let sql = format!(
        "SELECT f.* FROM follow_up f WHERE f.organisation = $1 AND f.member = $2 \
         AND (f.told_position, f.id) > ($3, $4) AND f.status = 0 AND f.told_due_us >= f.due_us \
         AND {still_stands} ORDER BY f.told_position, f.id LIMIT {limit}",
        still_stands = still_stands(),
    );
    let values = vec![
        blob(organisation.as_bytes()),
        blob(member.as_bytes()),
        (position as i64).into(),
        blob(id.as_bytes()),
    ];
    rows(database, sql, values).await
}

/// Who was told something above one position of a shard and up to another.
pub async fn told_between(
    database: &DatabaseConnection,
    shard: u16,
    (above, up_to): (u64, u64),
) -> Result<HashSet<(OrganisationId, PersonId)>, DbErr> {
    let sql = "SELECT DISTINCT f.organisation, f.member FROM follow_up f \
               JOIN organisation o ON o.id = f.organisation AND o.shard = $3 \
               WHERE f.told_position > $1 AND f.told_position <= $2";
    let values = vec![
        (above as i64).into(),
        (up_to as i64).into(),
        i32::from(shard).into(),
    ];
    let backend = database.get_database_backend();
    let mut told = HashSet::new();
    for row in database
        .query_all_raw(statement(backend, sql, values))
        .await?
    {
        let (organisation, member): (Vec<u8>, Vec<u8>) =
            (row.try_get("", "organisation")?, row.try_get("", "member")?);
        told.extend(OrganisationId::from_slice(&organisation).zip(PersonId::from_slice(&member)));
    }
    Ok(told)
}

async fn rows(
    database: &DatabaseConnection,
    sql: String,
    values: Vec<Value>,
) -> Result<Vec<follow_up::Model>, DbErr> {
    let backend = database.get_database_backend();
    follow_up::Entity::find()
        .from_raw_sql(statement(backend, sql, values))
        .all(database)
        .await
}

/// A due moment that passed and that the log doesn't know of yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passed {
    /// Whose organisation.
    pub organisation: OrganisationId,
    /// The shard of its events.
    pub shard: u16,
    /// The follow-up's id, if there is one already: a promise, or one that was snoozed.
    pub id: Option<FollowUpId>,
    /// Whose.
    pub member: PersonId,
    /// With whom.
    pub person: PersonId,
    /// Why.
    pub reason: Reason,
    /// What it rests on.
    pub basis: i64,
    /// When it fell due.
    pub due: Timestamp,
}

#[derive(FromQueryResult)]
struct PassedRow {
    organisation: Vec<u8>,
    shard: i32,
    id: Option<Vec<u8>>,
    member: Vec<u8>,
    person: Vec<u8>,
    reason: i16,
    basis: i64,
    due_us: i64,
}

/// Of a member who did not pause.
fn listens(table: char) -> String {
    format!(
        "NOT EXISTS (SELECT 1 FROM pause s WHERE s.organisation = {table}.organisation \
         AND s.member = {table}.member AND s.until_us > $1)"
    )
}

/// How often a member `c` was told something in the time before now.
fn told_since(length: i64) -> String {
    format!(
        "(SELECT COUNT(*) FROM follow_up g WHERE g.organisation = c.organisation AND g.member = c.member \
         AND g.told_us > $1 - {length})"
    )
}

/// Of a member who has not been told as much as they agreed to, and on a day on which they are prompted. Closed are
/// the days and zones of those for whom today is none.
fn agrees(table: char, closed: &[String]) -> String {
    let places: Vec<String> = (2..).take(closed.len()).map(|n| format!("${n}")).collect();
    let is_closed = if places.is_empty() {
        String::new()
    } else {
        format!("c.days IN ({}) OR ", places.join(", "))
    };
    format!(
        "NOT EXISTS (SELECT 1 FROM comfort c WHERE c.organisation = {table}.organisation \
         AND c.member = {table}.member \
         AND ({is_closed}c.per_day <= {day} OR c.per_week <= {week}))",
        day = told_since(DAY),
        week = told_since(7 * DAY),
    )
}

/// Every working days and zone that somebody has.
pub async fn working_days(database: &impl ConnectionTrait) -> Result<Vec<String>, DbErr> {
    let backend = database.get_database_backend();
    let sql = "SELECT DISTINCT days FROM comfort";
    let rows = database.query_all_raw(statement(backend, sql, vec![]));
    let rows = rows.await?;
    rows.iter().map(|row| row.try_get("", "days")).collect()
}

/// How many prompts each member who agreed to a number still agrees to now.
async fn room(
    database: &impl ConnectionTrait,
    now: Timestamp,
) -> Result<HashMap<(OrganisationId, PersonId), i64>, DbErr> {
    let backend = database.get_database_backend();
    let sql = format!(
        "SELECT c.organisation, c.member, c.per_day - {day} AS of_day, c.per_week - {week} AS of_week \
         FROM comfort c",
        day = told_since(DAY),
        week = told_since(7 * DAY),
    );
    let mut room = HashMap::new();
    let values = vec![now.micros().into()];
    for row in database
        .query_all_raw(statement(backend, sql, values))
        .await?
    {
        let (organisation, member): (Vec<u8>, Vec<u8>) =
            (row.try_get("", "organisation")?, row.try_get("", "member")?);
        let (of_day, of_week): (i64, i64) =
            (row.try_get("", "of_day")?, row.try_get("", "of_week")?);
        let ids = OrganisationId::from_slice(&organisation).zip(PersonId::from_slice(&member));
        room.extend(ids.map(|ids| (ids, of_day.min(of_week).max(0))));
    }
    Ok(room)
}

/// Until when a member paused, if they did.
pub async fn paused_until(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
) -> Result<Option<Timestamp>, DbErr> {
    let key = (own(organisation), member.as_bytes().to_vec());
    let row = pause::Entity::find_by_id(key).one(database).await?;
    Ok(row.map(|row| Timestamp(row.until_us)))
}

/// Due moments up to `now` that were not told yet, oldest first, of organisations that go on and of
/// members who did not pause and have not been told as much as they agreed to; promises before everything else.
/// `closed` holds those of [`working_days`] for which today is no working day. Of two who ask in the same moment
/// each may find a member's last prompt.
///
/// Inside a transaction on Postgres the rows are locked, and rows that another scheduler holds are
/// left to it.
pub async fn passed(
    database: &impl ConnectionTrait,
    now: Timestamp,
    closed: &[String],
    limit: u64,
) -> Result<Vec<Passed>, DbErr> {
    let backend = database.get_database_backend();
    let lock = match backend {
        sea_orm::DbBackend::Postgres => [
            " FOR UPDATE OF t SKIP LOCKED",
            " FOR UPDATE OF f SKIP LOCKED",
        ],
        _ => ["", ""],
    };
    let from_ties = format!(
        "SELECT t.organisation, o.shard, NULL AS id, t.member, t.person, t.due_reason AS reason, \
         t.due_basis AS basis, t.due_us FROM tie t JOIN organisation o ON o.id = t.organisation \
         WHERE t.due_us <= $1 AND t.due_told = 0 AND {} AND {} AND {} ORDER BY t.due_us LIMIT {limit}{}",
        goes_on('t'),
        listens('t'),
        agrees('t', closed),
        lock[0]
    );
    let from_follow_ups = format!(
        "SELECT f.organisation, o.shard, f.id, f.member, f.person, f.reason, f.basis, f.due_us \
         FROM follow_up f JOIN organisation o ON o.id = f.organisation \
         WHERE f.status = 0 AND f.due_us <= $1 \
         AND (f.told_due_us IS NULL OR f.told_due_us < f.due_us) \
         AND {} AND {} AND {} AND {} ORDER BY f.due_us LIMIT {limit}{}",
        still_stands(),
        goes_on('f'),
        listens('f'),
        agrees('f', closed),
        lock[1]
    );
    let mut all = Vec::new();
    for sql in [from_follow_ups, from_ties] {
        let closed = closed.iter().map(|days| Value::from(days.as_str()));
        let values = [now.micros().into()].into_iter().chain(closed).collect();
        let found = PassedRow::find_by_statement(statement(backend, sql, values));
        for row in found.all(database).await? {
            all.extend(parse(&row));
        }
    }
    if !all.is_empty() {
        let mut room = room(database, now).await?;
        all.retain(
            |passed| match room.get_mut(&(passed.organisation, passed.member)) {
                Some(left) => {
                    *left -= 1;
                    *left >= 0
                }
                None => true,
            },
        );
    }
    Ok(all)
}

fn parse(row: &PassedRow) -> Option<Passed> {
    Some(Passed {
        organisation: OrganisationId::from_slice(&row.organisation)?,
        shard: u16::try_from(row.shard).ok()?,
        id: row.id.as_deref().and_then(FollowUpId::from_slice),
        member: PersonId::from_slice(&row.member)?,
        person: PersonId::from_slice(&row.person)?,
        reason: usize::try_from(row.reason)
            .ok()
            .and_then(Reason::from_index)?,
        basis: row.basis,
        due: Timestamp(row.due_us),
    })
}
