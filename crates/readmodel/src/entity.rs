//! The rows of a generation, one entity per table.
//!
//! Ids are 16 raw bytes, times microseconds since 1970, enums their index in the domain. No floats:
//! figures are worked out when somebody asks.

pub mod api_key;
pub mod care;
pub mod checkpoint;
pub mod comfort;
pub mod entry;
pub mod erasure;
pub mod exclusion;
pub mod export_record;
pub mod fact;
pub mod follow_up;
pub mod gathering;
pub mod gathering_answer;
pub mod gathering_attendee;
pub mod gathering_going;
pub mod gathering_session;
pub mod identity;
pub mod import;
pub mod import_change;
pub mod interaction;
pub mod member;
pub mod moved;
pub mod organisation;
pub mod own_change;
pub mod parked;
pub mod participation;
pub mod pause;
pub mod person;
pub mod person_address;
pub mod person_change;
pub mod person_company;
pub mod person_tag;
pub mod sharing_rule;
pub mod telling;
pub mod tie;
