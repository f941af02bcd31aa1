//! Read models: what Kith works out from the log, on Postgres and SQLite alike.
//!
//! - [`store`] opens databases and knows which generation is live.
//! - [`migration`] makes the tables, [`entity`] names their rows.
//! - [`projection`] turns commits into rows inside the runner's transaction; [`runner`] follows the
//!   log and moves the checkpoint in that same transaction.
//! - [`query`] answers questions; who may see what is applied inside each query.
//! - [`rebuild`] fills a new generation beside the live one, and compares the two.
//!
//! Nothing here is truth: a generation can be dropped and built again from the log.

mod bulk;
pub mod entity;
mod lookup;
pub mod migration;
#[cfg(test)]
mod plans;
pub mod projection;
pub mod query;
pub mod rebuild;
pub mod runner;
pub mod store;
