//! What was read, what was left out, and why.

use std::collections::BTreeMap;

/// Lines named per reason; further ones are only counted.
pub const LINES_NAMED: usize = 5;

/// Why a row was left out.
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
    /// The server did not take it: it knows more than the file says, for example that two addresses
    /// are one person's.
    Refused,
}

impl Reason {
    /// Every reason, in the order in which a report lists them.
    pub const ALL: [Self; 15] = [
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
        Self::Refused,
    ];

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
            Self::Refused => "refused",
        }
    }

    /// What is wrong with such a row, and so what to mend.
    #[must_use]
    pub const fn explanation(self) -> &'static str {
        match self {
            Self::BadDate => "the time is neither RFC 3339 (2026-03-01T14:02:00Z) nor Unix seconds",
            Self::FutureDate => "the time lies more than 24 hours ahead",
            Self::Before1970 => "the time lies before 1970",
            Self::MissingFrom => "nobody is named in the column 'from'",
            Self::MissingTo => "nobody is named in the column 'to'",
            Self::SamePerson => "'from' and 'to' name the same person",
            Self::TooManyPeople => "more than 100 people are named",
            Self::MissingKind => "the column 'kind' is empty",
            Self::BadKind => "the column 'kind' holds an address",
            Self::BadDuration => "the duration is not a number of seconds",
            Self::TooLong => {
                "a cell is too long: an address has 254 bytes at most, a key 200 characters, a \
                 note 10 000"
            }
            Self::Undecodable => "the text is not UTF-8, or an identity holds control characters",
            Self::TooFewColumns => "the row has fewer columns than the header",
            Self::UnclosedQuote => "a quote opens and is never closed",
            Self::Refused => "the server refused it",
        }
    }
}

/// Rows left out for one reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Skipped {
    /// How many.
    pub count: u64,
    /// Where the first [`LINES_NAMED`] of them begin; the header is line 1.
    pub lines: Vec<u64>,
}

/// What became of a file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows that became moments.
    pub moments: u64,
    /// Rows that were left out, by reason.
    pub skipped: BTreeMap<Reason, Skipped>,
    /// Columns that Kith does not know and did not read.
    pub unknown_columns: Vec<String>,
}

impl Report {
    /// Counts a row that was left out.
    pub fn skip(&mut self, reason: Reason, line: u64) {
        let skipped = self.skipped.entry(reason).or_default();
        skipped.count += 1;
        if skipped.lines.len() < LINES_NAMED {
            skipped.lines.push(line);
        }
    }

    /// Counts a row that became a moment and was left out after all.
    pub fn take_back(&mut self, reason: Reason, line: u64) {
        self.moments = self.moments.saturating_sub(1);
        self.skip(reason, line);
    }

    /// Rows that were left out, for whatever reason.
    #[must_use]
    pub fn skipped_rows(&self) -> u64 {
        self.skipped.values().map(|s| s.count).sum()
    }

    /// All rows, the header and blank lines aside.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.moments + self.skipped_rows()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_report_counts_every_row_and_names_only_the_first_lines() {
        let mut report = Report {
            moments: 3,
            ..Report::default()
        };
        for line in 2..=20 {
            report.skip(Reason::BadDate, line);
        }
        assert_eq!(report.rows(), 22);
        assert_eq!(report.skipped[&Reason::BadDate].lines, [2, 3, 4, 5, 6]);
    }

    #[test]
    fn every_reason_is_listed_once_in_order() {
        assert!(Reason::ALL.windows(2).all(|pair| pair[0] < pair[1]));
    }
}
