//! Kith's domain: what an organisation knows, what may be decided, and what follows from it.
//!
//! Everything here is pure and synchronous. Time, ids and looked-up facts arrive as arguments; no
//! module names a runtime, a database, a broker or a wire format. What a commit looks like in
//! bytes is the business of `kith-proto`, where it is kept is the business of `kith-eventlog`.

pub mod access;
pub mod affiliation;
pub mod aggregate;
pub mod briefing;
pub mod care;
pub mod comfort;
pub mod date;
pub mod due;
pub mod duplicates;
pub mod event;
pub mod exclusion;
pub mod fact;
pub mod followup;
pub mod gathering;
pub mod heard;
pub mod id;
pub mod identity;
pub mod import;
pub mod interaction;
pub mod key;
mod likeness;
pub mod member;
pub mod organisation;
pub mod pause;
pub mod person;
pub mod pitch;
pub mod questions;
pub mod recap;
pub mod resolution;
pub mod search;
pub mod sharing;
pub mod text;
pub mod tie;
pub mod time;
pub mod undo;
pub mod wording;
