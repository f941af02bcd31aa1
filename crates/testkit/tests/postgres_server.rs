//! The Postgres of the tests is a real one, and does not outlive them.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use kith_testkit::{Postgres, eventually, tools};

fn query(url: &str, sql: &str) -> Result<String> {
    let output = Command::new(tools::postgres_program("psql")?)
        .args([
            "--no-psqlrc",
            "--tuples-only",
            "--no-align",
            "--command",
            sql,
            url,
        ])
        .output()?;
    ensure!(output.status.success(), "psql: {output:?}");
    Ok(String::from_utf8(output.stdout)?.trim().to_owned())
}

#[tokio::test]
async fn each_call_creates_an_empty_database_of_its_own() -> Result<()> {
    let server = Postgres::shared().await?;
    let (one, other) = (server.database().await?, server.database().await?);
    query(&one, "create table t (n int)")?;
    assert_eq!(query(&other, "select to_regclass('t') is null")?, "t");
    assert_eq!(query(&one, "select to_regclass('t') is null")?, "f");
    Ok(())
}

#[tokio::test]
async fn the_server_syncs_what_it_commits() -> Result<()> {
    let server = Postgres::start().await?;
    assert_eq!(query(server.url(), "show fsync")?, "on");
    assert_eq!(query(server.url(), "show synchronous_commit")?, "on");
    Ok(())
}

#[tokio::test]
async fn a_server_ends_with_the_process_that_started_it_even_by_kill_9() -> Result<()> {
    // `cat` ends with our end of the pipe, so nothing stays behind here either.
    let mut starter = Command::new(env!("CARGO_BIN_EXE_with-postgres"))
        .args(["sh", "-c", "echo $KITH_TEST_POSTGRES; cat"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut url = String::new();
    BufReader::new(starter.stdout.take().context("piped")?).read_line(&mut url)?;
    let data = query(url.trim(), "show data_directory")?;

    starter.kill()?;
    starter.wait()?;

    eventually(Duration::from_secs(20), async || {
        query(url.trim(), "select 1").is_err() && !std::path::Path::new(&data).exists()
    })
    .await?;
    Ok(())
}
