//! Two worlds that differ in what one member keeps to herself (a private tie, and somebody whom she leaves
//! out) answer everybody else the same, byte for byte: whatever they ask, and whatever they do meanwhile.
//!
//! Any RPC is asked, with requests made at random from its descriptor: ids and addresses are drawn from
//! those that are hidden, too. Tokens are compared by whether there is one. What others do meanwhile
//! gives no entry an address that Ana leaves out: what that would show stands in README, Limits.

mod answer;
mod question;
mod secret;

use std::collections::BTreeMap;

use anyhow::{Context as _, Result};
use kith_testkit::tools::seeds;
use kith_tests::rpc::{self, Outcome};
use kith_tests::world::World;

use answer::{found, masked};
use question::{Asker, Question};
use secret::{prepare, secret};

/// Of each RPC, for each seed. The bar asks for 10 000 questions of about fifty RPCs: `KITH_SEEDS=20`.
const QUESTIONS: u64 = 10;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_else_is_answered_otherwise_by_what_a_member_keeps_to_herself() -> Result<()> {
    let world = World::embedded().await?;
    let callers = prepare(&world).await?;
    let [with, without] = world.split().await?;
    let hidden = secret(&with).await?;
    with.settled().await?;
    let methods = rpc::all()?;
    let mut asker = Asker::new(&callers, hidden);
    let mut asked = 0_usize;
    let mut answered: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..QUESTIONS * seeds(2) {
        for method in &methods {
            let question = asker.question(method, &callers);
            let one = ask(&with, &question, 0).await?;
            let other = ask(&without, &question, 1).await?;
            asked += 1;
            let of_this = answered.entry(method.full_name().to_owned()).or_default();
            *of_this += usize::from(other.refused.is_none());
            let (left, right) = (masked(&one), masked(&other));
            if left != right {
                let what = format!("{}\n{}", question.told(), asked);
                anyhow::bail!("{what}\nwith the secret:\n{one}without it:\n{other}");
            }
            asker.learn(&question, &one, &other, found(&other));
            if question.changes() {
                with.settled().await?;
                without.settled().await?;
            }
        }
    }
    println!("{asked} questions; answered, not refused: {answered:#?}");
    // Questions that nobody may ask would prove nothing.
    let all: usize = answered.values().sum();
    assert!(all * 4 > asked, "{all} of {asked} were answered");
    with.end().await?;
    without.end().await
}

async fn ask(world: &World, question: &Question, which: usize) -> Result<Outcome> {
    let messages = question.messages(which);
    let outcome = rpc::call(&world.channel(), &question.key, &question.method, &messages).await;
    outcome.with_context(|| question.told())
}
