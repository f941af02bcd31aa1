//! Whom to contact next, when, and why.

mod changes;
pub mod grpc;
mod list;
mod views;
mod watch;
