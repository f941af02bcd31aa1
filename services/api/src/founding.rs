//! The founding: the first organisation, its first member, and keys to go on from there.

use kith_domain::access::Role;
use kith_domain::event::Event;
use kith_domain::id::{KeyId, OrganisationId, PersonId};
use kith_domain::key::{self, Key};
use kith_domain::member::{self, Member};
use kith_domain::organisation::{self, Organisation};
use kith_domain::person::{self, Profile};
use kith_domain::sharing::Level;
use kith_domain::text::Text;
use kith_domain::time::Timestamp;
use kith_eventlog::identity::{self, Handle, secret_hash};
use kith_eventlog::ledger::{ExecuteError, Ledger, Request};
use kith_eventlog::vault::VaultError;

use crate::caller::ApiKey;

/// Why nothing was founded, or only a part: begun again, it goes on where it was.
#[derive(Debug, thiserror::Error)]
pub enum FoundingError {
    /// The vault did not answer.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A step was refused, or the log did not take it.
    #[error("the first organisation can not be made")]
    Step(#[source] Box<dyn std::error::Error + Send + Sync>),
}

fn failed<E: std::error::Error + Send + Sync + 'static>(error: ExecuteError<E>) -> FoundingError {
    FoundingError::Step(error.into())
}

/// What was made.
pub struct Founded {
    /// The organisation.
    pub organisation: OrganisationId,
    /// The shard of its events.
    pub shard: u16,
    /// Its first member.
    pub member: PersonId,
    /// Role admin, speaks for the first member.
    pub admin_key: String,
    /// Role operator: makes further organisations.
    pub operator_key: String,
}

/// Makes the first organisation.
pub async fn found(
    ledger: &Ledger,
    name: &str,
    me: &Profile,
    now: Timestamp,
) -> Result<Founded, FoundingError> {
    let system = ledger.keys().organisation(OrganisationId::SYSTEM).await?;
    let nobody = KeyId::from_bytes([0; 16]);
    // Always the same commits: interrupted and begun again, it goes on where it was.
    let request = |organisation, shard, step: &str| {
        let commit = system.commit(nobody, step, &[0; 16]);
        Request {
            organisation,
            shard,
            key: None,
            member: None,
            commit,
            fingerprint: *commit.as_bytes(),
            received_at: now,
        }
    };
    let operator = request(OrganisationId::SYSTEM, 0, "bootstrap operator");
    let operator_key = make_key(ledger, &operator, Role::Operator, None).await?;

    let creation = request(OrganisationId::SYSTEM, 0, "bootstrap organisation");
    let id = identity::organisation_of(creation.commit);
    let shard = 0;
    let create = organisation::Command::Create {
        id,
        shard,
        name: name.to_owned(),
        sharing: Level::Anonymous,
    };
    ledger
        .execute::<Organisation>(&creation, &id.to_string(), create, vec![])
        .await
        .map_err(failed)?;

    let keys = ledger.keys().organisation(id).await?;
    let address = me
        .addresses
        .first()
        .and_then(Text::as_clear)
        .unwrap_or_default();
    let member = keys.person(Handle::Address(address), 0);
    let joining = request(id, shard, "bootstrap member");
    let fingerprint = joining.fingerprint;
    let entry: Event = person::Event::Added {
        id: member,
        profile: me.clone(),
        fingerprint,
    }
    .into();
    let add = member::Add { id: member };
    ledger
        .execute::<Member>(&joining, &member.to_string(), add, vec![entry])
        .await
        .map_err(failed)?;

    let admin = request(id, shard, "bootstrap admin");
    let admin_key = make_key(ledger, &admin, Role::Admin, Some(member)).await?;
    Ok(Founded {
        organisation: id,
        shard,
        member,
        admin_key,
        operator_key,
    })
}

async fn make_key(
    ledger: &Ledger,
    request: &Request,
    role: Role,
    member: Option<PersonId>,
) -> Result<String, FoundingError> {
    let organisation = request.organisation;
    let id = identity::key_of(request.commit);
    let secret = ledger
        .keys()
        .organisation(organisation)
        .await?
        .api_secret(request.commit);
    let command = key::Command::Create {
        id,
        role,
        member,
        secret_hash: secret_hash(&secret),
        label: format!("first {} key", role.as_str()).as_str().into(),
    };
    ledger
        .execute::<Key>(request, &id.to_string(), command, vec![])
        .await
        .map_err(failed)?;
    Ok(ApiKey {
        organisation,
        id,
        secret,
    }
    .to_string())
}
