//! Where ids come from: keyed hashes, so that retries and racing imports agree, and nobody without
//! the organisation's key can tell an address from its id.

use std::sync::Arc;

use data_encoding::BASE64URL_NOPAD;
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use kith_domain::followup::Reason;
use kith_domain::id::{
    CommitId, FactId, FollowUpId, GatheringId, ImportId, InteractionId, KeyId, OrganisationId,
    PersonId, SessionId, SourceId,
};
use kith_domain::text::{folded, normalised_address};
use kith_domain::time::Timestamp;
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

/// The secret root of an organisation, and what is derived from it. Kept in the vault; destroying
/// it forgets the organisation.
#[derive(Clone)]
pub struct OrganisationKeys(Arc<Derived>);

/// What every moment asks for is derived once.
struct Derived {
    root: Zeroizing<[u8; 32]>,
    person: Hash,
    source: Hash,
    interaction: Hash,
    commit: Hash,
    frame: Hash,
    fingerprint: Hash,
}

/// A keyed hash for one purpose.
struct Hash(Hmac<Sha256>);

impl Hash {
    fn new(root: &[u8; 32], purpose: &str) -> Self {
        let key = expand(root, &[purpose.as_bytes()]);
        Self(Hmac::new_from_slice(&*key).expect("HMAC takes keys of any length"))
    }

    fn of(&self, parts: &[&[u8]]) -> [u8; 16] {
        let mut mac = self.0.clone();
        for part in parts {
            // The length in front of each part: ("ab", "c") and ("a", "bc") must differ.
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part);
        }
        let mut truncated = [0; 16];
        truncated.copy_from_slice(&mac.finalize().into_bytes()[..16]);
        truncated
    }
}

impl std::fmt::Debug for OrganisationKeys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("OrganisationKeys(..)")
    }
}

/// How somebody outside names a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Handle<'a> {
    /// A mail address, in any spelling.
    Address(&'a str),
    /// The caller's own key.
    ExternalKey(&'a str),
}

/// How a list names an attendee.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Line<'a> {
    /// By a mail address, in any spelling.
    Address(&'a str),
    /// By a name and a company, which may be empty.
    Name(&'a str, &'a str),
}

impl OrganisationKeys {
    /// The keys that come from this root.
    #[must_use]
    pub fn new(root: [u8; 32]) -> Self {
        let hash = |purpose| Hash::new(&root, purpose);
        Self(Arc::new(Derived {
            person: hash("person id"),
            source: hash("source id"),
            interaction: hash("interaction id"),
            commit: hash("commit id"),
            frame: hash("frame commit id"),
            fingerprint: hash("request fingerprint"),
            root: Zeroizing::new(root),
        }))
    }

    /// A key for one purpose.
    pub(crate) fn derive(&self, purpose: &str) -> Zeroizing<[u8; 32]> {
        expand(&*self.0.root, &[purpose.as_bytes()])
    }

    /// The person behind an address or external key. `generation` counts erasures, so that an
    /// erased address does not come back as the same person.
    #[must_use]
    pub fn person(&self, handle: Handle<'_>, generation: u32) -> PersonId {
        let (kind, text): (&[u8], String) = match handle {
            Handle::Address(address) => (b"address", normalised_address(address)),
            Handle::ExternalKey(key) => (b"external", key.trim().to_owned()),
        };
        let parts = [kind, text.as_bytes(), &generation.to_be_bytes()];
        PersonId::from_bytes(self.0.person.of(&parts))
    }

    /// Somebody on the list of a gathering: the same line is the same attendee. The id is nobody's in the directory:
    /// who stands behind a line may be found to be another.
    #[must_use]
    pub fn listed(&self, gathering: GatheringId, line: Line<'_>) -> PersonId {
        let (kind, name, company) = match line {
            Line::Address(address) => {
                ("listed address", normalised_address(address), String::new())
            }
            Line::Name(name, company) => ("listed", folded(name), folded(company)),
        };
        let parts = [
            kind.as_bytes(),
            gathering.as_bytes(),
            name.as_bytes(),
            company.as_bytes(),
        ];
        PersonId::from_bytes(self.0.person.of(&parts))
    }

    /// What a source names with this key: a Message-ID, the content of a row.
    #[must_use]
    pub fn source(&self, source_key: &str) -> SourceId {
        SourceId::from_bytes(self.0.source.of(&[source_key.as_bytes()]))
    }

    /// The interaction that a member, or a program that speaks for nobody, records of it. Each has one of
    /// their own: whether others recorded the same is not to be found out.
    #[must_use]
    pub fn interaction(&self, recorder: Option<PersonId>, source: SourceId) -> InteractionId {
        let recorder = recorder.unwrap_or_default();
        let parts = [recorder.as_bytes().as_slice(), source.as_bytes()];
        InteractionId::from_bytes(self.0.interaction.of(&parts))
    }

    /// The commit that a request makes, whenever and wherever it is sent again.
    #[must_use]
    pub fn commit(&self, principal: KeyId, method: &str, request_id: &[u8; 16]) -> CommitId {
        let parts = [
            principal.as_bytes().as_slice(),
            method.as_bytes(),
            request_id,
        ];
        CommitId::from_bytes(self.0.commit.of(&parts))
    }

    /// One of several commits that a request makes: the one about the thing with this id.
    #[must_use]
    pub fn commit_about(&self, request: CommitId, id: &[u8; 16]) -> CommitId {
        let parts = [request.as_bytes().as_slice(), b"about", id];
        CommitId::from_bytes(self.0.commit.of(&parts))
    }

    /// The commit that a frame of interactions makes, with the import that they come with: the same
    /// of both, the same commit.
    #[must_use]
    pub fn frame(&self, import: Option<ImportId>, interactions: &[InteractionId]) -> CommitId {
        let interactions = interactions.iter().map(|id| id.as_bytes().as_slice());
        let ids: Vec<&[u8]> = import
            .iter()
            .map(|id| id.as_bytes().as_slice())
            .chain(interactions)
            .collect();
        CommitId::from_bytes(self.0.frame.of(&ids))
    }

    /// Seals a token that a client carries and can't read or change.
    #[must_use]
    pub fn seal_token(&self, purpose: &str, clear: &[u8]) -> String {
        let sealed = crate::sealing::seal(&self.derive("tokens"), purpose.as_bytes(), clear);
        BASE64URL_NOPAD.encode(&sealed)
    }

    /// What [`seal_token`](Self::seal_token) sealed for the same purpose; `None` for anything else.
    #[must_use]
    pub fn open_token(&self, purpose: &str, token: &str) -> Option<Vec<u8>> {
        let sealed = BASE64URL_NOPAD.decode(token.as_bytes()).ok()?;
        crate::sealing::open(&self.derive("tokens"), purpose.as_bytes(), &sealed)
    }

    /// The receipt of a request's body.
    #[must_use]
    pub fn fingerprint(&self, method: &str, body: &[u8]) -> [u8; 16] {
        self.0.fingerprint.of(&[method.as_bytes(), body])
    }

    /// The secret of an API key that a commit makes: a retry answers the same one.
    #[must_use]
    pub fn api_secret(&self, commit: CommitId) -> [u8; 32] {
        *expand(&*self.0.root, &[b"api key secret", commit.as_bytes()])
    }
}

/// Ids of things that a commit creates: the commit's id under another name.
macro_rules! created_by {
    ($($function:ident -> $id:ident, $purpose:literal;)*) => {$(
        #[doc = concat!("The ", $purpose, " that a commit creates.")]
        #[must_use]
        pub fn $function(commit: CommitId) -> $id {
            $id::from_bytes(public_hash(&[$purpose.as_bytes(), commit.as_bytes()]))
        }
    )*};
}

created_by! {
    person_of -> PersonId, "person";
    fact_of -> FactId, "fact";
    interaction_of -> InteractionId, "interaction";
    promise_of -> FollowUpId, "promise";
    key_of -> KeyId, "API key";
    organisation_of -> OrganisationId, "organisation";
    import_of -> ImportId, "import";
    gathering_of -> GatheringId, "gathering";
    session_of -> SessionId, "session";
}

/// One of several things of one kind that a commit creates: the name under which its id is made.
#[must_use]
pub fn part_of(commit: CommitId, number: u64) -> CommitId {
    CommitId::from_bytes(public_hash(&[
        b"part",
        commit.as_bytes(),
        &number.to_be_bytes(),
    ]))
}

/// `DueId`: the same for everyone who finds the same due moment.
#[must_use]
pub fn due(
    organisation: OrganisationId,
    member: PersonId,
    person: PersonId,
    reason: Reason,
    basis: i64,
) -> FollowUpId {
    FollowUpId::from_bytes(public_hash(&[
        b"due",
        organisation.as_bytes(),
        member.as_bytes(),
        person.as_bytes(),
        &[reason.index() as u8],
        &basis.to_be_bytes(),
    ]))
}

/// The commit of the scheduler that says these follow-ups fell due at these moments: whoever finds
/// the same ones makes the same commit.
#[must_use]
pub fn due_commit(organisation: OrganisationId, due: &[(FollowUpId, Timestamp)]) -> CommitId {
    let moments: Vec<[u8; 8]> = due
        .iter()
        .map(|(_, at)| at.micros().to_be_bytes())
        .collect();
    let mut parts: Vec<&[u8]> = vec![b"due commit", organisation.as_bytes()];
    for ((id, _), moment) in due.iter().zip(&moments) {
        parts.extend([id.as_bytes().as_slice(), moment]);
    }
    CommitId::from_bytes(public_hash(&parts))
}

/// What is kept of an API key's secret.
#[must_use]
pub fn secret_hash(secret: &[u8; 32]) -> [u8; 32] {
    Sha256::digest(secret).into()
}

/// A hash without a key, for parts that are ids themselves.
fn public_hash(parts: &[&[u8]]) -> [u8; 16] {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_be_bytes());
        hash.update(part);
    }
    let mut truncated = [0; 16];
    truncated.copy_from_slice(&hash.finalize()[..16]);
    truncated
}

/// HKDF-SHA256 of `secret` with the concatenated `info`.
fn expand(secret: &[u8], info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    expand_from(&Hkdf::new(None, secret), info)
}

/// The key of one purpose from an extracted secret.
pub(crate) fn expand_from(secret: &Hkdf<Sha256>, info: &[&[u8]]) -> Zeroizing<[u8; 32]> {
    let mut key = Zeroizing::new([0; 32]);
    secret
        .expand_multi_info(info, &mut *key)
        .expect("32 bytes are within HKDF's limit");
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_spellings_of_an_address_are_one_person_and_an_external_key_is_another() {
        let keys = OrganisationKeys::new([7; 32]);
        let ana = keys.person(Handle::Address("Ana.Silva@X.org "), 0);
        assert_eq!(ana, keys.person(Handle::Address("ana.silva@x.org"), 0));
        assert_ne!(ana, keys.person(Handle::ExternalKey("ana.silva@x.org"), 0));
        assert_ne!(ana, keys.person(Handle::Address("ana.silva@x.org"), 1));
        let elsewhere = OrganisationKeys::new([8; 32]);
        assert_ne!(ana, elsewhere.person(Handle::Address("ana.silva@x.org"), 0));
    }

    #[test]
    fn the_parts_of_a_hash_do_not_run_together() {
        assert_ne!(public_hash(&[b"ab", b"c"]), public_hash(&[b"a", b"bc"]));
    }
}
