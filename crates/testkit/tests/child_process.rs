//! Children of tests are watched, signalled and never left behind.

use std::process::Command;
use std::time::Duration;

use anyhow::Result;
use kith_testkit::tools::setting;
use kith_testkit::{Process, eventually};

const SOON: Duration = Duration::from_secs(10);

fn shell(script: &str) -> Result<Process> {
    Process::spawn(
        Command::new("sh")
            .args(["-c", script])
            .env("GREETING", "hello"),
    )
}

#[tokio::test]
async fn a_line_on_either_stream_is_found_once_it_is_whole() -> Result<()> {
    let mut child = shell("printf par; echo $GREETING to you >&2; echo tial; exec sleep 60")?;
    assert_eq!(child.wait_for_line("hello", SOON).await?, "hello to you");
    assert_eq!(child.wait_for_line("par", SOON).await?, "partial");
    Ok(())
}

#[tokio::test]
async fn a_child_that_ends_without_the_line_fails_at_once_with_its_output() -> Result<()> {
    let mut child = shell("echo no such option >&2; exit 2")?;
    let error = child.wait_for_line("ready", SOON).await.unwrap_err();
    assert!(format!("{error:#}").contains("no such option"), "{error:#}");
    assert_eq!(child.exit_code()?, Some(2));
    Ok(())
}

#[tokio::test]
async fn a_terminated_child_answers_its_own_exit_code() -> Result<()> {
    let mut child = shell("trap 'exit 7' TERM; echo ready; while :; do sleep 0.01; done")?;
    child.wait_for_line("ready", SOON).await?;
    assert_eq!(child.terminate(SOON).await?, 7);
    Ok(())
}

#[tokio::test]
async fn a_killed_child_answers_137() -> Result<()> {
    let mut child = shell("exec sleep 60")?;
    child.kill9().await?;
    assert_eq!(child.exit_code()?, Some(137));
    Ok(())
}

#[tokio::test]
async fn a_dropped_child_is_gone_with_its_files() -> Result<()> {
    let child = shell("exec sleep 60")?;
    let (pid, output) = (child.pid().await?, child.stdout_path());
    drop(child);
    assert!(!output.exists());
    eventually(SOON, async || {
        let alive = Command::new("kill").args(["-0", &pid.to_string()]).output();
        alive.is_ok_and(|kill| !kill.status.success())
    })
    .await?;
    Ok(())
}

#[tokio::test]
async fn settings_of_whoever_runs_the_tests_do_not_reach_a_child() -> Result<()> {
    if setting("KITH_SERVER").is_none() {
        // Once more, as somebody whose shell names a server.
        let itself = std::env::current_exe()?;
        let name = "settings_of_whoever_runs_the_tests_do_not_reach_a_child";
        let again = Command::new(itself)
            .args(["--exact", name])
            .env("KITH_SERVER", "http://theirs:7400")
            .output()?;
        assert!(again.status.success(), "{again:?}");
        return Ok(());
    }
    let script = "echo server: ${KITH_SERVER-none}, listen: $KITH_LISTEN";
    let mut command = Command::new("sh");
    command.args(["-c", script]).env("KITH_LISTEN", "own");
    let mut child = Process::spawn(&command)?;
    let line = child.wait_for_line("server", SOON).await?;
    assert_eq!(line, "server: none, listen: own");
    Ok(())
}
