//! How many rows have the same value, for SQLite's planner.
//!
//! Without statistics it takes an index for one that leaves about ten rows, whatever it is, and then prefers the
//! key of a table, which begins with the organisation, to the index that names a person too: it would read every
//! tie of an organisation for each of its people. Nobody runs `ANALYZE`: a plan would depend on when. These are the
//! figures of an organisation of some size, the same for everybody, so that a plan is the same everywhere. See
//! <https://sqlite.org/fileformat2.html#the_sqlite_stat1_table>.

/// A table, an index of it (its key is called as the table is), and how many rows share the first, the first two,
/// … of its columns.
const ALIKE: &[(&str, &str, &[u64])] = &[
    ("member", "member", &[50, 1]),
    ("identity", "identity", &[ORGANISATION, 1]),
    ("identity", "identity_person", &[ORGANISATION, 2]),
    ("person_address", "person_address", &[ORGANISATION, 2, 1]),
    (
        "person_address",
        "person_address_person",
        &[ORGANISATION, 2],
    ),
    ("person_company", "person_company", &[ORGANISATION, 50, 1]),
    (
        "person_company",
        "person_company_person",
        &[ORGANISATION, 2],
    ),
    ("person_tag", "person_tag", &[ORGANISATION, 1_000, 1]),
    ("person_tag", "person_tag_person", &[ORGANISATION, 2]),
    ("telling", "telling", &[ORGANISATION, 3, 1]),
    ("telling", "telling_person", &[ORGANISATION, 3]),
    ("telling", "telling_sort_name", &[ORGANISATION, 4, 3]),
    ("interaction", "interaction", &[ORGANISATION, 1, 1]),
    ("interaction", "interaction_source", &[ORGANISATION, 2]),
    (
        "interaction",
        "interaction_import",
        &[ORGANISATION, 5_000, 20],
    ),
    (
        "interaction",
        "interaction_by_hand",
        &[ORGANISATION, 500, 1],
    ),
    ("participation", "participation", &[ORGANISATION, 50, 1, 1]),
    ("import_change", "import_change", &[ORGANISATION, 5_000, 1]),
    ("import_again", "import_again", &[ORGANISATION, 5_000, 1]),
    (
        "import_again",
        "import_again_interaction",
        &[ORGANISATION, 2],
    ),
    ("tie", "tie", &[ORGANISATION, 2_000, 1]),
    ("tie", "tie_person", &[ORGANISATION, 10, 1]),
    ("tie", "tie_due", &[2]),
    ("sharing_rule", "sharing_rule", &[1_000, 20, 10, 1]),
    ("exclusion", "exclusion", &[1_000, 20, 1]),
    ("pause", "pause", &[50, 1]),
    ("erasure", "erasure", &[50, 1]),
    ("comfort", "comfort", &[50, 1]),
    ("own_change", "own_change", &[ORGANISATION, 400, 1]),
    ("care", "care", &[ORGANISATION, 100, 1]),
    ("care", "care_person", &[ORGANISATION, 100, 1]),
    ("gathering", "gathering", &[ORGANISATION, 1]),
    ("gathering", "gathering_ends", &[ORGANISATION, 2, 1]),
    (
        "gathering_session",
        "gathering_session",
        &[ORGANISATION, 40, 1],
    ),
    ("gathering_going", "gathering_going", &[ORGANISATION, 10, 1]),
    (
        "gathering_attendee",
        "gathering_attendee",
        &[ORGANISATION, 500, 1],
    ),
    (
        "gathering_attendee",
        "gathering_attendee_listed",
        &[ORGANISATION, 1],
    ),
    (
        "gathering_answer",
        "gathering_answer",
        &[ORGANISATION, 50, 2, 1],
    ),
    (
        "gathering_answer",
        "gathering_answer_listed",
        &[ORGANISATION, 2],
    ),
    (
        "gathering_answer",
        "gathering_answer_person",
        &[ORGANISATION, 2],
    ),
];

/// Rows of one organisation in a table.
const ORGANISATION: u64 = 20_000;
/// Rows of a table.
const ALL: u64 = 100_000;

/// The statements that hand them to the planner.
pub(super) fn on_sqlite() -> String {
    let rows = ALIKE.iter().map(|(table, index, alike)| {
        let alike = alike.iter().map(|rows| format!(" {rows}"));
        format!(
            "('{table}', '{index}', '{ALL}{}')",
            alike.collect::<String>()
        )
    });
    let rows: Vec<String> = rows.collect();
    // The first makes the table, the last has it read.
    format!(
        "ANALYZE sqlite_schema; INSERT INTO sqlite_stat1 (tbl, idx, stat) VALUES {}; ANALYZE sqlite_schema;",
        rows.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use sea_orm::{ConnectionTrait as _, DatabaseConnection, DbBackend};

    use super::*;
    use crate::bulk::statement;
    use crate::plans;

    /// Two columns of what a statement finds.
    async fn texts(
        database: &DatabaseConnection,
        sql: &str,
        columns: [&str; 2],
    ) -> Vec<[String; 2]> {
        let found = database.query_all_raw(statement(DbBackend::Sqlite, sql, vec![]));
        let text = |row: &sea_orm::QueryResult, column| row.try_get::<String>("", column).unwrap();
        let rows = found.await.unwrap();
        rows.iter()
            .map(|row| columns.map(|column| text(row, column)))
            .collect()
    }

    #[tokio::test]
    async fn every_key_that_holds_the_rows_and_every_index_beside_it_is_known_to_the_planner() {
        let database = plans::tables().await;
        let there = "SELECT t.name AS of, i.name FROM sqlite_schema t JOIN sqlite_schema i ON i.tbl_name = t.name \
                     WHERE t.type = 'table' AND t.sql LIKE '%WITHOUT ROWID%' AND i.type IN ('table', 'index')";
        let there = texts(&database, there, ["of", "name"]).await;
        let there = there.into_iter().filter(|[of, _]| !of.starts_with("found"));
        let there: BTreeSet<[String; 2]> = there.collect();
        assert!(there.len() > 30, "{there:?}");
        let known = texts(
            &database,
            "SELECT tbl, idx FROM sqlite_stat1",
            ["tbl", "idx"],
        )
        .await;
        assert_eq!(known.into_iter().collect::<BTreeSet<_>>(), there);
    }

    #[tokio::test]
    async fn an_index_that_names_more_than_the_organisation_is_taken() {
        let database = plans::tables().await;
        let of_two = ALIKE.iter().filter(|(table, index, alike)| {
            // Taken only where a statement says what they leave out.
            let is_partial = [
                "tie_due",
                "interaction_import",
                "interaction_by_hand",
                "interaction_source",
                "care_person",
            ];
            table != index && alike.len() > 1 && !is_partial.contains(index)
        });
        let mut count = 0;
        for (table, index, _) in of_two {
            let columns = format!("SELECT name FROM pragma_index_info('{index}')");
            let columns = texts(&database, &columns, ["name", "name"]).await;
            let [column, _] = &columns[1];
            let sql = format!("SELECT * FROM {table} WHERE organisation = 1 AND {column} = 2");
            let plan = plans::steps(&database, &sql, vec![]).await;
            assert!(plan[0].contains(index), "{index}: {plan:?}");
            count += 1;
        }
        assert!(count >= 10, "{count}");
    }

    #[tokio::test]
    async fn whoever_stands_in_a_directory_is_asked_for_by_the_index_of_people() {
        let database = plans::tables().await;
        let stands = crate::query::directory::STANDS;
        let sql = format!("SELECT * FROM person WHERE organisation = 1 AND {stands}");
        let plan = plans::steps(&database, &sql, vec![]).await;
        let by_person = "SEARCH tie USING INDEX tie_person (organisation=? AND person=?)";
        assert!(plan.iter().any(|step| step == by_person), "{plan:?}");
    }
}
