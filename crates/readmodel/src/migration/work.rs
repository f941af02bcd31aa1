//! The tables of the schema `work`, which the log can't give back: which generation is live, and who read what.

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
        manager.get_connection().execute_unprepared(DDL).await?;
        Ok(())
    }
}

const DDL: &str = r"
    CREATE TABLE generation (
        only_row smallint NOT NULL PRIMARY KEY CHECK (only_row = 1),
        name text NOT NULL
    );
    INSERT INTO generation VALUES (1, 'model_1');
";

/// Who was shown what is written of whom, by the day.
pub(super) struct Accesses;

impl MigrationName for Accesses {
    fn name(&self) -> &'static str {
        "m0002_accesses"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Accesses {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let blob = match manager.get_database_backend() {
            DbBackend::Postgres => "bytea",
            _ => "blob",
        };
        let ddl = ACCESSES.replace("{blob}", blob);
        manager.get_connection().execute_unprepared(&ddl).await?;
        Ok(())
    }
}

const ACCESSES: &str = r"
    CREATE TABLE access (
        organisation {blob} NOT NULL,
        person {blob} NOT NULL,
        day text NOT NULL,
        key {blob} NOT NULL,
        what smallint NOT NULL,
        member {blob},
        PRIMARY KEY (organisation, person, day, key, what)
    );
";
