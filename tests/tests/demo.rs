//! The README's first five minutes, with the built binary, at a fixed moment.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use kith_testkit::process::Process;
use kith_testkit::tools::workspace_binary;

const NOW: &str = "2026-07-14T09:30:00Z";
const PATIENCE: Duration = Duration::from_secs(120);

struct Demo {
    directory: tempfile::TempDir,
}

impl Demo {
    fn kith(&self) -> Result<Command> {
        let mut command = Command::new(workspace_binary("kith")?);
        // Settings of whoever runs the tests stay out of it.
        command
            .env_clear()
            .env("XDG_CONFIG_HOME", self.directory.path().join("config"))
            .current_dir(self.directory.path());
        Ok(command)
    }

    async fn up(&self, arguments: &[&str]) -> Result<Process> {
        let mut command = self.kith()?;
        command
            .args(["up", "--listen", "127.0.0.1:0"])
            .args(arguments);
        let mut server = Process::spawn(&command)?;
        server.wait_for_line("listening", PATIENCE).await?;
        Ok(server)
    }

    fn says(&self, arguments: &[&str]) -> Result<String> {
        let done = self.kith()?.args(arguments).output()?;
        let (out, err) = (
            String::from_utf8_lossy(&done.stdout),
            String::from_utf8_lossy(&done.stderr),
        );
        ensure!(done.status.success(), "kith {arguments:?}: {out}{err}");
        Ok(format!("{out}{err}"))
    }
}

fn lines_about<'t>(text: &'t str, name: &str) -> Vec<&'t str> {
    text.lines().filter(|line| line.contains(name)).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_five_minutes_of_the_readme_keep_what_they_promise() -> Result<()> {
    let demo = Demo {
        directory: tempfile::tempdir()?,
    };
    let mut server = demo.up(&["--demo", "--demo-now", NOW]).await?;
    let screen = server.stdout()?;
    for shown in [
        "You are Ana Silva",
        "Strong:",
        "Fading:",
        "Promised for today:",
        "Paste these",
    ] {
        ensure!(
            screen.contains(shown),
            "{shown} is missing on the first screen:\n{screen}"
        );
    }
    ensure!(
        !lines_about(&screen, "cooling").is_empty(),
        "no fading tie:\n{screen}"
    );

    // A follow-up arrives within half a minute of the start.
    let mut watch = demo.kith()?;
    watch.args(["watch", "--count", "1"]);
    let mut watching = Process::spawn(&watch)?;

    let due = demo.says(&["due"])?;
    ensure!(
        due.contains("Gwen Tregarth") || due.contains("Jun Watanabe"),
        "nothing is due:\n{due}"
    );
    let before = demo.says(&["tie", "Tomás Herrera"])?;
    ensure!(before.contains("cooling"), "{before}");
    let recorded = demo.says(&["record", "call", "Tomás Herrera", "--duration", "20m"])?;
    ensure!(
        recorded.contains("Tomás Herrera: alive"),
        "the tie's change is told:\n{recorded}"
    );
    let after = demo.says(&["tie", "Tomás Herrera"])?;
    ensure!(!after.contains("cooling"), "a call wakes the tie:\n{after}");
    let known = demo.says(&["who-knows", "Vikram Malhotra"])?;
    ensure!(
        known.contains("strong"),
        "somebody here knows him well:\n{known}"
    );

    let code = watching
        .wait(PATIENCE)
        .await
        .context("no follow-up arrived")?;
    ensure!(code == 0, "watch ended with {code}: {}", watching.stderr()?);
    ensure!(
        !watching.stdout()?.trim().is_empty(),
        "the notification is shown"
    );

    // Stopped and started again: the same figures.
    let as_of = ["export", "ties", "--as-of", NOW];
    let exported = demo.says(&as_of)?;
    ensure!(exported.lines().count() > 50, "Ana's ties are exported");
    ensure!(server.terminate(PATIENCE).await? == 0, "a graceful end");
    let data = Path::new("kith-demo");
    ensure!(
        demo.directory.path().join(data).join("log.db").exists(),
        "the data stays"
    );
    let mut again = demo.up(&["--data", "kith-demo"]).await?;
    ensure!(
        demo.says(&as_of)? == exported,
        "the figures are the same after a restart"
    );
    ensure!(again.terminate(PATIENCE).await? == 0, "a graceful end");

    // The rows are what the log says.
    let verdict = demo.says(&["verify", "--data", "kith-demo"])?;
    ensure!(verdict.starts_with("equal"), "{verdict}");
    Ok(())
}
