//! Organisations, members, keys, and the state of the server.

pub mod grpc;
mod keys;
mod organisations;
