//! The services of a world, in this process.

use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use kith_api::Api;
use kith_eventlog::ledger::Ledger;
use kith_readmodel::store::Store;
use kith_servicekit::config::{Config, Flags};
use kith_servicekit::server::{Health, Server};
use kith_servicekit::shutdown::{Stop, Tasks};
use kith_testkit::ManualClock;
use tonic::transport::{Channel, Endpoint};

use super::client::Client;
use super::engine::{Engine, Node};

/// How long a stopping server lets calls run, and how long its tasks have to end.
const DRAIN: Duration = Duration::from_secs(2);
const GRACE: Duration = Duration::from_secs(10);

/// Services that run.
pub(super) struct Served {
    pub(super) address: String,
    pub(super) channel: Channel,
    pub(super) stop: Stop,
    pub(super) tasks: Tasks,
    pub(super) projectors: Tasks,
    pub(super) engine: Engine,
    pub(super) ledger: Ledger,
    pub(super) store: Store,
}

impl Served {
    /// Starts the server on the first node, and on each of the others, or on the only one, what projects and
    /// schedules.
    pub(super) async fn start(
        engine: Engine,
        nodes: Vec<Node>,
        clock: &ManualClock,
        scheduled: bool,
    ) -> Result<Self> {
        let stop = Stop::new();
        let tasks = Tasks::new(stop.clone());
        let projectors = Tasks::new(stop.child());
        for node in nodes.iter().skip(usize::from(nodes.len() > 1)) {
            kith_projector::run(&node.store, &node.ledger, &projectors);
            if scheduled {
                let shared = Arc::new(clock.clone());
                kith_scheduler::run(&node.store, &node.ledger, shared, &tasks);
            }
        }
        let node = nodes.into_iter().next().context("an engine has a node")?;
        let config = Config::layered(Flags::new().set("listen", Some("127.0.0.1:0")), [])?;
        let server = Server::bind(&config)?;
        let address = format!("http://{}", server.address());
        let (ledger, store) = (node.ledger.clone(), node.store.clone());
        let api = Api::new(
            node.ledger,
            node.store,
            Arc::new(clock.clone()),
            tasks.clone(),
        );
        let health = Health::new(stop.clone()).await;
        let serving = health.clone();
        tasks.spawn("server", async move {
            server.serve(Some(api.routes()), serving, DRAIN).await
        });
        health.ready().await;
        let channel = Endpoint::new(address.clone())?.connect().await?;
        Ok(Self {
            address,
            channel,
            stop,
            tasks,
            projectors,
            engine,
            ledger,
            store,
        })
    }

    pub(super) fn client(&self, key: &str) -> Result<Client> {
        Client::new(&self.channel, key)
    }

    pub(super) async fn stop_projecting(&self) -> Result<()> {
        self.projectors.stop().stop();
        Ok(self.projectors.wait(GRACE).await?)
    }

    /// Stops everything and waits; an error if anything ended otherwise than asked. What it stood on stays.
    pub(super) async fn end(self) -> Result<Engine> {
        self.stop.stop();
        self.projectors.wait(GRACE).await?;
        self.tasks.wait(GRACE).await?;
        Ok(self.engine)
    }
}
