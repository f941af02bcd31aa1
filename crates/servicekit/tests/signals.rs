//! SIGTERM stops, a second signal ends at once: tried on a process of its own, this test binary.

use std::io::{BufRead as _, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use kith_servicekit::shutdown::{Stop, signals};

#[test]
fn the_first_signal_stops_and_the_second_ends_at_once() {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args([
            "--ignored",
            "--exact",
            "a_process_that_does_not_end",
            "--nocapture",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let pid = process.id().to_string();
    let send = |signal: &str| {
        let sent = Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(sent.unwrap().success());
    };
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines();
    let mut wait_for =
        |word: &str| assert!(lines.any(|line| line.unwrap().ends_with(word)), "{word}");
    wait_for("waiting");
    send("TERM");
    wait_for("stopping");
    send("INT");
    assert_eq!(process.wait().unwrap().code(), Some(128 + 2));
}

#[tokio::test]
#[ignore = "the other test runs it as a process of its own"]
async fn a_process_that_does_not_end() {
    let stop = Stop::new();
    signals(&stop).unwrap();
    println!("waiting");
    stop.stopped().await;
    println!("stopping");
    // Long enough to be signalled, not for ever: whoever runs it by itself gets it back.
    let forever = std::future::pending::<()>();
    let _ = tokio::time::timeout(Duration::from_secs(30), forever).await;
}
