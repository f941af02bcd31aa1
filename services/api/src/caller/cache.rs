//! What was learnt of keys a moment ago.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use kith_domain::id::{KeyId, OrganisationId};
use kith_domain::time::{SECOND, Timestamp};

use super::Caller;

/// How long what is known of a key is used without looking again: how late another replica may
/// learn that it was revoked.
const REMEMBERED: i64 = SECOND;
/// Keys remembered at most.
const MAX_REMEMBERED: usize = 10_000;

/// What was learnt of keys a moment ago.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    known: Mutex<HashMap<KeyId, (Timestamp, Caller)>>,
}

impl Cache {
    pub(super) fn get(&self, id: KeyId, now: Timestamp) -> Option<Caller> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (learnt, caller) = known.get(&id)?;
        (now.micros_since(*learnt).abs() < REMEMBERED).then(|| caller.clone())
    }

    pub(super) fn put(&self, id: KeyId, now: Timestamp, caller: Caller) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_REMEMBERED {
            known.clear();
        }
        known.insert(id, (now, caller));
    }

    /// Forgets every key of an organisation.
    pub(crate) fn forget_all(&self, organisation: OrganisationId) {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .retain(|_, (_, caller)| caller.principal.organisation != organisation);
    }

    pub(crate) fn forget(&self, id: KeyId) {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&id);
    }
}
