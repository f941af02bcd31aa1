//! The settings of a server, in four layers: defaults, file, environment, flags. Later layers win.
//!
//! A setting has one flat key; its variable is the key in capitals behind `KITH_`. A key that isn't
//! in the table below is refused wherever it stands, and every complaint names the key and where it
//! came from, all at once. Nothing else in Kith's servers reads the environment.
//!
//! To add a setting, add one line to the table.

mod layers;
mod value;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt::Write as _;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::time::Duration;

use kith_eventlog::sealing::MasterKey;

use crate::private_file::{self, PrivateFileError};
use layers::Given;
pub use layers::{Flags, Origin};
use value::Value;
pub use value::{LogFilter, LogFormat, Secret};

/// One row of the table: how a key is documented, read and shown.
struct Key {
    name: &'static str,
    about: &'static [&'static str],
    set: fn(&mut Config, &str) -> Result<(), String>,
    show: fn(&Config) -> Option<String>,
}

macro_rules! settings {
    ($($(#[doc = $about:literal])+ $name:ident: $type:ty = $default:expr;)+) => {
        /// The settings in force, and where each came from.
        #[derive(Debug, Clone)]
        pub struct Config {
            $($(#[doc = $about])+ pub $name: $type,)+
            origins: BTreeMap<&'static str, Origin>,
        }

        impl Default for Config {
            fn default() -> Self {
                Self { $($name: $default,)+ origins: BTreeMap::new() }
            }
        }

        const KEYS: &[Key] = &[$(Key {
            name: stringify!($name),
            about: &[$($about),+],
            set: |config, text| {
                config.$name = Value::read(text)?;
                Ok(())
            },
            show: |config| config.$name.show(),
        }),+];
    };
}

settings! {
    /// Where the gRPC server listens. Port 0 takes any free one.
    listen: SocketAddr = SocketAddr::from((Ipv4Addr::LOCALHOST, 7400));
    /// Allows to listen beyond this machine without a certificate: keys and names then travel in
    /// clear.
    insecure_listen: bool = false;
    /// The server's certificate chain, PEM.
    tls_cert: Option<PathBuf> = None;
    /// The private key of that certificate, PEM.
    tls_key: Option<PathBuf> = None;
    /// The host name in that certificate by which programs on this machine reach the server; unless
    /// set `localhost`, or the address if it listens on one.
    tls_name: Option<String> = None;
    /// The certificate of the authority, PEM, that programs on this machine trust; unless set
    /// `tls_cert` itself, which will do if it is its own authority or brings it along.
    tls_ca: Option<PathBuf> = None;
    /// The NATS servers, separated by commas.
    nats_url: Option<Secret> = None;
    /// A credentials file, if NATS wants one.
    nats_credentials: Option<PathBuf> = None;
    /// Number of shards, 1 to 99; fixed when the log is made.
    shards: u16 = 8;
    /// Copies of each shard: 1 on a single NATS server, 3 or 5 on a cluster.
    replicas: u16 = 1;
    /// The Postgres database.
    database_url: Option<Secret> = None;
    /// A file that holds that URL, instead of it.
    database_url_file: Option<PathBuf> = None;
    /// A file with the master key, 64 hexadecimal digits, that only its owner may read.
    master_key_file: Option<PathBuf> = None;
    /// Where `kith up` keeps log, vault and read model.
    data_dir: PathBuf = PathBuf::from("kith-data");
    /// `text` or `json`.
    log_format: LogFormat = LogFormat::Text;
    /// How much is logged: a level, or directives such as `info,kith_eventlog=debug`.
    log_level: LogFilter = LogFilter::default();
    /// How long a stopping server waits for what it has begun, in seconds.
    shutdown_grace_s: u32 = 10;
}

/// Why there is no configuration. Each text is for the operator.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// A file can't be read.
    #[error("{} can not be read", .path.display())]
    Unreadable {
        /// Which file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The configuration file is not TOML.
    #[error("{} is not TOML: line {line}: {message}", .path.display())]
    NotToml {
        /// Which file.
        path: PathBuf,
        /// Counted from 1.
        line: usize,
        /// What the parser says. It never quotes the file.
        message: String,
    },
    /// Settings are unknown or wrong: one sentence each.
    #[error("{}", .0.join("; "))]
    Wrong(Vec<String>),
    /// A key file is of no use.
    #[error(transparent)]
    PrivateFile(#[from] PrivateFileError),
}

impl Config {
    /// The configuration of this process: the file that `--config` or `KITH_CONFIG` names, the
    /// environment, and the flags.
    pub fn load(flags: Flags) -> Result<Self, ConfigError> {
        #[expect(
            clippy::disallowed_methods,
            reason = "the one place that reads the environment"
        )]
        Self::layered(flags, std::env::vars_os())
    }

    /// The same over any environment.
    pub fn layered(
        flags: Flags,
        environment: impl IntoIterator<Item = (OsString, OsString)>,
    ) -> Result<Self, ConfigError> {
        let mut config = Self::default();
        let mut complaints = Vec::new();
        for given in layers::all(flags, environment)? {
            config
                .take(given)
                .unwrap_or_else(|complaint| complaints.push(complaint));
        }
        config.cross_check(&mut complaints);
        if complaints.is_empty() {
            Ok(config)
        } else {
            Err(ConfigError::Wrong(complaints))
        }
    }

    fn take(&mut self, given: Given) -> Result<(), String> {
        let Given { key, text, origin } = given;
        let Some(known) = KEYS.iter().find(|known| known.name == key) else {
            return Err(format!("`{key}` ({origin}) is not a setting"));
        };
        let text = text.map_err(|complaint| format!("`{key}` ({origin}) {complaint}"))?;
        (known.set)(self, &text).map_err(|complaint| format!("`{key}` ({origin}) {complaint}"))?;
        self.origins.insert(known.name, origin);
        Ok(())
    }

    fn cross_check(&self, complaints: &mut Vec<String>) {
        let mut check = |holds: bool, key: &str, complaint: &str| {
            if !holds {
                complaints.push(format!("`{key}` ({}) {complaint}", self.origin(key)));
            }
        };
        check(
            (1..=99).contains(&self.shards),
            "shards",
            "must be from 1 to 99",
        );
        check(
            [1, 3, 5].contains(&self.replicas),
            "replicas",
            "must be 1, 3 or 5",
        );
        check(
            self.tls_cert.is_none() || self.tls_key.is_some(),
            "tls_cert",
            "needs `tls_key` too",
        );
        check(
            self.tls_key.is_none() || self.tls_cert.is_some(),
            "tls_key",
            "needs `tls_cert` too",
        );
        for (is_set, key) in [
            (self.tls_name.is_some(), "tls_name"),
            (self.tls_ca.is_some(), "tls_ca"),
        ] {
            check(
                !is_set || self.tls_cert.is_some(),
                key,
                "needs `tls_cert` too",
            );
        }
        check(
            self.database_url.is_none() || self.database_url_file.is_none(),
            "database_url_file",
            "is in conflict with `database_url`; keep one of them",
        );
    }

    /// Where the value of a setting came from.
    #[must_use]
    pub fn origin(&self, key: &str) -> Origin {
        self.origins.get(key).cloned().unwrap_or(Origin::Default)
    }

    /// The effective configuration as TOML, with the meaning and origin of every setting. Secrets
    /// are masked.
    #[must_use]
    pub fn render(&self) -> String {
        let mut text = String::new();
        for key in KEYS {
            for line in key.about {
                let _ = writeln!(text, "#{line}");
            }
            let (name, origin) = (key.name, self.origin(key.name));
            let _ = match (key.show)(self) {
                Some(value) => writeln!(text, "{name} = {value} # {origin}\n"),
                None => writeln!(text, "# {name} is not set\n"),
            };
        }
        text
    }

    /// Refuses to listen beyond this machine without a certificate, unless told to.
    pub fn check_listen(&self) -> Result<(), ConfigError> {
        let local = self.listen.ip().to_canonical().is_loopback();
        if local || self.tls_cert.is_some() || self.insecure_listen {
            return Ok(());
        }
        Err(ConfigError::Wrong(vec![format!(
            "`listen` ({}) is {}, which others can reach, and there is no certificate: set \
             `tls_cert` and `tls_key`, or accept that keys and names travel in clear with \
             --insecure-listen",
            self.origin("listen"),
            self.listen
        )]))
    }

    /// The URL by which programs on this machine reach the server that listens on `address`.
    #[must_use]
    pub fn local_url(&self, address: SocketAddr) -> String {
        if self.tls_cert.is_none() {
            return format!("http://{}", local_address(address));
        }
        let (name, port) = (self.local_name(address), address.port());
        // An IPv6 address stands in brackets.
        if name.contains(':') {
            format!("https://[{name}]:{port}")
        } else {
            format!("https://{name}:{port}")
        }
    }

    /// The name that the certificate of the server that listens on `address` is checked for.
    #[must_use]
    pub fn local_name(&self, address: SocketAddr) -> String {
        let ip = address.ip().to_canonical();
        match &self.tls_name {
            Some(name) => name.clone(),
            None if ip.is_loopback() || ip.is_unspecified() => "localhost".to_owned(),
            None => ip.to_string(),
        }
    }

    /// The file with the certificate that programs on this machine trust; none without TLS.
    #[must_use]
    pub fn local_ca(&self) -> Option<&Path> {
        self.tls_ca.as_deref().or(self.tls_cert.as_deref())
    }

    /// The database's URL, from the setting or from the file that it names.
    pub fn database(&self) -> Result<Option<Secret>, ConfigError> {
        let Some(path) = &self.database_url_file else {
            return Ok(self.database_url.clone());
        };
        let text = layers::read(path)?;
        Ok(Some(Secret::new(text.trim())))
    }

    /// The master key in the file that `master_key_file` names.
    pub fn master_key(&self) -> Result<MasterKey, ConfigError> {
        let path: &Path = self.master_key_file.as_deref().ok_or_else(|| {
            ConfigError::Wrong(vec![
                "`master_key_file` is not set, and is needed".to_owned(),
            ])
        })?;
        Ok(private_file::read_master_key(path)?)
    }

    /// How long the tasks of a stopping server may take, see
    /// [`Tasks::wait`](crate::shutdown::Tasks::wait).
    #[must_use]
    pub fn grace(&self) -> Duration {
        Duration::from_secs(self.shutdown_grace_s.into())
    }

    /// How long a stopping server lets calls run: half of the grace, so that what they rest on can
    /// end after them.
    #[must_use]
    pub fn drain(&self) -> Duration {
        self.grace() / 2
    }
}

/// Where programs on this machine find what listens on `address`.
#[must_use]
pub fn local_address(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        address.set_ip(Ipv4Addr::LOCALHOST.into());
    }
    address
}
