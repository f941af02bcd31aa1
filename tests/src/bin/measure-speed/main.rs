//! `measure-speed KITH`: appends and visibility of the product, as ratios to the bare broker and
//! database of the same run.
//!
//! Rounds are interleaved and their median counts: whatever else the machine does befalls all alike.
//! Absolute figures are for orientation only.

mod bare;
mod product;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context, Result};
use kith_testkit::NatsServer;

use product::Product;

const ROUNDS: usize = 5;
/// Moments of a round.
const MOMENTS: usize = 50_000;
/// Single recordings whose visibility is timed.
const SAMPLES: usize = 2_000;
/// Recordings before them: connections are opened and statements prepared once.
const WARM_UP: usize = 100;

/// Bulk append through gRPC against pipelined publishes that nothing syncs.
const LEAST_APPEND_RATIO: f64 = 0.5;
/// Append to visible against publish ack and commit.
const MOST_VISIBLE_RATIO: f64 = 3.0;

#[tokio::main]
async fn main() -> Result<ExitCode> {
    let kith = std::env::args_os().nth(1).map(PathBuf::from);
    let mut product = Product::start(&kith.context("usage: measure-speed KITH")?).await?;
    product.meet_everybody().await?;
    // First, while the database has nothing to tidy up.
    let visible = visible(&mut product).await?;
    let appends = appends(&mut product).await?;
    product.stop().await?;
    Ok(if appends && visible {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn appends(product: &mut Product) -> Result<bool> {
    let unsynced = NatsServer::builder().sync_always(false).start().await?;
    let bare = bare::Broker::connect(&unsynced).await?;
    let [mut plain, mut noted, mut projected] = [const { Vec::new() }; 3];
    for round in 0..ROUNDS {
        let reference = bare.publishes_per_second(MOMENTS).await?;
        // The projector is a role of its own, on a machine of its own; here it would share the two
        // cores of client, api, broker and database.
        product.pause_projector();
        let without = product.appends_per_second(MOMENTS, false).await?;
        let with_notes = product.appends_per_second(MOMENTS, true).await?;
        product.wake_projector();
        product.caught_up().await?;
        let while_projecting = product.appends_per_second(MOMENTS, false).await?;
        product.caught_up().await?;
        println!(
            "round {}: bare {reference:.0}/s, kith {without:.0}/s, with notes {with_notes:.0}/s, \
             while projecting {while_projecting:.0}/s",
            round + 1
        );
        plain.push(without / reference);
        noted.push(with_notes / reference);
        projected.push(while_projecting / reference);
    }
    let (plain, noted, projected) = (median(plain), median(noted), median(projected));
    println!(
        "append / bare publish: {plain:.2}, with sealed notes {noted:.2} (bar: at least \
         {LEAST_APPEND_RATIO}); while projecting on the same cores {projected:.2}"
    );
    Ok(plain >= LEAST_APPEND_RATIO && noted >= LEAST_APPEND_RATIO)
}

async fn visible(product: &mut Product) -> Result<bool> {
    let broker = bare::Broker::connect(product.nats()).await?;
    let database = bare::Database::connect(product.database()).await?;
    let [mut acks, mut commits, mut visibles] = [const { Vec::new() }; 3];
    for sample in 0..WARM_UP + SAMPLES {
        let (ack, commit) = (broker.ack().await?, database.commit().await?);
        let visible = product.visible().await?;
        if sample >= WARM_UP {
            acks.push(ack);
            commits.push(commit);
            visibles.push(visible);
        }
    }
    let [acks, commits, visibles] = [acks, commits, visibles].map(sorted);
    let at = |percent: usize| {
        let [ack, commit, visible] = [&acks, &commits, &visibles].map(|times| {
            let index = times.len() * percent / 100;
            times[index]
        });
        let ratio = visible.as_secs_f64() / (ack + commit).as_secs_f64();
        println!(
            "append to visible, idle, p{percent}: {visible:.1?}; publish ack {ack:.1?} + commit \
             {commit:.1?}: ratio {ratio:.2}"
        );
        ratio
    };
    at(50);
    let ratio = at(99);
    println!("append to visible, p99: {ratio:.2} (bar: at most {MOST_VISIBLE_RATIO})");
    Ok(ratio <= MOST_VISIBLE_RATIO)
}

#[expect(
    clippy::disallowed_methods,
    reason = "what is measured here is the machine's time"
)]
fn now() -> std::time::Instant {
    std::time::Instant::now()
}

fn median(mut figures: Vec<f64>) -> f64 {
    figures.sort_by(f64::total_cmp);
    figures[figures.len() / 2]
}

fn sorted(mut times: Vec<Duration>) -> Vec<Duration> {
    times.sort_unstable();
    times
}
