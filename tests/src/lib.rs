//! Tests of Kith as a whole: what no single crate can say about itself.
//!
//! The tests are in `tests/`; what they need is here.
//!
//! - [`dependency_rule`] says which crate may depend on which.
//! - [`golden`] holds one example of every event that is or was ever stored.
//! - [`tree`] reads the sources.
//! - [`world`] is a running Kith, for journeys end to end.

pub mod dependency_rule;
pub mod golden;
pub mod rpc;
pub mod tree;
pub mod world;
