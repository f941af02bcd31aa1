//! What is left to chance: `ChaCha8`, one stream of it per module, integers only.
//!
//! Each module throws its own dice, so that a word added to one list does not reshuffle the rest of
//! the season. How a draw becomes a number is written here and not left to a library: it must stay
//! the same for ever.

use chacha20::ChaCha8Rng;
use chacha20::rand_core::{Rng, SeedableRng};

/// Who throws; the number selects a stream of the cipher, so it never changes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Stream {
    Directory = 1,
    Team = 2,
    Projects = 3,
    Rhythms = 4,
    Gatherings = 5,
    Gifts = 6,
    Cast = 7,
    Facts = 8,
    Promises = 9,
    Encounters = 10,
    Conference = 11,
}

/// A sequence of draws.
pub(super) struct Dice(ChaCha8Rng);

impl Dice {
    /// The dice of one module under one seed.
    pub(super) fn new(seed: u64, stream: Stream) -> Self {
        let mut key = [0; 32];
        key[..8].copy_from_slice(&seed.to_le_bytes());
        let mut cipher = ChaCha8Rng::from_seed(key);
        cipher.set_stream(stream as u64);
        Self(cipher)
    }

    /// A number from 0 to `n - 1`; 0 if `n` is 0. The bias is below one in ten million.
    pub(super) fn below(&mut self, n: usize) -> usize {
        let wide = u64::from(self.0.next_u32()) * n as u64;
        (wide >> 32) as usize
    }

    /// A number from `low` to `high`, both included.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(0) as usize) as i64
    }

    /// True `percent` times in a hundred.
    pub(super) fn chance(&mut self, percent: usize) -> bool {
        self.below(100) < percent
    }

    /// One of `these`, which must not be empty.
    pub(super) fn pick<T: Copy>(&mut self, these: &[T]) -> T {
        these[self.below(these.len())]
    }

    /// Up to `n` different ones of `these`, in drawn order.
    pub(super) fn some(&mut self, these: &[usize], n: usize) -> Vec<usize> {
        let mut left = these.to_vec();
        let mut drawn = Vec::new();
        while drawn.len() < n && !left.is_empty() {
            let at = self.below(left.len());
            drawn.push(left.swap_remove(at));
        }
        drawn
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_draws_of_a_seed_never_change() {
        let mut dice = Dice::new(7, Stream::Cast);
        let draws: Vec<usize> = (0..6).map(|_| dice.below(1_000)).collect();
        assert_eq!(draws, [142, 48, 389, 188, 683, 876]);
    }

    #[test]
    fn a_draw_stays_within_its_bounds() {
        let mut dice = Dice::new(1, Stream::Team);
        for _ in 0..2_000 {
            assert!((-3..=3).contains(&dice.between(-3, 3)));
        }
        assert_eq!(dice.between(5, 5), 5);
    }

    #[test]
    fn drawing_more_than_there_are_gives_all_of_them_once() {
        let mut drawn = Dice::new(1, Stream::Team).some(&[4, 5, 6], 9);
        drawn.sort_unstable();
        assert_eq!(drawn, [4, 5, 6]);
    }
}
