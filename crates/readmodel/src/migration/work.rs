//! The tables of the schema `work`: which generation is live.

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
