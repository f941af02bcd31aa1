//! SIGTERM stops, a second signal ends at once: tried on a process of its own, this program started
//! again. It has no test harness, since that would run the process as a test.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context as _, Result};
use kith_servicekit::shutdown::{Stop, signals};

/// What the program is started with to be the process that is signalled.
const TO_BE_SIGNALLED: &str = "to-be-signalled";

fn main() -> Result<()> {
    if std::env::args().any(|argument| argument == TO_BE_SIGNALLED) {
        return a_process_that_does_not_end();
    }
    the_first_signal_stops_and_the_second_ends_at_once()?;
    println!("the first signal stops and the second ends at once ... ok");
    Ok(())
}

fn the_first_signal_stops_and_the_second_ends_at_once() -> Result<()> {
    let mut process = Command::new(std::env::current_exe()?)
        .arg(TO_BE_SIGNALLED)
        .stdout(Stdio::piped())
        .spawn()?;
    let pid = process.id().to_string();
    let send = |signal: &str| {
        let sent = Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(
            sent.is_ok_and(|status| status.success()),
            "kill -s {signal}"
        );
    };
    let mut lines = BufReader::new(process.stdout.take().context("piped")?).lines();
    let mut wait_for = |word: &str| {
        let said = lines.any(|line| line.is_ok_and(|line| line == word));
        assert!(said, "{word}");
    };
    wait_for("waiting");
    send("TERM");
    wait_for("stopping");
    send("INT");
    assert_eq!(process.wait()?.code(), Some(128 + 2));
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn a_process_that_does_not_end() -> Result<()> {
    let stop = Stop::new();
    signals(&stop)?;
    println!("waiting");
    stop.stopped().await;
    println!("stopping");
    // Long enough to be signalled, not for ever: should nobody signal it, it ends by itself.
    let forever = std::future::pending::<()>();
    let _ = tokio::time::timeout(Duration::from_secs(30), forever).await;
    Ok(())
}
