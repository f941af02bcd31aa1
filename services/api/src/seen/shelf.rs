//! What callers saw a moment ago: each only as long as it is true, and all of it within bounds.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use kith_domain::access::Role;
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::time::{Clock, MINUTE, Timestamp};
use kith_servicekit::failure::Failure;
use tokio::sync;

use super::{AsOf, Seen};
use crate::Api;
use crate::caller::Caller;

/// People who are kept together, about 2 KB each. One who sees more is kept alone.
const ROOM: usize = 50_000;
/// How long something is kept that nobody asks for.
const IDLE: i64 = 10 * MINUTE;
/// How often what is idle is looked for.
const SWEPT_EVERY: Duration = Duration::from_secs(60);

/// Two keys of one member see the same.
type Whose = (OrganisationId, Role, Option<PersonId>);

/// What callers saw a moment ago.
#[derive(Default)]
pub(crate) struct Shelf(Mutex<HashMap<Whose, Slot>>);

struct Slot {
    /// Held while it is read: whoever else asks waits, and finds it.
    kept: Arc<sync::Mutex<Option<Arc<Seen>>>>,
    used: Timestamp,
}

impl Shelf {
    pub(super) async fn get(&self, api: &Api, caller: &Caller) -> Result<Arc<Seen>, Failure> {
        let slot = self.slot(caller, api.now());
        let mut kept = slot.lock().await;
        let as_of = AsOf::now(api, caller).await?;
        if let Some(seen) = kept.as_ref().filter(|seen| seen.as_of == as_of) {
            return Ok(seen.clone());
        }
        *kept = None;
        let seen = Arc::new(Seen::load(api, caller, as_of).await?);
        *kept = Some(seen.clone());
        drop(kept);
        self.tidy(api.now());
        Ok(seen)
    }

    fn slot(&self, caller: &Caller, now: Timestamp) -> Arc<sync::Mutex<Option<Arc<Seen>>>> {
        let principal = &caller.principal;
        let whose = (principal.organisation, principal.role, principal.member);
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let slot = slots.entry(whose).or_insert_with(|| Slot {
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
        let weight = |slot: &Slot| {
            // What is being read now is weighed the next time.
            let kept = slot.kept.try_lock().ok();
            kept.and_then(|kept| kept.as_ref().map(|seen| seen.weight()))
                .unwrap_or(0)
        };
        let mut newest: Vec<(Whose, Timestamp, usize)> = slots
            .iter()
            .map(|(whose, slot)| (*whose, slot.used, weight(slot)))
            .collect();
        newest.sort_by_key(|(_, used, _)| std::cmp::Reverse(*used));
        let mut taken = 0;
        for (place, (whose, _, weight)) in newest.into_iter().enumerate() {
            taken += weight;
            if place > 0 && taken > ROOM {
                slots.remove(&whose);
            }
        }
    }

    /// Forgets what was seen of an organisation.
    pub(crate) fn forget(&self, organisation: OrganisationId) {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|(of, ..), _| *of != organisation);
    }
}
