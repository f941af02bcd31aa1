//! What was sent already, so that watching a mailbox sends what is new and not all of it again.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::{Arc, Mutex, PoisonError};

use kith_proto::kith::interaction::v1::InteractionInput;

/// The moments that the server has, by a hash of 64 bits of what identifies each: of a million, two
/// are taken for one once in thirty million times, and the next import brings the second.
#[derive(Debug, Clone, Default)]
pub(super) struct Sent {
    keys: Arc<Mutex<HashSet<u64>>>,
}

impl Sent {
    pub(super) fn key(moment: &InteractionInput) -> u64 {
        let mut hasher = DefaultHasher::new();
        moment.source_key.hash(&mut hasher);
        hasher.finish()
    }

    pub(super) fn contains(&self, moment: &InteractionInput) -> bool {
        self.lock().contains(&Self::key(moment))
    }

    /// The server answered for these.
    pub(super) fn add(&self, keys: Vec<u64>) {
        self.lock().extend(keys);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashSet<u64>> {
        self.keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
