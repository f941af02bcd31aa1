//! A clock that stands still until a test moves it.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use kith_domain::time::{Clock, Timestamp};

/// A [`Clock`] moved by hand. Clones show the same time, so a test keeps one and gives one away.
#[derive(Clone, Debug)]
pub struct ManualClock {
    micros: Arc<AtomicI64>,
}

impl ManualClock {
    /// A clock that stands at `now`.
    #[must_use]
    pub fn new(now: Timestamp) -> Self {
        Self {
            micros: Arc::new(AtomicI64::new(now.0)),
        }
    }

    /// Moves the clock to `now`, backwards too: real clocks do that.
    pub fn set(&self, now: Timestamp) {
        self.micros.store(now.0, Ordering::SeqCst);
    }

    /// Moves the clock forward by `by`, to whole microseconds.
    pub fn advance(&self, by: Duration) {
        let by = i64::try_from(by.as_micros()).unwrap_or(i64::MAX);
        self.micros.fetch_add(by, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.micros.load(Ordering::SeqCst))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_shows_the_time_to_which_the_original_was_moved() {
        let ours = ManualClock::new(Timestamp(1_000_000));
        let theirs = ours.clone();
        ours.advance(Duration::from_millis(1_500));
        assert_eq!(theirs.now(), Timestamp(2_500_000));
        ours.set(Timestamp(-1));
        assert_eq!(theirs.now(), Timestamp(-1));
    }
}
