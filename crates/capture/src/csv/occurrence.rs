//! What makes two equal rows two moments, and two imports of one row the same moment.

use std::collections::HashMap;

use data_encoding::HEXLOWER;

use crate::digest::Content;

/// How often each distinct row was seen, by a 64-bit digest of it. A collision would number one
/// row wrongly; at ten million distinct rows the chance of any is 3 in a million.
#[derive(Debug, Default)]
pub(super) struct Occurrences {
    seen: HashMap<u64, u32>,
}

impl Occurrences {
    /// The source key of a row with this content: `csv:<digest>#<n-th occurrence>`.
    ///
    /// Its form is for ever, see [`Content::digest`].
    pub(super) fn source_key(&mut self, content: &Content) -> String {
        let digest = content.digest();
        let mut row = [0; 8];
        row.copy_from_slice(&digest[..8]);
        let count = self.seen.entry(u64::from_be_bytes(row)).or_default();
        *count = count.saturating_add(1);
        format!("csv:{}#{count}", HEXLOWER.encode(&digest))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(parts: &[&str]) -> Content {
        let mut content = Content::default();
        for part in parts {
            content.push(part);
        }
        content
    }

    #[test]
    fn equal_rows_differ_by_their_occurrence_and_different_rows_by_their_digest() {
        let mut occurrences = Occurrences::default();
        let first = occurrences.source_key(&content(&["ab", "c"]));
        let second = occurrences.source_key(&content(&["ab", "c"]));
        let other = occurrences.source_key(&content(&["a", "bc"]));
        assert_eq!(first.strip_suffix("#1"), second.strip_suffix("#2"));
        assert!(first.ends_with("#1") && second.ends_with("#2") && other.ends_with("#1"));
        assert_ne!(first, other);
    }
}
