//! A user's machine: a home of its own, the built `kith` on its path, and nothing of whoever runs
//! the tests.

use std::ffi::OsStr;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use tempfile::TempDir;

use crate::process::Process;
use crate::tools::workspace_binary;

/// How long a server may take to start, a debug build on a busy machine included.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A directory in which commands run as on a machine of their own. Removed with it.
#[derive(Debug)]
pub struct Machine {
    home: TempDir,
}

impl Machine {
    /// A machine on which nothing was done yet.
    pub fn new() -> Result<Self> {
        let home = tempfile::Builder::new().prefix("kith-machine-").tempdir()?;
        std::fs::create_dir(home.path().join("bin"))?;
        symlink(workspace_binary("kith")?, home.path().join("bin/kith"))?;
        Ok(Self { home })
    }

    /// A path on it.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.home.path().join(name)
    }

    /// A line for its shell. Servers take any free port.
    #[must_use]
    pub fn shell(&self, line: &str) -> Command {
        let mut command = Command::new("/bin/sh");
        command
            .args(["-c", line])
            .env_clear()
            .env(
                "PATH",
                format!("{}:/usr/bin:/bin", self.path("bin").display()),
            )
            .env("HOME", self.home.path())
            .env("XDG_CONFIG_HOME", self.path("config"))
            .env("KITH_LISTEN", "127.0.0.1:0")
            .current_dir(self.home.path());
        command
    }

    /// The binary with these arguments.
    pub fn kith<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Command {
        let mut command = self.shell(r#"exec kith "$@""#);
        command.arg("kith").args(arguments);
        command
    }

    /// Starts a server and waits until it listens.
    pub async fn serve<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<Process> {
        listening(&self.kith(arguments)).await
    }

    /// `kith up` for a first member called Ana Silva, in the directory `data`.
    pub async fn up(&self) -> Result<Process> {
        let me = "Ana Silva <ana@x.org>";
        self.serve(&["up", "--data", "data", "--me", me]).await
    }

    /// What a command that succeeds prints, on both streams.
    pub fn says<S: AsRef<OsStr> + std::fmt::Debug>(&self, arguments: &[S]) -> Result<String> {
        said(&self.kith(arguments).output()?).with_context(|| format!("kith {arguments:?}"))
    }

    /// The exit code of a command, and what it prints on both streams.
    pub fn ends<S: AsRef<OsStr>>(&self, arguments: &[S]) -> Result<(i32, String)> {
        let output = self.kith(arguments).output()?;
        Ok((output.status.code().unwrap_or(-1), both(&output)))
    }
}

/// Starts a server and waits until it listens.
pub async fn listening(command: &Command) -> Result<Process> {
    let mut server = Process::spawn(command)?;
    server.wait_for_line("listening", PATIENCE).await?;
    Ok(server)
}

/// What a command that succeeded printed, on both streams.
pub fn said(output: &Output) -> Result<String> {
    ensure!(
        output.status.success(),
        "{}: {}",
        output.status,
        both(output)
    );
    Ok(both(output))
}

fn both(output: &Output) -> String {
    let [out, err] = [&output.stdout, &output.stderr].map(|text| String::from_utf8_lossy(text));
    format!("{out}{err}")
}
