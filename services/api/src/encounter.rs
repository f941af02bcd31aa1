//! Encounters: what was said in a talk, captured in one call.

mod ask;
pub mod grpc;
mod recap;
mod record;
mod who;
