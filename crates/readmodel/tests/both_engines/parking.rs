//! One organisation's bad commit stops that organisation and nobody else.

use anyhow::Result;
use futures::TryStreamExt;
use kith_domain::id::{CommitId, FollowUpId};
use kith_eventlog::log::{Append, Expected, Filter, Subject, SubjectKind};
use kith_readmodel::query::{listing, people};
use kith_readmodel::rebuild::rebuild;
use kith_readmodel::runner::{Parked, find_parked, list_parked};
use kith_readmodel::store::Store;
use sea_orm::ConnectionTrait;

use crate::support::moments::{day, meeting};
use crate::support::organisation::Organisation;
use crate::support::{SHARD, World};

async fn names(store: &Store, organisation: &Organisation<'_>) -> Result<Vec<String>> {
    let database = store.live().reading;
    let all = listing::list(
        &database,
        &organisation.outsider(),
        &listing::Filter::default(),
        None,
        99,
    )
    .await?;
    Ok(all.iter().map(people::called).collect())
}

/// An organisation whose second commit of three can't be applied, and one without trouble.
struct Trouble<'w> {
    troubled: Organisation<'w>,
    other: Organisation<'w>,
    position: u64,
}

async fn trouble(world: &World) -> Result<Trouble<'_>> {
    let (troubled, other) = (world.organisation(1).await?, world.organisation(2).await?);
    troubled.person("Ana before").await?;
    let nowhere = FollowUpId::from_bytes([1; 16]);
    let position = troubled.snoozes(nowhere, day(9)).await?;
    troubled.person("Ben after").await?;
    other.person("Cem").await?;
    Ok(Trouble {
        troubled,
        other,
        position,
    })
}

#[tokio::test]
async fn a_commit_that_can_not_be_applied_parks_its_organisation_and_the_other_goes_on()
-> Result<()> {
    let world = World::new().await?;
    let Trouble {
        troubled,
        other,
        position,
    } = trouble(&world).await?;
    for store in world.caught_up().await? {
        let parked = list_parked(&store.live().reading).await?;
        let [
            Parked {
                shard,
                organisation,
                position: at,
                reason,
            },
        ] = &parked[..]
        else {
            panic!("one organisation is parked, not {parked:?}");
        };
        assert_eq!((*shard, *organisation, *at), (SHARD, troubled.id, position));
        assert!(!reason.is_empty());
        assert_eq!(names(store, &troubled).await?, ["Ana before"]);
        assert_eq!(names(store, &other).await?, ["Cem"]);
    }
    other.person("Dora").await?;
    troubled.person("Later still").await?;
    for store in world.caught_up().await? {
        assert_eq!(
            names(store, &troubled).await?,
            ["Ana before"],
            "stands still"
        );
        assert_eq!(names(store, &other).await?, ["Cem", "Dora"]);
    }
    Ok(())
}

#[tokio::test]
async fn a_parked_organisation_keeps_its_earlier_rows_through_a_rebuild() -> Result<()> {
    let world = World::new().await?;
    let Trouble { troubled, .. } = trouble(&world).await?;
    world.caught_up().await?;
    world.expect_replay_to_agree().await?;
    for store in world.stores() {
        rebuild(store, &world.ledger).await?;
        assert_eq!(
            names(store, &troubled).await?,
            ["Ana before"],
            "on {}",
            store.engine()
        );
        assert_eq!(list_parked(&store.live().reading).await?.len(), 1);
    }
    Ok(())
}

#[tokio::test]
async fn a_rebuild_parks_an_organisation_again_while_the_cause_remains() -> Result<()> {
    let world = World::new().await?;
    let Trouble {
        troubled,
        other,
        position,
    } = trouble(&world).await?;
    for store in world.caught_up().await? {
        let live = store.live().reading;
        assert_eq!(find_parked(&live, other.id).await?, None);
        let parked = find_parked(&live, troubled.id).await?;
        assert_eq!(parked.map(|parked| parked.position), Some(position));
        rebuild(store, &world.ledger).await?;
        let parked = list_parked(&store.live().reading).await?;
        assert_eq!((parked.len(), parked[0].position), (1, position));
        assert_eq!(names(store, &troubled).await?, ["Ana before"]);
    }
    Ok(())
}

#[tokio::test]
async fn a_rebuild_makes_a_parked_organisation_whole_once_the_cause_is_gone() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.person("Ben").await?;
    let promise = organisation.promises(ana, ben, day(3)).await?;
    // Somebody damages the live rows, so that the next commit can't be applied.
    for store in world.caught_up().await? {
        let damage = "DELETE FROM follow_up";
        store.live().writing.execute_unprepared(damage).await?;
    }
    organisation.snoozes(promise, day(5)).await?;
    organisation.records(&meeting(day(0), &[ana, ben])).await?;
    for store in world.caught_up().await? {
        assert_eq!(list_parked(&store.live().reading).await?.len(), 1);
        rebuild(store, &world.ledger).await?;
        assert_eq!(list_parked(&store.live().reading).await?, []);
    }
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn of_two_bad_commits_the_first_is_where_an_organisation_waits() -> Result<()> {
    let world = World::new().await?;
    let Trouble {
        troubled, position, ..
    } = trouble(&world).await?;
    append_damaged(&world, &troubled).await?;
    for store in world.caught_up().await? {
        let parked = list_parked(&store.live().reading).await?;
        let positions: Vec<u64> = parked.iter().map(|parked| parked.position).collect();
        assert_eq!(positions, [position], "on {}", store.engine());
    }
    Ok(())
}

#[tokio::test]
async fn a_commit_that_can_not_be_read_parks_its_organisation_too() -> Result<()> {
    let world = World::new().await?;
    let (troubled, other) = (world.organisation(1).await?, world.organisation(2).await?);
    troubled.person("Ana before").await?;
    let position = append_damaged(&world, &troubled).await?;
    troubled.person("Ben after").await?;
    other.person("Cem").await?;
    for store in world.caught_up().await? {
        let parked = list_parked(&store.live().reading).await?;
        assert_eq!((parked.len(), parked[0].position), (1, position));
        assert_eq!(names(store, &troubled).await?, ["Ana before"]);
        assert_eq!(names(store, &other).await?, ["Cem"]);
    }
    world.expect_replay_to_agree().await.map(drop)
}

/// Appends the organisation's last commit once more, with its last byte (of a sealed text) changed.
async fn append_damaged(world: &World, organisation: &Organisation<'_>) -> Result<u64> {
    let subject = Subject {
        shard: SHARD,
        organisation: organisation.id,
        kind: SubjectKind::Journal,
    };
    let log = world.ledger.log();
    let records = log.read(Filter::Subject(subject.clone()), 0);
    let last = records
        .try_collect::<Vec<_>>()
        .await?
        .pop()
        .expect("a commit");
    let mut bytes = last.bytes.to_vec();
    *bytes.last_mut().expect("a byte") ^= 1;
    let append = Append {
        subject,
        expected: Expected::Any,
        id: CommitId::from_bytes(organisation.id_bytes()),
        fingerprint: [1; 16],
        bytes: bytes.into(),
    };
    Ok(log.append(append).await?.position.sequence)
}
