//! A running Kith, in this process, on real engines: log, projectors, schedulers and the gRPC role,
//! asked through its port as anybody would. Time is the test's.
//!
//! Two organisations live in it, with the same people under the same names and addresses: whatever
//! one learns of the other is a leak.

mod client;
mod engine;
mod moments;
mod organisation;
mod refusal;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result};
use kith_api::Api;
use kith_api::founding::found;
use kith_domain::followup;
use kith_domain::id::{CommitId, FollowUpId, OrganisationId};
use kith_domain::person::Profile;
use kith_domain::time::{Clock as _, Timestamp};
use kith_eventlog::ledger::{Ledger, Request};
use kith_proto::kith::admin::v1::CreateOrganisationRequest;
use kith_proto::words;
use kith_readmodel::store::Store;
use kith_servicekit::config::{Config, Flags};
use kith_servicekit::server::{Health, Server};
use kith_servicekit::shutdown::{Stop, Tasks};
use kith_testkit::ManualClock;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use tonic::transport::{Channel, Endpoint};

pub use client::{Client, request_id};
pub use engine::Engine;
pub use moments::{keyed, moment, named, noted, personal};
pub use organisation::{ANA, BO, EVA, Member, Organisation};
pub use refusal::{Refusal, refused};

/// Whoever waits for something waits this long at most.
pub const PATIENCE: Duration = Duration::from_secs(20);
/// How long a stopping server lets calls run, and how long its tasks have to end.
const DRAIN: Duration = Duration::from_secs(2);
const GRACE: Duration = Duration::from_secs(10);
/// Wednesday, 2026-11-18, 09:00 UTC.
const MORNING: Timestamp = Timestamp::from_seconds(1_794_992_400);

/// A running Kith.
pub struct World {
    /// The time of every service.
    pub clock: ManualClock,
    /// The first organisation, made by the founding.
    pub ours: Organisation,
    /// The second one, made by the operator.
    pub theirs: Organisation,
    /// The operator.
    pub operator: Client,
    address: String,
    channel: Channel,
    stop: Stop,
    tasks: Tasks,
    projectors: Tasks,
    engine: Engine,
    ledger: Ledger,
    store: Store,
}

impl World {
    /// Log, vault and read models in files of one directory.
    pub async fn embedded() -> Result<Self> {
        Self::on(Engine::embedded()?).await
    }

    /// The log on a real nats-server, read models on a real Postgres, two projectors and two
    /// schedulers beside the server.
    pub async fn on_servers() -> Result<Self> {
        Self::on(Engine::on_servers().await?).await
    }

    async fn on(engine: Engine) -> Result<Self> {
        let clock = ManualClock::new(MORNING);
        let stop = Stop::new();
        let tasks = Tasks::new(stop.clone());
        let projectors = Tasks::new(stop.child());
        let nodes = engine.open().await?;
        let me = Profile {
            name: Some(ANA.0.into()),
            addresses: vec![ANA.1.into()],
            ..Profile::default()
        };
        let node = nodes.first().context("an engine has a node")?.clone();
        let founded = found(&node.ledger, "Windfarm", &me, clock.now()).await?;
        for node in nodes.iter().skip(usize::from(nodes.len() > 1)) {
            kith_projector::run(&node.store, &node.ledger, &projectors);
            let shared = Arc::new(clock.clone());
            kith_scheduler::run(&node.store, &node.ledger, shared, &tasks);
        }
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
        let operator = Client::new(&channel, &founded.operator_key)?;
        operator.works().await?;
        let request = CreateOrganisationRequest {
            request_id: request_id(),
            name: "Harbour".to_owned(),
            ..CreateOrganisationRequest::default()
        };
        let second = operator.admin().create_organisation(request).await?;
        let second = second.into_inner();
        let theirs = Organisation::open(Client::new(&channel, &second.admin_key)?).await?;
        let ours = Organisation::open(Client::new(&channel, &founded.admin_key)?).await?;
        Ok(Self {
            clock,
            ours,
            theirs,
            operator,
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

    /// Somebody with a key, right or wrong.
    pub fn client(&self, key: &str) -> Result<Client> {
        Client::new(&self.channel, key)
    }

    /// A connection without any key.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.channel.clone()
    }

    /// Where the server listens: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The files of the log, by themselves or in folders.
    #[must_use]
    pub fn log_files(&self) -> Vec<PathBuf> {
        self.engine.log_files()
    }

    /// The folder of an embedded world.
    #[must_use]
    pub fn directory(&self) -> Option<&Path> {
        self.engine.directory()
    }

    /// Every row of every table of a Postgres database, as text.
    pub async fn rows(&self) -> Result<Vec<String>> {
        let database = self.store.live().reading;
        let text = |sql: String| Statement::from_string(DbBackend::Postgres, sql);
        let tables = "SELECT format('%I.%I', schemaname, tablename) AS name FROM pg_tables \
                      WHERE schemaname NOT IN ('pg_catalog', 'information_schema')";
        let mut rows = Vec::new();
        for table in database.query_all_raw(text(tables.to_owned())).await? {
            let table: String = table.try_get("", "name")?;
            let all = format!("SELECT row_to_json(t)::text AS row FROM {table} t");
            for row in database.query_all_raw(text(all)).await? {
                rows.push(row.try_get("", "row")?);
            }
        }
        Ok(rows)
    }

    /// What time it is.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// So many microseconds ago.
    #[must_use]
    pub fn ago(&self, micros: i64) -> Timestamp {
        self.now().plus_micros(-micros)
    }

    /// In so many microseconds, for a message.
    #[must_use]
    pub fn ahead(&self, micros: i64) -> Option<prost_types::Timestamp> {
        Some(words::timestamp(self.now().plus_micros(micros)))
    }

    /// Lets so many microseconds pass.
    pub fn pass(&self, micros: i64) {
        self.clock.set(self.now().plus_micros(micros));
    }

    /// Asks everything to stop.
    pub fn stop(&self) {
        self.stop.stop();
    }

    /// Appends what no projection can apply, so that the organisation's rows stand still from there
    /// on. Answers where.
    pub async fn park(&self, organisation: &str) -> Result<u64> {
        let id: OrganisationId = organisation.parse().ok().context("an organisation's id")?;
        let request = Request {
            organisation: id,
            shard: 0,
            key: None,
            member: None,
            commit: CommitId::from_bytes([9; 16]),
            fingerprint: [9; 16],
            received_at: self.now(),
        };
        let of_nothing = followup::Event::Snoozed {
            id: FollowUpId::from_bytes([9; 16]),
            until: self.now(),
        };
        let appended = self
            .ledger
            .record(&request, vec![of_nothing.into()])
            .await?;
        Ok(appended.position.sequence)
    }

    /// Stops the projectors and waits: rows stand still, and the log goes on.
    pub async fn stop_projecting(&self) -> Result<()> {
        self.projectors.stop().stop();
        Ok(self.projectors.wait(GRACE).await?)
    }

    /// Stops everything and waits; an error if anything ended otherwise than asked.
    pub async fn end(self) -> Result<()> {
        self.stop();
        self.projectors.wait(GRACE).await?;
        Ok(self.tasks.wait(GRACE).await?)
    }
}
