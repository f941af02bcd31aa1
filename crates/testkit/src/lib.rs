//! Tests only: real servers, a clock that a test moves by hand, child processes, one way to wait.
//!
//! Nothing here is a mock of Kith. A missing server is an error that says how to get it, never a
//! skipped test. Whatever is started here ends with the test process, however that ends
//! (`guard.sh` explains how).

pub mod clock;
mod guard;
pub mod machine;
pub mod nats;
pub mod postgres;
pub mod process;
pub mod tools;
pub mod wait;

pub use clock::ManualClock;
pub use machine::Machine;
pub use nats::NatsServer;
pub use postgres::Postgres;
pub use process::Process;
pub use wait::{DeadlinePassed, eventually, eventually_some};
