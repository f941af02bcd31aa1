//! Rows by their keys, thousands in one statement, the same on both engines.
//!
//! Both are told to look each key up in the index: Postgres by `OFFSET 0`, which keeps the planner
//! from joining otherwise, SQLite by `CROSS JOIN`, which keeps the order of tables. Left alone they
//! take an organisation of which they have no statistics yet for a few rows, and compare every row of
//! it with every key: measured on Postgres, 16 s for what takes 5 ms; on SQLite, an import of 30 s
//! for one of 21 s.

use kith_domain::id::OrganisationId;
use sea_orm::{ConnectionTrait, DbBackend, DbErr, FromQueryResult, Value};

use crate::bulk::{array, blob, pieces, statement, tuples};

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
        let backend = database.get_database_backend();
        let cut: Vec<_> = match backend {
            DbBackend::Sqlite => pieces(keys, 1).collect(),
            // One text for any number of them.
            _ => keys.chunks(usize::MAX).collect(),
        };
        for keys in cut {
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
        let mut is_wanted = String::new();
        for (number, column) in (1..).zip(by) {
            is_wanted.push_str(&format!(" AND t.{column} = wanted.column{number}"));
        }
        is_wanted.push_str(and);
        let (sql, mut values) = if backend == DbBackend::Sqlite {
            let (wanted, values) = listed(keys);
            let sql = format!(
                "SELECT {select} FROM {wanted} CROSS JOIN {table} t \
                 ON t.organisation = ?{is_wanted}"
            );
            (sql, values)
        } else {
            let (wanted, values) = unnested(keys);
            let own = N + 1;
            let sql = format!(
                "SELECT {select} FROM {wanted}, LATERAL (SELECT * FROM {table} t \
                 WHERE t.organisation = ${own}{is_wanted} OFFSET 0) t"
            );
            (sql, values)
        };
        values.push(blob(organisation.as_bytes()));
        (sql, values)
    }
}

/// One placeholder for each value.
fn listed<const N: usize>(keys: &[[Value; N]]) -> (String, Vec<Value>) {
    let mut sql = "(VALUES ".to_owned();
    tuples(&mut sql, DbBackend::Sqlite, N, keys.len(), 0);
    sql.push_str(") AS wanted");
    (sql, keys.concat())
}

/// One placeholder for each column, whatever the number of keys: one prepared statement for all.
fn unnested<const N: usize>(keys: &[[Value; N]]) -> (String, Vec<Value>) {
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
        let values = keys.iter().map(|key| key[column].clone());
        Some(array(kind, values.collect()))
    });
    (sql, columns.collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plans;

    #[tokio::test]
    async fn sqlite_looks_each_key_up_in_the_index_however_many_there_are() {
        let database = plans::tables().await;
        for (table, by, step) in [
            (
                "person",
                "id",
                "INDEX sqlite_autoindex_person_1 (organisation=? AND id=?)",
            ),
            ("interaction", "id", "PRIMARY KEY (organisation=? AND id=?)"),
            (
                "tie",
                "person",
                "INDEX tie_person (organisation=? AND person=?)",
            ),
        ] {
            let lookup = Lookup {
                select: "t.*",
                table,
                by: [by],
                and: "",
            };
            for count in [1, 16, 512_u32] {
                let keys: Vec<[Value; 1]> = (0..count).map(|n| [blob(&n.to_be_bytes())]).collect();
                let organisation = OrganisationId::from_bytes([1; 16]);
                let (sql, values) = lookup.sql(DbBackend::Sqlite, organisation, &keys);
                let plan = plans::steps(&database, &sql, values).await;
                let by_key = format!("SEARCH t USING {step}");
                assert!(plan.contains(&by_key), "{table} {count}: {plan:?}");
            }
        }
    }
}
