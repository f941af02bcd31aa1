//! What the caller changed, and the way back.

pub mod grpc;
mod list;
pub(crate) mod undo;
