//! What was read, what was left out, and why.

use std::collections::BTreeMap;
use std::fmt;

use kith_domain::interaction::{self, Invalid};
use kith_domain::time::Timestamp;

/// Places named per reason; further ones are only counted.
pub const PLACES_NAMED: usize = 5;

/// What a file consists of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Unit {
    /// Lines of a table, the header and blank ones aside.
    #[default]
    Row,
    /// Mails.
    Message,
    /// Occurrences of events in calendars.
    Meeting,
    /// Entries of address books.
    Contact,
}

impl Unit {
    /// One of them, and several.
    #[must_use]
    pub const fn words(self) -> (&'static str, &'static str) {
        match self {
            Self::Row => ("row", "rows"),
            Self::Message => ("message", "messages"),
            Self::Meeting => ("meeting", "meetings"),
            Self::Contact => ("contact", "contacts"),
        }
    }
}

/// Where in a file, or among files, something begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// In this line; the first is 1.
    Line(u64),
    /// After so many bytes.
    Byte(u64),
    /// In the file of this name.
    File(String),
    /// The event or contact of this number; the first is 1.
    Item(u64),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Byte(offset) => write!(f, "byte {offset}"),
            Self::File(name) => f.write_str(name),
            Self::Item(number) => write!(f, "no. {number}"),
        }
    }
}

/// Why something was left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Reason {
    /// The date is missing or not readable.
    BadDate,
    /// The date lies more than 24 hours ahead.
    FutureDate,
    /// The date lies before 1970.
    Before1970,
    /// Nobody in the column `from`.
    MissingFrom,
    /// Nobody in the column `to`.
    MissingTo,
    /// `from` and `to` are the same person.
    SamePerson,
    /// More recipients than one interaction holds.
    TooManyPeople,
    /// Nothing in the column `kind`.
    MissingKind,
    /// The kind is personal text, which does not belong there.
    BadKind,
    /// The duration is not a number of seconds.
    BadDuration,
    /// A cell is longer than Kith keeps.
    TooLong,
    /// A cell is not UTF-8, or who is named holds control characters.
    Undecodable,
    /// The row ends before the last needed column.
    TooFewColumns,
    /// A quote opens and is not closed.
    UnclosedQuote,
    /// One of many: of a mailing list, or sent by a program.
    Bulk,
    /// Sent from an address that nobody answers.
    NoReply,
    /// More people take part than a mail brings closer.
    Audience,
    /// None of the member's addresses takes part.
    NotMine,
    /// Deleted, never sent, or marked as spam.
    Discarded,
    /// A meeting that was called off.
    Cancelled,
    /// A meeting that the member did not go to.
    Declined,
    /// A meeting of nobody else.
    Alone,
    /// A meeting that has not begun yet.
    Ahead,
    /// The time is that of a zone that nobody knows.
    UnknownZone,
    /// A contact with nothing that tells them from others of the same name.
    NoIdentity,
    /// An entry of a company, a group or a place.
    NotAPerson,
    /// The server did not take it: it knows more than the file says, for example that two addresses
    /// are one person's.
    Refused,
}

impl Reason {
    /// Every reason, in the order in which a report lists them.
    pub const ALL: [Self; 27] = [
        Self::BadDate,
        Self::FutureDate,
        Self::Before1970,
        Self::MissingFrom,
        Self::MissingTo,
        Self::SamePerson,
        Self::TooManyPeople,
        Self::MissingKind,
        Self::BadKind,
        Self::BadDuration,
        Self::TooLong,
        Self::Undecodable,
        Self::TooFewColumns,
        Self::UnclosedQuote,
        Self::Bulk,
        Self::NoReply,
        Self::Audience,
        Self::NotMine,
        Self::Discarded,
        Self::Cancelled,
        Self::Declined,
        Self::Alone,
        Self::Ahead,
        Self::UnknownZone,
        Self::NoIdentity,
        Self::NotAPerson,
        Self::Refused,
    ];

    /// The server's rule about dates, and its word here: one wrong moment would fail the whole stream
    /// there.
    pub(crate) fn check_date(at: Timestamp, received: Timestamp) -> Result<(), Self> {
        interaction::check_date(at, received).map_err(|invalid| match invalid {
            Invalid::BeforeEpoch => Self::Before1970,
            _ => Self::FutureDate,
        })
    }

    /// The reason's word, as reports and scripts see it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BadDate => "bad-date",
            Self::FutureDate => "future-date",
            Self::Before1970 => "before-1970",
            Self::MissingFrom => "missing-from",
            Self::MissingTo => "missing-to",
            Self::SamePerson => "same-person",
            Self::TooManyPeople => "too-many-people",
            Self::MissingKind => "missing-kind",
            Self::BadKind => "bad-kind",
            Self::BadDuration => "bad-duration",
            Self::TooLong => "too-long",
            Self::Undecodable => "undecodable",
            Self::TooFewColumns => "too-few-columns",
            Self::UnclosedQuote => "unclosed-quote",
            Self::Bulk => "bulk",
            Self::NoReply => "no-reply",
            Self::Audience => "audience",
            Self::NotMine => "not-mine",
            Self::Discarded => "discarded",
            Self::Cancelled => "cancelled",
            Self::Declined => "declined",
            Self::Alone => "alone",
            Self::Ahead => "ahead",
            Self::UnknownZone => "unknown-zone",
            Self::NoIdentity => "no-identity",
            Self::NotAPerson => "not-a-person",
            Self::Refused => "refused",
        }
    }

    /// What is wrong with such a row, and so what to mend.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::BadDate => {
                "the time is missing or can not be read; tables have RFC 3339 (2026-03-01T14:02:00Z) \
                 or Unix seconds"
            }
            Self::FutureDate => "the time lies more than 24 hours ahead",
            Self::Before1970 => "the time lies before 1970",
            Self::MissingFrom => "nobody is named as its sender or in the column 'from'",
            Self::MissingTo => "nobody is named as a recipient or in the column 'to'",
            Self::SamePerson => "it is from somebody to themselves",
            Self::TooManyPeople => "more than 100 people are named",
            Self::MissingKind => "the column 'kind' is empty",
            Self::BadKind => "the column 'kind' holds an address",
            Self::BadDuration => "the duration is not a number of seconds",
            Self::TooLong => {
                "a cell is too long: an address has 254 bytes at most, a key 200 characters, a \
                 note 10 000"
            }
            Self::Undecodable => {
                "it can not be read: no message, not UTF-8, or an identity with control characters"
            }
            Self::TooFewColumns => "the row has fewer columns than the header",
            Self::UnclosedQuote => "a quote opens and is never closed",
            Self::Bulk => "it is from a mailing list, or a program sent it",
            Self::NoReply => "its sender is an address that nobody answers",
            Self::Audience => "more than 20 people take part",
            Self::NotMine => "none of your addresses takes part",
            Self::Discarded => "it was deleted, never sent, or is marked as spam",
            Self::Cancelled => "it was cancelled",
            Self::Declined => "you declined it",
            Self::Alone => "nobody else takes part",
            Self::Ahead => "it lies ahead: import the calendar again when it has been",
            Self::UnknownZone => "its times are of a zone that nobody knows",
            Self::NoIdentity => {
                "it has no address, identifier or profile that tells it from others of the same name"
            }
            Self::NotAPerson => "it is the entry of a company, a group or a place",
            Self::Refused => "the server refused it",
        }
    }
}

/// What was left out for one reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skipped {
    /// How many.
    pub count: u64,
    /// Where the first [`PLACES_NAMED`] of them begin.
    pub places: Vec<Place>,
}

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// What is counted.
    pub unit: Unit,
    /// Those that became moments.
    pub moments: u64,
    /// Those that were left out, by reason.
    pub skipped: BTreeMap<Reason, Skipped>,
    /// Columns that Kith does not know and did not read.
    pub unknown_columns: Vec<String>,
}

impl Report {
    /// Counts one that was left out.
    pub fn skip(&mut self, reason: Reason, place: Place) {
        let skipped = self.skipped.entry(reason).or_default();
        skipped.count += 1;
        if skipped.places.len() < PLACES_NAMED {
            skipped.places.push(place);
        }
    }

    /// Counts one that became a moment and was left out after all.
    pub fn take_back(&mut self, reason: Reason, place: Place) {
        self.moments = self.moments.saturating_sub(1);
        self.skip(reason, place);
    }

    /// How many were left out, for whatever reason.
    #[must_use]
    pub fn left_out(&self) -> u64 {
        self.skipped.values().map(|s| s.count).sum()
    }

    /// How many there are.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.moments + self.left_out()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_counts_everything_and_names_only_the_first_places() {
        let mut report = Report {
            moments: 3,
            ..Report::default()
        };
        for line in 2..=20 {
            report.skip(Reason::BadDate, Place::Line(line));
        }
        assert_eq!(report.total(), 22);
        let named = report.skipped[&Reason::BadDate].places.iter();
        let named: Vec<String> = named.map(ToString::to_string).collect();
        assert_eq!(named, ["line 2", "line 3", "line 4", "line 5", "line 6"]);
    }

    #[test]
    fn every_reason_is_listed_once_in_order() {
        assert!(Reason::ALL.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
