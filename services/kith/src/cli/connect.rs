//! The connection of a command to its server: which server, which key, how long to wait.

use std::path::PathBuf;
use std::time::Duration;

use kith_proto::kith::admin::v1::admin_service_client::AdminServiceClient;
use kith_proto::kith::admin::v1::operations_service_client::OperationsServiceClient;
use kith_proto::kith::directory::v1::directory_service_client::DirectoryServiceClient;
use kith_proto::kith::followup::v1::follow_up_service_client::FollowUpServiceClient;
use kith_proto::kith::gathering::v1::briefing_service_client::BriefingServiceClient;
use kith_proto::kith::gathering::v1::encounter_service_client::EncounterServiceClient;
use kith_proto::kith::gathering::v1::gathering_service_client::GatheringServiceClient;
use kith_proto::kith::history::v1::history_service_client::HistoryServiceClient;
use kith_proto::kith::interaction::v1::interaction_service_client::InteractionServiceClient;
use kith_proto::kith::relationship::v1::relationship_service_client::RelationshipServiceClient;
use kith_servicekit::private_file;
use tonic::metadata::{Ascii, MetadataValue};
use tonic::service::Interceptor;
use tonic::service::interceptor::InterceptedService;
use tonic::transport::{Certificate, Channel, ClientTlsConfig, Endpoint};
use tonic::{Request, Status};

use super::context::{self, Context};
use super::failure::Failure;
use super::{Global, ambient};

/// How long the server has to take a connection.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// A channel that shows the key with every call.
pub(super) type Wire = InterceptedService<Channel, Auth>;

/// A server and the key shown to it.
pub(super) struct Client {
    channel: Channel,
    auth: Auth,
    timeout: Duration,
    /// What every query waits for; empty when nothing.
    pub(super) min_position: String,
    /// The server's URL.
    pub(super) server: String,
    /// The id of this command's change.
    pub(super) request_id: String,
}

/// Shows the key.
#[derive(Clone)]
pub(super) struct Auth(MetadataValue<Ascii>);

impl Interceptor for Auth {
    fn call(&mut self, mut request: Request<()>) -> Result<Request<()>, Status> {
        let metadata = request.metadata_mut();
        metadata.insert("authorization", self.0.clone());
        Ok(request)
    }
}

impl Client {
    /// The server and key that flags, variables or the context name. Connects with the first call.
    pub(super) fn open(global: &Global) -> Result<Self, Failure> {
        let context = context::read().map_err(|error| Failure::usage(error.to_string()))?;
        let settings = Settings::choose(global, context)?;
        let key = private_file::read(&settings.key_file)
            .map_err(|error| Failure::usage(kith_servicekit::failure::chain(&error)))?;
        let mut bearer: MetadataValue<Ascii> = format!("Bearer {}", key.trim())
            .parse()
            .map_err(|_| no_key(&settings.key_file))?;
        // Never shown when a request is logged.
        bearer.set_sensitive(true);
        Ok(Self {
            channel: settings.endpoint()?.connect_lazy(),
            auth: Auth(bearer),
            timeout: Duration::from_secs(global.timeout.into()),
            min_position: global.min_position.clone().unwrap_or_default(),
            server: settings.server,
            request_id: ambient::request_id().to_string(),
        })
    }

    /// A request that the server has the time of `--timeout` for.
    pub(super) fn request<T>(&self, message: T) -> Request<T> {
        let mut request = Request::new(message);
        request.set_timeout(self.timeout);
        request
    }

    /// The clients of the services.
    pub(super) fn admin(&self) -> AdminServiceClient<Wire> {
        AdminServiceClient::with_interceptor(self.channel.clone(), self.auth.clone())
    }

    pub(super) fn operations(&self) -> OperationsServiceClient<Wire> {
        OperationsServiceClient::with_interceptor(self.channel.clone(), self.auth.clone())
    }

    pub(super) fn directory(&self) -> DirectoryServiceClient<Wire> {
        DirectoryServiceClient::with_interceptor(self.channel.clone(), self.auth.clone())
    }

    pub(super) fn interactions(&self) -> InteractionServiceClient<Wire> {
        InteractionServiceClient::with_interceptor(self.channel.clone(), self.auth.clone())
    }

    pub(super) fn relationships(&self) -> RelationshipServiceClient<Wire> {
        RelationshipServiceClient::with_interceptor(self.channel.clone(), self.auth.clone())
    }

    pub(super) fn gatherings(&self) -> GatheringServiceClient<Wire> {
        GatheringServiceClient::with_interceptor(self.channel.clone(), self.auth.clone())
    }

    pub(super) fn briefings(&self) -> BriefingServiceClient<Wire> {
        BriefingServiceClient::with_interceptor(self.channel.clone(), self.auth.clone())
    }

    pub(super) fn encounters(&self) -> EncounterServiceClient<Wire> {
        EncounterServiceClient::with_interceptor(self.channel.clone(), self.auth.clone())
    }

    pub(super) fn history(&self) -> HistoryServiceClient<Wire> {
        HistoryServiceClient::with_interceptor(self.channel.clone(), self.auth.clone())
    }

    pub(super) fn follow_ups(&self) -> FollowUpServiceClient<Wire> {
        FollowUpServiceClient::with_interceptor(self.channel.clone(), self.auth.clone())
    }
}

fn no_key(path: &std::path::Path) -> Failure {
    Failure::usage(format!("{} does not hold a key", path.display()))
}

/// Where to connect and what to show there.
#[derive(Debug, PartialEq, Eq)]
struct Settings {
    server: String,
    key_file: PathBuf,
    ca_file: Option<PathBuf>,
}

impl Settings {
    /// What flags and variables say, and for the rest the context. The context's key is shown to
    /// the context's server alone.
    fn choose(global: &Global, context: Option<Context>) -> Result<Self, Failure> {
        let server = global.server.as_deref().map(url);
        let context = context.filter(|known| {
            server
                .as_ref()
                .is_none_or(|asked| *asked == url(&known.server))
        });
        let (known_server, known_key, known_ca) = match context {
            Some(known) => (
                Some(url(&known.server)),
                Some(known.key_file),
                known.ca_file,
            ),
            None => (None, None, None),
        };
        let Some(server) = server.or(known_server) else {
            return Err(Failure::usage("it is not known which server to talk to")
                .next("start a server with 'kith up' or give --server and --key-file"));
        };
        let Some(key_file) = global.key_file.clone().or(known_key) else {
            return Err(Failure::usage(format!("there is no key for {server}"))
                .next("give --key-file, or leave --server out to use the server of 'kith up'"));
        };
        Ok(Self {
            server,
            key_file,
            ca_file: global.ca_file.clone().or(known_ca),
        })
    }

    fn endpoint(&self) -> Result<Endpoint, Failure> {
        let wrong = |_| {
            Failure::usage(format!("'{}' is no URL of a server", self.server))
                .next("write it as in http://127.0.0.1:7400")
        };
        let endpoint = Endpoint::from_shared(self.server.clone()).map_err(wrong)?;
        let endpoint = endpoint
            .connect_timeout(CONNECT_TIMEOUT)
            .user_agent(concat!("kith/", env!("CARGO_PKG_VERSION")))
            .map_err(wrong)?
            .http2_keep_alive_interval(Duration::from_secs(30))
            .initial_stream_window_size(4 * 1024 * 1024)
            .initial_connection_window_size(8 * 1024 * 1024);
        if !self.server.starts_with("https://") {
            return Ok(endpoint);
        }
        let Some(ca_file) = &self.ca_file else {
            return Err(
                Failure::usage("an https server needs a certificate to trust")
                    .next("give the certificate of its authority with --ca-file"),
            );
        };
        let pem = std::fs::read(ca_file).map_err(|error| {
            Failure::usage(format!("{} can not be read: {error}", ca_file.display()))
        })?;
        let tls = ClientTlsConfig::new().ca_certificate(Certificate::from_pem(pem));
        endpoint
            .tls_config(tls)
            .map_err(|_| Failure::usage(format!("{} holds no PEM certificate", ca_file.display())))
    }
}

/// A server's URL in one spelling: a bare `host:port` is plain http.
fn url(server: &str) -> String {
    let server = server.trim().trim_end_matches('/');
    if server.contains("://") {
        server.to_owned()
    } else {
        format!("http://{server}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn context() -> Context {
        Context {
            server: "http://127.0.0.1:7400/".into(),
            key_file: "/data/admin.key".into(),
            ca_file: None,
        }
    }

    fn global(server: Option<&str>, key_file: Option<&str>) -> Global {
        Global {
            server: server.map(ToOwned::to_owned),
            key_file: key_file.map(PathBuf::from),
            ..Global::default()
        }
    }

    #[test]
    fn without_flags_the_context_says_where_to_go() {
        let settings = Settings::choose(&Global::default(), Some(context())).unwrap();
        assert_eq!(settings.server, "http://127.0.0.1:7400");
        assert_eq!(settings.key_file, PathBuf::from("/data/admin.key"));
    }

    #[test]
    fn the_key_of_the_context_is_never_shown_to_another_server() {
        let elsewhere = Settings::choose(&global(Some("http://evil:1"), None), Some(context()));
        assert!(elsewhere.is_err());
        let same = Settings::choose(&global(Some("127.0.0.1:7400"), None), Some(context()));
        assert!(same.is_ok());
    }

    #[test]
    fn without_any_server_the_error_says_how_to_get_one() {
        let failure = Settings::choose(&Global::default(), None).unwrap_err();
        let told = failure.to_string();
        assert!(
            told.contains("start a server with 'kith up' or give --server and --key-file"),
            "{told}"
        );
    }
}
