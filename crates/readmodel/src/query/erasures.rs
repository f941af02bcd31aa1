//! Who was erased.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::time::Timestamp;
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait, QueryFilter,
};

use crate::bulk::{blob, statement};
use crate::entity::erasure;
use crate::lookup::Lookup;
use crate::projection::erasures;

const BY_PERSON: Lookup<1> = Lookup {
    select: "t.*",
    table: "erasure",
    by: ["person"],
    and: "",
};

/// Those of these people who were erased, or whose address was that of somebody who was.
pub async fn among(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    people: &[PersonId],
) -> Result<HashSet<PersonId>, DbErr> {
    let keys: Vec<_> = people.iter().map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<erasure::Model> = BY_PERSON.find(database, organisation, &keys).await?;
    let erased = rows.iter();
    Ok(erased
        .filter_map(|row| PersonId::from_slice(&row.person))
        .collect())
}

/// Who was erased by this id: their own, or one of their entries' or addresses'.
pub async fn find(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    id: PersonId,
) -> Result<Option<PersonId>, DbErr> {
    let key = (organisation.as_bytes().to_vec(), id.as_bytes().to_vec());
    let row = erasure::Entity::find_by_id(key).one(database).await?;
    Ok(row.and_then(|row| PersonId::from_slice(&row.whom)))
}

/// When somebody was erased, if they were, and every id of theirs.
pub async fn of(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    whom: PersonId,
) -> Result<Option<(Timestamp, Vec<PersonId>)>, DbErr> {
    let rows = erasure::Entity::find()
        .filter(erasure::Column::Organisation.eq(organisation.as_bytes().as_slice()))
        .filter(erasure::Column::Whom.eq(whom.as_bytes().as_slice()))
        .all(database)
        .await?;
    let first = rows.iter().map(|row| row.erased_us).min();
    let ids = rows
        .iter()
        .filter_map(|row| PersonId::from_slice(&row.person));
    Ok(first.map(|at| (Timestamp(at), ids.collect())))
}

/// Everybody who was erased, by organisation: whose keys a vault may not hold, wherever it was restored
/// from.
pub async fn all(
    database: &DatabaseConnection,
) -> Result<BTreeMap<OrganisationId, Vec<PersonId>>, DbErr> {
    let mut people: BTreeMap<OrganisationId, Vec<PersonId>> = BTreeMap::new();
    for row in erasure::Entity::find().all(database).await? {
        let ids = OrganisationId::from_slice(&row.organisation);
        if let Some((organisation, person)) = ids.zip(PersonId::from_slice(&row.person)) {
            people.entry(organisation).or_default().push(person);
        }
    }
    Ok(people)
}

/// When an organisation was erased, if it was.
pub async fn gone_since(
    database: &DatabaseConnection,
    organisation: OrganisationId,
) -> Result<Option<Timestamp>, DbErr> {
    let since = erasures::gone_since(database, organisation).await?;
    Ok(since.map(Timestamp))
}

/// The organisations that were erased: whose keys no vault may hold either.
pub async fn organisations(database: &DatabaseConnection) -> Result<Vec<OrganisationId>, DbErr> {
    let backend = database.get_database_backend();
    let rows = statement(backend, "SELECT organisation FROM gone", vec![]);
    let mut gone = Vec::new();
    for row in database.query_all_raw(rows).await? {
        let id: Vec<u8> = row.try_get("", "organisation")?;
        gone.extend(OrganisationId::from_slice(&id));
    }
    Ok(gone)
}

/// How long readers may keep the write-ahead log from being emptied.
const PATIENCE: Duration = Duration::from_secs(20);

/// Removes what deleted rows left behind in the database's files, as far as that can be done while it
/// serves: all of it on SQLite, which is written anew; on Postgres dead rows become free space, whose
/// bytes are overwritten as it is used. On SQLite nothing is done unless somebody was erased since.
pub async fn scrub(writing: &DatabaseConnection) -> Result<(), DbErr> {
    if writing.get_database_backend() == DbBackend::Postgres {
        let texts = "VACUUM person, entry, person_address, person_company, person_tag, telling, person_change, \
                     fact, interaction, follow_up, import, organisation, api_key, gathering, gathering_session, \
                     gathering_attendee, sharing_rule, exclusion, comfort, \
                     own_change";
        return writing.execute_unprepared(texts).await.map(drop);
    }
    scrub_file(writing).await
}

/// How often somebody was erased, organisations among them.
const ERASED: &str = "SELECT (SELECT COUNT(*) FROM erasure) + (SELECT COUNT(*) FROM gone)";

/// The same for SQLite alone: for whoever makes sure of it again and again.
pub async fn scrub_file(writing: &DatabaseConnection) -> Result<(), DbErr> {
    if writing.get_database_backend() == DbBackend::Postgres {
        return Ok(());
    }
    // A file says itself how many erasures it was last written anew after.
    let erased = number(writing, ERASED).await?;
    if number(writing, "PRAGMA user_version").await? == erased {
        return Ok(());
    }
    // What is written anew passes through a file: it may be larger than memory.
    writing
        .execute_unprepared("PRAGMA temp_store = FILE")
        .await?;
    let vacuumed = writing.execute_unprepared("VACUUM").await;
    writing
        .execute_unprepared("PRAGMA temp_store = MEMORY")
        .await?;
    vacuumed?;
    let emptied = async {
        while !is_log_emptied(writing).await? {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    };
    let emptied = tokio::time::timeout(PATIENCE, emptied).await;
    let held = || Err(DbErr::Custom("readers hold the write-ahead log".to_owned()));
    emptied.unwrap_or_else(|_| held())?;
    let done = format!("PRAGMA user_version = {erased}");
    writing.execute_unprepared(&done).await.map(drop)
}

async fn number(database: &DatabaseConnection, sql: &str) -> Result<i64, DbErr> {
    let row = database
        .query_one_raw(statement(DbBackend::Sqlite, sql, vec![]))
        .await?;
    row.map_or(Ok(0), |row| row.try_get_by_index(0))
}

/// Whether the write-ahead log of SQLite, which holds former pages, could be emptied now.
async fn is_log_emptied(writing: &DatabaseConnection) -> Result<bool, DbErr> {
    let sql = statement(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)", vec![]);
    let row = writing.query_one_raw(sql).await?;
    let busy: i32 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(busy == 0)
}
