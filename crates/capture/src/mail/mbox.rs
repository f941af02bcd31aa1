//! Heads of the messages of an mbox file, whichever of the many forms it has.
//!
//! Messages begin with a line `From `, an address and a date. The forms differ in how they tell such
//! lines from text of a message (RFC 4155, appendix A): `>` in front, a length, or nothing at all.
//! So a line counts only if it ends in a date and a header follows it, wherever it stands. Bodies
//! are read over: nothing of them is kept.

use std::io::{self, BufRead};

use kith_domain::time::Timestamp;

use super::head::{Collector, Head};
use super::lines::Lines;
use super::{Found, date};
use crate::report::{Place, Reason};

/// Heads of the messages of one file.
pub(super) struct Heads<R> {
    lines: Lines<R>,
    /// The message that is being read.
    begun: Option<Begun>,
    /// A line that separates messages, if the next one begins a head; where, and its date.
    candidate: Option<(u64, Timestamp)>,
    /// Whether text came before the first message, which belongs to none.
    had_preamble: bool,
}

struct Begun {
    offset: u64,
    envelope: Timestamp,
    head: Collector,
}

impl<R: BufRead> Heads<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            lines: Lines::new(input),
            begun: None,
            candidate: None,
            had_preamble: false,
        }
    }
}

impl<R: BufRead + Send> super::Heads for Heads<R> {
    fn next(&mut self) -> io::Result<Option<Found>> {
        while let Some(line) = self.lines.next()? {
            if let Some((offset, envelope)) = self.candidate.take()
                && begins_head(line)
            {
                let mut head = Collector::default();
                head.push(line);
                let begun = Begun {
                    offset,
                    envelope,
                    head,
                };
                match self.begun.replace(begun) {
                    Some(before) => return Ok(Some(before.finish())),
                    None => continue,
                }
            }
            let separates = line.strip_prefix(b"From ").and_then(date::of_separator);
            if let Some(envelope) = separates {
                self.candidate = Some((self.lines.offset(), envelope));
            } else if let Some(begun) = &mut self.begun {
                begun.head.push(line);
            } else if !self.had_preamble && !line.trim_ascii().is_empty() {
                self.had_preamble = true;
                let place = Place::Byte(self.lines.offset());
                return Ok(Some(Found::LeftOut(Reason::Undecodable, place)));
            }
        }
        Ok(self.begun.take().map(Begun::finish))
    }
}

impl Begun {
    fn finish(self) -> Found {
        Found::Head(Head {
            place: Place::Byte(self.offset),
            bytes: self.head.finish(),
            envelope: Some(self.envelope),
        })
    }
}

/// Whether a line can be the first after a separator: a header, or the `>From ` that some mailers
/// leave there.
fn begins_head(line: &[u8]) -> bool {
    if line.starts_with(b">From ") {
        return true;
    }
    let name = line.iter().position(|&b| b == b':').map(|end| &line[..end]);
    name.is_some_and(|name| {
        !name.is_empty() && name.trim_ascii_end().iter().all(|&b| b.is_ascii_graphic())
    })
}
