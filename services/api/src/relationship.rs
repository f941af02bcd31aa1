//! How strong a tie is, why, and who knows whom.

mod care;
mod companies;
mod exclusion;
mod export;
pub mod grpc;
mod list;
pub(crate) mod sharing;
mod tie;
mod views;
mod who_knows;
