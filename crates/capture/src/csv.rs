//! Rows `from,to,at,kind,duration_s,note` (or `src,dst,unix_ts,channel`) become moments.
//!
//! The header is required; columns come in any order and are separated by commas, semicolons or
//! tabs. Of the file only one row is in memory, and a counter of four bytes per distinct row: two
//! equal rows are two moments, told apart by their n-th occurrence, so that the same file imported
//! again, in any order, records nothing new.
//!
//! A row that cannot be used is counted in the [`Report`] with its line, and reading goes on.

mod header;
mod number;
mod occurrence;
mod records;
mod row;

use std::io::{self, Read};

use kith_domain::time::Timestamp;
use kith_proto::kith::interaction::v1::InteractionInput;

use crate::Moments;
use crate::report::{Place, Report};
use header::Columns;
use occurrence::Occurrences;
use records::{Next, Records};

/// Why a file can't be read, as opposed to a row.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// There is no header.
    #[error("the file is empty: a first line such as 'from,to,at,kind' is expected")]
    Empty,
    /// The text is in an encoding that Kith does not read.
    #[error("the file is UTF-16: save it as UTF-8 and try again")]
    Utf16,
    /// The header lacks columns.
    #[error("the header lacks {}; it has {found:?}", missing.join(" and "))]
    MissingColumns {
        /// The columns that are needed, with their other names.
        missing: Vec<&'static str>,
        /// What the header says.
        found: Vec<String>,
    },
    /// Two columns say the same thing.
    #[error("the header names '{name}' twice, as '{first}' and as '{second}': remove one")]
    RepeatedColumn {
        /// The column's own name.
        name: &'static str,
        /// How it is called first.
        first: String,
        /// How it is called the second time.
        second: String,
    },
    /// The file ends in an error of the machine.
    #[error("the file cannot be read to its end")]
    Read(#[from] io::Error),
}

/// Reads a file row by row.
///
/// It yields `Err` at most once, as its last item: what came before is good.
pub struct Reader<R> {
    records: Records<R>,
    columns: Columns,
    received: Timestamp,
    occurrences: Occurrences,
    report: Report,
    line: u64,
    ended: bool,
}

impl<R> std::fmt::Debug for Reader<R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never what was read: it is personal.
        f.debug_struct("Reader")
            .field("report", &self.report)
            .finish_non_exhaustive()
    }
}

impl<R: Read> Reader<R> {
    /// Reads the header. `received` is the present moment: rows dated more than 24 hours after it
    /// are left out.
    pub fn open(input: R, received: Timestamp) -> Result<Self, Error> {
        let (records, header) = Records::open(input)?;
        let (columns, unknown_columns) = Columns::find(&header)?;
        Ok(Self {
            records,
            columns,
            received,
            occurrences: Occurrences::default(),
            report: Report {
                unknown_columns,
                ..Report::default()
            },
            line: 0,
            ended: false,
        })
    }
}

impl<R: Read> Moments for Reader<R> {
    fn place(&self) -> Place {
        Place::Line(self.line)
    }

    fn report(&self) -> &Report {
        &self.report
    }
}

impl<R: Read> Iterator for Reader<R> {
    type Item = io::Result<InteractionInput>;

    fn next(&mut self) -> Option<Self::Item> {
        while !self.ended {
            let record = match self.records.next() {
                Ok(Next::Record(record)) => record,
                Ok(Next::Broken { line, reason }) => {
                    self.report.skip(reason, Place::Line(line));
                    continue;
                }
                Ok(Next::End) => break,
                Err(error) => {
                    self.ended = true;
                    return Some(Err(error));
                }
            };
            match row::moment(&record, &self.columns, self.received) {
                Ok(moment) => {
                    self.report.moments += 1;
                    self.line = record.line;
                    return Some(Ok(moment.into_input(&mut self.occurrences)));
                }
                Err(reason) => self.report.skip(reason, Place::Line(record.line)),
            }
        }
        self.ended = true;
        None
    }
}
