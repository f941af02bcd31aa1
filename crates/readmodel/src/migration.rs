//! Schema migrations: of a generation, and of the schema `work` that outlives generations.

mod found;
mod model;
mod statistics;
mod work;

use sea_orm_migration::prelude::*;

/// Migrations of a generation: dropped and rebuilt when projections change.
#[derive(Debug)]
pub struct Model;

impl MigratorTrait for Model {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(model::Tables)]
    }
}

/// Migrations of what the log can't give back.
#[derive(Debug)]
pub struct Work;

impl MigratorTrait for Work {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(work::Tables), Box::new(work::Accesses)]
    }
}
