//! Records of a CSV file with bounded memory, however broken the file is.
//!
//! The grammar is `csv_core`'s. What is added: a quote that is never closed costs its own line and
//! not the rest of the file, and a line without end is cut.

mod cells;
mod lines;

use std::collections::VecDeque;
use std::io::{self, Read};

use super::Error;
use super::header;
use crate::report::Reason;
use cells::Cells;
pub(super) use cells::Record;
use lines::{Line, Lines, MAX_BYTES};

/// Separators of columns, the usual one first.
const DELIMITERS: [u8; 3] = [b',', b';', b'\t'];

/// Reads records.
pub(super) struct Records<R> {
    lines: Lines<R>,
    parser: csv_core::Reader,
    cells: Cells,
}

/// What comes next in a file.
pub(super) enum Next<'a> {
    /// A record.
    Record(Record<'a>),
    /// A line that is none.
    Broken {
        /// Which.
        line: u64,
        /// What is wrong with it.
        reason: Reason,
    },
    /// Nothing.
    End,
}

impl<R: Read> Records<R> {
    /// Reads the header and finds out what separates columns.
    pub(super) fn open(input: R) -> Result<(Self, Vec<String>), Error> {
        let mut lines = Lines::new(input);
        let first = first_line(&mut lines)?;
        let mut records = Self {
            lines,
            parser: parser(delimiter_of(&first)),
            cells: Cells::default(),
        };
        let names = match records.record(&first)? {
            Next::Record(record) => header::names(&record),
            Next::Broken { .. } | Next::End => Vec::new(),
        };
        Ok((records, names))
    }

    /// The next record, blank lines aside.
    pub(super) fn next(&mut self) -> io::Result<Next<'_>> {
        match self.lines.next_filled()? {
            Some(line) => self.record(&line),
            None => Ok(Next::End),
        }
    }

    /// The record that begins at `first`; further lines are read while a quote is open.
    fn record(&mut self, first: &Line) -> io::Result<Next<'_>> {
        let number = first.number;
        if first.cut {
            return Ok(Next::Broken {
                line: number,
                reason: Reason::TooLong,
            });
        }
        self.parser.reset();
        self.cells.clear();
        let mut size = first.bytes.len();
        if let Some(used) = self.cells.feed(&mut self.parser, &first.bytes) {
            self.lines.read_rest_again(number, &first.bytes[used..]);
            return Ok(self.complete(number));
        }
        let mut behind: VecDeque<Line> = VecDeque::new();
        while let Some(line) = self.lines.next()? {
            size += line.bytes.len();
            if line.cut || size > MAX_BYTES {
                behind.push_back(line);
                break;
            }
            if let Some(used) = self.cells.feed(&mut self.parser, &line.bytes) {
                let rest = &line.bytes[used..];
                self.lines.read_rest_again(line.number, rest);
                return Ok(self.complete(number));
            }
            behind.push_back(line);
        }
        self.lines.read_again(behind);
        Ok(Next::Broken {
            line: number,
            reason: Reason::UnclosedQuote,
        })
    }

    fn complete(&self, line: u64) -> Next<'_> {
        Next::Record(Record {
            line,
            cells: &self.cells,
        })
    }
}

/// The first line that is not blank, without a byte order mark.
fn first_line<R: Read>(lines: &mut Lines<R>) -> Result<Line, Error> {
    let Some(mut line) = lines.next()? else {
        return Err(Error::Empty);
    };
    if line.bytes.starts_with(b"\xff\xfe") || line.bytes.starts_with(b"\xfe\xff") {
        return Err(Error::Utf16);
    }
    if line.bytes.starts_with(b"\xef\xbb\xbf") {
        line.bytes.drain(..3);
    }
    if !line.is_blank() {
        return Ok(line);
    }
    lines.next_filled()?.ok_or(Error::Empty)
}

/// What makes most of a header familiar.
fn delimiter_of(header: &Line) -> u8 {
    let familiarity = |delimiter: u8| {
        let mut cells = Cells::default();
        cells.feed(&mut parser(delimiter), &header.bytes);
        header::familiarity(&Record {
            line: header.number,
            cells: &cells,
        })
    };
    // Of equals `max_by_key` takes the last.
    let usual_one_last = DELIMITERS.into_iter().rev();
    usual_one_last
        .max_by_key(|d| familiarity(*d))
        .unwrap_or(DELIMITERS[0])
}

fn parser(delimiter: u8) -> csv_core::Reader {
    csv_core::ReaderBuilder::new().delimiter(delimiter).build()
}

#[cfg(test)]
mod tests {
    use super::lines::MAX_BYTES;
    use super::*;

    fn read(text: &str) -> Vec<String> {
        let (mut records, header) = Records::open(text.as_bytes()).unwrap();
        let mut all = vec![header.join("|")];
        loop {
            match records.next().unwrap() {
                Next::Record(record) => {
                    let cells = header::names(&record).join("|");
                    all.push(format!("{}: {cells}", record.line));
                }
                Next::Broken { line, reason } => all.push(format!("{line}! {}", reason.as_str())),
                Next::End => return all,
            }
        }
    }

    #[test]
    fn quotes_hold_separators_quotes_and_line_ends() {
        let text = "\u{feff}from,to,at\r\n\r\na,\"b,\"\"c\"\"\r\nd\",e\r\nf,g,h";
        assert_eq!(
            read(text),
            ["from|to|at", "3: a|b,\"c\"\r\nd|e", "5: f|g|h"]
        );
    }

    #[test]
    fn the_header_tells_what_separates_columns() {
        assert_eq!(
            read("from;to;at\n\"a;b\";c;d\n"),
            ["from|to|at", "2: a;b|c|d"]
        );
        assert_eq!(read("from\tto\na\tb\n"), ["from|to", "2: a|b"]);
    }

    #[test]
    fn a_quote_that_is_never_closed_costs_its_own_line_alone() {
        let text = "from,to\na,\"b\nc,d\ne,f\n";
        assert_eq!(
            read(text),
            ["from|to", "2! unclosed-quote", "3: c|d", "4: e|f"]
        );
    }

    #[test]
    fn a_line_without_end_is_cut_and_reading_goes_on() {
        let text = format!("from,to\n{}\na,b\n", "x".repeat(3 * MAX_BYTES));
        assert_eq!(read(&text), ["from|to", "2! too-long", "3: a|b"]);
    }

    #[test]
    fn a_lone_carriage_return_ends_a_record() {
        assert_eq!(read("from,to\ra,b\rc,d\r"), ["from|to", "1: a|b", "1: c|d"]);
    }
}
