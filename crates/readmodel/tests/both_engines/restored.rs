//! A log that was put back to an earlier state is not the one that the rows are from.

use std::path::Path;
use std::sync::Arc;

use anyhow::{Context, Result};
use kith_eventlog::ledger::Ledger;
use kith_eventlog::log::sqlite::Sqlite;
use kith_readmodel::rebuild::rebuild;
use kith_readmodel::runner::{RunnerError, catch_up};
use kith_readmodel::store::Store;
use sea_orm::{ConnectionTrait, Database};

use crate::support::{SHARD, World, checkpoint};

/// A log in a file, opened as after a restart.
fn opened(world: &World, file: &Path) -> Result<Ledger> {
    let log = Sqlite::open(file)?;
    Ok(Ledger::new(Arc::new(log), world.ledger.keys().clone()))
}

/// What is in the log's file now, in another file.
async fn backup(log: &Path, to: &Path) -> Result<()> {
    let database = Database::connect(format!("sqlite://{}", log.display())).await?;
    let copy = format!("VACUUM INTO '{}'", to.display());
    database.execute_unprepared(&copy).await?;
    Ok(database.close().await?)
}

async fn refused(store: &Store, ledger: &Ledger) -> Result<()> {
    let outcome = catch_up(&store.live().writing, ledger, SHARD, u64::MAX).await;
    let error = outcome.err().context("refused")?;
    anyhow::ensure!(matches!(error, RunnerError::OtherLog), "{error}");
    Ok(())
}

#[tokio::test]
async fn a_log_put_back_to_an_earlier_state_is_refused_until_a_rebuild() -> Result<()> {
    let mut world = World::new().await?;
    let (log, earlier) = (world.directory().join("log"), world.directory().join("old"));
    world.ledger = opened(&world, &log)?;
    let organisation = world.organisation(1).await?;
    organisation.person("Ana").await?;
    backup(&log, &earlier).await?;
    organisation.person("Ben").await?;
    world.caught_up().await?;

    let tail = world.tail().await?;
    world.ledger = opened(&world, &log)?;
    for store in world.caught_up().await? {
        assert_eq!(checkpoint(store).await?, tail, "a restart is none");
    }

    world.ledger = opened(&world, &earlier)?;
    for store in world.stores() {
        refused(store, &world.ledger).await.context("shorter")?;
    }
    let organisation = world.organisation(2).await?;
    assert_eq!(world.tail().await?, tail);
    for store in world.stores() {
        refused(store, &world.ledger).await.context("as long")?;
    }
    organisation.person("Cem").await?;
    for store in world.stores() {
        refused(store, &world.ledger).await.context("longer")?;
        rebuild(store, &world.ledger).await?;
    }
    world.caught_up().await?;
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn a_log_whose_last_applied_commit_was_deleted_for_good_is_still_the_same() -> Result<()> {
    let mut world = World::new().await?;
    let log = world.directory().join("log");
    world.ledger = opened(&world, &log)?;
    let organisation = world.organisation(1).await?;
    organisation.person("Ana").await?;
    world.caught_up().await?;

    let applied = world.tail().await?;
    organisation.person("Ben").await?;
    let database = Database::connect(format!("sqlite://{}", log.display())).await?;
    let delete = format!("DELETE FROM log WHERE sequence = {applied}");
    database.execute_unprepared(&delete).await?;
    for store in world.caught_up().await? {
        assert_eq!(checkpoint(store).await?, applied + 1);
    }
    Ok(())
}
