//! How many watch streams a key may hold open at once.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use kith_domain::id::KeyId;
use kith_servicekit::failure::Failure;

/// Enough for every device and tool of a member; a program that leaks streams is told.
const MAX_OPEN: usize = 32;

/// The open watch streams of this server, by key.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places(Arc<Mutex<HashMap<KeyId, usize>>>);

/// One open stream; its place is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Taken {
    places: Places,
    key: KeyId,
}

impl Places {
    /// Takes a place, or answers `LIMIT`.
    pub(crate) fn take(&self, key: KeyId) -> Result<Taken, Failure> {
        let mut open = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(key).or_default();
        if *count == MAX_OPEN {
            return Err(Failure::limit(format!(
                "a key may hold {MAX_OPEN} watch streams open at once"
            )));
        }
        *count += 1;
        let places = self.clone();
        Ok(Taken { places, key })
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut open = self.places.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.key) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.key);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_holds_so_many_streams_and_no_more_until_one_ends() {
        let (places, key) = (Places::default(), KeyId::from_bytes([1; 16]));
        let mut taken: Vec<Taken> = (0..MAX_OPEN).map_while(|_| places.take(key).ok()).collect();
        assert_eq!(taken.len(), MAX_OPEN);
        assert!(places.take(key).is_err(), "one too many");
        assert!(
            places.take(KeyId::from_bytes([2; 16])).is_ok(),
            "another key"
        );
        taken.pop();
        assert!(places.take(key).is_ok(), "one ended");
    }

    #[test]
    fn nothing_is_kept_of_keys_without_streams() {
        let (places, key) = (Places::default(), KeyId::from_bytes([1; 16]));
        drop(places.take(key));
        assert!(places.0.lock().is_ok_and(|open| open.is_empty()));
    }
}
