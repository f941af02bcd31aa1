//! Journeys from end to end, each on both engines: real services, asked through their port.
//!
//! A journey gets a world of its own and leaves it running; that everything ends in good order when
//! asked to is part of each.

/// Runs journeys (functions of a world) in a world of each engine.
macro_rules! on_both_engines {
    ($($journey:ident)*) => {
        mod embedded {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $journey() -> anyhow::Result<()> {
                let world = kith_tests::world::World::embedded().await?;
                super::$journey(&world).await?;
                world.end().await
            })*
        }
        mod on_servers {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
            async fn $journey() -> anyhow::Result<()> {
                let world = kith_tests::world::World::on_servers().await?;
                super::$journey(&world).await?;
                world.end().await
            })*
        }
    };
}

mod address_books;
mod aftermath;
mod briefings;
mod bulk;
mod caring;
mod closing;
mod comfort;
mod companies;
mod due;
mod encounters;
mod gatherings;
mod imports;
mod keys;
mod lists;
mod malformed;
mod merging;
mod notes;
mod operations;
mod programs;
mod reading;
mod recording;
mod retries;
mod roles;
mod searching;
mod sharing;
mod sizes;
mod stopping;
mod streams;
mod undoing;
mod watching;
