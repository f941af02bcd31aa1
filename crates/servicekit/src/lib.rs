//! What every role of Kith needs around its own work, and nothing of that work.
//!
//! - [`config`]: settings from defaults, file, environment and flags. The only reader of the
//!   environment.
//! - [`clock`]: the machine's clock. The only reader of it.
//! - [`telemetry`]: logs, and what may stand in them.
//! - [`shutdown`]: stopping, and the one way to start a task.
//! - [`server`]: the gRPC server with health and reflection.
//! - [`failure`]: the one place where an error becomes a `tonic::Status`.
//! - [`requests`]: the checks of request fields, all violations at once.
//! - [`private_file`]: files that hold a key.

pub mod clock;
pub mod config;
pub mod failure;
pub mod private_file;
pub mod requests;
pub mod server;
pub mod shutdown;
pub mod telemetry;
