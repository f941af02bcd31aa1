//! Sealing and opening the personal texts of commits.
//!
//! A text's key is HKDF-SHA256(commit key ‖ person keys in id order, info = scope): destroying any
//! of them destroys the text. Texts of the organisation use the organisation's key in place of the
//! person keys. Cipher: XChaCha20-Poly1305 with a random nonce; associated data: organisation,
//! commit id, index of the event, field.

mod keyring;

use std::collections::{BTreeSet, HashMap};

use bytes::Bytes;
use chacha20poly1305::aead::{Aead, AeadInOut, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::HkdfExtract;
use kith_domain::id::{CommitId, OrganisationId, PersonId};
use kith_domain::text::Text;
use kith_proto::event::{Field, Open, Scope, Seal};
use sha2::Sha256;
use zeroize::Zeroizing;

use crate::entropy::{self, Nonces};
use crate::identity::expand_from;
pub use keyring::{Held, KeyRing, MasterKey};

/// First byte of everything sealed.
const FORMAT: u8 = 1;
const NONCE: usize = 24;
const TAG: usize = 16;

/// A secret key.
pub(crate) type Key = Zeroizing<[u8; 32]>;

/// Format byte, nonce and ciphertext of `clear`.
pub(crate) fn seal(key: &[u8; 32], associated: &[u8], clear: &[u8]) -> Vec<u8> {
    seal_with(entropy::bytes(), key, associated, clear)
}

/// The same with a nonce that was never used with this key.
fn seal_with(nonce: [u8; NONCE], key: &[u8; 32], associated: &[u8], clear: &[u8]) -> Vec<u8> {
    let mut sealed = Vec::with_capacity(1 + NONCE + clear.len() + TAG);
    sealed.push(FORMAT);
    sealed.extend(nonce);
    sealed.extend(clear);
    let (_, words) = sealed.split_at_mut(1 + NONCE);
    let tag = XChaCha20Poly1305::new(key.into())
        .encrypt_inout_detached(&XNonce::from(nonce), associated, words.into())
        .expect("texts are far below 256 GiB");
    sealed.extend(tag);
    sealed
}

/// What [`seal`] sealed, or `None` if anything differs.
pub(crate) fn open(key: &[u8; 32], associated: &[u8], sealed: &[u8]) -> Option<Vec<u8>> {
    let (&FORMAT, rest) = sealed.split_first()? else {
        return None;
    };
    let (nonce, ciphertext) = rest.split_first_chunk::<NONCE>()?;
    let cipher = XChaCha20Poly1305::new(key.into());
    let payload = Payload {
        msg: ciphertext,
        aad: associated,
    };
    cipher.decrypt(&XNonce::from(*nonce), payload).ok()
}

/// The keys that the texts of one commit need. A key that is missing was destroyed.
#[derive(Debug, Default)]
pub(crate) struct CommitKeys {
    commit: Option<Key>,
    organisation: Option<Key>,
    people: HashMap<PersonId, Key>,
}

impl CommitKeys {
    fn text_key(&self, scope: Scope<'_>) -> Option<Key> {
        let (label, id): (&[u8], [u8; 16]) = match scope {
            Scope::Organisation => (b"organisation", [0; 16]),
            Scope::Person(person) => (b"person", *person.as_bytes()),
            Scope::Participants(interaction, _) => (b"interaction", *interaction.as_bytes()),
        };
        let mut secret = HkdfExtract::<Sha256>::new(None);
        let mut mix = |key: Option<&Key>| key.map(|key| secret.input_ikm(&**key));
        mix(self.commit.as_ref())?;
        match scope {
            Scope::Organisation => mix(self.organisation.as_ref())?,
            Scope::Person(person) => mix(self.people.get(&person))?,
            Scope::Participants(_, people) => {
                for person in people {
                    mix(self.people.get(person))?;
                }
            }
        }
        let (_, secret) = secret.finalize();
        Some(expand_from(&secret, &[label, &id]))
    }
}

/// Seals and opens the texts of one commit.
#[derive(Debug)]
pub(crate) struct CommitSeal<'k> {
    keys: &'k CommitKeys,
    organisation: OrganisationId,
    commit: CommitId,
    index: usize,
    /// Only sealing needs any.
    nonces: Option<Nonces>,
}

impl<'k> CommitSeal<'k> {
    pub(crate) fn new(
        keys: &'k CommitKeys,
        organisation: OrganisationId,
        commit: CommitId,
    ) -> Self {
        Self {
            keys,
            organisation,
            commit,
            index: 0,
            nonces: None,
        }
    }

    fn associated(&self, field: Field) -> [u8; 40] {
        let mut associated = [0; 40];
        associated[..16].copy_from_slice(self.organisation.as_bytes());
        associated[16..32].copy_from_slice(self.commit.as_bytes());
        associated[32..36].copy_from_slice(&(self.index as u32).to_be_bytes());
        associated[36..38].copy_from_slice(&field.number.to_be_bytes());
        associated[38..].copy_from_slice(&field.index.to_be_bytes());
        associated
    }
}

impl Seal for CommitSeal<'_> {
    fn begin(&mut self, event: usize) {
        self.index = event;
    }

    /// A text whose key was destroyed is stored as absent.
    fn seal(&mut self, scope: Scope<'_>, field: Field, words: &str) -> Bytes {
        let Some(key) = self.keys.text_key(scope) else {
            return Bytes::new();
        };
        let nonce = self.nonces.get_or_insert_with(Nonces::seeded).draw();
        seal_with(nonce, &key, &self.associated(field), words.as_bytes()).into()
    }
}

impl Open for CommitSeal<'_> {
    fn begin(&mut self, event: usize) {
        self.index = event;
    }

    fn open(&mut self, scope: Scope<'_>, field: Field, sealed: &[u8]) -> Option<Text> {
        let Some(key) = self.keys.text_key(scope) else {
            return Some(Text::Erased);
        };
        let clear = open(&key, &self.associated(field), sealed)?;
        String::from_utf8(clear).ok().map(Text::Clear)
    }
}

/// Walks events and notes whose keys their texts need.
#[derive(Debug, Default)]
pub(crate) struct Needed {
    pub(crate) any: bool,
    pub(crate) people: BTreeSet<PersonId>,
}

impl Needed {
    fn note(&mut self, scope: Scope<'_>) {
        self.any = true;
        match scope {
            Scope::Organisation => {}
            Scope::Person(person) => drop(self.people.insert(person)),
            Scope::Participants(_, people) => self.people.extend(people),
        }
    }
}

impl Seal for Needed {
    fn begin(&mut self, _: usize) {}

    fn seal(&mut self, scope: Scope<'_>, _: Field, _: &str) -> Bytes {
        self.note(scope);
        Bytes::new()
    }
}

impl Open for Needed {
    fn begin(&mut self, _: usize) {}

    fn open(&mut self, scope: Scope<'_>, _: Field, _: &[u8]) -> Option<Text> {
        self.note(scope);
        Some(Text::Erased)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_text_opens_only_unchanged_in_its_own_place() {
        let key = [1; 32];
        let sealed = seal(&key, b"here", b"words");
        assert_eq!(
            open(&key, b"here", &sealed).as_deref(),
            Some(b"words".as_slice())
        );
        assert_eq!(open(&key, b"there", &sealed), None);
        assert_eq!(open(&[2; 32], b"here", &sealed), None);
        for byte in 0..sealed.len() {
            let mut damaged = sealed.clone();
            damaged[byte] ^= 1;
            assert_eq!(open(&key, b"here", &damaged), None, "byte {byte}");
        }
        assert_eq!(open(&key, b"here", &[]), None);
    }
}
