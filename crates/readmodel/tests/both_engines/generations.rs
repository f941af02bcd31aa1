//! Rebuilding beside the live rows, and going live.

use anyhow::{Context, Result};
use kith_readmodel::query::listing::{self, Filter};
use kith_readmodel::query::progress::Progress;
use kith_readmodel::rebuild::{Verdict, rebuild, verify};
use kith_readmodel::runner::{RunnerError, catch_up};
use kith_readmodel::store::{Store, StoreError};
use kith_testkit::eventually;
use sea_orm::{ConnectionTrait, Statement};
use tokio_util::sync::CancellationToken;

use crate::support::history::{Dice, Historian};
use crate::support::running::PATIENCE;
use crate::support::{SHARD, World, checkpoint, ledger};

#[tokio::test]
async fn a_rebuild_goes_live_while_commits_keep_coming() -> Result<()> {
    let world = World::new().await?;
    let mut dice = Dice(3);
    let mut historian = Historian::new(world.organisation(1).await?).await?;
    for store in world.stores() {
        let other_replica = world.another(store).await?;
        let token = historian.writes(&mut dice).await?;
        let writing = async {
            for _ in 0..20 {
                historian.writes(&mut dice).await?;
                tokio::task::yield_now().await;
            }
            anyhow::Ok(())
        };
        let rebuilding = async {
            world.reaches_the_tail(store).await?;
            let (commits, written) = tokio::join!(rebuild(store, &world.ledger), writing);
            written?;
            assert!(commits? >= token);
            // The runner finds the new generation by itself and is at the tail there.
            world.reaches_the_tail(store).await
        };
        world.while_running(store, rebuilding).await?;

        assert_eq!(store.live().name, "model_2");
        assert!(
            !exists(&world, store, "model_1").await?,
            "the old one is gone"
        );
        assert!(exists(&world, store, "model_2").await?);
        assert!(checkpoint(store).await? >= token, "tokens stay valid");

        assert!(other_replica.refresh().await?, "the other replica notices");
        assert!(!other_replica.refresh().await?, "once");
        assert_eq!(checkpoint(&other_replica).await?, world.tail().await?);
    }
    world.caught_up().await?;
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn a_runner_follows_a_rebuild_of_another_process() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    for store in world.stores() {
        let other_process = world.another(store).await?;
        let rebuilding = async {
            world.reaches_the_tail(store).await?;
            rebuild(store, &world.ledger).await?;
            // Nothing tells the other process, and it is idle: it has to look by itself.
            let switched = async || other_process.live().name == store.live().name;
            eventually(PATIENCE, switched).await?;
            organisation.person("Ana").await?;
            world.reaches_the_tail(store).await
        };
        world.while_running(&other_process, rebuilding).await?;
    }
    Ok(())
}

#[tokio::test]
async fn a_replica_that_has_not_looked_yet_spares_what_went_live_meanwhile() -> Result<()> {
    let world = World::new().await?;
    world.organisation(1).await?;
    for store in world.caught_up().await? {
        let (replica, maintainer) = (world.another(store).await?, world.another(store).await?);
        let former = replica.live();
        rebuild(store, &world.ledger).await?;
        let verdict = verify(&replica, &world.ledger).await?;
        assert!(matches!(verdict, Verdict::Equal { .. }), "{verdict:?}");
        assert!(exists(&world, store, "model_2").await?);

        let fresh = maintainer.beside().await?;
        let refused = maintainer.switch_to(&fresh, &former).await.err();
        assert!(matches!(refused, Some(StoreError::Switched)), "{refused:?}");
        let refused = maintainer.remove("model_2").await.err();
        assert!(matches!(refused, Some(StoreError::Live(_))), "{refused:?}");
        assert!(!store.refresh().await?, "nothing changed");
    }
    Ok(())
}

#[tokio::test]
async fn what_killed_processes_left_is_dropped_by_the_next_one() -> Result<()> {
    let world = World::new().await?;
    world.organisation(1).await?;
    for store in world.caught_up().await? {
        let killed = world.another(store).await?;
        // One died before its switch, and one after it.
        killed.beside().await?;
        let fresh = killed.beside().await?;
        killed.switch_to(&fresh, &killed.live()).await?;
        rebuild(store, &world.ledger).await?;
        assert_eq!(store.live().name, "model_4");
        for left in ["model_1", "model_2", "model_3"] {
            assert!(!exists(&world, store, left).await?, "{left}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn who_has_not_looked_yet_goes_on_reading_what_was_left() -> Result<()> {
    let world = World::new().await?;
    world.organisation(1).await?;
    for store in world.caught_up().await? {
        let replica = world.another(store).await?;
        let reading = async {
            let is_left = async || store.live().name == "model_2";
            eventually(PATIENCE, is_left).await?;
            // New connections too, not only the one that is open.
            let reads = (0..4).map(|_| checkpoint(&replica));
            futures::future::try_join_all(reads).await
        };
        let (rebuilt, read) = tokio::join!(rebuild(store, &world.ledger), reading);
        rebuilt?;
        assert_eq!(read?, vec![world.tail().await?; 4]);
    }
    Ok(())
}

#[tokio::test]
async fn one_rebuild_or_verification_works_at_a_time() -> Result<()> {
    let world = World::new().await?;
    world.organisation(1).await?;
    for store in world.caught_up().await? {
        let at_work = store.maintain().await?.context("nobody is at work")?;
        let refused = verify(store, &world.ledger).await.err();
        assert!(
            matches!(refused, Some(RunnerError::Maintained)),
            "{refused:?}"
        );
        let refused = rebuild(store, &world.ledger).await.err();
        assert!(
            matches!(refused, Some(RunnerError::Maintained)),
            "{refused:?}"
        );
        drop(at_work);
        // The lock of Postgres goes with its connection, a moment later.
        let is_free = async || rebuild(store, &world.ledger).await.is_ok();
        eventually(PATIENCE, is_free).await?;
    }
    Ok(())
}

async fn exists(world: &World, store: &Store, generation: &str) -> Result<bool> {
    if store.engine() == "sqlite" {
        return Ok(world.directory().join(format!("{generation}.db")).exists());
    }
    let sql = "SELECT 1 FROM information_schema.schemata WHERE schema_name = $1";
    let backend = store.work().get_database_backend();
    let look = Statement::from_sql_and_values(backend, sql, [generation.into()]);
    Ok(store.work().query_one_raw(look).await?.is_some())
}

#[tokio::test]
async fn queries_and_waiting_readers_move_to_the_new_generation_by_themselves() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    organisation.person("Ana").await?;
    for (rebuilds, store) in world.caught_up().await?.into_iter().enumerate() {
        let reader = world.another(store).await?;
        let (progress, stop) = (Progress::default(), CancellationToken::new());
        let reading = async {
            let _stopping = stop.drop_guard_ref();
            progress.wait_for(SHARD, checkpoint(store).await?).await;
            rebuild(store, &world.ledger).await?;
            organisation.person("Ben").await?;
            let token = world.tail().await?;
            world.project(store, token).await?;
            progress.wait_for(SHARD, token).await;
            let database = reader.live().reading;
            let all = listing::list(
                &database,
                &organisation.outsider(),
                &Filter::default(),
                None,
                9,
            )
            .await?;
            anyhow::Ok(all.len())
        };
        let ((), people) = tokio::join!(progress.run(&reader, &stop), reading);
        assert_eq!(reader.live().name, "model_2");
        assert_eq!(people?, 2 + rebuilds, "Ana, and a Ben for each rebuild");
    }
    Ok(())
}

#[tokio::test]
async fn who_waits_trusts_no_figures_of_a_generation_that_was_left() -> Result<()> {
    let world = World::new().await?;
    world.organisation(1).await?;
    let token = world.tail().await?;
    for store in world.caught_up().await? {
        let (progress, stop) = (Progress::default(), CancellationToken::new());
        let waiting = async {
            let _stopping = stop.drop_guard_ref();
            progress.wait_for(SHARD, token).await;
            // Another process switched while its own rows were a little behind.
            let fresh = store.beside().await?;
            store.switch_to(&fresh, &store.live()).await?;
            assert!(!progress.has(SHARD, token), "on {}", store.engine());
            world.project(store, token).await?;
            progress.wait_for(SHARD, token).await;
            assert_eq!(checkpoint(store).await?, token);
            anyhow::Ok(())
        };
        let ((), waited) = tokio::join!(progress.run(store, &stop), waiting);
        waited?;
    }
    Ok(())
}

#[tokio::test]
async fn rows_of_another_log_are_refused() -> Result<()> {
    let world = World::new().await?;
    world.organisation(1).await?;
    let elsewhere = ledger();
    for store in world.caught_up().await? {
        let live = store.live();
        let refused = catch_up(&live.writing, &elsewhere, SHARD, 9).await;
        let error = refused.err().context("refused")?;
        assert!(matches!(error, RunnerError::OtherLog), "{error}");
    }
    Ok(())
}
