//! A real Postgres on loopback, and one fresh database per test.
//!
//! Every test of a run can share one server: `tests/run` starts it and names it in
//! `KITH_TEST_POSTGRES`. Without that variable each test process starts its own.

use std::collections::hash_map::RandomState;
use std::fs::{self, File};
use std::hash::{BuildHasher, Hasher};
use std::os::unix::fs::{MetadataExt, chown};
use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, anyhow, bail};
use tempfile::TempDir;
use tokio::sync::OnceCell;

use crate::guard::{Guard, Spec};
use crate::process::free_port;
use crate::tools;

/// Names a running server: the `postgres://` URL of any database on it, as a user who may create
/// databases.
pub const SHARED_SERVER: &str = "KITH_TEST_POSTGRES";

/// The user that a root session runs Postgres as; `tests/tools fetch` creates it.
const UNPRIVILEGED_USER: &str = "kith-test";

/// A Postgres server. Dropping one that was started here stops it and removes its folder.
#[derive(Debug)]
pub struct Postgres {
    url: String,
    /// `None`: somebody else's server.
    _own: Option<(Guard, TempDir)>,
}

impl Postgres {
    /// Starts a server of one's own, with fsync on, in a temporary folder.
    pub async fn start() -> Result<Self> {
        // The free port may be taken by another process before Postgres binds it.
        let mut attempt = Self::start_on(free_port()?).await;
        for _ in 0..2 {
            if attempt.is_err() {
                attempt = Self::start_on(free_port()?).await;
            }
        }
        attempt
    }

    /// The server that all tests share: the one named in `KITH_TEST_POSTGRES`, else one per
    /// process, started at the first call.
    pub async fn shared() -> Result<&'static Self> {
        static SHARED: OnceCell<Postgres> = OnceCell::const_new();
        let start = async || match tools::setting(SHARED_SERVER) {
            Some(url) => Ok(Self {
                url: url
                    .into_string()
                    .map_err(|_| anyhow!("{SHARED_SERVER} is no text"))?,
                _own: None,
            }),
            None => Self::start().await,
        };
        SHARED.get_or_try_init(start).await
    }

    /// `postgres://` URL of the server's maintenance database.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Creates an empty database and answers its `postgres://` URL.
    pub async fn database(&self) -> Result<String> {
        let name = format!(
            "kith_test_{:016x}",
            RandomState::new().build_hasher().finish()
        );
        let output = tokio::process::Command::new(tools::postgres_program("createdb")?)
            .arg(format!("--maintenance-db={}", self.url))
            // template1 may be in use; template0 never is.
            .args([
                "--no-password",
                "--template=template0",
                "--encoding=UTF8",
                &name,
            ])
            .output()
            .await?;
        if !output.status.success() {
            let reason = String::from_utf8_lossy(&output.stderr);
            bail!("creating a database on {}: {}", self.url, reason.trim());
        }
        with_database(&self.url, &name)
    }

    async fn start_on(port: u16) -> Result<Self> {
        let scratch = tempfile::Builder::new()
            .prefix("kith-postgres-")
            .tempdir()?;
        let run_as = unprivileged(scratch.path())?;
        let data = scratch.path().join("data");
        let log_path = scratch.path().join("postgres.log");
        let log = File::create(&log_path)?;

        initdb(scratch.path(), run_as).await?;
        let mut command = Command::new(tools::postgres_program("postgres")?);
        command.arg("-D").arg(&data).current_dir(scratch.path());
        command.args(["-p", &port.to_string()]);
        for setting in [
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            "fsync=on",
            "max_connections=400",
        ] {
            command.args(["-c", setting]);
        }
        let mut guard = Guard::spawn(Spec {
            command: &command,
            stop_signal: "QUIT",
            scratch: scratch.path(),
            stdout: log.try_clone()?,
            stderr: log,
            run_as,
        })?;
        let status_file = data.join("postmaster.pid");
        guard
            .started(&log_path, async || says_ready(&status_file))
            .await?;
        Ok(Self {
            url: format!("postgres://postgres@127.0.0.1:{port}/postgres"),
            _own: Some((guard, scratch)),
        })
    }
}

/// As root: hands `scratch` to the unprivileged user and answers its ids. Postgres refuses root.
fn unprivileged(scratch: &Path) -> Result<Option<(u32, u32)>> {
    let owner_of_what_we_create = fs::metadata(scratch)?.uid();
    if owner_of_what_we_create != 0 {
        return Ok(None);
    }
    let (user, group) = (id_of("-u")?, id_of("-g")?);
    chown(scratch, Some(user), Some(group))?;
    Ok(Some((user, group)))
}

fn id_of(which: &str) -> Result<u32> {
    let output = Command::new("id")
        .args([which, UNPRIVILEGED_USER])
        .output()?;
    let id = String::from_utf8_lossy(&output.stdout).trim().parse();
    id.with_context(|| {
        format!(
            "Postgres refuses to run as root and there is no user {UNPRIVILEGED_USER}: run \
             `tests/tools fetch` (or `tests/run`), which creates it, or test as another user"
        )
    })
}

async fn initdb(scratch: &Path, run_as: Option<(u32, u32)>) -> Result<()> {
    let mut command = tokio::process::Command::new(tools::postgres_program("initdb")?);
    command
        .arg("-D")
        .arg(scratch.join("data"))
        .args(["--username=postgres", "--auth=trust", "--encoding=UTF8"])
        // A real locale, not C: code that leans on byte order must say `COLLATE "C"`.
        .args(["--locale-provider=icu", "--icu-locale=en-US", "--locale=C"])
        // The empty cluster need not survive a power failure; what tests write is synced.
        .arg("--no-sync")
        // Postgres complains if it can't read the folder it starts in.
        .current_dir(scratch);
    if let Some((user, group)) = run_as {
        command.uid(user).gid(group);
    }
    let output = command.output().await?;
    if !output.status.success() {
        bail!("initdb: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// Line 8 of `postmaster.pid`: `pg_ctl --wait` looks at it too.
fn says_ready(status_file: &Path) -> Option<()> {
    let text = fs::read_to_string(status_file).ok()?;
    (text.lines().nth(7)?.trim() == "ready").then_some(())
}

/// The same server, another database.
fn with_database(url: &str, name: &str) -> Result<String> {
    let (address, query) = match url.split_once('?') {
        Some((address, query)) => (address, format!("?{query}")),
        None => (url, String::new()),
    };
    let (scheme, rest) = address
        .split_once("://")
        .with_context(|| format!("{url} is no postgres:// URL"))?;
    let server = rest.split('/').next().unwrap_or(rest);
    Ok(format!("{scheme}://{server}/{name}{query}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_database_of_a_url_is_replaced() {
        for (url, replaced) in [
            ("postgres://u@h:5/postgres", "postgres://u@h:5/new"),
            ("postgres://u:p@h", "postgres://u:p@h/new"),
            (
                "postgres://h/old?sslmode=disable&host=/run/pg",
                "postgres://h/new?sslmode=disable&host=/run/pg",
            ),
        ] {
            assert_eq!(with_database(url, "new").unwrap(), replaced);
        }
    }
}
