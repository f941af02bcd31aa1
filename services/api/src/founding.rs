//! The founding: the first organisation, its first member, and keys to go on from there.
//!
//! Its steps are always the same commits, and the secrets of its keys follow from them: interrupted
//! and begun again, it goes on where it was. The admin key comes last. Once it is in the log the
//! installation is founded; whoever keeps the keys before they are made can't lose them.

use kith_domain::access::Role;
use kith_domain::event::Event;
use kith_domain::id::{CommitId, KeyId, OrganisationId, PersonId};
use kith_domain::key::{self, Key};
use kith_domain::member::{self, Member};
use kith_domain::organisation::{self, Organisation};
use kith_domain::person::{self, Profile};
use kith_domain::sharing::Level;
use kith_domain::text::Text;
use kith_domain::time::Timestamp;
use kith_eventlog::identity::{self, Handle, OrganisationKeys, secret_hash};
use kith_eventlog::ledger::{ExecuteError, Ledger, LedgerError, Request};
use kith_eventlog::log::{AppendError, Subject};
use kith_eventlog::vault::VaultError;

use crate::caller::ApiKey;

/// Why nothing was founded, or only a part: begun again, it goes on where it was.
#[derive(Debug, thiserror::Error)]
pub enum FoundingError {
    /// The vault did not answer.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// It was begun with other words: its commits can not be made again.
    #[error(
        "the founding was begun for another organisation or another first member; name the same"
    )]
    BegunOtherwise,
    /// A step was refused, or the log did not take it.
    #[error("the first organisation can not be made")]
    Step(#[source] Box<dyn std::error::Error + Send + Sync>),
}

fn failed<E: std::error::Error + Send + Sync + 'static>(error: ExecuteError<E>) -> FoundingError {
    match error {
        ExecuteError::Ledger(LedgerError::Append(AppendError::IdReused)) => {
            FoundingError::BegunOtherwise
        }
        error => FoundingError::Step(error.into()),
    }
}

/// The shard of the first organisation, and of the system's.
const SHARD: u16 = 0;

/// The commits of the founding, known before they are made.
struct Steps {
    system: OrganisationKeys,
    now: Timestamp,
}

impl Steps {
    async fn of(ledger: &Ledger, now: Timestamp) -> Result<Self, FoundingError> {
        let system = ledger.keys().organisation(OrganisationId::SYSTEM).await?;
        Ok(Self { system, now })
    }

    fn commit(&self, step: &str) -> CommitId {
        self.system
            .commit(KeyId::from_bytes([0; 16]), step, &[0; 16])
    }

    fn organisation(&self) -> OrganisationId {
        identity::organisation_of(self.commit("bootstrap organisation"))
    }

    fn request(&self, organisation: OrganisationId, step: &str) -> Request {
        let commit = self.commit(step);
        Request {
            organisation,
            shard: SHARD,
            key: None,
            member: None,
            commit,
            fingerprint: *commit.as_bytes(),
            received_at: self.now,
        }
    }

    fn admin(&self) -> Request {
        self.request(self.organisation(), "bootstrap admin")
    }

    fn operator(&self) -> Request {
        self.request(OrganisationId::SYSTEM, "bootstrap operator")
    }
}

/// Whether a founding came to its end, by what the log says.
pub async fn is_founded(ledger: &Ledger) -> Result<bool, FoundingError> {
    let admin = Steps::of(ledger, Timestamp(0)).await?.admin();
    let id = identity::key_of(admin.commit).to_string();
    let subject = Subject::aggregate::<Key>(SHARD, admin.organisation, &id);
    let state = ledger.state::<Key>(&subject).await.map_err(failed)?;
    Ok(state != key::State::Absent)
}

/// What was made, and the keys that open it once the founding is at its end.
#[derive(Clone)]
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

/// A founding whose organisation and first member are made, and whose keys open nothing yet.
pub struct Founding<'l> {
    ledger: &'l Ledger,
    steps: Steps,
    founded: Founded,
}

impl<'l> Founding<'l> {
    /// Makes the organisation and its first member.
    pub async fn begin(
        ledger: &'l Ledger,
        name: &str,
        me: &Profile,
        now: Timestamp,
    ) -> Result<Self, FoundingError> {
        let steps = Steps::of(ledger, now).await?;
        let id = steps.organisation();
        let address = me
            .addresses
            .first()
            .and_then(Text::as_clear)
            .unwrap_or_default();
        let keys = ledger.keys().organisation(id).await?;
        let member = keys.person(Handle::Address(address), 0);

        let mut creation = steps.request(OrganisationId::SYSTEM, "bootstrap organisation");
        // Of what all steps follow from: begun otherwise, the first one tells.
        creation.fingerprint = keys.fingerprint(name, member.as_bytes());
        let create = organisation::Command::Create {
            id,
            shard: SHARD,
            name: name.to_owned(),
            sharing: Level::Anonymous,
        };
        ledger
            .execute::<Organisation>(&creation, &id.to_string(), create, vec![])
            .await
            .map_err(failed)?;

        let joining = steps.request(id, "bootstrap member");
        let entry: Event = person::Event::Added {
            id: member,
            profile: me.clone(),
            met: false,
            told_to: vec![],
            fingerprint: joining.fingerprint,
        }
        .into();
        let add = member::Add { id: member };
        ledger
            .execute::<Member>(&joining, &member.to_string(), add, vec![entry])
            .await
            .map_err(failed)?;

        let founded = Founded {
            organisation: id,
            shard: SHARD,
            member,
            admin_key: api_key(ledger, &steps.admin()).await?.to_string(),
            operator_key: api_key(ledger, &steps.operator()).await?.to_string(),
        };
        Ok(Self {
            ledger,
            steps,
            founded,
        })
    }

    /// What is made so far, and the keys as they will be.
    #[must_use]
    pub fn so_far(&self) -> &Founded {
        &self.founded
    }

    /// Makes the keys. Nothing can be begun again after this: keep them first.
    pub async fn finish(self) -> Result<Founded, FoundingError> {
        let (ledger, member) = (self.ledger, self.founded.member);
        make_key(ledger, &self.steps.operator(), Role::Operator, None).await?;
        make_key(ledger, &self.steps.admin(), Role::Admin, Some(member)).await?;
        Ok(self.founded)
    }
}

/// Makes the first organisation, for a caller that keeps the keys in memory alone.
pub async fn found(
    ledger: &Ledger,
    name: &str,
    me: &Profile,
    now: Timestamp,
) -> Result<Founded, FoundingError> {
    Founding::begin(ledger, name, me, now).await?.finish().await
}

/// The key that a commit makes, whether it is made already or not.
async fn api_key(ledger: &Ledger, request: &Request) -> Result<ApiKey, FoundingError> {
    let organisation = request.organisation;
    let keys = ledger.keys().organisation(organisation).await?;
    Ok(ApiKey {
        organisation,
        id: identity::key_of(request.commit),
        secret: keys.api_secret(request.commit),
    })
}

async fn make_key(
    ledger: &Ledger,
    request: &Request,
    role: Role,
    member: Option<PersonId>,
) -> Result<(), FoundingError> {
    let key = api_key(ledger, request).await?;
    let command = key::Command::Create {
        id: key.id,
        role,
        member,
        secret_hash: secret_hash(&key.secret),
        label: format!("first {} key", role.as_str()).as_str().into(),
    };
    ledger
        .execute::<Key>(request, &key.id.to_string(), command, vec![])
        .await
        .map_err(failed)?;
    Ok(())
}
