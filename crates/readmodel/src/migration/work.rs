//! The tables of the schema `work`: which generation is live, what is parked.

use sea_orm::DbBackend;
use sea_orm_migration::prelude::*;

/// The first schema.
pub(super) struct Tables;

impl MigrationName for Tables {
    fn name(&self) -> &'static str {
        "m0001_work"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Tables {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let postgres = manager.get_database_backend() == DbBackend::Postgres;
        let ddl = DDL.replace("{blob}", if postgres { "bytea" } else { "blob" });
        manager.get_connection().execute_unprepared(&ddl).await?;
        Ok(())
    }
}

const DDL: &str = r"
    CREATE TABLE generation (
        only_row smallint NOT NULL PRIMARY KEY CHECK (only_row = 1),
        name text NOT NULL
    );
    INSERT INTO generation VALUES (1, 'model_1');
    CREATE TABLE parked (
        shard integer NOT NULL,
        organisation {blob} NOT NULL,
        position bigint NOT NULL,
        reason text NOT NULL,
        PRIMARY KEY (shard, organisation)
    );
";
