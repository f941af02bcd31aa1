//! What the entries of a gathering say.

use super::{Error, LONGEST};
use crate::id::PersonId;
use crate::text::Text;
use crate::time::Timestamp;

/// What a gathering is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Details {
    /// What it is called.
    pub name: Text,
    /// Where it is.
    pub place: Option<Text>,
    /// When it begins.
    pub begins: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
    /// The time zone of its hours, by its IANA name.
    pub zone: String,
    /// What it is about.
    pub topics: Vec<Text>,
    /// Whether it does not take place after all.
    pub cancelled: bool,
}

/// What becomes of a gathering: `None` leaves a field as it is, `Some(None)` clears it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Redefined {
    /// The name.
    pub name: Option<Text>,
    /// The place.
    pub place: Option<Option<Text>>,
    /// The beginning.
    pub begins: Option<Timestamp>,
    /// The end.
    pub ends: Option<Timestamp>,
    /// The time zone.
    pub zone: Option<String>,
    /// All topics.
    pub topics: Option<Vec<Text>>,
    /// Whether it is cancelled.
    pub cancelled: Option<bool>,
}

impl Redefined {
    pub(super) fn applied_to(self, was: &Details) -> Result<Details, Error> {
        let becomes = Details {
            name: self.name.unwrap_or_else(|| was.name.clone()),
            place: self.place.unwrap_or_else(|| was.place.clone()),
            begins: self.begins.unwrap_or(was.begins),
            ends: self.ends.unwrap_or(was.ends),
            zone: self.zone.unwrap_or_else(|| was.zone.clone()),
            topics: self.topics.unwrap_or_else(|| was.topics.clone()),
            cancelled: self.cancelled.unwrap_or(was.cancelled),
        };
        if may_last(becomes.begins, becomes.ends) {
            Ok(becomes)
        } else {
            Err(Error::Length)
        }
    }
}

/// Whether a gathering may begin and end at these moments.
#[must_use]
pub fn may_last(begins: Timestamp, ends: Timestamp) -> bool {
    (begins..=begins.plus_micros(LONGEST)).contains(&ends)
}

/// A part of a gathering with a time of its own: a talk, a dinner.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// What it is called.
    pub title: Text,
    /// In which room.
    pub room: Option<Text>,
    /// When it begins.
    pub begins: Timestamp,
    /// When it ends.
    pub ends: Timestamp,
    /// What it is about.
    pub topics: Vec<Text>,
    /// Attendees who speak there.
    pub speakers: Vec<PersonId>,
}

/// When a member of ours is there.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Stay {
    /// From when; `None` is from the beginning, whenever that is.
    pub from: Option<Timestamp>,
    /// Until when; `None` is until the end.
    pub until: Option<Timestamp>,
}

/// What a list says of an attendee. Whoever is on it need not be in the directory.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Description {
    /// Their name, as on the list.
    pub name: Option<Text>,
    /// Where they work.
    pub company: Option<Text>,
    /// As what.
    pub title: Option<Text>,
    /// Their address, normalised.
    pub address: Option<Text>,
    /// A few sentences about them.
    pub bio: Option<Text>,
    /// What they come for.
    pub topics: Vec<Text>,
    /// The talk they give.
    pub talk: Option<Text>,
    /// Where more stands about them.
    pub url: Option<Text>,
}

/// What a member said of an attendee of whom it was in doubt who they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// This person of the directory.
    Person(PersonId),
    /// Nobody there.
    Nobody,
}

/// What sealing adds to a text, about.
const SEAL_BYTES: usize = 48;

impl Description {
    /// About how many bytes its texts take in the log.
    #[must_use]
    pub fn sealed_bytes(&self) -> usize {
        let texts = [
            &self.name,
            &self.company,
            &self.title,
            &self.address,
            &self.bio,
            &self.talk,
            &self.url,
        ];
        let texts = texts.into_iter().flatten().chain(&self.topics);
        let texts = texts.filter_map(Text::as_clear);
        texts.map(|text| text.len() + SEAL_BYTES).sum()
    }
}
