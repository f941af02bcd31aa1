//! Ids: 16 raw bytes each, every kind its own type, one textual form.
//!
//! The text of an id is lower-case base32 (RFC 4648, no padding), 26 characters: short enough to
//! read aloud, and a valid token of a log subject. How an id is *made* is not decided here: people
//! and interactions get theirs from a keyed hash (see `kith-eventlog::identity`), the rest from a
//! request id or from randomness, so that a retry makes the same one.

use std::fmt;
use std::str::FromStr;

use data_encoding::{Encoding, Specification};

/// Why a text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not an id: 26 characters a-z and 2-7 are expected")]
pub struct ParseError;

fn base32() -> &'static Encoding {
    static ENCODING: std::sync::LazyLock<Encoding> = std::sync::LazyLock::new(|| {
        let mut specification = Specification::new();
        specification
            .symbols
            .push_str("abcdefghijklmnopqrstuvwxyz234567");
        // Only one text per id: trailing bits must be zero (the default) and case must match.
        specification
            .encoding()
            .unwrap_or(data_encoding::BASE32_NOPAD)
    });
    &ENCODING
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// The id with these raw bytes.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The raw bytes, as stored in events and rows.
            #[must_use]
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// The id in a stored field; `None` unless there are exactly 16 bytes.
            #[must_use]
            pub fn from_slice(bytes: &[u8]) -> Option<Self> {
                bytes.try_into().ok().map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&base32().encode(&self.0))
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self)
            }
        }

        impl FromStr for $name {
            type Err = ParseError;

            fn from_str(text: &str) -> Result<Self, ParseError> {
                let bytes = base32().decode(text.as_bytes()).map_err(|_| ParseError)?;
                Self::from_slice(&bytes).ok_or(ParseError)
            }
        }
    )*};
}

ids! {
    /// An organisation: the tenant. Nothing crosses it.
    OrganisationId;
    /// A person in an organisation's directory. A member has the id of its person.
    PersonId;
    /// A recorded moment.
    InteractionId;
    /// What names a moment where it comes from, such as a Message-ID: several members may tell of it.
    SourceId;
    /// Something known of a person.
    FactId;
    /// A reason to get in touch: a promise, or a due moment that the scheduler found.
    FollowUpId;
    /// An API key (its public half).
    KeyId;
    /// What was brought in together.
    ImportId;
    /// A gathering: a time, a place, attendees.
    GatheringId;
    /// A part of a gathering with a time of its own.
    SessionId;
    /// One command's commit in the log.
    CommitId;
}

impl OrganisationId {
    /// The system organisation, which holds operators and the list of organisations. Shard 0.
    pub const SYSTEM: Self = Self([0; 16]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_from_its_text() {
        let id = PersonId::from_bytes(*b"0123456789abcdef");
        assert_eq!(id.to_string().len(), 26);
        assert_eq!(id.to_string().parse(), Ok(id));
    }

    #[test]
    fn an_id_has_only_one_text() {
        let text = PersonId::from_bytes([7; 16]).to_string();
        assert!(text.to_uppercase().parse::<PersonId>().is_err());
        assert!(format!("{text}a").parse::<PersonId>().is_err());
        let mut trailing = text.into_bytes();
        trailing[25] = b'7';
        assert!(String::from_utf8(trailing).is_ok_and(|t| t.parse::<PersonId>().is_err()));
    }
}
