//! Multi-row writes: one statement for thousands of rows, the same on both engines.

use std::fmt::Write as _;

use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryResult, Statement, Value,
};

/// Bound values per statement: SQLite takes 32 766, Postgres 65 535.
pub(crate) const MAX_VALUES: usize = 30_000;

/// Rows on their way into one table.
#[derive(Debug)]
pub(crate) struct Rows {
    table: &'static str,
    columns: &'static [&'static str],
    values: Vec<Value>,
}

impl Rows {
    pub(crate) fn new(table: &'static str, columns: &'static [&'static str]) -> Self {
        Self {
            table,
            columns,
            values: Vec::new(),
        }
    }

    /// Adds a row; its values in the order of the columns.
    pub(crate) fn push<const N: usize>(&mut self, row: [Value; N]) {
        debug_assert_eq!(
            N,
            self.columns.len(),
            "a value for every column of {}",
            self.table
        );
        self.values.extend(row);
    }

    /// `INSERT … ON CONFLICT DO NOTHING`.
    pub(crate) async fn insert_new(self, database: &DatabaseTransaction) -> Result<(), DbErr> {
        for statement in self.statements(database, " ON CONFLICT DO NOTHING") {
            database.execute_raw(statement).await?;
        }
        Ok(())
    }

    /// The same, answering the `returning` columns of the rows that were new.
    pub(crate) async fn insert_new_returning(
        self,
        database: &DatabaseTransaction,
        returning: &str,
    ) -> Result<Vec<QueryResult>, DbErr> {
        let suffix = format!(" ON CONFLICT DO NOTHING RETURNING {returning}");
        let mut rows = Vec::new();
        for statement in self.statements(database, &suffix) {
            rows.extend(database.query_all_raw(statement).await?);
        }
        Ok(rows)
    }

    /// `INSERT … ON CONFLICT (keys) DO UPDATE` of every other column. `keys` is the number of
    /// leading columns that make the key.
    pub(crate) async fn upsert(
        self,
        database: &DatabaseTransaction,
        keys: usize,
    ) -> Result<(), DbErr> {
        let (key, rest) = self.columns.split_at(keys);
        let set: Vec<String> = rest.iter().map(|c| format!("{c} = excluded.{c}")).collect();
        let suffix = format!(
            " ON CONFLICT ({}) DO UPDATE SET {}",
            key.join(", "),
            set.join(", ")
        );
        for statement in self.statements(database, &suffix) {
            database.execute_raw(statement).await?;
        }
        Ok(())
    }

    fn statements(self, database: &DatabaseTransaction, suffix: &str) -> Vec<Statement> {
        let backend = database.get_database_backend();
        let width = self.columns.len();
        let rows_per_statement = MAX_VALUES / width;
        let prefix = format!(
            "INSERT INTO {} ({}) VALUES ",
            self.table,
            self.columns.join(", ")
        );
        let chunks = self.values.chunks(rows_per_statement * width);
        chunks
            .map(|values| {
                let mut sql = prefix.clone();
                tuples(&mut sql, backend, width, values.len() / width, 0);
                sql.push_str(suffix);
                statement(backend, sql, values.to_vec())
            })
            .collect()
    }
}

/// Writes `($1, $2), ($3, $4)…`: `count` tuples of `width`, numbered from `after + 1`.
///
/// On SQLite it writes `?` instead: binding looks a numbered placeholder up in a list of all of
/// them, which makes thousands of rows quadratic.
pub(crate) fn tuples(
    sql: &mut String,
    backend: DbBackend,
    width: usize,
    count: usize,
    after: usize,
) {
    for row in 0..count {
        sql.push_str(if row == 0 { "(" } else { ", (" });
        for column in 0..width {
            sql.push_str(if column == 0 { "" } else { ", " });
            match backend {
                DbBackend::Sqlite => sql.push('?'),
                _ => {
                    let _ = write!(sql, "${}", after + row * width + column + 1);
                }
            }
        }
        sql.push(')');
    }
}

/// A statement with numbered placeholders, which both engines understand.
pub(crate) fn statement(
    backend: DbBackend,
    sql: impl Into<String>,
    values: Vec<Value>,
) -> Statement {
    Statement::from_sql_and_values(backend, sql, values)
}

/// An id as a bound value.
pub(crate) fn blob(bytes: &[u8]) -> Value {
    Value::Bytes(Some(bytes.to_vec()))
}
