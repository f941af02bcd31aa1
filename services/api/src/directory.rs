//! People and facts.

mod accesses;
mod affiliations;
mod duplicates;
pub(crate) mod erasure;
pub(crate) mod facts;
pub mod grpc;
mod history;
pub(crate) mod identity;
pub(crate) mod persons;
mod search;
mod update;
