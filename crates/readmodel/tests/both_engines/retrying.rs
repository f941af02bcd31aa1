//! A parked organisation that is taken along again.

use anyhow::{Context, Result};
use kith_domain::id::{FollowUpId, PersonId};
use kith_readmodel::entity::follow_up;
use kith_readmodel::runner::{find_parked, retry_parked};
use kith_readmodel::store::Store;
use kith_testkit::eventually;
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel};

use crate::support::World;
use crate::support::moments::{day, meeting};
use crate::support::organisation::Organisation;
use crate::support::running::PATIENCE;

/// An organisation whose promises somebody deleted from the rows.
struct Damaged<'w> {
    organisation: Organisation<'w>,
    promise: FollowUpId,
    ana: PersonId,
    ben: PersonId,
}

impl<'w> Damaged<'w> {
    async fn new(world: &'w World) -> Result<Self> {
        let organisation = world.organisation(1).await?;
        let ana = organisation.member("Ana").await?;
        let ben = organisation.person("Ben").await?;
        let promise = organisation.promises(ana, ben, day(3)).await?;
        world.caught_up().await?;
        Ok(Self {
            organisation,
            promise,
            ana,
            ben,
        })
    }

    /// A commit that can't be applied, and two that wait behind it.
    async fn goes_on(&self) -> Result<u64> {
        let position = self.organisation.snoozes(self.promise, day(5)).await?;
        let moment = meeting(day(0), &[self.ana, self.ben]);
        self.organisation.records(&moment).await?;
        self.organisation.person("Cem").await?;
        Ok(position)
    }
}

/// Deletes the only promise; answers it.
async fn damage(store: &Store) -> Result<follow_up::Model> {
    let database = store.live().writing;
    let row = follow_up::Entity::find().one(&database).await?;
    follow_up::Entity::delete_many().exec(&database).await?;
    row.context("a promise")
}

async fn mend(store: &Store, row: follow_up::Model) -> Result<()> {
    let row = row.into_active_model().reset_all();
    row.insert(&store.live().writing).await?;
    Ok(())
}

#[tokio::test]
async fn a_retry_makes_an_organisation_whole_once_the_cause_is_gone() -> Result<()> {
    let world = World::new().await?;
    let damaged = Damaged::new(&world).await?;
    let id = damaged.organisation.id;
    let [sqlite, postgres] = world.stores();
    let rows = [damage(sqlite).await?, damage(postgres).await?];
    let position = damaged.goes_on().await?;
    world.organisation(2).await?.person("Dora").await?;
    world.caught_up().await?;
    for (store, row) in world.stores().into_iter().zip(rows) {
        let parked = retry_parked(store, &world.ledger, id).await?;
        let parked = parked.context("the cause is still there")?;
        assert_eq!((parked.position, parked.organisation), (position, id));
        assert!(!parked.reason.is_empty());

        mend(store, row).await?;
        assert_eq!(retry_parked(store, &world.ledger, id).await?, None);
        assert_eq!(find_parked(&store.live().reading, id).await?, None);
        // Asked once more, it goes on all the same.
        assert_eq!(retry_parked(store, &world.ledger, id).await?, None);
    }
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn a_retry_that_meets_another_bad_commit_waits_there() -> Result<()> {
    let world = World::new().await?;
    let damaged = Damaged::new(&world).await?;
    let id = damaged.organisation.id;
    let [sqlite, postgres] = world.stores();
    let rows = [damage(sqlite).await?, damage(postgres).await?];
    damaged.goes_on().await?;
    let nowhere = FollowUpId::from_bytes([9; 16]);
    let second = damaged.organisation.snoozes(nowhere, day(9)).await?;
    damaged.organisation.person("Eva").await?;
    world.caught_up().await?;
    for (store, row) in world.stores().into_iter().zip(rows) {
        mend(store, row).await?;
        let parked = retry_parked(store, &world.ledger, id).await?;
        assert_eq!(parked.map(|parked| parked.position), Some(second));
        let parked = find_parked(&store.live().reading, id).await?;
        assert_eq!(parked.map(|parked| parked.position), Some(second));
    }
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn a_runner_that_took_an_organisation_for_parked_leaves_out_nothing_after_a_retry()
-> Result<()> {
    let world = World::new().await?;
    let damaged = Damaged::new(&world).await?;
    let organisation = damaged.organisation;
    for (round, store) in world.stores().into_iter().enumerate() {
        let row = damage(store).await?;
        let other_process = world.another(store).await?;
        let retrying = async {
            if round == 0 {
                damaged.goes_on().await?;
            }
            let database = store.live().reading;
            let is_parked = async || {
                let parked = find_parked(&database, organisation.id).await;
                parked.is_ok_and(|parked| parked.is_some())
            };
            eventually(PATIENCE, is_parked).await?;
            world.reaches_the_tail(store).await?;
            mend(store, row).await?;
            let again = retry_parked(store, &world.ledger, organisation.id).await?;
            assert_eq!(again, None, "on {}", store.engine());
            organisation.person("Eva").await?;
            world.reaches_the_tail(store).await
        };
        world.while_running(&other_process, retrying).await?;
    }
    world.caught_up().await?;
    world.expect_replay_to_agree().await.map(drop)
}
