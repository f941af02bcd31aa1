//! Who was erased: their rows go, their words go, no tie leads to them, and nothing brings them back.
//!
//! The interactions stay, with ids, times and kinds, so that every figure of others stays as it is. A
//! replay finds the words gone already, since their keys are; what it finds all the same (a company
//! was once sealed for the organisation) goes here.

use std::collections::{BTreeSet, HashSet};

use kith_domain::id::{OrganisationId, PersonId};
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use super::interactions::unpack;
use super::{Identities, Origin};
use crate::bulk::{Rows, blob, statement};
use crate::entity::erasure;

/// Tables with rows of a person's own, and the column that names them.
const OWN: &[(&str, &str)] = &[
    ("person", "id"),
    ("entry", "id"),
    ("person_address", "person"),
    ("person_company", "person"),
    ("person_tag", "person"),
    ("telling", "entry"),
    ("person_change", "person"),
    ("fact", "person"),
    ("care", "person"),
    ("comfort", "member"),
    ("gathering_attendee", "listed"),
    ("gathering_answer", "listed"),
    ("gathering_answer", "person"),
    ("tie", "person"),
    ("tie", "member"),
];
/// Interactions read at a time.
const PAGE: usize = 20_000;

/// The erased people of an organisation.
#[derive(Debug, Default)]
pub(crate) struct Erased(HashSet<PersonId>);

impl Erased {
    pub(crate) async fn load(
        database: &impl ConnectionTrait,
        organisation: OrganisationId,
    ) -> Result<Self, DbErr> {
        let rows = erasure::Entity::find()
            .filter(erasure::Column::Organisation.eq(organisation.as_bytes().as_slice()))
            .all(database)
            .await?;
        let known = rows.iter();
        Ok(Self(
            known
                .filter_map(|row| PersonId::from_slice(&row.person))
                .collect(),
        ))
    }

    pub(crate) fn contains(&self, person: PersonId) -> bool {
        self.0.contains(&person)
    }

    /// Somebody is erased, with every entry of theirs. Answers these.
    pub(super) async fn add(
        &mut self,
        database: &DatabaseTransaction,
        origin: Origin,
        person: PersonId,
        also: &[PersonId],
        identities: &Identities,
    ) -> Result<BTreeSet<PersonId>, DbErr> {
        let organisation = origin.organisation;
        let mut entries: BTreeSet<PersonId> = identities.entries_of(person).into_iter().collect();
        entries.extend(also);
        let mut rows = Rows::new("erasure", &["organisation", "person", "whom", "erased_us"]);
        for id in &entries {
            self.0.insert(*id);
            rows.push([
                blob(organisation.as_bytes()),
                blob(id.as_bytes()),
                blob(person.as_bytes()),
                origin.recorded_us.into(),
            ]);
        }
        rows.insert_new(database).await?;
        for id in &entries {
            forget(database, organisation, *id).await?;
        }
        silence(database, organisation, &entries).await?;
        Ok(entries)
    }
}

/// Tables that hold what an organisation is made of: all that name it, but for where it lies, that it is gone,
/// and who was erased before (ids alone, by whose number a file knows how often it was written anew).
const OF_ORGANISATION: &[&str] = &[
    "moved",
    "member",
    "api_key",
    "person",
    "identity",
    "entry",
    "person_address",
    "person_change",
    "person_company",
    "person_tag",
    "telling",
    "fact",
    "interaction",
    "import",
    "import_again",
    "import_change",
    "participation",
    "tie",
    "follow_up",
    "sharing_rule",
    "exclusion",
    "care",
    "pause",
    "comfort",
    "gathering",
    "gathering_session",
    "gathering_going",
    "gathering_attendee",
    "gathering_answer",
    "own_change",
    "export_record",
];

/// Takes every row of an organisation.
pub(super) async fn everything(
    database: &DatabaseTransaction,
    origin: Origin,
) -> Result<(), DbErr> {
    let backend = database.get_database_backend();
    for table in OF_ORGANISATION {
        let sql = format!("DELETE FROM {table} WHERE organisation = $1");
        let key = vec![blob(origin.organisation.as_bytes())];
        database.execute_raw(statement(backend, sql, key)).await?;
    }
    let mut rows = Rows::new("gone", &["organisation", "erased_us"]);
    rows.push([
        blob(origin.organisation.as_bytes()),
        origin.recorded_us.into(),
    ]);
    rows.insert_new(database).await
}

/// When an organisation was erased, if it was.
pub(crate) async fn gone_since(
    database: &impl ConnectionTrait,
    organisation: OrganisationId,
) -> Result<Option<i64>, DbErr> {
    let sql = "SELECT erased_us FROM gone WHERE organisation = $1";
    let backend = database.get_database_backend();
    let key = vec![blob(organisation.as_bytes())];
    let row = database.query_one_raw(statement(backend, sql, key)).await?;
    row.map(|row| row.try_get("", "erased_us")).transpose()
}

/// Takes every row of an entry's own.
async fn forget(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    id: PersonId,
) -> Result<(), DbErr> {
    let backend = database.get_database_backend();
    let key = || vec![blob(organisation.as_bytes()), blob(id.as_bytes())];
    for (table, column) in OWN {
        let sql = format!("DELETE FROM {table} WHERE organisation = $1 AND {column} = $2");
        database.execute_raw(statement(backend, sql, key())).await?;
    }
    // What becomes of a follow-up may still be told; what was promised is gone.
    let sql = "UPDATE follow_up SET text = NULL WHERE organisation = $1 AND person = $2";
    database.execute_raw(statement(backend, sql, key())).await?;
    // Words about them by their id. One about an address is its member's, and brings nobody back.
    let sql = "DELETE FROM sharing_rule WHERE organisation = $1 AND kind = 0 AND target = $2";
    database.execute_raw(statement(backend, sql, key())).await?;
    for sql in [
        "DELETE FROM exclusion WHERE organisation = $1 AND target = $2",
        // Of what members changed about them nothing is taken back any more.
        "DELETE FROM own_change WHERE organisation = $1 AND subject = $2",
        "DELETE FROM import_change WHERE organisation = $1 AND subject = $2",
    ] {
        let named = vec![blob(organisation.as_bytes()), id.to_string().into()];
        database.execute_raw(statement(backend, sql, named)).await?;
    }
    Ok(())
}

/// Takes the words of every revision in which one of these took part: they were sealed for all who did.
async fn silence(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    entries: &BTreeSet<PersonId>,
) -> Result<(), DbErr> {
    let backend = database.get_database_backend();
    let read = format!(
        "SELECT id, revision, participants FROM interaction \
         WHERE organisation = $1 AND (id, revision) > ($2, $3) \
         AND (note IS NOT NULL OR subject IS NOT NULL OR channel IS NOT NULL) \
         ORDER BY id, revision LIMIT {PAGE}"
    );
    let silenced = "UPDATE interaction SET note = NULL, subject = NULL, words = NULL, channel = NULL \
                    WHERE organisation = $1 AND id = $2 AND revision = $3";
    let mut after: (Vec<u8>, i32) = (Vec::new(), 0);
    loop {
        let values = vec![
            blob(organisation.as_bytes()),
            blob(&after.0),
            after.1.into(),
        ];
        let rows = database
            .query_all_raw(statement(backend, read.as_str(), values))
            .await?;
        for row in &rows {
            after = (row.try_get("", "id")?, row.try_get("", "revision")?);
            let packed: Vec<u8> = row.try_get("", "participants")?;
            let mut recorded = unpack(&packed).into_iter();
            if recorded.any(|took| entries.contains(&took.person)) {
                let key = vec![
                    blob(organisation.as_bytes()),
                    blob(&after.0),
                    after.1.into(),
                ];
                database
                    .execute_raw(statement(backend, silenced, key))
                    .await?;
            }
        }
        if rows.len() < PAGE {
            return Ok(());
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::{Database, DbBackend};
    use sea_orm_migration::MigratorTrait;

    use super::*;

    #[tokio::test]
    async fn no_table_of_an_organisation_is_forgotten() {
        let mut options = sea_orm::ConnectOptions::new("sqlite::memory:");
        options.max_connections(1);
        let database = Database::connect(options).await.unwrap();
        crate::migration::Model::up(&database, None).await.unwrap();
        let sql = "SELECT t.name AS named FROM sqlite_master t JOIN pragma_table_info(t.name) c \
                   ON c.name = 'organisation' WHERE t.type = 'table'";
        let rows = statement(DbBackend::Sqlite, sql, vec![]);
        let rows = database.query_all_raw(rows).await.unwrap();
        let all = rows.iter().map(|row| row.try_get("", "named").unwrap());
        let mut all: BTreeSet<String> = all.collect();
        // What stays: that it is gone, ids of who was erased before, and what triggers keep as tables are.
        for other in ["gone", "erasure", "found", "parked"] {
            assert!(all.remove(other), "{other}");
        }
        let taken = OF_ORGANISATION.iter().map(|table| (*table).to_owned());
        assert_eq!(taken.collect::<BTreeSet<String>>(), all);
    }
}
