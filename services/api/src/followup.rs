//! Whom to contact next, when, and why.

mod changes;
pub mod grpc;
mod list;
mod pause;
pub(crate) mod places;
pub(crate) mod tail;
mod views;
mod watch;
