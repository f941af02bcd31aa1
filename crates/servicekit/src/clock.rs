//! The machine's clock: the one place that reads it.

use std::time::{SystemTime, UNIX_EPOCH};

use kith_domain::time::{Clock, Timestamp};

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct System;

impl Clock for System {
    fn now(&self) -> Timestamp {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that reads the clock"
        )]
        let now = SystemTime::now();
        // A clock that was never set may stand before 1970; it counts as 1970.
        let since_1970 = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since_1970.as_micros()).unwrap_or(i64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_machine_says_that_2025_has_begun() {
        assert!(System.now() > Timestamp::from_seconds(1_735_689_600));
    }
}
