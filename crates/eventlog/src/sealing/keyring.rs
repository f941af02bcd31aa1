//! The keys in clear: unwrapped from the vault, or made and kept there first.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use kith_domain::id::{CommitId, OrganisationId, PersonId};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{CommitKeys, Key, Needed, open, seal};
use crate::entropy;
use crate::identity::OrganisationKeys;
use crate::vault::{Entry, KeyOf, Vault, VaultError, Wrapped};

/// The key above all keys. Without it the vault opens nothing: keep it apart from both.
#[derive(Clone)]
pub struct MasterKey(Key);

impl std::fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("MasterKey(..)")
    }
}

impl MasterKey {
    /// The key with these bytes.
    #[must_use]
    pub fn new(bytes: [u8; 32]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// A new one.
    #[must_use]
    pub fn generate() -> Self {
        Self::new(entropy::bytes())
    }

    /// The bytes, to be written to a file that only its owner reads.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// Wraps and unwraps the keys of a vault.
#[derive(Clone)]
pub struct KeyRing {
    vault: Arc<dyn Vault>,
    master: MasterKey,
    /// Organisations' keys are asked for with every request.
    organisations: Arc<Mutex<HashMap<OrganisationId, OrganisationKeys>>>,
}

impl std::fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("KeyRing(..)")
    }
}

/// The keys of people that a stream of commits was sealed with so far: the vault is asked for each
/// once. It lives no longer than its stream. What is sealed meanwhile with a key that somebody
/// destroys opens for nobody, like everything else that needs it.
#[derive(Default)]
pub struct Held {
    organisation: OrganisationId,
    keys: HashMap<KeyOf, Key>,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held(..)")
    }
}

impl Held {
    /// Lets go of everything that is another organisation's.
    fn stay_with(&mut self, organisation: OrganisationId) {
        if self.organisation != organisation {
            self.keys.clear();
            self.organisation = organisation;
        }
    }
}

fn kek_id(kek: &[u8; 32]) -> [u8; 8] {
    let mut id = [0; 8];
    id.copy_from_slice(&Sha256::digest(kek)[..8]);
    id
}

fn associated(organisation: OrganisationId, key: KeyOf) -> Vec<u8> {
    let (kind, id) = key.columns();
    [organisation.as_bytes().as_slice(), &kind.to_be_bytes(), &id].concat()
}

fn wrap(kek: &[u8; 32], organisation: OrganisationId, of: KeyOf, key: &Key) -> Wrapped {
    let bytes = seal(kek, &associated(organisation, of), &**key);
    Wrapped {
        kek_id: kek_id(kek),
        bytes,
    }
}

fn unwrap(
    kek: &[u8; 32],
    organisation: OrganisationId,
    of: KeyOf,
    wrapped: &Wrapped,
) -> Result<Key, VaultError> {
    let clear = open(kek, &associated(organisation, of), &wrapped.bytes).map(Zeroizing::new);
    let key = clear.and_then(|clear| clear.as_slice().try_into().ok().map(Zeroizing::new));
    key.ok_or(VaultError::WrongMasterKey)
}

impl KeyRing {
    /// A ring over a vault.
    #[must_use]
    pub fn new(vault: Arc<dyn Vault>, master: MasterKey) -> Self {
        Self {
            vault,
            master,
            organisations: Arc::default(),
        }
    }

    /// The organisation's keys, made if they never were.
    pub async fn organisation(
        &self,
        organisation: OrganisationId,
    ) -> Result<OrganisationKeys, VaultError> {
        if let Some(keys) = self.cache().get(&organisation) {
            return Ok(keys.clone());
        }
        let fresh = Zeroizing::new(entropy::bytes());
        let of = KeyOf::Organisation;
        let row = (of, wrap(&self.master.0, organisation, of, &fresh));
        let kept = self.vault.keep(organisation, &[row]).await?;
        match kept.first() {
            Some(Entry::Kept(wrapped)) => self.unwrap_organisation(organisation, wrapped),
            _ => Err(VaultError::OrganisationErased),
        }
    }

    /// The organisation's keys if they are there. Who reads makes no keys: new ones would open
    /// nothing, and hide that the old ones are lost.
    pub(crate) async fn existing(
        &self,
        organisation: OrganisationId,
    ) -> Result<OrganisationKeys, VaultError> {
        if let Some(keys) = self.cache().get(&organisation) {
            return Ok(keys.clone());
        }
        let key = KeyOf::Organisation;
        let entries = self.vault.fetch(organisation, &[key]).await?;
        match entries.first() {
            Some(Entry::Kept(wrapped)) => self.unwrap_organisation(organisation, wrapped),
            Some(Entry::Destroyed) => Err(VaultError::OrganisationErased),
            Some(Entry::Absent) | None => Err(VaultError::KeyLost { organisation, key }),
        }
    }

    fn unwrap_organisation(
        &self,
        organisation: OrganisationId,
        wrapped: &Wrapped,
    ) -> Result<OrganisationKeys, VaultError> {
        let root = unwrap(&self.master.0, organisation, KeyOf::Organisation, wrapped)?;
        let keys = OrganisationKeys::new(*root);
        self.cache().insert(organisation, keys.clone());
        Ok(keys)
    }

    fn cache(&self) -> MutexGuard<'_, HashMap<OrganisationId, OrganisationKeys>> {
        self.organisations
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }

    /// The keys to seal a commit with, made where they are missing, durable when this answers.
    pub(crate) async fn to_seal(
        &self,
        organisation: OrganisationId,
        commit: CommitId,
        needed: &Needed,
        held: &mut Held,
    ) -> Result<CommitKeys, VaultError> {
        if !needed.any {
            return Ok(CommitKeys::default());
        }
        let keys = self.organisation(organisation).await?;
        let kek = keys.derive("wrapping");
        held.stay_with(organisation);
        let people = needed.people.iter().map(|person| KeyOf::Person(*person));
        let people: Vec<KeyOf> = people
            .filter(|name| !held.keys.contains_key(name))
            .collect();
        let entries = self.vault.fetch(organisation, &people).await?;
        let absent = people
            .iter()
            .zip(&entries)
            .filter(|(_, entry)| **entry == Entry::Absent)
            .map(|(name, _)| *name);
        // A commit's own key is nearly always new: it is not asked for first.
        let made: Vec<KeyOf> = absent.chain([KeyOf::Commit(commit)]).collect();
        let fresh = |name: &KeyOf| {
            let key = Zeroizing::new(entropy::bytes());
            (*name, wrap(&kek, organisation, *name, &key))
        };
        let rows: Vec<_> = made.iter().map(fresh).collect();
        let kept = self.vault.keep(organisation, &rows).await?;
        held.keys
            .extend(unwrap_all(organisation, &keys, &people, &entries)?);
        held.keys
            .extend(unwrap_all(organisation, &keys, &made, &kept)?);
        let picked = CommitKeys::pick(&keys, &held.keys, commit, needed);
        held.keys.remove(&KeyOf::Commit(commit));
        Ok(picked)
    }

    /// The keys to open several commits of one organisation with, in their order. A destroyed key
    /// is left out: its texts are erased. One that was never there is an error: nothing is sealed
    /// before its keys are kept.
    pub(crate) async fn to_open(
        &self,
        organisation: OrganisationId,
        commits: &[(CommitId, Needed)],
    ) -> Result<Vec<CommitKeys>, VaultError> {
        let mut wanted: Vec<KeyOf> = commits
            .iter()
            .flat_map(|(id, needed)| names(*id, needed))
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        let none = || commits.iter().map(|_| CommitKeys::default()).collect();
        if wanted.is_empty() {
            return Ok(none());
        }
        let keys = match self.existing(organisation).await {
            Err(VaultError::OrganisationErased) => return Ok(none()),
            keys => keys?,
        };
        let entries = self.vault.fetch(organisation, &wanted).await?;
        let mut asked = wanted.iter().zip(&entries);
        if let Some((&key, _)) = asked.find(|(_, entry)| **entry == Entry::Absent) {
            return Err(VaultError::KeyLost { organisation, key });
        }
        let unwrapped = unwrap_all(organisation, &keys, &wanted, &entries)?;
        let pick = |(id, needed): &(_, _)| CommitKeys::pick(&keys, &unwrapped, *id, needed);
        Ok(commits.iter().map(pick).collect())
    }

    /// Destroys keys for ever: what was sealed with them is erased.
    pub async fn destroy(
        &self,
        organisation: OrganisationId,
        keys: &[KeyOf],
    ) -> Result<(), VaultError> {
        self.vault.destroy(organisation, keys).await?;
        if keys.contains(&KeyOf::Organisation) {
            self.cache().remove(&organisation);
        }
        Ok(())
    }
}

/// The names of all keys that a commit's texts need.
fn names(commit: CommitId, needed: &Needed) -> impl Iterator<Item = KeyOf> {
    let own = needed.any.then_some(KeyOf::Commit(commit));
    own.into_iter()
        .chain(needed.people.iter().map(|person| KeyOf::Person(*person)))
}

/// The keys that are kept, in clear.
fn unwrap_all(
    organisation: OrganisationId,
    keys: &OrganisationKeys,
    names: &[KeyOf],
    entries: &[Entry],
) -> Result<HashMap<KeyOf, Key>, VaultError> {
    let kek = keys.derive("wrapping");
    let mut unwrapped = HashMap::with_capacity(names.len());
    for (name, entry) in names.iter().zip(entries) {
        if let Entry::Kept(wrapped) = entry {
            unwrapped.insert(*name, unwrap(&kek, organisation, *name, wrapped)?);
        }
    }
    Ok(unwrapped)
}

impl CommitKeys {
    fn pick(
        keys: &OrganisationKeys,
        unwrapped: &HashMap<KeyOf, Key>,
        commit: CommitId,
        needed: &Needed,
    ) -> Self {
        let person = |id: &PersonId| Some((*id, unwrapped.get(&KeyOf::Person(*id))?.clone()));
        Self {
            commit: unwrapped.get(&KeyOf::Commit(commit)).cloned(),
            organisation: Some(keys.derive("organisation texts")),
            people: needed.people.iter().filter_map(person).collect(),
        }
    }
}
