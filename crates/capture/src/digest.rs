//! A short name for some content, the same for ever.

use sha2::{Digest, Sha256};

/// Bytes of an identifier that stands in a key as it is; longer ones exist.
pub(crate) const LONGEST_ID: usize = 400;

/// Content in its one canonical form: each part with its length in front, so that parts do not run
/// together.
#[derive(Debug, Default)]
pub(crate) struct Content {
    bytes: Vec<u8>,
}

impl Content {
    /// Adds a part.
    pub(crate) fn push(&mut self, part: &str) {
        self.bytes.extend((part.len() as u64).to_be_bytes());
        self.bytes.extend(part.as_bytes());
    }

    /// 128 bits of SHA-256. It stands for the content in keys, so that a long text
    /// does not make a long key, and no personal text travels twice. Neither it nor its input may
    /// ever change: a file imported after an upgrade would be recorded again.
    pub(crate) fn digest(&self) -> [u8; 16] {
        let digest: [u8; 32] = Sha256::digest(&self.bytes).into();
        let mut short = [0; 16];
        short.copy_from_slice(&digest[..16]);
        short
    }
}
