//! The server on a real socket: health, reflection, refusals with a reason, TLS, the end.
//!
//! `tests/tls` holds a certificate for `localhost`, valid from 2020 to 2099, and the authority that
//! signed it; its key is worth nothing elsewhere.

use std::net::SocketAddr;
use std::time::Duration;

use kith_servicekit::config::{Config, Flags};
use kith_servicekit::server::{Health, Server};
use kith_servicekit::shutdown::{Stop, Tasks};
use tokio_stream::{StreamExt as _, iter};
use tonic::codegen::http::uri::PathAndQuery;
use tonic::service::Routes;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Code, Request, Status};
use tonic_health::pb::HealthCheckRequest;
use tonic_health::pb::health_check_response::ServingStatus;
use tonic_health::pb::health_client::HealthClient;
use tonic_prost::ProstCodec;
use tonic_reflection::pb::{v1, v1alpha};
use tonic_types::StatusExt as _;

const LONG: Duration = Duration::from_mins(1);

struct Running {
    tasks: Tasks,
    health: Health,
    address: SocketAddr,
}

impl Running {
    async fn start(flags: Flags, drain: Duration) -> Self {
        let config = Config::layered(flags.set("listen", Some("127.0.0.1:0")), []).expect("valid");
        let tasks = Tasks::new(Stop::new());
        let health = Health::new(tasks.stop().clone()).await;
        let server = Server::bind(&config).expect("a port");
        let address = server.address();
        assert_ne!(address.port(), 0);
        let serving = server.serve(Some(Routes::default()), health.clone(), drain);
        tasks.spawn("grpc", serving);
        Self {
            tasks,
            health,
            address,
        }
    }

    async fn channel(&self) -> Channel {
        let endpoint = Endpoint::try_from(format!("http://{}", self.address)).expect("a URL");
        endpoint.connect().await.expect("connects")
    }

    async fn stop(self) {
        self.tasks.stop().stop();
        self.tasks.wait(LONG).await.expect("good order");
    }
}

/// Calls `path` with `message` and answers the refusal.
async fn refused<M>(channel: &Channel, path: &'static str, message: Request<M>) -> Status
where
    M: prost::Message + Default + 'static,
{
    let mut client = tonic::client::Grpc::new(channel.clone());
    client.ready().await.expect("ready");
    let path = PathAndQuery::from_static(path);
    let answer = client.unary(
        message,
        path,
        ProstCodec::<M, HealthCheckRequest>::default(),
    );
    answer.await.expect_err("refused")
}

fn reason(status: &Status) -> String {
    let info = status.get_details_error_info();
    info.map(|info| format!("{}/{}", info.domain, info.reason))
        .unwrap_or_default()
}

#[tokio::test]
async fn health_says_not_serving_before_the_server_ends() {
    let running = Running::start(Flags::new(), LONG).await;
    let mut client = HealthClient::new(running.channel().await);
    let watched = client.watch(HealthCheckRequest::default()).await.unwrap();
    let answers = watched.into_inner().map(|answer| answer.unwrap().status());
    // A watch that is never let go shows as a failed test, not as one that hangs.
    let mut watched = Box::pin(answers.timeout(LONG).map(|in_time| in_time.unwrap()));
    assert_eq!(
        watched.next().await,
        Some(ServingStatus::NotServing),
        "not ready yet"
    );
    running.health.ready().await;
    assert_eq!(watched.next().await, Some(ServingStatus::Serving));
    let health = running.health.clone();
    running.tasks.stop().stop();
    health.ready().await;
    assert_eq!(watched.next().await, Some(ServingStatus::NotServing));
    assert_eq!(watched.next().await, None, "who watches is let go");
    let address = running.address;
    running.stop().await;
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn a_call_that_does_not_end_is_cut_off_after_the_drain() {
    let running = Running::start(Flags::new(), Duration::from_millis(100)).await;
    let mut client =
        v1::server_reflection_client::ServerReflectionClient::new(running.channel().await);
    let endless = client
        .server_reflection_info(tokio_stream::pending())
        .await
        .unwrap();
    running.stop().await;
    drop(endless);
}

#[tokio::test]
async fn reflection_lists_every_service_in_both_versions() {
    let running = Running::start(Flags::new(), LONG).await;
    let expected = [
        "grpc.health.v1.Health",
        "kith.admin.v1.AdminService",
        "kith.directory.v1.DirectoryService",
        "kith.followup.v1.FollowUpService",
        "kith.interaction.v1.InteractionService",
        "kith.relationship.v1.RelationshipService",
    ];

    let mut client =
        v1::server_reflection_client::ServerReflectionClient::new(running.channel().await);
    let list = v1::ServerReflectionRequest {
        message_request: Some(v1::server_reflection_request::MessageRequest::ListServices(
            String::new(),
        )),
        ..Default::default()
    };
    let mut answers = client
        .server_reflection_info(iter([list]))
        .await
        .unwrap()
        .into_inner();
    let answer = answers
        .next()
        .await
        .unwrap()
        .unwrap()
        .message_response
        .unwrap();
    let v1::server_reflection_response::MessageResponse::ListServicesResponse(list) = answer else {
        panic!("not a list");
    };
    let names: Vec<String> = list
        .service
        .into_iter()
        .map(|service| service.name)
        .collect();
    for name in expected {
        assert!(
            names.iter().any(|known| known == name),
            "{name} in {names:?}"
        );
    }

    let mut client =
        v1alpha::server_reflection_client::ServerReflectionClient::new(running.channel().await);
    let describe = v1alpha::ServerReflectionRequest {
        message_request: Some(
            v1alpha::server_reflection_request::MessageRequest::FileByFilename(
                "google/protobuf/timestamp.proto".to_owned(),
            ),
        ),
        ..Default::default()
    };
    let mut answers = client
        .server_reflection_info(iter([describe]))
        .await
        .unwrap()
        .into_inner();
    assert!(
        answers.next().await.unwrap().is_ok(),
        "imports are there too"
    );
    drop((answers, client));
    running.stop().await;
}

#[tokio::test]
async fn whatever_tonic_refuses_by_itself_has_a_reason() {
    let running = Running::start(Flags::new(), LONG).await;
    let channel = running.channel().await;
    let empty = || Request::new(HealthCheckRequest::default());
    let health = "/grpc.health.v1.Health/Check";

    for path in [
        "/kith.none.v1.NoneService/Nothing",
        "/grpc.health.v1.Health/Nothing",
        "/",
    ] {
        let status = refused(&channel, path, empty()).await;
        assert_eq!(status.code(), Code::Unimplemented, "{path}");
        assert_eq!(reason(&status), "kith/UNKNOWN_CALL", "{path}");
    }

    // The field that Health reads as a string is a number here.
    let malformed = Request::new(prost_types::Timestamp {
        seconds: 1,
        nanos: 0,
    });
    let status = refused(&channel, health, malformed).await;
    assert_eq!(status.code(), Code::InvalidArgument);
    assert_eq!(reason(&status), "kith/FIELDS_INVALID");

    let service = "x".repeat(5 * 1024 * 1024);
    let status = refused(
        &channel,
        health,
        Request::new(HealthCheckRequest { service }),
    )
    .await;
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert_eq!(reason(&status), "kith/LIMIT");

    let mut compressed = empty();
    compressed
        .metadata_mut()
        .insert("grpc-encoding", "br".parse().unwrap());
    let status = refused(&channel, health, compressed).await;
    assert_eq!(status.code(), Code::Unimplemented);
    assert_eq!(reason(&status), "kith/UNKNOWN_CALL");
    assert!(status.message().contains("compressed"), "{status:?}");
    running.stop().await;
}

#[tokio::test]
async fn a_role_without_services_still_has_health() {
    let config = Config::layered(Flags::new().set("listen", Some("127.0.0.1:0")), []).unwrap();
    let tasks = Tasks::new(Stop::new());
    let health = Health::new(tasks.stop().clone()).await;
    health.ready().await;
    let server = Server::bind(&config).unwrap();
    let endpoint = Endpoint::try_from(format!("http://{}", server.address())).unwrap();
    tasks.spawn("grpc", server.serve(None, health, LONG));
    let mut client = HealthClient::new(endpoint.connect().await.unwrap());
    let answer = client.check(HealthCheckRequest::default()).await.unwrap();
    assert_eq!(answer.into_inner().status(), ServingStatus::Serving);
    tasks.stop().stop();
    tasks.wait(LONG).await.unwrap();
}

#[tokio::test]
async fn a_certificate_makes_the_server_speak_tls() {
    let fixture = |name: &str| format!("{}/tests/tls/{name}", env!("CARGO_MANIFEST_DIR"));
    let flags = Flags::new()
        .set("tls_cert", Some(fixture("server.pem")))
        .set("tls_key", Some(fixture("server.key")));
    let running = Running::start(flags, LONG).await;
    running.health.ready().await;
    let authority = Certificate::from_pem(std::fs::read(fixture("authority.pem")).unwrap());
    let tls = ClientTlsConfig::new()
        .ca_certificate(authority)
        .domain_name("localhost");
    let endpoint = Endpoint::try_from(format!("https://{}", running.address)).unwrap();
    let channel = endpoint.tls_config(tls).unwrap().connect().await.unwrap();
    let mut client = HealthClient::new(channel);
    let answer = client.check(HealthCheckRequest::default()).await.unwrap();
    assert_eq!(answer.into_inner().status(), ServingStatus::Serving);
    running.stop().await;
}

#[tokio::test]
async fn a_server_that_others_reach_in_clear_and_a_useless_certificate_are_refused() {
    let bind = |flags: Flags| {
        let config = Config::layered(flags, []).unwrap();
        Server::bind(&config)
            .map(drop)
            .map_err(|error| error.to_string())
    };
    let told = bind(Flags::new().set("listen", Some("0.0.0.0:0"))).unwrap_err();
    assert!(told.contains("--insecure-listen"), "{told}");
    let told = bind(
        Flags::new()
            .set(
                "tls_cert",
                Some(format!("{}/Cargo.toml", env!("CARGO_MANIFEST_DIR"))),
            )
            .set("tls_key", Some("/nowhere/server.key")),
    );
    assert_eq!(told.unwrap_err(), "/nowhere/server.key can not be read");
}
