//! The head of a message: its header lines. Bodies end here.

use std::io::{self, BufRead};

use kith_domain::time::Timestamp;

use super::date;
use super::lines::Lines;
use crate::report::Place;

/// Bytes kept of a head. Those of delivered mail have a few thousand.
const MOST: usize = 256 * 1024;

/// The head of one message.
#[derive(Debug)]
pub(super) struct Head {
    /// Where its message begins.
    pub(super) place: Place,
    pub(super) bytes: Vec<u8>,
    /// When it was delivered, as what holds it says.
    pub(super) envelope: Option<Timestamp>,
}

/// Takes the lines of a message and keeps those of its head.
#[derive(Debug, Default)]
pub(super) struct Collector {
    bytes: Vec<u8>,
    ended: bool,
}

impl Collector {
    pub(super) fn push(&mut self, line: &[u8]) {
        if self.ended {
            return;
        }
        if line.is_empty() {
            // Blank lines in front belong to nothing.
            self.ended = !self.bytes.is_empty();
            return;
        }
        if self.bytes.len() + line.len() > MOST {
            self.ended = true;
            return;
        }
        self.bytes.extend_from_slice(line);
        self.bytes.push(b'\n');
    }

    pub(super) fn has_ended(&self) -> bool {
        self.ended
    }

    pub(super) fn finish(mut self) -> Vec<u8> {
        self.bytes.push(b'\n');
        self.bytes
    }
}

/// The head of a file that holds one message. Apple's begin with a line that says how long it is.
pub(super) fn of_file(
    place: Place,
    input: impl BufRead,
    envelope: Option<Timestamp>,
) -> io::Result<Head> {
    let mut lines = Lines::new(input);
    let mut head = Collector::default();
    let mut is_first = true;
    while !head.has_ended() {
        let Some(line) = lines.next()? else { break };
        let is_length = is_first && line.trim_ascii().iter().all(u8::is_ascii_digit);
        let after = line.strip_prefix(b"From ").filter(|_| is_first);
        let is_separator = after.and_then(date::of_separator).is_some();
        if !is_length && !is_separator {
            let line = if is_first {
                line.strip_prefix(b"\xef\xbb\xbf").unwrap_or(line)
            } else {
                line
            };
            head.push(line);
        }
        is_first = is_first && line.is_empty();
    }
    Ok(Head {
        place,
        bytes: head.finish(),
        envelope,
    })
}
