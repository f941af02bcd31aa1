//! Runners that die at any moment, and runners that get into each other's way.
//!
//! Who dies takes the connections along, so each life has a store of its own. It has to: a `BEGIN`
//! that is dropped half-way leaves sqlx 0.9.0 a pooled connection with an open transaction
//! (transact-rs/sqlx#4385, mended after that release).

use std::collections::HashMap;

use anyhow::{Context, Result};
use kith_readmodel::entity::interaction;
use kith_readmodel::runner;
use kith_readmodel::store::Store;
use kith_testkit::Postgres;
use kith_testkit::tools::seeds;
use sea_orm::{ConnectionTrait, Database, DatabaseConnection, EntityTrait};
use tokio_util::sync::CancellationToken;

use crate::support::history::{Dice, Historian};
use crate::support::running::dropped_after;
use crate::support::{SHARD, World, checkpoint};

/// Live rows are those of an undisturbed replay, and the first revision of each interaction is
/// there once.
async fn expect_nothing_lost_or_doubled(world: &World) -> Result<()> {
    let rows = world.expect_replay_to_agree().await?;
    assert!(rows > 50, "{rows} rows");
    for store in world.stores() {
        assert_eq!(checkpoint(store).await?, world.tail().await?);
        let all = interaction::Entity::find()
            .all(&store.live().reading)
            .await?;
        let mut current: HashMap<(Vec<u8>, Vec<u8>), u32> = HashMap::new();
        for row in all.into_iter().filter(|row| row.to_position.is_none()) {
            *current.entry((row.organisation, row.id)).or_default() += 1;
        }
        assert!(!current.is_empty());
        assert!(
            current.values().all(|count| *count == 1),
            "on {}",
            store.engine()
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_crash_at_every_step_of_every_commit_leaves_the_rows_of_an_undisturbed_run() -> Result<()>
{
    for seed in 0..seeds(1) {
        let world = World::new().await?;
        let mut dice = Dice(40 + seed);
        let mut historian = Historian::new(world.organisation(1).await?).await?;
        for _ in 0..12 {
            historian.writes(&mut dice).await?;
        }
        for store in world.stores() {
            world.project(store, 0).await?;
            for commit in 1..=world.tail().await? {
                let doomed = world.another(store).await?;
                crash_until_projected(&world, &doomed, store, commit).await?;
            }
        }
        expect_nothing_lost_or_doubled(&world).await?;
    }
    Ok(())
}

/// Lets the projection of one commit die after one poll, after two, …, until it lives long enough.
async fn crash_until_projected(
    world: &World,
    doomed: &Store,
    observer: &Store,
    commit: u64,
) -> Result<()> {
    for polls in 1.. {
        let projecting = world.project(doomed, commit);
        // An error comes from what an earlier death left of its connection: one more death.
        if let Some(Ok(reached)) = dropped_after(polls, projecting).await {
            assert_eq!(reached, commit);
            return Ok(());
        }
        assert!(polls < 2_000, "commit {commit} is never projected");
        let reached = checkpoint(observer).await?;
        assert!(
            reached == commit || reached + 1 == commit,
            "{reached} of {commit}"
        );
    }
    Ok(())
}

#[tokio::test]
async fn a_runner_stopped_at_any_moment_is_taken_up_by_the_next_one() -> Result<()> {
    let world = World::new().await?;
    let mut dice = Dice(50);
    let mut historian = Historian::new(world.organisation(1).await?).await?;
    for _ in 0..20 {
        for _ in 0..5 {
            historian.writes(&mut dice).await?;
        }
        for store in world.stores() {
            let process = world.another(store).await?;
            let a_while = async {
                for _ in 0..dice.roll(12) {
                    checkpoint(store).await?;
                }
                Ok(())
            };
            world.while_running(&process, a_while).await?;
        }
    }
    for store in world.stores() {
        let caught_up = world.reaches_the_tail(store);
        world.while_running(store, caught_up).await?;
    }
    expect_nothing_lost_or_doubled(&world).await
}

#[tokio::test]
async fn a_runner_survives_the_loss_of_all_its_connections() -> Result<()> {
    let world = World::new().await?;
    let mut dice = Dice(60);
    let mut historian = Historian::new(world.organisation(1).await?).await?;
    let administrator = Database::connect(Postgres::shared().await?.url()).await?;
    let [_, postgres] = world.stores();
    let killing = async {
        for _ in 0..6 {
            for _ in 0..4 {
                historian.writes(&mut dice).await?;
            }
            for _ in 0..dice.roll(8) {
                administrator.execute_unprepared("SELECT 1").await?;
            }
            kill_connections(&administrator, world.url()).await?;
        }
        world.reaches_the_tail(postgres).await
    };
    world.while_running(postgres, killing).await?;
    world.caught_up().await?;
    expect_nothing_lost_or_doubled(&world).await
}

async fn kill_connections(administrator: &DatabaseConnection, url: &str) -> Result<()> {
    let (_, database) = url.rsplit_once('/').context("a database")?;
    let kill = format!(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{database}'"
    );
    administrator.execute_unprepared(&kill).await?;
    Ok(())
}

#[tokio::test]
async fn two_racing_runners_write_the_rows_of_one() -> Result<()> {
    let world = World::new().await?;
    let mut dice = Dice(70);
    let mut historian = Historian::new(world.organisation(1).await?).await?;
    for store in world.stores() {
        let other_process = world.another(store).await?;
        let stop = CancellationToken::new();
        let racing = async {
            for _ in 0..10 {
                for _ in 0..4 {
                    historian.writes(&mut dice).await?;
                }
                world.reaches_the_tail(store).await?;
            }
            stop.cancel();
            anyhow::Ok(())
        };
        let other = runner::run(&other_process, &world.ledger, SHARD, &stop);
        let (ran, raced) = tokio::join!(other, world.while_running(store, racing));
        ran?;
        raced?;
    }
    world.caught_up().await?;
    expect_nothing_lost_or_doubled(&world).await
}
