//! Who asks. The organisation comes from the credential, never from the request.

use std::collections::HashMap;
use std::str::FromStr;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use data_encoding::HEXLOWER;
use kith_domain::access::{Principal, Role};
use kith_domain::id::{KeyId, OrganisationId, PersonId};
use kith_domain::sharing::Level;
use kith_domain::time::{SECOND, Timestamp};
use kith_eventlog::identity::{OrganisationKeys, secret_hash};
use kith_eventlog::log::Position;
use kith_readmodel::query::keys;
use kith_readmodel::runner::parked_at;
use kith_servicekit::failure::Failure;
use subtle::ConstantTimeEq;
use tonic::metadata::MetadataMap;

use crate::Api;

/// How long what is known of a key is used without looking again: how late another replica may
/// learn that it was revoked.
const REMEMBERED: i64 = SECOND;
/// Keys remembered at most.
const MAX_REMEMBERED: usize = 10_000;

/// Who asks, with what every call needs of their organisation.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Role, member and organisation.
    pub principal: Principal,
    /// The shard of the organisation's events.
    pub shard: u16,
    /// The organisation's name.
    pub organisation_name: String,
    /// What members share by default.
    pub sharing: Level,
    /// The organisation's keys.
    pub keys: OrganisationKeys,
    /// Where its read model stopped, if it did.
    pub parked_at: Option<u64>,
    secret_hash: [u8; 32],
}

impl Caller {
    /// Refuses roles other than these.
    pub fn must_be(&self, roles: &[Role]) -> Result<(), Failure> {
        if roles.contains(&self.principal.role) {
            Ok(())
        } else {
            Err(Failure::role_missing(roles))
        }
    }

    /// The member the key speaks for.
    pub fn member(&self) -> Result<PersonId, Failure> {
        self.principal.member.ok_or_else(Failure::member_missing)
    }
}

/// What was learnt of keys a moment ago.
#[derive(Debug, Default)]
pub(crate) struct Cache {
    known: Mutex<HashMap<KeyId, (Timestamp, Caller)>>,
}

impl Cache {
    fn get(&self, id: KeyId, now: Timestamp) -> Option<Caller> {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let (learnt, caller) = known.get(&id)?;
        (now.micros_since(*learnt).abs() < REMEMBERED).then(|| caller.clone())
    }

    fn put(&self, id: KeyId, now: Timestamp, caller: Caller) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= MAX_REMEMBERED {
            known.clear();
        }
        known.insert(id, (now, caller));
    }

    pub(crate) fn forget(&self, id: KeyId) {
        self.known
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&id);
    }
}

/// A key as its owner holds it: `kith_<organisation>_<key id>_<secret>`.
pub struct ApiKey {
    /// Whose key.
    pub organisation: OrganisationId,
    /// Which key.
    pub id: KeyId,
    /// 256 random bits.
    pub secret: [u8; 32],
}

/// The text is no API key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NoKey;

impl FromStr for ApiKey {
    type Err = NoKey;

    fn from_str(text: &str) -> Result<Self, NoKey> {
        let mut parts = text.trim().split('_');
        let mut next = || parts.next().ok_or(NoKey);
        if next()? != "kith" {
            return Err(NoKey);
        }
        let organisation = next()?.parse().map_err(|_| NoKey)?;
        let id = next()?.parse().map_err(|_| NoKey)?;
        let secret = HEXLOWER.decode(next()?.as_bytes()).map_err(|_| NoKey)?;
        let secret = secret.try_into().map_err(|_| NoKey)?;
        if parts.next().is_some() {
            Err(NoKey)
        } else {
            Ok(Self {
                organisation,
                id,
                secret,
            })
        }
    }
}

impl std::fmt::Display for ApiKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            organisation,
            id,
            secret,
        } = self;
        write!(f, "kith_{organisation}_{id}_{}", HEXLOWER.encode(secret))
    }
}

impl Api {
    /// Who asks, or `KEY_INVALID`: which of many things is wrong with a key is nobody's business.
    pub(crate) async fn caller(&self, metadata: &MetadataMap) -> Result<Caller, Failure> {
        let header = metadata
            .get("authorization")
            .and_then(|value| value.to_str().ok());
        let bearer = header.and_then(|value| {
            let (scheme, key) = value.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then_some(key)
        });
        let key: ApiKey = bearer
            .and_then(|key| key.parse().ok())
            .ok_or_else(Failure::key_invalid)?;
        let now = self.now();
        let caller = if let Some(caller) = self.parts.callers.get(key.id, now) {
            caller
        } else {
            let caller = self.look_up(&key).await?;
            self.parts.callers.put(key.id, now, caller.clone());
            caller
        };
        let same_secret: bool = secret_hash(&key.secret).ct_eq(&caller.secret_hash).into();
        if !same_secret || key.organisation != caller.principal.organisation {
            return Err(Failure::key_invalid());
        }
        Ok(caller)
    }

    async fn look_up(&self, key: &ApiKey) -> Result<Caller, Failure> {
        let live = self.live();
        let found = keys::find(&live.reading, key.id)
            .await
            .map_err(Failure::unavailable)?;
        let known = found
            .filter(|known| !known.revoked)
            .ok_or_else(Failure::key_invalid)?;
        let id = known.principal.organisation;
        let organisation = if id == OrganisationId::SYSTEM {
            keys::Organisation {
                shard: 0,
                name: "operators".into(),
                sharing: Level::Private,
            }
        } else {
            let found = keys::organisation(&live.reading, id)
                .await
                .map_err(Failure::unavailable)?;
            found.ok_or_else(Failure::key_invalid)?
        };
        let parked_at = parked_at(&live.reading, id)
            .await
            .map_err(Failure::unavailable)?;
        Ok(Caller {
            principal: known.principal,
            shard: organisation.shard,
            organisation_name: organisation.name,
            sharing: organisation.sharing,
            keys: self.ledger().keys().organisation(id).await?,
            parked_at,
            secret_hash: known
                .secret_hash
                .try_into()
                .map_err(|_| Failure::key_invalid())?,
        })
    }

    /// Waits until what the caller saw is visible.
    pub(crate) async fn visible(&self, caller: &Caller, min_position: &str) -> Result<(), Failure> {
        let wanted = self.position(caller, min_position)?;
        if let Some(parked) = caller.parked_at {
            // What came before it is still answered.
            if wanted.is_none_or(|wanted| wanted >= parked) {
                return Err(Failure::projection_parked());
            }
        }
        let Some(sequence) = wanted else {
            return Ok(());
        };
        self.projected(Position {
            shard: caller.shard,
            sequence,
        })
        .await
    }

    /// Waits until this server's rows know of a commit: at most ten seconds, or the call's own
    /// deadline.
    pub(crate) async fn projected(&self, position: Position) -> Result<(), Failure> {
        const PATIENCE: Duration = Duration::from_secs(10);
        let reached = self.progress().wait_for(position.shard, position.sequence);
        tokio::time::timeout(PATIENCE, reached)
            .await
            .map_err(|_| Failure::not_yet_visible())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_reads_back_from_its_text() {
        let key = ApiKey {
            organisation: OrganisationId::from_bytes([1; 16]),
            id: KeyId::from_bytes([2; 16]),
            secret: [3; 32],
        };
        let read: ApiKey = key
            .to_string()
            .parse()
            .unwrap_or_else(|_| unreachable!("just written"));
        assert_eq!(
            (read.organisation, read.id, read.secret),
            (key.organisation, key.id, key.secret)
        );
    }

    #[test]
    fn what_is_not_quite_a_key_is_none() {
        let key = ApiKey {
            organisation: OrganisationId::from_bytes([1; 16]),
            id: KeyId::from_bytes([2; 16]),
            secret: [3; 32],
        }
        .to_string();
        for broken in [
            "",
            "kith",
            "kith___",
            &key[1..],
            &key[..key.len() - 1],
            &format!("{key}_x"),
        ] {
            assert!(broken.parse::<ApiKey>().is_err(), "{broken}");
        }
    }
}
