//! Who was erased.

use std::collections::{BTreeMap, HashSet};
use std::time::Duration;

use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::time::Timestamp;
use sea_orm::{ConnectionTrait, DatabaseConnection, DbBackend, DbErr, EntityTrait};

use crate::bulk::{blob, statement};
use crate::entity::erasure;
use crate::lookup::Lookup;

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

/// When somebody was erased, if they were.
pub async fn erased_at(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    person: PersonId,
) -> Result<Option<Timestamp>, DbErr> {
    let key = (organisation.as_bytes().to_vec(), person.as_bytes().to_vec());
    let row = erasure::Entity::find_by_id(key).one(database).await?;
    Ok(row.map(|row| Timestamp(row.erased_us)))
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

/// How long readers may keep the write-ahead log from being emptied.
const PATIENCE: Duration = Duration::from_secs(20);

/// Removes what deleted rows left behind in the database's files, as far as that can be done while it
/// serves: all of it on SQLite, which is written anew; on Postgres dead rows become free space, whose
/// bytes are overwritten as it is used.
pub async fn scrub(writing: &DatabaseConnection) -> Result<(), DbErr> {
    if writing.get_database_backend() == DbBackend::Postgres {
        let texts = "VACUUM person, person_address, person_tag, person_change, fact, interaction, \
                     follow_up";
        return writing.execute_unprepared(texts).await.map(drop);
    }
    writing.execute_unprepared("VACUUM").await?;
    let emptied = async {
        while !is_log_emptied(writing).await? {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(())
    };
    let emptied = tokio::time::timeout(PATIENCE, emptied).await;
    emptied.unwrap_or_else(|_| Err(DbErr::Custom("readers hold the write-ahead log".to_owned())))
}

/// Whether the write-ahead log of SQLite, which holds former pages, could be emptied now.
async fn is_log_emptied(writing: &DatabaseConnection) -> Result<bool, DbErr> {
    let sql = statement(DbBackend::Sqlite, "PRAGMA wal_checkpoint(TRUNCATE)", vec![]);
    let row = writing.query_one_raw(sql).await?;
    let busy: i32 = row.map_or(Ok(0), |row| row.try_get_by_index(0))?;
    Ok(busy == 0)
}
