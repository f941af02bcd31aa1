//! Keys that are revoked, whatever the rows say.
//!
//! The rows may lag behind the log, for a moment or for hours. What the log itself says of a key is
//! asked for then. While the log can't be asked, rows that once agreed with it are trusted for a
//! minute, and then no key opens anything: closed, not open.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use kith_domain::key::{self, Key};
use kith_domain::time::{SECOND, Timestamp};
use kith_eventlog::log::Subject;
use kith_servicekit::failure::Failure;

use crate::Api;

/// How long the log has for an answer.
const PATIENCE: Duration = Duration::from_secs(2);
/// How long rows are trusted that can't be compared with the log.
const TRUSTED: i64 = 60 * SECOND;

/// When the rows of each shard last agreed with the log.
#[derive(Debug, Default)]
pub(crate) struct Compared {
    at: Mutex<HashMap<u16, Timestamp>>,
}

impl Compared {
    fn note(&self, shard: u16, now: Timestamp) {
        let mut at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        at.insert(shard, now);
    }

    /// Whether the rows of a shard may still be trusted without the log.
    fn is_recent(&self, shard: u16, now: Timestamp) -> bool {
        let at = self.at.lock().unwrap_or_else(PoisonError::into_inner);
        at.get(&shard)
            .is_some_and(|at| now.micros_since(*at).abs() <= TRUSTED)
    }
}

impl Api {
    /// Refuses a key that the log says is revoked: `KEY_INVALID`. The rows of an organisation that
    /// is parked stand still while their shard goes on: they are never taken for the log.
    pub(super) async fn refuse_revoked(&self, key: &Subject) -> Result<(), Failure> {
        let (compared, now) = (&self.parts.compared, self.now());
        let asked = tokio::time::timeout(PATIENCE, self.is_revoked(key)).await;
        let failure = match asked {
            Ok(Ok(true)) => return Err(Failure::key_invalid()),
            Ok(Ok(false)) => return Ok(()),
            Ok(Err(failure)) => failure,
            Err(late) => Failure::unavailable(late),
        };
        if !self.stands_still(key) && compared.is_recent(key.shard, now) {
            return Ok(());
        }
        Err(failure)
    }

    /// What the log says, if the rows may not have it all.
    async fn is_revoked(&self, key: &Subject) -> Result<bool, Failure> {
        let now = self.now();
        let tail = self.ledger().log().tail(key.shard).await?;
        if self.progress().has(key.shard, tail) && !self.stands_still(key) {
            self.parts.compared.note(key.shard, now);
            return Ok(false);
        }
        let state = self.ledger().state::<Key>(key).await;
        let state = state.map_err(|error| Failure::from_execute(error, Failure::internal))?;
        Ok(state == key::State::Revoked)
    }

    fn stands_still(&self, key: &Subject) -> bool {
        self.progress().parked_at(key.organisation).is_some()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_that_can_not_be_compared_are_trusted_for_a_minute() {
        let compared = Compared::default();
        let noon = Timestamp::from_seconds(1_794_992_400);
        assert!(!compared.is_recent(1, noon), "never compared");
        compared.note(1, noon);
        assert!(compared.is_recent(1, noon.plus_micros(TRUSTED)));
        assert!(!compared.is_recent(1, noon.plus_micros(TRUSTED + 1)));
        assert!(!compared.is_recent(2, noon), "another shard");
    }
}
