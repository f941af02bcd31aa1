//! Interactions: one recorded moment, and which ties it belongs to.

use crate::id::{InteractionId, PersonId, SourceId};
use crate::text::Text;
use crate::time::{DAY, Timestamp};

mod change;
mod touch;
pub use change::{Command, Error, Event, Interaction, State};
pub use touch::{Touch, touches};

/// What happened. Kinds matter for words, depth and the ladder, never for *alive*: no public data
/// compares channels (see the strength model).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// A mail.
    Mail,
    /// A call, by phone or video.
    Call,
    /// A planned meeting.
    Meeting,
    /// A short message: chat, SMS.
    Message,
    /// Met at a gathering or in passing, face to face.
    Encounter,
    /// Somebody introduced two people to each other.
    Introduction,
    /// A favour given or received.
    Favour,
    /// Anything else; its channel label says what.
    Other,
}

impl Kind {
    /// Every kind, in the order of [`Kind::index`].
    pub const ALL: [Self; 8] = [
        Self::Mail,
        Self::Call,
        Self::Meeting,
        Self::Message,
        Self::Encounter,
        Self::Introduction,
        Self::Favour,
        Self::Other,
    ];

    /// The position of this kind in [`Kind::ALL`]; stored in rows, so it never changes.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The kind at a stored position.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }

    /// The kind's word, lower case, as the command line and CSV files write it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Mail => "mail",
            Self::Call => "call",
            Self::Meeting => "meeting",
            Self::Message => "message",
            Self::Encounter => "encounter",
            Self::Introduction => "introduction",
            Self::Favour => "favour",
            Self::Other => "other",
        }
    }

    /// The kind a channel's label stands for, or `None` for a label that Kith doesn't know.
    #[must_use]
    pub fn from_label(label: &str) -> Option<Self> {
        Some(match label.to_ascii_lowercase().as_str() {
            "mail" | "email" | "e-mail" => Self::Mail,
            "call" | "phone" | "video" => Self::Call,
            "meeting" | "lunch" | "dinner" => Self::Meeting,
            "message" | "chat" | "sms" => Self::Message,
            "encounter" | "f2f" => Self::Encounter,
            "introduction" | "intro" => Self::Introduction,
            "favour" | "favor" => Self::Favour,
            "other" => Self::Other,
            _ => return None,
        })
    }

    /// Whether a moment of this kind comes from somebody: whoever wrote, introduced or did the favour.
    /// Without them nobody knows who was in contact with whom.
    #[must_use]
    pub const fn needs_initiator(self) -> bool {
        match self {
            Self::Mail | Self::Message | Self::Introduction | Self::Favour => true,
            Self::Call | Self::Meeting | Self::Encounter | Self::Other => false,
        }
    }

    /// Whether a first contact of this kind starts the ladder of second, third and fourth contact.
    /// Mail alone never does.
    #[must_use]
    pub const fn starts_ladder(self) -> bool {
        matches!(self, Self::Meeting | Self::Encounter | Self::Introduction)
    }
}

/// The part someone took in an interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Part {
    /// Started it: sender, caller, connector of an introduction, giver of a favour.
    Initiator,
    /// It was addressed to them: recipient, callee, introduced person, receiver of a favour.
    Recipient,
    /// Was there.
    Attendee,
    /// Got a copy.
    Copied,
}

impl Part {
    /// Every part, in the order of [`Part::index`].
    pub const ALL: [Self; 4] = [
        Self::Initiator,
        Self::Recipient,
        Self::Attendee,
        Self::Copied,
    ];

    /// The position of this part in [`Part::ALL`]; stored in rows, so it never changes.
    #[must_use]
    pub const fn index(self) -> usize {
        self as usize
    }

    /// The part at a stored position.
    #[must_use]
    pub fn from_index(index: usize) -> Option<Self> {
        Self::ALL.get(index).copied()
    }
}

/// One person's part in an interaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Participant {
    /// Who.
    pub person: PersonId,
    /// In which part.
    pub part: Part,
}

/// The most participants of one interaction. A mail to more people than this ties nobody.
pub const MAX_PARTICIPANTS: usize = 100;

/// What is recorded of a moment; the same for a first recording and for a correction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moment {
    /// What happened.
    pub kind: Kind,
    /// When it started.
    pub at: Timestamp,
    /// How long it lasted, in seconds; 0 when unknown or instantaneous.
    pub duration_s: u32,
    /// Who took part; 2 to [`MAX_PARTICIPANTS`], each person once.
    pub participants: Vec<Participant>,
    /// The channel's own label when the kind alone doesn't say it, for example `acked`.
    pub channel: Option<Text>,
    /// The author's private note.
    pub note: Option<Text>,
    /// The subject of a mail or meeting.
    pub subject: Option<Text>,
    /// Found in a mailbox, not told by anybody: alone it does not answer its sender. See
    /// [`Known::answers`](crate::due::Known::answers).
    pub found: bool,
}

/// Why a moment can't be recorded. Every variant names the field it is about.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Invalid {
    /// The moment is dated later than 24 hours after it was received.
    #[error("at lies more than 24 hours in the future")]
    FutureDate,
    /// The moment is dated before 1970.
    #[error("at lies before 1970")]
    BeforeEpoch,
    /// Fewer than two people took part.
    #[error("participants must name at least two different people")]
    TooFewParticipants,
    /// More people took part than one interaction holds.
    #[error("participants must not exceed {MAX_PARTICIPANTS}")]
    TooManyParticipants,
    /// The same person is named twice.
    #[error("participants must name each person once")]
    RepeatedParticipant,
    /// Nobody is named as the initiator that this kind needs: see [`Kind::needs_initiator`].
    #[error("participants must have an initiator: who wrote, introduced or did the favour")]
    NoInitiator,
}

impl Moment {
    /// Checks what needs no lookup. `received` is when the server got it: one mail dated 2038
    /// would otherwise empty a tie's history.
    pub fn check(&self, received: Timestamp) -> Result<(), Invalid> {
        check_date(self.at, received)?;
        if self.participants.len() > MAX_PARTICIPANTS {
            return Err(Invalid::TooManyParticipants);
        }
        let mut people: Vec<PersonId> = self.participants.iter().map(|p| p.person).collect();
        people.sort_unstable();
        if people.windows(2).any(|pair| pair[0] == pair[1]) {
            return Err(Invalid::RepeatedParticipant);
        }
        if people.len() < 2 {
            return Err(Invalid::TooFewParticipants);
        }
        if self.kind.needs_initiator() && !has_initiator(&self.participants) {
            return Err(Invalid::NoInitiator);
        }
        Ok(())
    }
}

/// Checks when a moment happened against when the server got it.
pub fn check_date(at: Timestamp, received: Timestamp) -> Result<(), Invalid> {
    if at < Timestamp(0) {
        return Err(Invalid::BeforeEpoch);
    }
    if at > received.plus_micros(DAY) {
        return Err(Invalid::FutureDate);
    }
    Ok(())
}

fn has_initiator(participants: &[Participant]) -> bool {
    participants.iter().any(|p| p.part == Part::Initiator)
}

/// The id, what was recorded, and by whom: the content of `InteractionRecorded`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The interaction's id, derived from its recorder and its source key, or from its request.
    pub id: InteractionId,
    /// What names it where it comes from, if anything does: whatever several recordings of it say, a tie
    /// counts it once.
    pub source: Option<SourceId>,
    /// The member who recorded or imported it: the author of its note.
    pub recorder: PersonId,
    /// What was recorded.
    pub moment: Moment,
    /// The receipt: a keyed hash of the clear request, so that a retry with another body is told.
    pub fingerprint: [u8; 16],
}

#[cfg(test)]
mod tests {
    use super::*;

    fn someone(n: u8, part: Part) -> Participant {
        Participant {
            person: PersonId::from_bytes([n; 16]),
            part,
        }
    }

    fn moment(kind: Kind, participants: Vec<Participant>) -> Moment {
        Moment {
            kind,
            at: Timestamp(2 * DAY),
            duration_s: 0,
            participants,
            channel: None,
            note: None,
            subject: None,
            found: false,
        }
    }

    #[test]
    fn a_moment_that_comes_from_somebody_is_refused_without_them() {
        for kind in Kind::ALL {
            let people = vec![someone(1, Part::Attendee), someone(2, Part::Recipient)];
            let mut moment = moment(kind, people);
            let refused = kind.needs_initiator().then_some(Invalid::NoInitiator);
            assert_eq!(moment.check(moment.at).err(), refused, "{kind:?}");
            moment.participants[1].part = Part::Initiator;
            assert_eq!(moment.check(moment.at), Ok(()), "{kind:?}");
        }
    }

    #[test]
    fn a_moment_more_than_a_day_ahead_is_refused() {
        let people = vec![someone(1, Part::Initiator), someone(2, Part::Recipient)];
        let moment = moment(Kind::Mail, people);
        assert_eq!(moment.check(Timestamp(0)), Err(Invalid::FutureDate));
        assert_eq!(moment.check(Timestamp(DAY)), Ok(()));
    }
}
