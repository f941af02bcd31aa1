//! Queries: plain functions over the live generation.
//!
//! Every function that returns something of a member's takes the principal and applies
//! `access::visible` before it answers; what is left out leaves no trace.

pub mod acquaintances;
pub mod changes;
pub mod comfort;
pub mod companies;
pub(crate) mod directory;
pub mod entries;
pub mod erasures;
pub mod export;
pub mod followups;
pub mod gatherings;
pub mod imports;
pub mod interactions;
pub mod keys;
pub mod listing;
pub mod moments;
pub mod own_changes;
pub mod people;
pub mod progress;
pub mod search;
pub mod sharing;
pub mod ties;

use kith_domain::id::OrganisationId;

/// The organisation's id as rows keep it.
fn own(organisation: OrganisationId) -> Vec<u8> {
    organisation.as_bytes().to_vec()
}

/// Escapes what a `LIKE` pattern would take for a wildcard.
fn like_escaped(text: &str) -> String {
    text.replace('\\', "\\\\")
        .replace('%', "\\%")
        .replace('_', "\\_")
}
