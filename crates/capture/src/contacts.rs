//! Address books become entries of the directory: cards (vCard 2.1 to 4.0), and the tables that
//! networks and mail programs export.
//!
//! What is kept of somebody is their name, addresses, where and as what they work, and labels. A
//! contact that nothing tells from others of the same name is left out: nobody is ever taken for
//! somebody else on a name alone.

pub mod card;
mod entry;
pub mod table;
pub mod written;

use std::io;

use kith_proto::kith::directory::v1::Person;

use crate::report::{Place, Report};

/// The people of an address book, one after another, and what became of the rest.
pub trait Contacts: Iterator<Item = Person> {
    /// Where the last one stands.
    fn place(&self) -> Place;

    /// What became of what was read so far.
    fn report(&self) -> &Report;
}

/// Why an address book can't be read, as opposed to a contact.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Nothing in it looks like the header of a table of people.
    #[error(
        "it has no line that names columns of people, such as 'First Name,Last Name,Email Address' \
         or 'name,email,company'"
    )]
    NoHeader,
    /// The file ends in an error of the machine, or is too large.
    #[error("it cannot be read to its end")]
    Read(#[from] io::Error),
}
