//! Tokens that clients carry: positions in the log, and places in lists. Sealed with the
//! organisation's key, so that they say nothing and can't be made up.

use kith_eventlog::log::Position;
use kith_servicekit::failure::Failure;
use kith_servicekit::server::MAX_RESPONSE_BYTES;

use crate::Api;
use crate::caller::Caller;

const POSITION: &str = "position 1";
const PAGE: &str = "page 1";

/// Reads a token's fields one after the other.
pub(crate) struct Fields<'t>(&'t [u8]);

impl<'t> Fields<'t> {
    pub(crate) fn new(clear: &'t [u8]) -> Self {
        Self(clear)
    }

    pub(crate) fn number(&mut self) -> Option<u64> {
        let (bytes, rest) = self.0.split_first_chunk::<8>()?;
        self.0 = rest;
        Some(u64::from_be_bytes(*bytes))
    }

    pub(crate) fn id(&mut self) -> Option<[u8; 16]> {
        let (bytes, rest) = self.0.split_first_chunk::<16>()?;
        self.0 = rest;
        Some(*bytes)
    }

    pub(crate) fn text(self) -> Option<&'t str> {
        std::str::from_utf8(self.0).ok()
    }
}

impl Api {
    /// The token of a position.
    pub(crate) fn position_token(&self, caller: &Caller, position: Position) -> String {
        let epoch = self.ledger().log().epoch();
        let shard = position.shard.to_be_bytes();
        let clear = [epoch.as_slice(), &shard, &position.sequence.to_be_bytes()].concat();
        caller.keys.seal_token(POSITION, &clear)
    }

    /// A position at which everything that this server's rows have is visible.
    pub(crate) fn present(&self, caller: &Caller) -> String {
        let (shard, sequence) = (caller.shard, self.progress().reached(caller.shard));
        self.position_token(caller, Position { shard, sequence })
    }

    /// The sequence that a token stands for; `None` when it is empty.
    pub(crate) fn position(&self, caller: &Caller, token: &str) -> Result<Option<u64>, Failure> {
        if token.is_empty() {
            return Ok(None);
        }
        let invalid = || Failure::position_invalid("min_position");
        let clear = caller
            .keys
            .open_token(POSITION, token)
            .ok_or_else(invalid)?;
        let (epoch, rest) = clear.split_first_chunk::<16>().ok_or_else(invalid)?;
        let (shard, sequence) = rest.split_first_chunk::<2>().ok_or_else(invalid)?;
        if *epoch != self.ledger().log().epoch() {
            return Err(Failure::log_epoch());
        }
        if u16::from_be_bytes(*shard) != caller.shard {
            return Err(invalid());
        }
        Fields(sequence).number().map(Some).ok_or_else(invalid)
    }
}

/// What the texts of one answer may take: what is left of the largest message has room for the rest.
const ANSWER_BYTES: usize = MAX_RESPONSE_BYTES * 3 / 4;

/// How many of these rows, at most `size` and at least one, fit into one answer. `bytes` is about
/// what a row takes. A page with fewer rows than were asked for has a next one all the same.
pub(crate) fn fitting<R>(rows: &[R], size: usize, bytes: impl Fn(&R) -> usize) -> usize {
    let mut sum = 0;
    let fit = rows.iter().take(size).take_while(|row| {
        sum += bytes(row);
        sum <= ANSWER_BYTES
    });
    fit.count().max(1)
}

/// Cuts rows, asked for with one more than `size`, to a page. Answers the token of the next page,
/// which begins after the `place` of the last row; it is empty when there is none. `question` is
/// everything that the page answers: a token fits no other question.
pub(crate) fn cut<R>(
    caller: &Caller,
    question: &str,
    rows: &mut Vec<R>,
    size: usize,
    place: impl FnOnce(&R) -> Vec<u8>,
) -> String {
    let more = rows.len() > size;
    rows.truncate(size);
    match rows.last() {
        Some(last) if more => caller
            .keys
            .seal_token(&purpose(caller, question), &place(last)),
        _ => String::new(),
    }
}

fn purpose(caller: &Caller, question: &str) -> String {
    format!("{PAGE} {:?} {question}", caller.principal.member)
}

/// The place behind a page token; `None` for the first page.
pub(crate) fn place<T>(
    caller: &Caller,
    question: &str,
    token: &str,
    read: impl FnOnce(Fields<'_>) -> Option<T>,
) -> Result<Option<T>, Failure> {
    if token.is_empty() {
        return Ok(None);
    }
    let clear = caller.keys.open_token(&purpose(caller, question), token);
    let place = clear.and_then(|clear| read(Fields(&clear)));
    place.map(Some).ok_or_else(Failure::page_token_invalid)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_holds_as_many_rows_as_were_asked_for_unless_they_are_too_large_for_it() {
        let rows = [ANSWER_BYTES / 2, ANSWER_BYTES / 2, 1, 1];
        assert_eq!(fitting(&rows[2..], 50, |bytes| *bytes), 2);
        assert_eq!(fitting(&rows, 1, |bytes| *bytes), 1);
        assert_eq!(fitting(&rows, 50, |bytes| *bytes), 2);
        assert_eq!(fitting(&[ANSWER_BYTES + 1], 50, |bytes| *bytes), 1);
    }
}
