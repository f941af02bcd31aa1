//! People and facts.

mod facts;
pub mod grpc;
pub(crate) mod persons;
mod update;
