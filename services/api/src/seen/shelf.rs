//! What was read a moment ago: each only as long as it is true, and all of it within bounds.

use std::cmp::Reverse;
use std::collections::HashMap;
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
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

struct Slot<A, V> {
    kept: Arc<Kept<A, V>>,
    used: Timestamp,
}

/// What is kept of one key.
struct Kept<A, V> {
    /// How many readings have begun.
    begun: AtomicU64,
    /// Held while it is read: whoever else asks waits, and finds it.
    reading: sync::Mutex<Option<Reading<A, V>>>,
}

/// A value, its number among the readings, and as of what it is.
struct Reading<A, V> {
    number: u64,
    as_of: A,
    value: Arc<V>,
}

impl<K, A, V> Default for Shelf<K, A, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K, A, V> Shelf<K, A, V>
where
    K: Copy + Eq + Hash,
    A: Eq + Send + 'static,
    V: Weight + Send + Sync + 'static,
{
    /// The value of a key: what is kept if that is as of what holds now, or was read from its beginning while this
    /// call waited; else what is read.
    pub(crate) async fn get(
        &self,
        key: K,
        clock: &dyn Clock,
        as_of: impl Future<Output = Result<A, Failure>>,
        read: impl Future<Output = Result<V, Failure>>,
    ) -> Result<Arc<V>, Failure> {
        let kept = self.slot(key, clock.now());
        let before = kept.begun.load(Ordering::SeqCst);
        let mut reading = kept.reading.lock().await;
        if let Some(found) = reading.as_ref().filter(|found| found.number > before) {
            return Ok(found.value.clone());
        }
        let number = kept.begun.fetch_add(1, Ordering::SeqCst) + 1;
        // Found out before it is read: what changes meanwhile makes it void.
        let as_of = as_of.await?;
        if let Some(found) = reading.as_mut().filter(|found| found.as_of == as_of) {
            found.number = number;
            return Ok(found.value.clone());
        }
        if let Some(old) = reading.take() {
            let_go(old);
        }
        let value = Arc::new(read.await?);
        *reading = Some(Reading {
            number,
            as_of,
            value: value.clone(),
        });
        drop(reading);
        self.tidy(clock.now());
        Ok(value)
    }

    fn slot(&self, key: K, now: Timestamp) -> Arc<Kept<A, V>> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.entry(key).or_insert_with(|| Slot {
            kept: Arc::new(Kept {
                begun: AtomicU64::new(0),
                reading: sync::Mutex::default(),
            }),
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
        let weight = |slot: &Slot<A, V>| {
            // What is being read now is weighed the next time.
            let reading = slot.kept.reading.try_lock().ok();
            let weight = reading.and_then(|found| found.as_ref().map(|one| one.value.weight()));
            weight.unwrap_or(0)
        };
        let mut newest: Vec<(K, Timestamp, usize)> = slots
            .iter()
            .map(|(key, slot)| (*key, slot.used, weight(slot)))
            .collect();
        newest.sort_by_key(|(_, used, _)| Reverse(*used));
        let mut taken = 0;
        let mut gone = Vec::new();
        for (place, (key, used, weight)) in newest.into_iter().enumerate() {
            taken += weight;
            if now.micros_since(used) >= IDLE || (place > 0 && taken > ROOM) {
                gone.extend(slots.remove(&key));
            }
        }
        drop(slots);
        let_go(gone);
    }

    /// Forgets what these keys have.
    pub(crate) fn forget(&self, of: impl Fn(&K) -> bool) {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let gone: Vec<K> = slots.keys().filter(|key| of(key)).copied().collect();
        let gone: Vec<Slot<A, V>> = gone.iter().filter_map(|key| slots.remove(key)).collect();
        drop(slots);
        let_go(gone);
    }
}

/// Frees something large where nobody waits for it.
fn let_go<T: Send + 'static>(large: T) {
    drop(tokio::task::spawn_blocking(move || drop(large)));
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
    async fn whoever_waits_takes_what_was_read_from_its_beginning_meanwhile_and_nothing_older() {
        let (shelf, clock) = (Small::default(), ManualClock::new(Timestamp(0)));
        let (opened, gate) = sync::oneshot::channel();
        let slow = async {
            gate.await.ok();
            Ok((1, "slow"))
        };
        let number = AtomicU64::new(1);
        let as_of = || async { Ok(number.fetch_add(1, Ordering::SeqCst)) };
        let ask = |name| shelf.get(1, &clock, as_of(), async move { Ok((1, name)) });
        // Two come while the first is read; every look finds something newer.
        let open = async {
            tokio::task::yield_now().await;
            opened.send(()).ok();
        };
        let first = shelf.get(1, &clock, as_of(), slow);
        let (first, second, third, ()) = tokio::join!(first, ask("second"), ask("third"), open);
        let names = [first, second, third].map(|value| value.unwrap().1);
        assert_eq!(names, ["slow", "second", "second"]);
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
