//! Lines of a file that may hold anything: of a line of megabytes only its beginning is kept.

use std::io::{self, BufRead};

/// Bytes kept of a line. RFC 5322 allows 998; headers that were never folded are longer.
const KEPT: usize = 64 * 1024;

/// A file, line by line.
pub(super) struct Lines<R> {
    input: R,
    line: Vec<u8>,
    /// Where the line begins.
    offset: u64,
    /// Where the next one does.
    next_offset: u64,
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(input: R) -> Self {
        Self {
            input,
            line: Vec::new(),
            offset: 0,
            next_offset: 0,
        }
    }

    /// The next line without its end; `None` at the end of the file.
    pub(super) fn next(&mut self) -> io::Result<Option<&[u8]>> {
        self.line.clear();
        self.offset = self.next_offset;
        loop {
            let available = match self.input.fill_buf() {
                Ok(available) => available,
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Err(error) => return Err(error),
            };
            if available.is_empty() && self.next_offset == self.offset {
                return Ok(None);
            }
            let end = memchr::memchr(b'\n', available);
            let taken = end.map_or(available.len(), |end| end + 1);
            let room = KEPT.saturating_sub(self.line.len());
            let content = end.unwrap_or(taken);
            self.line.extend_from_slice(&available[..content.min(room)]);
            self.input.consume(taken);
            self.next_offset += taken as u64;
            if end.is_some() || taken == 0 {
                break;
            }
        }
        if self.line.last() == Some(&b'\r') {
            self.line.pop();
        }
        Ok(Some(&self.line))
    }

    /// Where the line that was read last begins, in bytes from the start of the file.
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &[u8]) -> Vec<(u64, usize)> {
        // A small buffer, so that lines lie across it.
        let mut lines = Lines::new(io::BufReader::with_capacity(3, text));
        let mut found = Vec::new();
        while let Some(length) = lines.next().unwrap().map(<[u8]>::len) {
            found.push((lines.offset(), length));
        }
        found
    }

    #[test]
    fn lines_end_in_either_way_and_the_last_may_not_end() {
        assert_eq!(read(b"ab\r\n\nabcdef"), [(0, 2), (4, 0), (5, 6)]);
        assert_eq!(read(b""), []);
        assert_eq!(read(b"\n"), [(0, 0)]);
    }

    #[test]
    fn of_a_line_of_megabytes_the_beginning_is_kept() {
        let mut text = vec![b'x'; 3 * KEPT];
        text.extend(b"\nab");
        assert_eq!(read(&text), [(0, KEPT), (3 * KEPT as u64 + 1, 2)]);
    }
}
