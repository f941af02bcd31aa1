//! The role that builds read models: one runner per shard.

use kith_eventlog::ledger::Ledger;
use kith_readmodel::runner;
use kith_readmodel::store::Store;
use kith_servicekit::shutdown::Tasks;

/// Starts a runner for every shard of the log. Several replicas are safe: the checkpoint of a shard
/// moves by compare-and-set.
pub fn run(store: &Store, ledger: &Ledger, tasks: &Tasks) {
    for shard in 0..ledger.log().description().shards {
        let (store, ledger, stop) = (store.clone(), ledger.clone(), tasks.stop().clone());
        tasks.spawn(format!("projector of shard {shard}"), async move {
            runner::run(&store, &ledger, shard, stop.token()).await
        });
    }
}
