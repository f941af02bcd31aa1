//! What SQLite makes of a statement, for tests.

use sea_orm::{ConnectionTrait, Database, DatabaseConnection, DbBackend, Value};
use sea_orm_migration::MigratorTrait as _;

use crate::bulk::statement;
use crate::migration::Model;

/// The tables of a generation, without rows.
pub(crate) async fn tables() -> DatabaseConnection {
    let mut options = sea_orm::ConnectOptions::new("sqlite::memory:");
    // Each connection would have a database of its own.
    options.max_connections(1);
    let database = Database::connect(options).await.unwrap();
    Model::up(&database, None).await.unwrap();
    database
}

/// The steps in which a statement is done, each in SQLite's words.
pub(crate) async fn steps(
    database: &DatabaseConnection,
    sql: &str,
    values: Vec<Value>,
) -> Vec<String> {
    let explain = format!("EXPLAIN QUERY PLAN {sql}");
    let plan = database.query_all_raw(statement(DbBackend::Sqlite, explain, values));
    let plan = plan.await.unwrap();
    let steps = plan.iter().map(|row| row.try_get::<String>("", "detail"));
    steps.collect::<Result<_, _>>().unwrap()
}
