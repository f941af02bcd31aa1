//! The suite that holds every vault to the obligations of [`Vault`].

use futures::future;
use kith_domain::id::{CommitId, OrganisationId, PersonId};

use super::{Entry, KeyOf, Vault, Wrapped};

const ORGANISATION: OrganisationId = OrganisationId::from_bytes([3; 16]);
const ELSEWHERE: OrganisationId = OrganisationId::from_bytes([4; 16]);

fn wrapped(n: u8) -> Wrapped {
    Wrapped {
        kek_id: [n; 8],
        bytes: vec![n; 73],
    }
}

/// The `n`th person of a group.
fn person(group: u8, n: u16) -> KeyOf {
    let mut id = [group; 16];
    id[..2].copy_from_slice(&n.to_be_bytes());
    KeyOf::Person(PersonId::from_bytes(id))
}

async fn fetch(vault: &dyn Vault, of: OrganisationId, keys: &[KeyOf]) -> Vec<Entry> {
    vault.fetch(of, keys).await.expect("fetch")
}

async fn keep(vault: &dyn Vault, rows: &[(KeyOf, Wrapped)]) -> Vec<Entry> {
    vault.keep(ORGANISATION, rows).await.expect("keep")
}

/// Runs the whole suite against an empty vault.
///
/// # Panics
/// When an obligation is broken.
pub async fn holds(vault: &dyn Vault) {
    first_wins_and_destroyed_stays(vault).await;
    many_at_once(vault).await;
    racing_keepers(vault).await;
    keepers_racing_a_destroyer(vault).await;
}

async fn first_wins_and_destroyed_stays(vault: &dyn Vault) {
    let person = KeyOf::Person(PersonId::from_bytes([1; 16]));
    let commit = KeyOf::Commit(CommitId::from_bytes([1; 16]));
    let keys = [person, KeyOf::Organisation, commit];
    let nothing = vec![Entry::Absent; 3];
    assert_eq!(fetch(vault, ORGANISATION, &keys).await, nothing, "empty");

    let kept = keep(vault, &[(person, wrapped(1)), (commit, wrapped(2))]).await;
    assert_eq!(kept, [Entry::Kept(wrapped(1)), Entry::Kept(wrapped(2))]);
    let again = [(person, wrapped(9)), (KeyOf::Organisation, wrapped(3))];
    assert_eq!(
        keep(vault, &again).await,
        [Entry::Kept(wrapped(1)), Entry::Kept(wrapped(3))],
        "first wins"
    );
    assert_eq!(
        fetch(vault, ORGANISATION, &keys).await,
        [
            Entry::Kept(wrapped(1)),
            Entry::Kept(wrapped(3)),
            Entry::Kept(wrapped(2))
        ]
    );
    let others = fetch(vault, ELSEWHERE, &keys).await;
    assert_eq!(others, nothing, "nothing crosses over");

    let never_made = KeyOf::Person(PersonId::from_bytes([8; 16]));
    vault
        .destroy(ORGANISATION, &[person, never_made])
        .await
        .expect("destroy");
    for key in [person, never_made] {
        let entry = fetch(vault, ORGANISATION, &[key]).await;
        assert_eq!(entry, [Entry::Destroyed]);
        let entry = keep(vault, &[(key, wrapped(5))]).await;
        assert_eq!(entry, [Entry::Destroyed], "stays destroyed");
    }
    assert_eq!(
        fetch(vault, ORGANISATION, &[commit]).await,
        [Entry::Kept(wrapped(2))]
    );
    assert!(fetch(vault, ORGANISATION, &[]).await.is_empty());
}

async fn many_at_once(vault: &dyn Vault) {
    let row = |n: u16| (person(6, n), wrapped((n % 251) as u8));
    let many: Vec<_> = (0..2_500).map(row).collect();
    let told = keep(vault, &many).await;
    let expected: Vec<_> = many.iter().map(|(_, w)| Entry::Kept(w.clone())).collect();
    assert_eq!(told, expected, "many at once, in their order");
}

/// Obligation 2 under a race: half of the keepers name the same keys in the opposite order, which
/// deadlocks a vault that locks rows as they come; so many that their statements overlap.
async fn racing_keepers(vault: &dyn Vault) {
    for round in 0..4 {
        let keys: Vec<KeyOf> = (0..2_000).map(|n| person(10 + round, n)).collect();
        let keepers = (0..12_u8).map(|keeper| {
            let mut rows: Vec<_> = keys.iter().map(|key| (*key, wrapped(keeper))).collect();
            if keeper % 2 == 1 {
                rows.reverse();
            }
            async move {
                let mut told = keep(vault, &rows).await;
                if keeper % 2 == 1 {
                    told.reverse();
                }
                told
            }
        });
        let told = future::join_all(keepers).await;
        let kept = fetch(vault, ORGANISATION, &keys).await;
        assert!(kept.iter().all(|entry| matches!(entry, Entry::Kept(_))));
        for told in told {
            assert_eq!(told, kept, "all are told the winner's keys");
        }
    }
}

/// Obligation 3 under a race: whoever comes later, the key is gone in the end.
async fn keepers_racing_a_destroyer(vault: &dyn Vault) {
    let keys: Vec<KeyOf> = (0..50).map(|n| person(30, n)).collect();
    let keepers = (0..4_u8).map(|keeper| {
        let rows: Vec<_> = keys.iter().map(|key| (*key, wrapped(keeper))).collect();
        async move { drop(keep(vault, &rows).await) }
    });
    let destroyer = async { vault.destroy(ORGANISATION, &keys).await.expect("destroy") };
    future::join(future::join_all(keepers), destroyer).await;
    let left = fetch(vault, ORGANISATION, &keys).await;
    assert_eq!(left, vec![Entry::Destroyed; 50]);
}
