//! Rows by their keys, thousands in one statement, the same on both engines.
//!
//! A join with the keys, not a list behind `IN`: as long as Postgres knows nothing of a table's
//! contents, it compares every row of an organisation with every value of such a list.

use kith_domain::id::OrganisationId;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Value};

use crate::bulk::{MAX_VALUES, blob, statement, tuples};

/// How rows are found by the values of `N` columns.
pub(crate) struct Lookup<'a, const N: usize> {
    /// The columns that are answered, of the table as `t`.
    pub(crate) select: &'a str,
    pub(crate) table: &'a str,
    /// The columns whose values are given.
    pub(crate) by: [&'a str; N],
    /// What else must hold of `t`.
    pub(crate) and: &'a str,
}

impl<const N: usize> Lookup<'_, N> {
    /// The rows of an organisation that have one of these keys. A key that is given twice is
    /// answered twice.
    pub(crate) async fn find<R: FromQueryResult>(
        &self,
        database: &impl ConnectionTrait,
        organisation: OrganisationId,
        keys: &[[Value; N]],
    ) -> Result<Vec<R>, DbErr> {
        let mut found = Vec::with_capacity(keys.len());
        for keys in keys.chunks((MAX_VALUES - 1) / N) {
            let backend = database.get_database_backend();
            let (sql, values) = self.sql(backend, organisation, keys);
            let rows = R::find_by_statement(statement(backend, sql, values));
            found.extend(rows.all(database).await?);
        }
        Ok(found)
    }

    fn sql(
        &self,
        backend: DbBackend,
        organisation: OrganisationId,
        keys: &[[Value; N]],
    ) -> (String, Vec<Value>) {
        let Self {
            select,
            table,
            by,
            and,
        } = self;
        let (keys, own, mut values) = match backend {
            DbBackend::Sqlite => listed(keys),
            _ => unnested(keys),
        };
        values.push(blob(organisation.as_bytes()));
        let mut sql =
            format!("SELECT {select} FROM {keys} JOIN {table} t ON t.organisation = {own}");
        for (number, column) in (1..).zip(by) {
            sql.push_str(&format!(" AND t.{column} = wanted.column{number}"));
        }
        sql.push_str(and);
        (sql, values)
    }
}

/// One placeholder for each value, and the one that follows.
fn listed<const N: usize>(keys: &[[Value; N]]) -> (String, String, Vec<Value>) {
    let mut sql = "(VALUES ".to_owned();
    tuples(&mut sql, DbBackend::Sqlite, N, keys.len(), 0);
    sql.push_str(") AS wanted");
    (sql, "?".to_owned(), keys.concat())
}

/// One placeholder for each column, whatever the number of keys: one prepared statement for all.
fn unnested<const N: usize>(keys: &[[Value; N]]) -> (String, String, Vec<Value>) {
    let (arrays, names): (Vec<String>, Vec<String>) = (1..=N)
        .map(|number| (format!("${number}"), format!("column{number}")))
        .unzip();
    let sql = format!(
        "unnest({}) AS wanted ({})",
        arrays.join(", "),
        names.join(", ")
    );
    let columns = (0..N).filter_map(|column| {
        let kind = keys.first()?[column].array_type();
        let values = keys.iter().map(|key| key[column].clone()).collect();
        Some(Value::Array(kind, Some(Box::new(values))))
    });
    (sql, format!("${}", N + 1), columns.collect())
}
