//! Readers of the outside world: a file goes in, moments to record come out.
//!
//! A reader turns what it finds into the messages that a client of the API sends; it knows nothing
//! of networks, servers or ties. What it cannot use it counts and says where, it never guesses.
//!
//! - [`csv`] reads rows `from,to,at,kind,duration_s,note`.
//! - [`mailbox`] tells who a cell or an argument names.
//! - [`report`] says what was read and what was left out, and why.

pub mod csv;
pub mod mailbox;
pub mod report;
