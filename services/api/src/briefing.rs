//! Briefings: what members read before a gathering.

mod calendar;
mod get;
pub mod grpc;
mod load;
mod pitch;
mod view;
