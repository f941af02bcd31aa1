//! Readers of the outside world: a file goes in, moments to record come out.
//!
//! A reader turns what it finds into the messages that a client of the API sends; it knows nothing
//! of networks, servers or ties. What it cannot use it counts and says where, it never guesses.
//!
//! - [`calendar`] reads meetings of iCalendar files.
//! - [`contacts`] reads address books.
//! - [`csv`] reads rows `from,to,at,kind,duration_s,note`.
//! - [`mail`] reads the heads of mails in mbox files, folders, and single files.
//! - [`mailbox`] tells who a cell or an argument names.
//! - [`report`] says what was read and what was left out, and why.

pub mod attendees;
pub mod calendar;
pub mod contacts;
pub mod csv;
mod digest;
pub mod mail;
pub mod mailbox;
pub mod report;
mod text;

use std::io;

use kith_proto::kith::interaction::v1::InteractionInput;

use report::{Place, Report};

/// The moments of a source, one after another, and what became of the rest.
///
/// It yields `Err` at most once, as its last item: what came before is good. Reading the same source
/// again gives the same moments in the same order.
pub trait Moments: Iterator<Item = io::Result<InteractionInput>> {
    /// Where the last moment begins.
    fn place(&self) -> Place;

    /// What became of what was read so far.
    fn report(&self) -> &Report;
}
