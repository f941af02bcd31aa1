//! The read models, every case on SQLite and on a real Postgres.
//!
//! A test writes a little history into one log and looks at what both engines made of it. One
//! binary, so that all tests share one Postgres server.

#![expect(
    clippy::large_futures,
    reason = "a test awaits a runner and all that happens meanwhile as one future"
)]

mod support;

mod changed;
mod companies;
mod crashes;
mod directory;
mod equality;
mod erasure;
mod excluded;
mod export;
mod followups;
mod generations;
mod imported;
mod merged;
mod moved;
mod parking;
mod restored;
mod retrying;
mod searched;
mod sharing;
mod staged;
mod ties;
mod timeline;
mod told;
mod waking;
