//! People and facts.

pub(crate) mod erasure;
mod facts;
pub mod grpc;
mod history;
pub(crate) mod persons;
mod update;
