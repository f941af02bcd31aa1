//! Whom to contact next, when, and why.

pub(crate) mod changes;
mod give;
pub mod grpc;
mod list;
mod pause;
pub(crate) mod places;
pub(crate) mod tail;
pub(crate) mod views;
mod watch;
