//! Physical lines, which may be read again.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};

/// The most bytes of one record, and so of one line. A note of 10 000 characters fits three times.
pub(super) const MAX_BYTES: usize = 128 * 1024;

/// Reads lines.
pub(super) struct Lines<R> {
    input: BufReader<R>,
    /// Lines that were read too far: behind a quote that was never closed.
    again: VecDeque<Line>,
    read: u64,
}

/// A physical line, with its end.
#[derive(Clone)]
pub(super) struct Line {
    /// The first is 1.
    pub(super) number: u64,
    /// Always ends in a line feed, so that only an open quote leaves a record unfinished there.
    pub(super) bytes: Vec<u8>,
    /// Longer than a record may be; the rest was dropped.
    pub(super) cut: bool,
}

impl Line {
    /// Whether there is nothing on it.
    pub(super) fn is_blank(&self) -> bool {
        is_blank(&self.bytes)
    }
}

fn is_blank(bytes: &[u8]) -> bool {
    bytes.iter().all(|b| matches!(b, b'\r' | b'\n'))
}

impl<R: Read> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input: BufReader::with_capacity(64 * 1024, input),
            again: VecDeque::new(),
            read: 0,
        }
    }

    /// The next line that is not blank.
    pub(super) fn next_filled(&mut self) -> io::Result<Option<Line>> {
        while let Some(line) = self.next()? {
            if !line.is_blank() {
                return Ok(Some(line));
            }
        }
        Ok(None)
    }

    /// The next line.
    pub(super) fn next(&mut self) -> io::Result<Option<Line>> {
        if let Some(line) = self.again.pop_front() {
            return Ok(Some(line));
        }
        let mut bytes = Vec::new();
        let mut limited = (&mut self.input).take(MAX_BYTES as u64);
        if limited.read_until(b'\n', &mut bytes)? == 0 {
            return Ok(None);
        }
        self.read += 1;
        let ended = bytes.last() == Some(&b'\n');
        let cut = !ended && bytes.len() == MAX_BYTES;
        if cut {
            self.skip_to_end_of_line()?;
        }
        if !ended {
            bytes.push(b'\n');
        }
        Ok(Some(Line {
            number: self.read,
            bytes,
            cut,
        }))
    }

    fn skip_to_end_of_line(&mut self) -> io::Result<()> {
        loop {
            let buffer = self.input.fill_buf()?;
            let end = buffer.iter().position(|b| *b == b'\n');
            let done = end.is_some() || buffer.is_empty();
            let used = end.map_or(buffer.len(), |end| end + 1);
            self.input.consume(used);
            if done {
                return Ok(());
            }
        }
    }

    /// Gives lines back: they come next, in this order.
    pub(super) fn read_again(&mut self, mut lines: VecDeque<Line>) {
        lines.append(&mut self.again);
        self.again = lines;
    }

    /// Gives back what of a line was not used: a lone carriage return ends a record in its middle.
    pub(super) fn read_rest_again(&mut self, number: u64, rest: &[u8]) {
        if !is_blank(rest) {
            self.again.push_front(Line {
                number,
                bytes: rest.to_vec(),
                cut: false,
            });
        }
    }
}
