//! Commands that were decided by what their caller saw.

use std::sync::Arc;

use kith_domain::id::{CommitId, OrganisationId, PersonId};
use kith_domain::identity::Command;
use kith_domain::person::{Change, Person, To, Update};
use kith_domain::time::Timestamp;
use kith_eventlog::ledger::{ExecuteError, Ledger, Request};
use kith_eventlog::log::memory::Memory as MemoryLog;
use kith_eventlog::sealing::{KeyRing, MasterKey};
use kith_eventlog::vault::memory::Memory as MemoryVault;

const BEN: PersonId = PersonId::from_bytes([2; 16]);
const CEM: PersonId = PersonId::from_bytes([3; 16]);

fn ledger() -> Ledger {
    let keys = KeyRing::new(Arc::new(MemoryVault::default()), MasterKey::generate());
    Ledger::new(Arc::new(MemoryLog::new(1)), keys)
}

fn request(n: u8) -> Request {
    Request {
        organisation: OrganisationId::from_bytes([1; 16]),
        shard: 0,
        key: None,
        member: None,
        commit: CommitId::from_bytes([n; 16]),
        fingerprint: [n; 16],
        received_at: Timestamp::from_seconds(1_800_000_000),
    }
}

fn renamed(name: &str) -> Update {
    let change = Change {
        name: Some(Some(name.into())),
        ..Change::default()
    };
    Update {
        id: BEN,
        seen: None,
        to: To::Changed(change),
    }
}

#[tokio::test]
async fn whoever_saw_less_than_the_log_has_overwrites_nothing() {
    let ledger = ledger();
    let id = BEN.to_string();
    let first = ledger
        .execute::<Person>(&request(1), &id, renamed("Ben"), vec![])
        .await
        .expect("renamed");
    let seen = first.position.sequence;
    let second = ledger
        .execute_seen::<Person>(&request(2), &id, renamed("Benno"), vec![], seen)
        .await
        .expect("nobody changed anything since");
    let outdated = ledger
        .execute_seen::<Person>(&request(3), &id, renamed("Ben"), vec![], seen)
        .await;
    assert!(matches!(outdated, Err(ExecuteError::Moved)), "{outdated:?}");
    // Sent again, it finds itself, whatever its caller saw.
    let again = ledger
        .execute_seen::<Person>(&request(2), &id, renamed("Benno"), vec![], 0)
        .await
        .expect("what was recorded");
    assert_eq!(again, second);
}

#[tokio::test]
async fn merges_of_an_organisation_are_decided_one_after_another() {
    let ledger = ledger();
    let merge = |kept, gone| Command::Merge { kept, gone };
    let done = ledger
        .identify(&request(1), merge(BEN, CEM), vec![], None)
        .await
        .expect("merged");
    let circle = ledger
        .identify(&request(2), merge(CEM, BEN), vec![], None)
        .await;
    assert!(
        matches!(circle, Err(ExecuteError::Refused(_))),
        "{circle:?}"
    );
    let seen = done.position.sequence - 1;
    let unmerge = Command::Unmerge { gone: CEM };
    let outdated = ledger
        .identify(&request(3), unmerge, vec![], Some(seen))
        .await;
    assert!(matches!(outdated, Err(ExecuteError::Moved)), "{outdated:?}");
}
