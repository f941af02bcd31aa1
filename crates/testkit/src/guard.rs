//! A child process that can't outlive the test process: the Rust half of `guard.sh`.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, anyhow};

use crate::tools;
use crate::wait::eventually_some;

/// How long a server may take to start; recovery of a large store after kill -9 is part of it.
const START_DEADLINE: Duration = Duration::from_mins(1);

const SCRIPT: &str = include_str!("guard.sh");

/// What a guarded program is given.
pub(crate) struct Spec<'a> {
    /// Program, arguments, changes of the environment, working directory, and nothing else of it.
    pub(crate) command: &'a Command,
    /// The signal that ends it when the guard is dropped or the test process is gone.
    pub(crate) stop_signal: &'static str,
    /// A folder of its own: `pid` appears there; removed with the program at the end.
    pub(crate) scratch: &'a Path,
    /// Where its standard output goes.
    pub(crate) stdout: File,
    /// Where its standard error goes.
    pub(crate) stderr: File,
    /// Run as this user and group instead of ours.
    pub(crate) run_as: Option<(u32, u32)>,
}

/// A running (or ended) program. Dropping it ends the program and waits for that.
#[derive(Debug)]
pub(crate) struct Guard {
    wrapper: Child,
    scratch: PathBuf,
}

impl Guard {
    pub(crate) fn spawn(spec: Spec<'_>) -> Result<Self> {
        // The pid of an earlier program in the same folder would be taken for this one's.
        let _ = fs::remove_file(spec.scratch.join("pid"));
        let program = spec.command.get_program();
        let mut wrapper = Command::new("/bin/sh");
        wrapper
            .args(["-c", SCRIPT, "guard.sh", spec.stop_signal])
            .arg(spec.scratch)
            .arg(program)
            .args(spec.command.get_args())
            .stdin(Stdio::piped())
            .stdout(spec.stdout)
            .stderr(spec.stderr)
            // A Ctrl-C in the terminal must reach the test process alone: its end is our signal.
            .process_group(0);
        // Whether a command clears its environment can't be read from it.
        for name in tools::variables_of_kith() {
            wrapper.env_remove(name);
        }
        for (name, value) in spec.command.get_envs() {
            match value {
                Some(value) => wrapper.env(name, value),
                None => wrapper.env_remove(name),
            };
        }
        if let Some(folder) = spec.command.get_current_dir() {
            wrapper.current_dir(folder);
        }
        if let Some((user, group)) = spec.run_as {
            wrapper.uid(user).gid(group);
        }
        let wrapper = wrapper
            .spawn()
            .with_context(|| format!("starting {}", OsStr::display(program)))?;
        Ok(Self {
            wrapper,
            scratch: spec.scratch.to_owned(),
        })
    }

    /// Sends the signal called `name` (`KILL`, `TERM`, `STOP`, `CONT`, ...). No effect once ended.
    pub(crate) fn signal(&mut self, name: &str) {
        if let Some(pipe) = &mut self.wrapper.stdin {
            // Fails only if the program is gone, and then there is nothing left to signal.
            let _ = writeln!(pipe, "{name}");
        }
    }

    /// The program's pid, as soon as it runs.
    pub(crate) async fn pid(&self) -> Result<u32> {
        let file = self.scratch.join("pid");
        let found = eventually_some(Duration::from_secs(10), async || {
            fs::read_to_string(&file).ok()?.trim().parse().ok()
        });
        Ok(found.await?)
    }

    /// The exit code if the program has ended: its own, or 128 + n if signal n ended it.
    pub(crate) fn exit_code(&mut self) -> Result<Option<i32>> {
        let status = self.wrapper.try_wait()?;
        Ok(status.map(|status| status.code().unwrap_or(-1)))
    }

    /// Waits until `attempt` answers `Some`, but no longer than the program lives. The error shows
    /// what it wrote to `log`.
    pub(crate) async fn started<T>(
        &mut self,
        log: &Path,
        mut attempt: impl AsyncFnMut() -> Option<T>,
    ) -> Result<T> {
        let outcome = eventually_some(START_DEADLINE, async || match self.exit_code() {
            Ok(None) => attempt().await.map(Ok),
            Ok(Some(code)) => Some(Err(anyhow!("it ended with code {code}"))),
            Err(error) => Some(Err(error)),
        });
        let outcome = outcome.await.map_err(anyhow::Error::from);
        outcome.and_then(|found| found).with_context(|| {
            let said = fs::read_to_string(log).unwrap_or_default();
            format!("the server did not start; its log:\n{said}")
        })
    }

    /// Waits for the end of the program, for at most `deadline`.
    pub(crate) async fn wait(&mut self, deadline: Duration) -> Result<i32> {
        eventually_some(deadline, async || self.exit_code().transpose()).await?
    }

    /// SIGKILL, and waits until the program is gone.
    pub(crate) async fn kill9(&mut self) -> Result<()> {
        self.signal("KILL");
        self.wait(Duration::from_secs(30)).await?;
        Ok(())
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        drop(self.wrapper.stdin.take());
        let _ = self.wrapper.wait();
    }
}
