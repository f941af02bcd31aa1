//! Randomness from the operating system: the one sanctioned place.

use chacha20::ChaCha20Rng;
use chacha20::rand_core::{Rng, SeedableRng};

/// `N` random bytes, fit for keys.
///
/// # Panics
/// When the operating system has no randomness to give; nothing safe can be done then.
#[must_use]
pub fn bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("the operating system gives randomness");
    bytes
}

/// Nonces, drawn from a generator that the operating system seeds: asking it for each of thousands
/// would take longer than to seal.
pub(crate) struct Nonces(ChaCha20Rng);

impl std::fmt::Debug for Nonces {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Nonces(..)")
    }
}

impl Nonces {
    /// A generator with a seed of its own.
    pub(crate) fn seeded() -> Self {
        Self(ChaCha20Rng::from_seed(bytes()))
    }

    /// The next nonce.
    pub(crate) fn draw<const N: usize>(&mut self) -> [u8; N] {
        let mut nonce = [0; N];
        self.0.fill_bytes(&mut nonce);
        nonce
    }
}
