//! The event log: its port, its adapters, and what makes it safe to keep personal text in it.
//!
//! - [`log`] is the port [`EventLog`](log::EventLog) with its written specification, the adapters
//!   `jetstream`, `sqlite` and `memory`, and the conformance suite that holds all three to it.
//! - [`vault`] keeps the keys of personal text apart from the log; [`sealing`] uses them.
//! - [`ledger`] is what everybody else works with: it seals and appends commits, opens what is
//!   read, and [`execute`](ledger::Ledger::execute)s commands of aggregates.
//! - [`identity`] derives ids, [`entropy`] is the one place that asks for randomness.
//!
//! It is not a read model: nothing here answers a question other than "what happened?".

pub mod entropy;
pub mod identity;
pub mod ledger;
pub mod log;
pub mod sealing;
pub mod vault;
