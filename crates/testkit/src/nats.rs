//! A real nats-server with JetStream, on loopback, in a folder of its own.

use std::fs::{self, File, OpenOptions};
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};
use tempfile::TempDir;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::guard::{Guard, Spec};
use crate::tools;

/// A running nats-server. Dropping it kills it and removes its folder.
#[derive(Debug)]
pub struct NatsServer {
    guard: Guard,
    scratch: TempDir,
    port: u16,
}

/// How a [`NatsServer`] is to be set up.
#[derive(Clone, Copy, Debug)]
pub struct Builder {
    sync_always: bool,
}

impl Builder {
    /// Whether every write is on the disk before its ack (`sync_interval: always`, as Kith ships
    /// it and as is the default here), or within two minutes (the server's own default).
    #[must_use]
    pub fn sync_always(mut self, always: bool) -> Self {
        self.sync_always = always;
        self
    }

    /// Starts the server and waits until it takes connections.
    pub async fn start(self) -> Result<NatsServer> {
        let scratch = tempfile::Builder::new().prefix("kith-nats-").tempdir()?;
        fs::write(config_path(scratch.path()), self.config(scratch.path()))?;
        let mut guard = spawn(scratch.path(), None)?;
        let port = guard
            .started(&log_path(scratch.path()), async || {
                chosen_port(scratch.path())
            })
            .await?;
        let mut server = NatsServer {
            guard,
            scratch,
            port,
        };
        server.wait_until_ready().await?;
        Ok(server)
    }

    fn config(self, scratch: &Path) -> String {
        let sync = if self.sync_always { "always" } else { "2m" };
        let scratch = scratch.display();
        format!(
            "host: 127.0.0.1\n\
             max_payload: 1MB\n\
             ports_file_dir: \"{scratch}\"\n\
             jetstream {{\n    store_dir: \"{scratch}/store\"\n    sync_interval: {sync}\n}}\n"
        )
    }
}

impl NatsServer {
    /// A server as Kith wants it: JetStream, every write synced.
    pub async fn start() -> Result<Self> {
        Self::builder().start().await
    }

    /// A server with other settings.
    #[must_use]
    pub fn builder() -> Builder {
        Builder { sync_always: true }
    }

    /// `nats://127.0.0.1:PORT`; stays the same over [`NatsServer::restart`].
    #[must_use]
    pub fn url(&self) -> String {
        format!("nats://127.0.0.1:{}", self.port)
    }

    /// Where JetStream keeps its files.
    #[must_use]
    pub fn store_dir(&self) -> PathBuf {
        self.scratch.path().join("store")
    }

    /// The server's own log, over all its starts.
    #[must_use]
    pub fn log_path(&self) -> PathBuf {
        log_path(self.scratch.path())
    }

    /// The pid of the server that runs now.
    pub async fn pid(&self) -> Result<u32> {
        self.guard.pid().await
    }

    /// Sends the signal called `name`, for example `STOP` and later `CONT` for a server that hangs.
    pub fn signal(&mut self, name: &str) {
        self.guard.signal(name);
    }

    /// SIGKILL, and waits until the server is gone.
    pub async fn kill9(&mut self) -> Result<()> {
        self.guard.kill9().await
    }

    /// Starts it again on the same port and the same store; kills it first if it still runs.
    pub async fn restart(&mut self) -> Result<()> {
        self.kill9().await?;
        self.guard = spawn(self.scratch.path(), Some(self.port))?;
        self.wait_until_ready().await
    }

    async fn wait_until_ready(&mut self) -> Result<()> {
        let (port, log) = (self.port, self.log_path());
        let greeted = async || greets_with_jetstream(port).await.then_some(());
        self.guard.started(&log, greeted).await
    }
}

fn config_path(scratch: &Path) -> PathBuf {
    scratch.join("nats.conf")
}

fn log_path(scratch: &Path) -> PathBuf {
    scratch.join("nats.log")
}

fn spawn(scratch: &Path, port: Option<u16>) -> Result<Guard> {
    let log = OpenOptions::new()
        .create(true)
        .append(true)
        .open(log_path(scratch))?;
    let mut command = Command::new(tools::nats_server()?);
    command.arg("-c").arg(config_path(scratch)).arg("-p");
    command.arg(port.map_or("-1".to_owned(), |port| port.to_string()));
    Guard::spawn(Spec {
        command: &command,
        stop_signal: "KILL",
        scratch,
        stdout: File::try_clone(&log)?,
        stderr: log,
        run_as: None,
    })
}

/// The port in the ports file (`nats-server_<pid>.ports`), once it has been written whole.
fn chosen_port(scratch: &Path) -> Option<u16> {
    let mut entries = fs::read_dir(scratch).ok()?.filter_map(Result::ok);
    let file = entries.find(|entry| entry.path().extension().is_some_and(|e| e == "ports"))?;
    let text = fs::read_to_string(file.path()).ok()?;
    let url = text.split('"').find(|part| part.starts_with("nats://"))?;
    text.trim_end().ends_with('}').then_some(())?;
    url.rsplit_once(':')?.1.parse().ok()
}

/// A nats-server greets each connection with `INFO {...}`, only after JetStream has recovered.
async fn greets_with_jetstream(port: u16) -> bool {
    read_greeting(port)
        .await
        .is_ok_and(|greeting| greeting.contains("\"jetstream\":true"))
}

async fn read_greeting(port: u16) -> Result<String> {
    let mut connection = TcpStream::connect(("127.0.0.1", port)).await?;
    let mut greeting = Vec::new();
    let mut chunk = [0; 4096];
    while !greeting.contains(&b'\n') {
        match connection.read(&mut chunk).await? {
            0 => bail!("closed before the greeting"),
            read => greeting.extend_from_slice(&chunk[..read]),
        }
    }
    Ok(String::from_utf8_lossy(&greeting).into_owned())
}
