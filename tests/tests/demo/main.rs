//! The README's lines, run as they stand there with the built binary.

mod briefings;
mod first_minutes;
mod own_data;
mod readme;
mod servers;
