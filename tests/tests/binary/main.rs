//! Journeys of the built binary: real processes on SQLite, asked by the commands of people.

mod address_books;
mod directory;
mod follow_ups;
mod founding;
mod imports;
mod keys;
mod mailboxes;
mod operations;
mod starting;
mod tls;
