//! Multi-row writes: one statement for thousands of rows, the same on both engines.

use std::fmt::Write as _;

use sea_orm::sea_query::ArrayType;
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbBackend, DbErr, QueryResult, Statement, Value,
};

/// Rows per statement. More make it larger and hardly quicker.
const MAX_ROWS: usize = 512;
/// Bound values per statement: SQLite takes 32 766, Postgres 65 535.
const MAX_VALUES: usize = 32_766;

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
        let backend = database.get_database_backend();
        for statement in self.statements(backend, " ON CONFLICT DO NOTHING") {
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
        let backend = database.get_database_backend();
        let mut rows = Vec::new();
        for statement in self.statements(backend, &suffix) {
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
        let backend = database.get_database_backend();
        for statement in self.statements(backend, &suffix) {
            database.execute_raw(statement).await?;
        }
        Ok(())
    }

    /// One after another: the values of all are here once already.
    fn statements(&self, backend: DbBackend, suffix: &str) -> impl Iterator<Item = Statement> {
        let width = self.columns.len();
        debug_assert!(
            width * MAX_ROWS <= MAX_VALUES,
            "fewer columns in {}",
            self.table
        );
        pieces(&self.values, width).map(move |values| {
            let mut sql = format!(
                "INSERT INTO {} ({}) VALUES ",
                self.table,
                self.columns.join(", ")
            );
            tuples(&mut sql, backend, width, values.len() / width, 0);
            sql.push_str(suffix);
            statement(backend, sql, values.to_vec())
        })
    }
}

/// Cuts rows of `width` values into pieces of 1, 2, 4, 8… rows, the longest first and none above
/// [`MAX_ROWS`].
///
/// A connection keeps the statements that it has prepared, and a long one takes a megabyte: there are
/// ten lengths, not as many as there are batches.
pub(crate) fn pieces<T>(values: &[T], width: usize) -> impl Iterator<Item = &[T]> {
    const { assert!(MAX_ROWS.is_power_of_two()) };
    let mut rest = values;
    std::iter::from_fn(move || {
        let rows = rest.len() / width;
        let length = (1 << rows.checked_ilog2()?).min(MAX_ROWS);
        let (piece, others) = rest.split_at(length * width);
        rest = others;
        Some(piece)
    })
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

/// Values of one column as one bound value. For Postgres.
pub(crate) fn array(kind: ArrayType, values: Vec<Value>) -> Value {
    Value::Array(kind, Some(Box::new(values)))
}

/// An id as a bound value.
pub(crate) fn blob(bytes: &[u8]) -> Value {
    Value::Bytes(Some(bytes.to_vec()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_cut_into_pieces_of_few_lengths_and_none_is_lost() {
        let lengths = |rows: usize, width: usize| -> Vec<usize> {
            let values: Vec<usize> = (0..rows * width).collect();
            let cut: Vec<&[usize]> = pieces(&values, width).collect();
            assert_eq!(cut.concat(), values);
            cut.iter().map(|piece| piece.len() / width).collect()
        };
        assert_eq!(lengths(0, 3), [0; 0]);
        assert_eq!(lengths(1, 3), [1]);
        assert_eq!(lengths(13, 3), [8, 4, 1]);
        assert_eq!(lengths(1_100, 2), [512, 512, 64, 8, 4]);
    }
}
