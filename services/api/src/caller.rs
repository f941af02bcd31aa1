//! Who asks. The organisation comes from the credential, never from the request.

mod cache;
mod key;
mod revocation;

use std::time::Duration;

use kith_domain::access::{Principal, Role};
use kith_domain::id::{KeyId, OrganisationId, PersonId};
use kith_domain::key::Key;
use kith_domain::sharing::Level;
use kith_eventlog::identity::{OrganisationKeys, secret_hash};
use kith_eventlog::log::{Position, Subject};
use kith_readmodel::query::keys;
use kith_servicekit::failure::Failure;
use subtle::ConstantTimeEq;
use tonic::metadata::MetadataMap;

use crate::Api;
pub(crate) use cache::Cache;
pub use key::ApiKey;
pub(crate) use revocation::Compared;

/// Who asks, with what every call needs of their organisation.
#[derive(Debug, Clone)]
pub struct Caller {
    /// Role, member and organisation.
    pub principal: Principal,
    /// The shard of the organisation's events.
    pub shard: u16,
    /// The organisation's name.
    pub organisation_name: String,
    /// The organisation's keys.
    pub keys: OrganisationKeys,
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
        let caller = self.with_key(key.id).await?;
        let same_secret: bool = secret_hash(&key.secret).ct_eq(&caller.secret_hash).into();
        if !same_secret || key.organisation != caller.principal.organisation {
            return Err(Failure::key_invalid());
        }
        Ok(caller)
    }

    /// Whether the key that opened a stream still opens one: streams outlive what was known when
    /// they began, so they ask again before they do anything more.
    pub(crate) async fn still_may(&self, caller: &Caller) -> Result<(), Failure> {
        self.with_key(caller.principal.key).await.map(drop)
    }

    async fn with_key(&self, id: KeyId) -> Result<Caller, Failure> {
        let now = self.now();
        if let Some(caller) = self.parts.callers.get(id, now) {
            return Ok(caller);
        }
        let caller = self.look_up(id).await?;
        self.parts.callers.put(id, now, caller.clone());
        Ok(caller)
    }

    async fn look_up(&self, key: KeyId) -> Result<Caller, Failure> {
        let known = self.known(key).await?;
        let live = self.live();
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
        let subject = Subject::aggregate::<Key>(organisation.shard, id, &key.to_string());
        self.refuse_revoked(&subject).await?;
        Ok(Caller {
            principal: known.principal,
            shard: organisation.shard,
            organisation_name: organisation.name,
            keys: self.ledger().keys().organisation(id).await?,
            secret_hash: known
                .secret_hash
                .try_into()
                .map_err(|_| Failure::key_invalid())?,
        })
    }

    /// What the rows know of a key. One that they don't know may be newer than they are: they are
    /// given a moment to catch up before it is called invalid.
    async fn known(&self, id: KeyId) -> Result<keys::Known, Failure> {
        let find = async || keys::find(&self.live().reading, id).await;
        let mut found = find().await.map_err(Failure::unavailable)?;
        if found.is_none() && self.catch_up().await? {
            found = find().await.map_err(Failure::unavailable)?;
        }
        found
            .filter(|known| !known.revoked)
            .ok_or_else(Failure::key_invalid)
    }

    /// Waits until the rows have what the log has now; answers whether they lacked anything.
    async fn catch_up(&self) -> Result<bool, Failure> {
        const PATIENCE: Duration = Duration::from_secs(2);
        let log = self.ledger().log();
        let mut lacked = false;
        for shard in 0..log.description().shards {
            let tail = log.tail(shard).await?;
            if !self.progress().has(shard, tail) {
                lacked = true;
                let reached = self.progress().wait_for(shard, tail);
                tokio::time::timeout(PATIENCE, reached)
                    .await
                    .map_err(|_| Failure::key_not_yet_visible())?;
            }
        }
        Ok(lacked)
    }

    /// Waits until what the caller saw is visible.
    pub(crate) async fn visible(&self, caller: &Caller, min_position: &str) -> Result<(), Failure> {
        let wanted = self.position(caller, min_position)?;
        if let Some(sequence) = wanted {
            let shard = caller.shard;
            self.projected(Position { shard, sequence }).await?;
        }
        match self.progress().parked_at(caller.principal.organisation) {
            // What came before it is still answered.
            Some(parked) if wanted.is_none_or(|wanted| wanted >= parked) => {
                Err(Failure::projection_parked())
            }
            _ => Ok(()),
        }
    }

    /// Waits like [`visible`](Self::visible) for changes that need no rows of their own: with
    /// nothing to wait for they go on where the rows of an organisation stand still.
    pub(crate) async fn wait(&self, caller: &Caller, min_position: &str) -> Result<(), Failure> {
        if min_position.is_empty() {
            return Ok(());
        }
        self.visible(caller, min_position).await
    }

    /// Waits until the rows have all that the log has of the caller's organisation, and answers up to where
    /// that is: for whoever decides by rows what nobody may have changed since.
    pub(crate) async fn settled(&self, caller: &Caller) -> Result<u64, Failure> {
        let shard = caller.shard;
        let sequence = self.ledger().log().tail(shard).await?;
        self.projected(Position { shard, sequence }).await?;
        match self.progress().parked_at(caller.principal.organisation) {
            Some(_) => Err(Failure::projection_parked()),
            None => Ok(sequence),
        }
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
