//! What was read a moment ago: each only as long as it is true, and all of it within bounds.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kith_domain::time::{Clock, MINUTE, Timestamp};
use kith_servicekit::failure::Failure;
use tokio::sync;

/// How much room everything may take, but for the one thing that was asked for last.
const ROOM: usize = 50_000;
/// How long something is kept that nobody asks for.
const IDLE: i64 = 10 * MINUTE;
/// How often what is idle is looked for.
const SWEPT_EVERY: Duration = Duration::from_secs(60);

/// Something that takes room.
pub(crate) trait Weight {
    /// How much.
    fn weight(&self) -> usize;
}

/// Values by keys, each as of something.
pub(crate) struct Shelf<K, A, V>(Mutex<HashMap<K, Slot<A, V>>>);

/// A value as of something, locked while it is read: whoever else asks waits, and finds it.
type Kept<A, V> = Arc<sync::Mutex<Option<(A, Arc<V>)>>>;

struct Slot<A, V> {
    kept: Kept<A, V>,
    used: Timestamp,
}

impl<K, A, V> Default for Shelf<K, A, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Copy + Eq + Hash, A: Eq, V: Weight> Shelf<K, A, V> {
    /// The value of a key: what is kept if that is as of what holds now, else what is read.
    pub(crate) async fn get(
        &self,
        key: K,
        clock: &dyn Clock,
        as_of: impl Future<Output = Result<A, Failure>>,
        read: impl Future<Output = Result<V, Failure>>,
    ) -> Result<Arc<V>, Failure> {
        let kept = self.slot(key, clock.now());
        let mut kept = kept.lock().await;
        // Found out before it is read: what changes meanwhile makes it void.
        let as_of = as_of.await?;
        if let Some((_, value)) = kept.as_ref().filter(|(of, _)| *of == as_of) {
            return Ok(value.clone());
        }
        *kept = None;
        let value = Arc::new(read.await?);
        *kept = Some((as_of, value.clone()));
        drop(kept);
        self.tidy(clock.now());
        Ok(value)
    }

    fn slot(&self, key: K, now: Timestamp) -> Kept<A, V> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.entry(key).or_insert_with(|| Slot {
            kept: Arc::default(),
            used: now,
        });
        slot.used = now;
        slot.kept.clone()
    }

    /// Tidies now and then, for ever: what nobody asks for any more is let go of all the same.
    pub(crate) async fn sweep(&self, clock: &dyn Clock) {
        loop {
            tokio::time::sleep(SWEPT_EVERY).await;
            self.tidy(clock.now());
        }
    }

    /// Lets go of what is idle, and of what was asked for the longest ago, until the rest has room.
    fn tidy(&self, now: Timestamp) {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|_, slot| now.micros_since(slot.used) < IDLE);
        let weight = |slot: &Slot<A, V>| {
            // What is being read now is weighed the next time.
            let kept = slot.kept.try_lock().ok();
            let weight = kept.and_then(|kept| kept.as_ref().map(|(_, value)| value.weight()));
            weight.unwrap_or(0)
        };
        let mut newest: Vec<(K, Timestamp, usize)> = slots
            .iter()
            .map(|(key, slot)| (*key, slot.used, weight(slot)))
            .collect();
        newest.sort_by_key(|(_, used, _)| Reverse(*used));
        let mut taken = 0;
        for (place, (key, _, weight)) in newest.into_iter().enumerate() {
            taken += weight;
            if place > 0 && taken > ROOM {
                slots.remove(&key);
            }
        }
    }

    /// Forgets what these keys have.
    pub(crate) fn forget(&self, of: impl Fn(&K) -> bool) {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|key, _| !of(key));
    }
}

#[cfg(test)]
mod tests {
    use kith_testkit::clock::ManualClock;

    use super::*;

    /// Its weight, and what it is called.
    type Value = (usize, &'static str);

    impl Weight for Value {
        fn weight(&self) -> usize {
            self.0
        }
    }

    type Small = Shelf<u8, u64, Value>;

    async fn get(shelf: &Small, clock: &ManualClock, key: u8, as_of: u64, new: Value) -> Value {
        clock.advance(Duration::from_secs(1));
        let value = shelf.get(key, clock, async { Ok(as_of) }, async { Ok(new) });
        *value.await.unwrap()
    }

    #[tokio::test]
    async fn something_is_kept_as_long_as_it_is_true() {
        let (shelf, clock) = (Small::default(), ManualClock::new(Timestamp(0)));
        assert_eq!(get(&shelf, &clock, 1, 7, (1, "first")).await, (1, "first"));
        assert_eq!(get(&shelf, &clock, 1, 7, (1, "again")).await, (1, "first"));
        assert_eq!(get(&shelf, &clock, 2, 7, (1, "other")).await, (1, "other"));
        assert_eq!(get(&shelf, &clock, 1, 8, (1, "later")).await, (1, "later"));
        shelf.forget(|key| *key == 1);
        assert_eq!(get(&shelf, &clock, 1, 8, (1, "anew")).await, (1, "anew"));
    }

    #[tokio::test]
    async fn what_was_asked_for_the_longest_ago_goes_when_there_is_no_room() {
        let (shelf, clock) = (Small::default(), ManualClock::new(Timestamp(0)));
        let half = ROOM / 2;
        for (key, name) in [(1, "one"), (2, "two")] {
            assert_eq!(get(&shelf, &clock, key, 0, (half, name)).await.1, name);
        }
        assert_eq!(get(&shelf, &clock, 1, 0, (half, "again")).await.1, "one");
        // One that takes more than there is stays alone.
        assert_eq!(get(&shelf, &clock, 3, 0, (half, "three")).await.1, "three");
        assert_eq!(get(&shelf, &clock, 1, 0, (half, "again")).await.1, "one");
        assert_eq!(
            get(&shelf, &clock, 2, 0, (2 * ROOM, "anew")).await.1,
            "anew"
        );
        assert_eq!(get(&shelf, &clock, 2, 0, (half, "again")).await.1, "anew");
        assert_eq!(get(&shelf, &clock, 1, 0, (half, "anew")).await.1, "anew");
    }

    #[tokio::test]
    async fn what_nobody_asks_for_goes() {
        let (shelf, clock) = (Small::default(), ManualClock::new(Timestamp(0)));
        get(&shelf, &clock, 1, 0, (1, "one")).await;
        clock.advance(Duration::from_micros(IDLE as u64));
        shelf.tidy(clock.now());
        assert_eq!(get(&shelf, &clock, 1, 0, (1, "anew")).await.1, "anew");
    }
}
