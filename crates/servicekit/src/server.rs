//! The gRPC server: one listener with the services of a role, health, and reflection.
//!
//! [`Server::bind`] takes the port, so that its caller knows the address; [`Server::serve`] answers
//! until the stop is requested. Then health says `NOT_SERVING`, nothing more is accepted, calls that
//! run may end, and the server ends.
//!
//! Limits: [`MAX_STREAMS`] calls at once on a connection, [`MAX_REQUEST_BYTES`] a message (services
//! set it on themselves). Calls have no time limit of the server's: streams stay open for days, and
//! the caller's deadline holds for the rest.

mod explain;
mod health;

use std::fs;
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use tonic::service::Routes;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Identity, ServerTlsConfig};
use tower::util::MapResponseLayer;
use zeroize::Zeroizing;

use crate::config::{Config, ConfigError};
use crate::shutdown::Stop;
pub use health::Health;

/// The largest message that a service takes: twice the largest commit. For
/// `max_decoding_message_size` of each service.
pub const MAX_REQUEST_BYTES: usize = 1024 * 1024;

/// The largest message that a service answers: what clients take unless told otherwise. For
/// `max_encoding_message_size` of each service.
pub const MAX_RESPONSE_BYTES: usize = 4 * 1024 * 1024;

/// Calls at once on one connection; HTTP/2 holds the client back beyond.
pub const MAX_STREAMS: u32 = 256;

/// How much a client may send ahead, on a stream and on its connection: enough for a bulk import to
/// keep a log with fsync busy.
const STREAM_WINDOW: u32 = 4 * 1024 * 1024;
const CONNECTION_WINDOW: u32 = 8 * 1024 * 1024;

/// A connection is asked for a sign of life this often, and closed when it gives none.
const KEEPALIVE_EVERY: Duration = Duration::from_secs(30);
const KEEPALIVE_TIMEOUT: Duration = Duration::from_secs(20);
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(10);

/// Why the server does not serve. Each text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The configuration does not allow it.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The address can't be listened on.
    #[error("{address} can not be listened on")]
    Bind {
        /// Which address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The certificate or its key can't be read.
    #[error("{} can not be read", .path.display())]
    CertificateUnreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The certificate and its key are of no use together.
    #[error("`tls_cert` and `tls_key` do not make a certificate with its key")]
    Certificate(#[source] tonic::transport::Error),
    /// The services can't be described.
    #[error("the services can not be described for reflection")]
    Reflection(#[from] tonic_reflection::server::Error),
    /// Serving failed.
    #[error("the server failed")]
    Failed(#[source] tonic::transport::Error),
}

/// A server that has its port and does not answer yet.
#[derive(Debug)]
pub struct Server {
    incoming: TcpIncoming,
    address: SocketAddr,
    transport: tonic::transport::Server,
}

impl Server {
    /// Takes the port that `config` says, if it may be listened on in that way.
    ///
    /// # Panics
    /// Outside of a tokio runtime.
    pub fn bind(config: &Config) -> Result<Self, ServerError> {
        config.check_listen()?;
        let mut transport = tonic::transport::Server::builder()
            .initial_stream_window_size(STREAM_WINDOW)
            .initial_connection_window_size(CONNECTION_WINDOW)
            .max_concurrent_streams(MAX_STREAMS)
            .http2_keepalive_interval(Some(KEEPALIVE_EVERY))
            .http2_keepalive_timeout(Some(KEEPALIVE_TIMEOUT))
            .trace_fn(explain::span);
        if let Some(tls) = tls(config)? {
            transport = transport
                .tls_config(tls)
                .map_err(ServerError::Certificate)?;
        }
        let listen = || {
            let incoming = TcpIncoming::bind(config.listen)?;
            Ok((incoming.local_addr()?, incoming))
        };
        let (address, incoming) = listen().map_err(|source| ServerError::Bind {
            address: config.listen,
            source,
        })?;
        Ok(Self {
            incoming: incoming
                .with_nodelay(Some(true))
                .with_keepalive(Some(KEEPALIVE_EVERY)),
            address,
            transport,
        })
    }

    /// Where it listens: the port that was given for port 0.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Serves `api` (none for a role that only has health) until `health` is told to stop, and then
    /// for at most `drain` what has begun.
    pub async fn serve(
        self,
        api: Option<Routes>,
        health: Health,
        drain: Duration,
    ) -> Result<(), ServerError> {
        let routes = match api {
            Some(api) => with_reflection(api)?,
            None => Routes::default(),
        };
        let serving = self
            .transport
            .layer(MapResponseLayer::new(explain::explain))
            .add_routes(routes.add_service(health.service().await))
            .serve_with_incoming_shutdown(self.incoming, health.end());
        let stop: Stop = health.stop().clone();
        let out_of_time = async {
            stop.stopped().await;
            tokio::time::sleep(drain).await;
        };
        tracing::info!(address = %self.address, "listening");
        tokio::select! {
            biased;
            ended = serving => ended.map_err(ServerError::Failed),
            () = out_of_time => {
                tracing::warn!("calls that still ran were cut off");
                Ok(())
            }
        }
    }
}

fn with_reflection(api: Routes) -> Result<Routes, ServerError> {
    let described = || {
        tonic_reflection::server::Builder::configure()
            .register_encoded_file_descriptor_set(kith_proto::DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };
    Ok(api
        .add_service(described().build_v1()?)
        .add_service(described().build_v1alpha()?))
}

fn tls(config: &Config) -> Result<Option<ServerTlsConfig>, ServerError> {
    let (Some(certificate), Some(key)) = (&config.tls_cert, &config.tls_key) else {
        return Ok(None);
    };
    let (certificate, key) = (read(certificate)?, Zeroizing::new(read(key)?));
    let identity = Identity::from_pem(certificate, &*key);
    let tls = ServerTlsConfig::new()
        .identity(identity)
        .timeout(HANDSHAKE_TIMEOUT);
    Ok(Some(tls))
}

fn read(path: &Path) -> Result<Vec<u8>, ServerError> {
    fs::read(path).map_err(|source| ServerError::CertificateUnreadable {
        path: path.to_owned(),
        source,
    })
}
