//! Recording moments: one at a time, coalesced, or in frames of a stream.

mod changes;
pub mod coalesce;
mod frames;
pub mod grpc;
pub(crate) mod imports;
mod intake;
pub(crate) mod list;
mod people;
mod size;
mod tellings;
