//! What was looked up by keys, so that a later question asks for the new ones alone.

use std::collections::HashMap;
use std::hash::Hash;
use std::sync::{Mutex, PoisonError};

use kith_servicekit::failure::Failure;

/// Of how many keys what was made one by one is known at most.
const MOST: usize = 20_000;

/// What was looked up of each key.
pub(crate) struct Memo<K, V>(Mutex<HashMap<K, V>>);

impl<K, V> Default for Memo<K, V> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<K: Clone + Eq + Hash, V: Clone> Memo<K, V> {
    /// What is known of a key; made, if nobody asked for it yet.
    pub(crate) fn one(&self, key: &K, make: impl FnOnce() -> V) -> V {
        let lock = || self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(known) = lock().get(key) {
            return known.clone();
        }
        let made = make();
        let mut known = lock();
        if known.len() >= MOST {
            known.clear();
        }
        known.insert(key.clone(), made.clone());
        made
    }

    /// How many keys were looked up.
    pub(crate) fn len(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

impl<K: Clone + Eq + Hash, V: Clone + Default> Memo<K, V> {
    /// What is known of these keys, after `look` was asked for those that nobody asked for yet; of which it says
    /// nothing there is nothing.
    pub(crate) async fn of(
        &self,
        keys: &[K],
        look: impl AsyncFnOnce(Vec<K>) -> Result<HashMap<K, V>, Failure>,
    ) -> Result<HashMap<K, V>, Failure> {
        let missing: Vec<K> = {
            let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            keys.iter()
                .filter(|key| !known.contains_key(*key))
                .cloned()
                .collect()
        };
        let mut found = if missing.is_empty() {
            HashMap::new()
        } else {
            look(missing.clone()).await?
        };
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for key in missing {
            let of_key = found.remove(&key).unwrap_or_default();
            known.insert(key, of_key);
        }
        let of = |key: &K| Some((key.clone(), known.get(key)?.clone()));
        Ok(keys.iter().filter_map(of).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn nothing_is_looked_up_twice_not_even_what_is_not_there() {
        let memo: Memo<u8, Vec<u8>> = Memo::default();
        let asked = Mutex::new(Vec::new());
        let look = async |keys: Vec<u8>| {
            asked.lock().unwrap().push(keys.clone());
            let there = keys.into_iter().filter(|key| *key != 2);
            Ok(there.map(|key| (key, vec![key])).collect())
        };
        let first = memo.of(&[1, 2], look).await.unwrap();
        assert_eq!(first, HashMap::from([(1, vec![1]), (2, vec![])]));
        let second = memo.of(&[2, 3, 1], look).await.unwrap();
        assert_eq!(
            second,
            HashMap::from([(1, vec![1]), (2, vec![]), (3, vec![3])])
        );
        assert_eq!(*asked.lock().unwrap(), [vec![1, 2], vec![3]]);
    }
}
