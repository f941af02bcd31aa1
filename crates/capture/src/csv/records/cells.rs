//! The cells of one record.

use csv_core::{ReadRecordResult, Reader};

/// The cells of the record read last, back to back; the memory is used again for the next.
#[derive(Default)]
pub(super) struct Cells {
    bytes: Vec<u8>,
    filled: usize,
    ends: Vec<usize>,
    count: usize,
}

/// A record.
pub(in crate::csv) struct Record<'a> {
    /// The line where it begins; the header is line 1.
    pub(in crate::csv) line: u64,
    pub(super) cells: &'a Cells,
}

impl Record<'_> {
    /// Number of cells.
    pub(in crate::csv) fn len(&self) -> usize {
        self.cells.count
    }

    /// A cell.
    pub(in crate::csv) fn get(&self, index: usize) -> Option<&[u8]> {
        let ends = &self.cells.ends[..self.cells.count];
        let end = *ends.get(index)?;
        let start = index.checked_sub(1).map_or(0, |before| ends[before]);
        self.cells.bytes.get(start..end)
    }
}

impl Cells {
    /// Forgets the record before.
    pub(super) fn clear(&mut self) {
        self.filled = 0;
        self.count = 0;
    }

    /// Feeds one line, which ends in a line feed. `Some(bytes used)` when the record ends in it,
    /// `None` while a quote is open.
    pub(super) fn feed(&mut self, parser: &mut Reader, line: &[u8]) -> Option<usize> {
        let mut used = 0;
        // Cells together are never longer than what they were read from.
        self.bytes.resize(self.filled + line.len(), 0);
        loop {
            if self.count == self.ends.len() {
                self.ends.resize(self.ends.len() * 2 + 16, 0);
            }
            let (result, read, written, ended) = parser.read_record(
                &line[used..],
                &mut self.bytes[self.filled..],
                &mut self.ends[self.count..],
            );
            used += read;
            self.filled += written;
            self.count += ended;
            match result {
                ReadRecordResult::Record | ReadRecordResult::End => return Some(used),
                ReadRecordResult::InputEmpty => return None,
                ReadRecordResult::OutputFull => self.bytes.resize(self.bytes.len() * 2 + 64, 0),
                ReadRecordResult::OutputEndsFull => {}
            }
        }
    }
}
