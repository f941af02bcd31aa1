//! Follow-ups that fall due: found in the read models, said in the log.
//!
//! Delivery starts from the *projected* row: the API streams it (`WatchNotifications`). Channels
//! that leave the server will live here too.

pub mod claim;
