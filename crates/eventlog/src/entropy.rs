//! Randomness from the operating system: the one sanctioned place.

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
