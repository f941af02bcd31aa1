//! Running a built binary as a child, for tests of roles: output in files, kill -9, SIGTERM.
//!
//! For a command that ends by itself `std::process::Command::output` is simpler.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::guard::{Guard, Spec};
use crate::wait::eventually_some;

/// A loopback port that was free a moment ago. Another process may take it before it is used:
/// where the program can be told port 0 and prints what it got, do that.
pub fn free_port() -> Result<u16> {
    let probe = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    Ok(probe.local_addr()?.port())
}

/// A child process with an empty standard input and its output in files. Dropping it kills it.
#[derive(Debug)]
pub struct Process {
    guard: Guard,
    scratch: TempDir,
}

impl Process {
    /// Starts `command`. Its program, arguments, environment changes and working directory count;
    /// redirections and `env_clear` can't be read from it and are not carried over. Variables of
    /// Kith reach the child only if the command names them.
    pub fn spawn(command: &Command) -> Result<Self> {
        let scratch = tempfile::tempdir()?;
        let guard = Guard::spawn(Spec {
            command,
            stop_signal: "KILL",
            scratch: scratch.path(),
            stdout: File::create(scratch.path().join("stdout"))?,
            stderr: File::create(scratch.path().join("stderr"))?,
            run_as: None,
        })?;
        Ok(Self { guard, scratch })
    }

    /// The child's pid, to read its memory or its open files.
    pub async fn pid(&self) -> Result<u32> {
        self.guard.pid().await
    }

    /// The file that its standard output goes to.
    #[must_use]
    pub fn stdout_path(&self) -> PathBuf {
        self.scratch.path().join("stdout")
    }

    /// The file that its standard error goes to.
    #[must_use]
    pub fn stderr_path(&self) -> PathBuf {
        self.scratch.path().join("stderr")
    }

    /// Everything on its standard output so far.
    pub fn stdout(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(self.stdout_path())?).into_owned())
    }

    /// Everything on its standard error so far.
    pub fn stderr(&self) -> Result<String> {
        Ok(String::from_utf8_lossy(&fs::read(self.stderr_path())?).into_owned())
    }

    /// Waits for the first whole line, on either stream, that contains `text`, and answers it.
    /// Ends early, with the output, if the child ends without having said it.
    pub async fn wait_for_line(&mut self, text: &str, deadline: Duration) -> Result<String> {
        let outcome = eventually_some(deadline, async || self.line_or_end(text).transpose()).await;
        outcome
            .with_context(|| format!("waiting for `{text}`"))
            .and_then(|found| found)
            .with_context(|| self.output_for_people())
    }

    /// The line if it is there; an error if it can't come any more.
    fn line_or_end(&mut self, text: &str) -> Result<Option<String>> {
        // Asked first: what a child wrote before its end is then surely in the files.
        let ended = self.guard.exit_code()?;
        for output in [self.stdout()?, self.stderr()?] {
            let mut whole_lines = output.split_inclusive('\n').filter(|l| l.ends_with('\n'));
            if let Some(line) = whole_lines.find(|line| line.contains(text)) {
                return Ok(Some(line.trim_end().to_owned()));
            }
        }
        if let Some(code) = ended {
            bail!("the child ended with code {code} and never wrote `{text}`");
        }
        Ok(None)
    }

    fn output_for_people(&self) -> String {
        let stdout = self.stdout().unwrap_or_default();
        let stderr = self.stderr().unwrap_or_default();
        format!("--- its stdout ---\n{stdout}\n--- its stderr ---\n{stderr}\n---")
    }

    /// The exit code if the child has ended: its own, or 128 + n if signal n ended it.
    pub fn exit_code(&mut self) -> Result<Option<i32>> {
        self.guard.exit_code()
    }

    /// Sends the signal called `name` (`TERM`, `STOP`, `CONT`, ...). No effect once ended.
    pub fn signal(&mut self, name: &str) {
        self.guard.signal(name);
    }

    /// Waits for the child to end by itself and answers its exit code.
    pub async fn wait(&mut self, deadline: Duration) -> Result<i32> {
        let code = self.guard.wait(deadline).await;
        code.with_context(|| self.output_for_people())
    }

    /// Asks it to stop (SIGTERM), waits, and answers its exit code.
    pub async fn terminate(&mut self, deadline: Duration) -> Result<i32> {
        self.signal("TERM");
        self.wait(deadline).await
    }

    /// SIGKILL, and waits until it is gone.
    pub async fn kill9(&mut self) -> Result<()> {
        self.guard.kill9().await
    }
}
