//! The comparison of two generations, row by row.

use std::fmt;

use sea_orm::{ConnectionTrait, DbErr, QueryResult, TryGetable};
use sha2::{Digest, Sha256};

use crate::bulk::statement;

/// What a verification found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Live rows and a replay agree; the canonical hash of all rows.
    Equal {
        /// SHA-256 over all tables.
        hash: String,
        /// Rows compared.
        rows: u64,
    },
    /// They differ, first in this row.
    Differs {
        /// In which table.
        table: String,
        /// The row's key, as hexadecimal and numbers.
        key: String,
    },
}

/// Every table but `parked`, which both sides are given, with the columns that order it: its key.
const TABLES: &[(&str, &[&str])] = &[
    ("checkpoint", &["shard"]),
    ("organisation", &["id"]),
    ("moved", &["organisation"]),
    ("member", &["organisation", "id"]),
    ("api_key", &["id"]),
    ("person", &["organisation", "id"]),
    ("identity", &["organisation", "entry"]),
    ("entry", &["organisation", "id"]),
    ("person_address", &["organisation", "address", "entry"]),
    (
        "person_change",
        &["organisation", "person", "position", "field"],
    ),
    ("person_company", &["organisation", "company", "person"]),
    ("person_tag", &["organisation", "tag", "person"]),
    ("telling", &["organisation", "entry", "member"]),
    ("fact", &["organisation", "id"]),
    ("interaction", &["organisation", "id", "revision"]),
    ("import", &["organisation", "id"]),
    ("import_again", &["organisation", "import", "interaction"]),
    ("import_change", &["organisation", "import", "position"]),
    (
        "participation",
        &["organisation", "person", "at_us", "interaction"],
    ),
    ("tie", &["organisation", "member", "person"]),
    ("follow_up", &["organisation", "id"]),
    (
        "sharing_rule",
        &["organisation", "member", "kind", "target"],
    ),
    ("exclusion", &["organisation", "member", "target"]),
    ("care", &["organisation", "member", "entry"]),
    ("pause", &["organisation", "member"]),
    ("comfort", &["organisation", "member"]),
    ("gathering", &["organisation", "id"]),
    ("gathering_session", &["organisation", "gathering", "id"]),
    ("gathering_going", &["organisation", "gathering", "member"]),
    (
        "gathering_attendee",
        &["organisation", "gathering", "listed"],
    ),
    (
        "gathering_answer",
        &["organisation", "gathering", "listed", "said_by"],
    ),
    ("erasure", &["organisation", "person"]),
    ("gone", &["organisation"]),
    ("own_change", &["organisation", "member", "position"]),
    ("export_record", &["organisation", "position"]),
];

/// Rows compared at a time.
const PAGE: u64 = 5_000;

pub(super) async fn rows(
    one: &impl ConnectionTrait,
    other: &impl ConnectionTrait,
) -> Result<Verdict, DbErr> {
    let mut hash = Sha256::new();
    let mut rows = 0;
    for (table, key) in TABLES {
        let mut offset = 0;
        loop {
            let left = page(one, table, key, offset).await?;
            let right = page(other, table, key, offset).await?;
            let longer = left.len().max(right.len());
            for row in 0..longer {
                let (left, right) = (left.get(row), right.get(row));
                if left.map(|r| &r.1) != right.map(|r| &r.1) {
                    // The smaller key is the one that the other side lacks.
                    let keys = [left, right].into_iter().flatten().map(|r| &r.0);
                    return Ok(Verdict::Differs {
                        table: (*table).to_owned(),
                        key: keys.min().map(|key| text(key)).unwrap_or_default(),
                    });
                }
                hash.update(left.map(|r| r.1.as_bytes()).unwrap_or_default());
                rows += 1;
            }
            if longer < PAGE as usize {
                break;
            }
            offset += PAGE;
        }
    }
    let hash = hexadecimal(&hash.finalize());
    Ok(Verdict::Equal { hash, rows })
}

/// A page of a table: each row's key and its canonical text.
async fn page(
    database: &impl ConnectionTrait,
    table: &str,
    key: &[&str],
    offset: u64,
) -> Result<Vec<(Vec<Cell>, String)>, DbErr> {
    let order = key.join(", ");
    let sql = format!("SELECT * FROM {table} ORDER BY {order} LIMIT {PAGE} OFFSET {offset}");
    let rows = database.query_all_raw(statement(database.get_database_backend(), sql, vec![]));
    let canonical = |row: &QueryResult| {
        let mut columns: Vec<String> = row.column_names();
        columns.sort_unstable();
        let all: Result<Vec<String>, DbErr> = columns
            .iter()
            .map(|c| Ok(format!("{c}={}", Cell::read(row, c)?)))
            .collect();
        let key: Result<Vec<Cell>, DbErr> = key.iter().map(|c| Cell::read(row, c)).collect();
        Ok((key?, all?.join("\u{1f}")))
    };
    rows.await?.iter().map(canonical).collect()
}

/// A value, the same on both engines and in their order.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Cell {
    Null,
    Number(i64),
    Text(String),
    Bytes(Vec<u8>),
}

impl Cell {
    /// Of what type a column is, only the engine knows.
    fn read(row: &QueryResult, column: &str) -> Result<Self, DbErr> {
        fn read<T: TryGetable>(
            row: &QueryResult,
            column: &str,
            cell: impl FnOnce(T) -> Cell,
        ) -> Result<Cell, DbErr> {
            let value = row.try_get::<Option<T>>("", column)?;
            Ok(value.map_or(Cell::Null, cell))
        }
        read(row, column, Self::Number)
            .or_else(|_| read(row, column, |number: i32| Self::Number(number.into())))
            .or_else(|_| read(row, column, |number: i16| Self::Number(number.into())))
            .or_else(|_| read(row, column, |flag: bool| Self::Number(flag.into())))
            .or_else(|_| read(row, column, Self::Text))
            .or_else(|_| read(row, column, Self::Bytes))
    }
}

impl fmt::Display for Cell {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Null => f.write_str("null"),
            Self::Number(number) => number.fmt(f),
            Self::Text(text) => fmt::Debug::fmt(text, f),
            Self::Bytes(bytes) => f.write_str(&hexadecimal(bytes)),
        }
    }
}

/// A key, as it is told.
fn text(key: &[Cell]) -> String {
    let cells: Vec<String> = key.iter().map(Cell::to_string).collect();
    cells.join(" ")
}

fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use sea_orm::{Database, DatabaseConnection};
    use sea_orm_migration::MigratorTrait;

    use super::*;

    async fn tables() -> DatabaseConnection {
        let mut options = sea_orm::ConnectOptions::new("sqlite::memory:");
        options.max_connections(1);
        let database = Database::connect(options).await.unwrap();
        crate::migration::Model::up(&database, None).await.unwrap();
        database
    }

    #[tokio::test]
    async fn every_table_of_a_generation_is_compared_in_the_order_of_its_key() {
        let database = tables().await;
        let sql = "SELECT t.name AS named, c.name AS key_column FROM sqlite_master t \
                   JOIN pragma_table_info(t.name) c ON c.pk > 0 \
                   WHERE t.type = 'table' ORDER BY t.name, c.pk";
        let rows = statement(database.get_database_backend(), sql, vec![]);
        let mut schema: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for row in database.query_all_raw(rows).await.unwrap() {
            let table = schema.entry(row.try_get("", "named").unwrap()).or_default();
            table.push(row.try_get("", "key_column").unwrap());
        }
        // Kept by triggers as other tables are.
        schema.retain(|table, _| !table.starts_with("found"));
        // Given to both sides, and the migrator's own.
        for other in ["parked", "seaql_migrations"] {
            assert!(schema.remove(other).is_some(), "{other}");
        }
        let owned = |key: &[&str]| key.iter().map(|c| (*c).to_owned()).collect();
        let compared = TABLES.iter().map(|(t, key)| ((*t).to_owned(), owned(key)));
        assert_eq!(compared.collect::<BTreeMap<_, Vec<String>>>(), schema);
    }

    #[tokio::test]
    async fn the_first_row_that_differs_is_named_by_number_and_not_by_spelling() {
        let (one, other) = (tables().await, tables().await);
        for (database, position) in [(&one, 9), (&other, 10)] {
            let sql = format!("INSERT INTO export_record VALUES (x'01', {position}, x'02', 0)");
            database.execute_unprepared(&sql).await.unwrap();
        }
        let expected = Verdict::Differs {
            table: "export_record".to_owned(),
            key: "01 9".to_owned(),
        };
        assert_eq!(rows(&one, &other).await.unwrap(), expected);
        assert_eq!(rows(&other, &one).await.unwrap(), expected);
    }
}
