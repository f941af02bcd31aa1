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
mod served;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, Result};
use kith_api::founding::found;
use kith_domain::followup;
use kith_domain::id::PersonId;
use kith_domain::id::{CommitId, FollowUpId, OrganisationId};
use kith_domain::person::Profile;
use kith_domain::time::{Clock as _, Timestamp};
use kith_eventlog::ledger::Request;
use kith_proto::kith::admin::v1::{CreateOrganisationRequest, GetServerInfoRequest};
use kith_proto::words;
use kith_testkit::{ManualClock, eventually};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use tonic::transport::Channel;

use served::Served;

pub use client::{Client, request_id};
pub use engine::Engine;
pub use moments::{keyed, moment, named, noted, personal};
pub use organisation::{ANA, BO, EVA, Member, Organisation};
pub use refusal::{Refusal, refused};

/// Whoever waits for something waits this long at most.
pub const PATIENCE: Duration = Duration::from_secs(20);
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
    served: Served,
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
        let nodes = engine.open().await?;
        let me = Profile {
            name: Some(ANA.0.into()),
            addresses: vec![ANA.1.into()],
            ..Profile::default()
        };
        let node = nodes.first().context("an engine has a node")?;
        let founded = found(&node.ledger, "Windfarm", &me, clock.now()).await?;
        let served = Served::start(engine, nodes, &clock, true).await?;
        let operator = served.client(&founded.operator_key)?;
        operator.works().await?;
        let request = CreateOrganisationRequest {
            request_id: request_id(),
            name: "Harbour".to_owned(),
            ..CreateOrganisationRequest::default()
        };
        let second = operator.admin().create_organisation(request).await?;
        let second = second.into_inner();
        let theirs = Organisation::open(served.client(&second.admin_key)?).await?;
        let ours = Organisation::open(served.client(&founded.admin_key)?).await?;
        Ok(Self {
            clock,
            ours,
            theirs,
            operator,
            served,
        })
    }

    /// Two worlds with this one's past and its present: the same keys, the same ids, the same clock. In
    /// neither does a scheduler run, so that nothing happens there but what is asked for.
    pub async fn split(self) -> Result<[Self; 2]> {
        let Self {
            clock,
            ours,
            theirs,
            operator,
            served,
        } = self;
        let engine = served.end().await?;
        let other = engine.copied()?;
        let mut worlds = Vec::new();
        for engine in [engine, other] {
            let clock = ManualClock::new(clock.now());
            let nodes = engine.open().await?;
            let served = Served::start(engine, nodes, &clock, false).await?;
            worlds.push(Self {
                ours: ours.moved_to(&served.channel)?,
                theirs: theirs.moved_to(&served.channel)?,
                operator: operator.moved_to(&served.channel)?,
                clock,
                served,
            });
        }
        let worlds = <[Self; 2]>::try_from(worlds);
        worlds.ok().context("there are two of them")
    }

    /// Waits until the rows know everything that was acknowledged.
    pub async fn settled(&self) -> Result<()> {
        let settled = eventually(PATIENCE, async || {
            let request = GetServerInfoRequest {};
            let answer = self.ours.admin.admin().get_server_info(request).await;
            answer.is_ok_and(|info| info.get_ref().lag == 0)
        });
        Ok(settled.await?)
    }

    /// Somebody with a key, right or wrong.
    pub fn client(&self, key: &str) -> Result<Client> {
        Client::new(&self.served.channel, key)
    }

    /// A connection without any key.
    #[must_use]
    pub fn channel(&self) -> Channel {
        self.served.channel.clone()
    }

    /// Where the server listens: `http://127.0.0.1:PORT`.
    #[must_use]
    pub fn address(&self) -> &str {
        &self.served.address
    }

    /// The files of the log, by themselves or in folders.
    #[must_use]
    pub fn log_files(&self) -> Vec<PathBuf> {
        self.served.engine.log_files()
    }

    /// The folder of an embedded world.
    #[must_use]
    pub fn directory(&self) -> Option<&Path> {
        self.served.engine.directory()
    }

    /// How often it is kept that somebody read of a person, in whatever organisation.
    pub async fn accesses(&self, person: &str) -> Result<usize> {
        let id: PersonId = person.parse()?;
        let work = self.served.store.work();
        let sql = "SELECT person FROM access";
        let all = Statement::from_string(work.get_database_backend(), sql);
        let mut count = 0;
        for row in work.query_all_raw(all).await? {
            let of: Vec<u8> = row.try_get("", "person")?;
            count += usize::from(of == id.as_bytes());
        }
        Ok(count)
    }

    /// Every row of every table of a Postgres database, as text.
    pub async fn rows(&self) -> Result<Vec<String>> {
        let database = self.served.store.live().reading;
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
        self.served.stop.stop();
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
            .served
            .ledger
            .record(&request, vec![of_nothing.into()])
            .await?;
        Ok(appended.position.sequence)
    }

    /// Stops the projectors and waits: rows stand still, and the log goes on.
    pub async fn stop_projecting(&self) -> Result<()> {
        self.served.stop_projecting().await
    }

    /// Stops everything and waits; an error if anything ended otherwise than asked.
    pub async fn end(self) -> Result<()> {
        self.served.end().await.map(drop)
    }
}
