//! The roles, one per process, as many replicas as wanted.

use std::sync::Arc;

use kith_api::Api;
use kith_servicekit::clock::System;
use kith_servicekit::config::Config;
use kith_servicekit::server::{Health, Server};
use kith_servicekit::shutdown::{Stop, Tasks, signals};
use kith_servicekit::telemetry;

use crate::node::Node;

/// Serves health and, if there are any, the routes of the API; waits for everything to end.
pub(crate) async fn serve(
    server: Server,
    config: &Config,
    api: Option<tonic::service::Routes>,
    tasks: &Tasks,
    health: Health,
) -> anyhow::Result<()> {
    let (drain, ready) = (config.drain(), health.clone());
    tasks.spawn(
        "server",
        async move { server.serve(api, health, drain).await },
    );
    ready.ready().await;
    Ok(tasks.wait(config.grace()).await?)
}

/// Begins a role: logs, signals, parts.
async fn begin(config: &Config) -> anyhow::Result<(Node, Tasks, Health, Server)> {
    telemetry::init(config)?;
    let server = Server::bind(config)?;
    let stop = Stop::new();
    signals(&stop)?;
    let tasks = Tasks::new(stop.clone());
    Ok((
        Node::open(config).await?,
        tasks,
        Health::new(stop).await,
        server,
    ))
}

pub(crate) async fn api(config: Config) -> anyhow::Result<()> {
    let (node, tasks, health, server) = begin(&config).await?;
    let api = Api::new(node.ledger, node.store, Arc::new(System), tasks.clone());
    serve(server, &config, Some(api.routes()), &tasks, health).await
}

pub(crate) async fn projector(config: Config) -> anyhow::Result<()> {
    let (node, tasks, health, server) = begin(&config).await?;
    kith_projector::run(&node.store, &node.ledger, &tasks);
    serve(server, &config, None, &tasks, health).await
}

pub(crate) async fn scheduler(config: Config) -> anyhow::Result<()> {
    let (node, tasks, health, server) = begin(&config).await?;
    kith_scheduler::run(&node.store, &node.ledger, Arc::new(System), &tasks);
    serve(server, &config, None, &tasks, health).await
}
