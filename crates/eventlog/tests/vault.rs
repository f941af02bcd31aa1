//! The vault on a real Postgres, and what its keys mean to whoever reads the log.

use std::sync::Arc;

use futures::TryStreamExt;
use kith_domain::event::{Commit, Event};
use kith_domain::id::{CommitId, OrganisationId, PersonId};
use kith_domain::member;
use kith_domain::person::{self, Profile};
use kith_domain::text::Text;
use kith_domain::time::Timestamp;
use kith_eventlog::ledger::{Ledger, LedgerError, Request};
use kith_eventlog::log::memory::Memory as MemoryLog;
use kith_eventlog::log::{EventLog, Filter};
use kith_eventlog::sealing::{Held, KeyRing, MasterKey};
use kith_eventlog::vault::memory::Memory as MemoryVault;
use kith_eventlog::vault::postgres::Postgres as PostgresVault;
use kith_eventlog::vault::{Entry, KeyOf, Vault, VaultError, conformance};
use kith_testkit::Postgres;

const ORGANISATION: OrganisationId = OrganisationId::from_bytes([1; 16]);
const BEN: PersonId = PersonId::from_bytes([2; 16]);
const CEM: PersonId = PersonId::from_bytes([3; 16]);

#[tokio::test(flavor = "multi_thread")]
async fn the_postgres_vault_keeps_its_obligations() {
    let server = Postgres::shared().await.expect("a Postgres");
    let url = server.database().await.expect("a database");
    let database = sea_orm::Database::connect(url).await.expect("connects");
    let vault = PostgresVault::open(database).await.expect("opens");
    conformance::holds(&vault).await;
}

/// One log with one vault; a ledger of another replica has caches of its own.
struct World {
    log: Arc<dyn EventLog>,
    vault: Arc<dyn Vault>,
    master: MasterKey,
}

impl World {
    fn new() -> Self {
        Self {
            log: Arc::new(MemoryLog::new(1)),
            vault: Arc::new(MemoryVault::default()),
            master: MasterKey::generate(),
        }
    }

    fn ledger(&self) -> Ledger {
        self.ledger_with(Arc::clone(&self.vault))
    }

    fn ledger_with(&self, vault: Arc<dyn Vault>) -> Ledger {
        let keys = KeyRing::new(vault, self.master.clone());
        Ledger::new(Arc::clone(&self.log), keys)
    }

    async fn open_all(&self, ledger: &Ledger) -> Result<Vec<Commit>, VaultError> {
        let read = self.log.read(Filter::Shard(0), 0);
        let records = read.try_collect().await.expect("reads");
        let opened = ledger.open(records).await?;
        let commits = opened.into_iter().map(|opened| opened.commit);
        Ok(commits.map(|commit| commit.expect("decodes")).collect())
    }
}

fn request(n: u8) -> Request {
    Request {
        organisation: ORGANISATION,
        shard: 0,
        key: None,
        member: None,
        commit: CommitId::from_bytes([n; 16]),
        fingerprint: [n; 16],
        received_at: Timestamp::from_seconds(1_800_000_000),
    }
}

fn added(id: PersonId, name: &str) -> Vec<Event> {
    let profile = Profile {
        name: Some(name.into()),
        ..Profile::default()
    };
    let added = person::Event::Added {
        id,
        profile,
        met: false,
        told_to: vec![],
        fingerprint: [0; 16],
    };
    vec![added.into()]
}

async fn record(ledger: &Ledger, n: u8, events: Vec<Event>) -> Result<(), LedgerError> {
    ledger.record(&request(n), events).await.map(drop)
}

fn names(commits: &[Commit]) -> Vec<Option<Text>> {
    let events = commits.iter().flat_map(|commit| &commit.events);
    let name = |event: &Event| match event {
        Event::Person(person::Event::Added { profile, .. }) => profile.name.clone(),
        other => panic!("not an added person: {other:?}"),
    };
    events.map(name).collect()
}

#[tokio::test]
async fn a_lost_vault_is_an_error_and_not_an_erasure() {
    let world = World::new();
    record(&world.ledger(), 1, added(BEN, "Ben"))
        .await
        .expect("records");
    let empty: Arc<dyn Vault> = Arc::new(MemoryVault::default());
    for _ in 0..2 {
        let ledger = world.ledger_with(Arc::clone(&empty));
        let error = world.open_all(&ledger).await.expect_err("keys are missing");
        assert!(!error.is_transient(), "waiting does not bring them back");
        let sentence = error.to_string();
        assert!(sentence.contains("the vault was lost"), "{sentence}");
        let entries = empty.fetch(ORGANISATION, &[KeyOf::Organisation]).await;
        let entries = entries.expect("fetches");
        assert_eq!(entries, [Entry::Absent], "none made");
    }
}

#[tokio::test]
async fn a_vault_older_than_the_log_names_the_commit_that_it_lacks() {
    let world = World::new();
    record(&world.ledger(), 1, added(BEN, "Ben"))
        .await
        .expect("records");
    let older: Arc<dyn Vault> = Arc::new(MemoryVault::default());
    let ring = KeyRing::new(Arc::clone(&older), world.master.clone());
    ring.organisation(ORGANISATION).await.expect("makes a key");
    older
        .destroy(ORGANISATION, &[KeyOf::Person(BEN)])
        .await
        .expect("destroys");
    let error = world.open_all(&world.ledger_with(older)).await;
    let error = error.expect_err("the commit's key is missing");
    let commit = KeyOf::Commit(request(1).commit);
    assert!(
        matches!(error, VaultError::KeyLost { key, .. } if key == commit),
        "{error}"
    );
}

#[tokio::test]
async fn an_organisation_that_never_sealed_anything_opens_without_keys() {
    let world = World::new();
    let wordless: Event = member::Event::Added { id: BEN }.into();
    record(&world.ledger(), 1, vec![wordless.clone()])
        .await
        .expect("records");
    let commits = world.open_all(&world.ledger()).await.expect("opens");
    assert_eq!(commits[0].events, [wordless]);
}

#[tokio::test]
async fn what_a_stream_seals_after_a_key_was_destroyed_is_erased_for_every_reader() {
    let world = World::new();
    let (importing, erasing) = (world.ledger(), world.ledger());
    let mut held = Held::default();
    for (n, person, name) in [(1, BEN, "Ben"), (2, CEM, "Cem"), (3, BEN, "Benjamin")] {
        if n == 3 {
            let keys = erasing.keys();
            keys.destroy(ORGANISATION, &[KeyOf::Person(BEN)])
                .await
                .expect("destroys");
        }
        let events = added(person, name);
        let sealed = importing.seal_record(&request(n), events, &mut held).await;
        let sealed = sealed.expect("the stream goes on with the key that it holds");
        importing.append(sealed).await.expect("appends");
    }
    let erased = Some(Text::Erased);
    let expected = [erased.clone(), Some("Cem".into()), erased];
    for reader in [importing, erasing, world.ledger()] {
        let commits = world.open_all(&reader).await.expect("opens");
        assert_eq!(names(&commits), expected);
    }
}
