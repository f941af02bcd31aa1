//! A tie: what connects one member to one person, worked out from their interactions alone.
//!
//! A tie is kept as a [`State`]: three bitmaps of active days, weeks and months and a few scalars.
//! Every figure is a closed form of that state and of the moment of asking, so nothing has to be
//! recomputed as time passes:
//!
//! | module | answers |
//! |---|---|
//! | [`slots`], [`contact`], [`state`] | what is kept, how a contact enters it, how two halves merge |
//! | [`evidence`] | what the maps know, as a list |
//! | [`formula`], [`curve`] | *alive*: the probability of contact within a horizon, under a named profile |
//! | [`band`], [`reading`] | the words and the figures that a member is shown |
//! | [`mod@explain`] | which days made the figure, what being overdue costs, what-ifs |
//! | [`due`], [`mod@ladder`] | when to get in touch |
//!
//! The model and its constants come from Kith's strength model, fitted on fifteen temporal data
//! sets. Figures are the same on every machine: transcendental functions come from `libm`, sums
//! run in bit order, no fused multiply-add.
//!
//! What this is not: it knows no clock, no member's cadence, no calibration of an organisation, and
//! it never compares people. A figure is an opinion about one tie, for the reader of that tie.

pub mod band;
pub mod contact;
pub mod curve;
pub mod due;
pub mod evidence;
pub mod explain;
pub mod formula;
pub mod ladder;
pub mod reading;
mod rewind;
pub mod slots;
pub mod state;

pub use band::{Band, Trend};
pub use contact::{Contact, Direction};
pub use curve::Curve;
pub use due::{due_at, rank};
pub use evidence::{Evidence, Period};
pub use explain::{Explanation, explain};
pub use formula::{Profile, V1, V1_GATHERING, probability};
pub use ladder::{Rung, Step, ladder};
pub use reading::{DEPTH_V0, Reading, STANDARD_HORIZON, depth_v0, read};
pub use slots::Slots;
pub use state::State;
