//! People and facts.

mod facts;
pub mod grpc;
mod history;
pub(crate) mod persons;
mod update;
