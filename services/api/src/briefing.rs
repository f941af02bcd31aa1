//! Briefings: what members read before a gathering.

mod calendar;
pub(crate) mod get;
pub mod grpc;
pub(crate) mod load;
mod pitch;
pub(crate) mod view;
mod watch;
