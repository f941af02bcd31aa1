//! Organisations, members, keys, the state of the server, and the care of its read models.

pub(crate) mod comfort;
mod erasure;
pub mod grpc;
mod keys;
mod operations;
mod organisations;
