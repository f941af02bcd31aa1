//! Kith as it is deployed: nats-server that syncs every write, Postgres, and a process per role.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use kith_proto::kith::event::v1::{InteractionKind, Part};
use kith_proto::kith::interaction::v1::interaction_service_client::InteractionServiceClient;
use kith_proto::kith::interaction::v1::{
    InteractionInput, ParticipantRef, RecordInteractionRequest, RecordInteractionsRequest,
    RecordInteractionsResponse, participant_ref,
};
use kith_proto::kith::relationship::v1::relationship_service_client::RelationshipServiceClient;
use kith_proto::kith::relationship::v1::{GetTieRequest, GetTieResponse};
use kith_testkit::process::{Process, free_port};
use kith_testkit::{NatsServer, Postgres};
use kith_tests::world::request_id;
use tempfile::TempDir;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Response};

use crate::now;

const PATIENCE: Duration = Duration::from_secs(120);
/// Who is met, over and over.
const PEOPLE: usize = 500;
/// Long enough to be a sentence about somebody.
const NOTE: &str = "asked about the harbour; wants an intro";
const ME: &str = "keeper@x.example";

/// All processes, and a client.
pub(crate) struct Product {
    nats: NatsServer,
    database: String,
    api: Process,
    projector: Process,
    channel: Channel,
    bearer: MetadataValue<Ascii>,
    recorded: usize,
    position: String,
    /// Somebody who is met.
    person: String,
    _postgres: Postgres,
    _directory: TempDir,
}

impl Product {
    pub(crate) async fn start(kith: &Path) -> Result<Self> {
        let directory = tempfile::tempdir()?;
        let (nats, postgres) = (NatsServer::start().await?, Postgres::start().await?);
        let database = postgres.database().await?;
        let command = || {
            let mut command = Command::new(kith);
            command
                .env("KITH_NATS_URL", nats.url())
                .env("KITH_DATABASE_URL", &database)
                .env("KITH_MASTER_KEY_FILE", directory.path().join("master.key"))
                .env("XDG_CONFIG_HOME", directory.path());
            command
        };
        let key = kith_eventlog::sealing::MasterKey::new([7; 32]);
        kith_servicekit::private_file::create_master_key(
            &directory.path().join("master.key"),
            &key,
        )?;
        let me = format!("Bar Keeper <{ME}>");
        let out = directory.path().to_str().context("a path of text")?;
        for arguments in [
            &["migrate", "up"][..],
            &["bootstrap", "--me", &me, "--out", out],
        ] {
            let done = command().args(arguments).output()?;
            let told = String::from_utf8_lossy(&done.stderr);
            ensure!(done.status.success(), "kith {arguments:?}: {told}");
        }
        let start = async |role: &str| -> Result<(Process, String)> {
            let address = format!("127.0.0.1:{}", free_port()?);
            let mut process = Process::spawn(command().args([role, "--listen", &address]))?;
            process.wait_for_line("listening", PATIENCE).await?;
            Ok((process, address))
        };
        let (api, address) = start("api").await?;
        let (projector, _) = start("projector").await?;
        let secret = std::fs::read_to_string(directory.path().join("admin.key"))?;
        let channel = Endpoint::new(format!("http://{address}"))?
            .initial_stream_window_size(4 * 1024 * 1024)
            .initial_connection_window_size(8 * 1024 * 1024)
            .tcp_nodelay(true)
            .connect()
            .await?;
        Ok(Self {
            nats,
            database,
            api,
            projector,
            channel,
            bearer: format!("Bearer {}", secret.trim()).parse()?,
            recorded: 0,
            position: String::new(),
            person: String::new(),
            _postgres: postgres,
            _directory: directory,
        })
    }

    pub(crate) fn nats(&self) -> &NatsServer {
        &self.nats
    }

    pub(crate) fn database(&self) -> &str {
        &self.database
    }

    pub(crate) fn pause_projector(&mut self) {
        self.projector.signal("STOP");
    }

    pub(crate) fn wake_projector(&mut self) {
        self.projector.signal("CONT");
    }

    fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        let metadata = request.metadata_mut();
        metadata.insert("authorization", self.bearer.clone());
        request
    }

    /// A first stream, so that the next ones are of people who are known.
    pub(crate) async fn meet_everybody(&mut self) -> Result<()> {
        self.person = address(0);
        self.appends_per_second(PEOPLE, false).await?;
        self.caught_up().await?;
        let tie = self.ask("").await?.into_inner().tie;
        self.person = tie.context("a tie is answered")?.person_id;
        Ok(())
    }

    /// New moments with people who are known, as one stream, until the last is acknowledged.
    pub(crate) async fn appends_per_second(&mut self, moments: usize, noted: bool) -> Result<f64> {
        let messages: Vec<RecordInteractionsRequest> = (self.recorded..self.recorded + moments)
            .map(|number| RecordInteractionsRequest {
                interaction: Some(moment(number, noted)),
                everyone_is_a_member: false,
                ..RecordInteractionsRequest::default()
            })
            .collect();
        self.recorded += moments;
        let mut client = InteractionServiceClient::new(self.channel.clone());
        let begin = now();
        let request = self.request(tokio_stream::iter(messages));
        let answer: RecordInteractionsResponse =
            client.record_interactions(request).await?.into_inner();
        let took = begin.elapsed();
        ensure!(answer.recorded == moments as u64, "{answer:?}");
        self.position = answer.position;
        Ok(moments as f64 / took.as_secs_f64())
    }

    /// Waits until the rows have everything.
    pub(crate) async fn caught_up(&self) -> Result<()> {
        let asked = async {
            while let Err(status) = self.ask(&self.position).await {
                let behind = status.code() == tonic::Code::DeadlineExceeded;
                ensure!(behind, "{status}");
            }
            Ok(())
        };
        tokio::time::timeout(PATIENCE, asked).await?
    }

    async fn ask(&self, min_position: &str) -> Result<Response<GetTieResponse>, tonic::Status> {
        let mut client = RelationshipServiceClient::new(self.channel.clone());
        let request = GetTieRequest {
            person: self.person.clone(),
            min_position: min_position.to_owned(),
            ..GetTieRequest::default()
        };
        client.get_tie(self.request(request)).await
    }

    /// One recording, until its tie shows it.
    pub(crate) async fn visible(&mut self) -> Result<Duration> {
        let mut client = InteractionServiceClient::new(self.channel.clone());
        let mut call = moment(self.recorded, false);
        self.recorded += 1;
        call.source_key.clear();
        let request = RecordInteractionRequest {
            request_id: request_id(),
            interaction: Some(call),
            ..RecordInteractionRequest::default()
        };
        let begin = now();
        let answer = client.record_interaction(self.request(request)).await?;
        self.ask(&answer.into_inner().position).await?;
        Ok(begin.elapsed())
    }

    pub(crate) async fn stop(mut self) -> Result<()> {
        ensure!(self.api.terminate(PATIENCE).await? == 0, "the api's end");
        let ended = self.projector.terminate(PATIENCE).await?;
        ensure!(ended == 0, "the projector's end");
        Ok(())
    }
}

fn address(number: usize) -> String {
    format!("p{}@y.example", number % PEOPLE)
}

fn moment(number: usize, noted: bool) -> InteractionInput {
    let somebody = |address: String| ParticipantRef {
        who: Some(participant_ref::Who::Address(address)),
        ..ParticipantRef::default()
    };
    // A minute apart, from the end of 2020 on.
    let seconds = 1_609_459_200 + number as i64 * 60;
    InteractionInput {
        kind: InteractionKind::Mail.into(),
        at: Some(prost_types::Timestamp { seconds, nanos: 0 }),
        participants: vec![
            ParticipantRef {
                part: Part::Initiator.into(),
                ..somebody(ME.to_owned())
            },
            somebody(address(number)),
        ],
        note: if noted {
            NOTE.to_owned()
        } else {
            String::new()
        },
        source_key: format!("<{number}@y.example>"),
        ..InteractionInput::default()
    }
}
