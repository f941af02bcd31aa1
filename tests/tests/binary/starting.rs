//! First starts that are interrupted, and directories that are not as usual.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;

use anyhow::{Result, ensure};
use kith_testkit::machine::PATIENCE;
use kith_testkit::{Machine, Process, eventually};

const DEMO: [&str; 4] = ["up", "--demo", "--demo-now", "2026-07-14T09:30:00Z"];

/// A demo that has its organisation and some of its moments, and not all.
async fn half_filled(machine: &Machine) -> Result<Process> {
    let filling = Process::spawn(&machine.kith(&DEMO))?;
    let log = machine.path("kith-demo/log.db-wal");
    eventually(PATIENCE, async || {
        std::fs::metadata(&log).is_ok_and(|log| log.len() > 500_000)
    })
    .await?;
    ensure!(
        !machine.path("kith-demo/admin.key").exists(),
        "it was faster than this test"
    );
    Ok(filling)
}

/// What the whole demo says of Ana's ties, made without an interruption.
async fn whole(machine: &Machine) -> Result<String> {
    let mut server = machine.serve(&DEMO).await?;
    let ties = exported(machine)?;
    server.terminate(PATIENCE).await?;
    Ok(ties)
}

fn exported(machine: &Machine) -> Result<String> {
    let as_of = [
        "export",
        "ties",
        "--as-of",
        "2026-07-14T09:30:00Z",
        "--format",
        "csv",
    ];
    let ties = machine.says(&as_of)?;
    // Ids differ from one installation to the next; figures do not.
    let mut figures: Vec<&str> = ties
        .lines()
        .map(|line| line.splitn(3, ',').nth(2).unwrap_or(line))
        .collect();
    figures.sort_unstable();
    Ok(figures.join("\n"))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_killed_while_it_fills_goes_on_where_it_was() -> Result<()> {
    let (machine, other) = (Machine::new()?, Machine::new()?);
    half_filled(&machine).await?.kill9().await?;
    let mut server = machine.serve(&["up", "--data", "kith-demo"]).await?;
    ensure!(
        server.stdout()?.contains("You are Ana Silva"),
        "{}",
        server.stdout()?
    );
    ensure!(
        exported(&machine)? == whole(&other).await?,
        "the figures of a demo at one go"
    );
    server.terminate(PATIENCE).await?;
    let verdict = machine.says(&["verify", "--data", "kith-demo"])?;
    ensure!(verdict.starts_with("equal"), "{verdict}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_demo_stopped_while_it_fills_ends_in_good_order_and_goes_on() -> Result<()> {
    let machine = Machine::new()?;
    let mut filling = half_filled(&machine).await?;
    filling.signal("INT");
    ensure!(filling.wait(PATIENCE).await? == 0, "a graceful end");
    ensure!(
        filling.stdout()?.contains("goes on"),
        "{}",
        filling.stdout()?
    );
    let mut server = machine.serve(&DEMO).await?;
    let ties = machine.says(&["ties"])?;
    ensure!(ties.lines().count() > 10, "{ties}");
    server.terminate(PATIENCE).await?;
    let (code, told) = machine.ends(&DEMO)?;
    ensure!(
        code == 1 && told.contains("wants an empty directory"),
        "a whole one stays: {told}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_home_that_can_not_be_written_to_does_not_keep_a_server_from_serving() -> Result<()> {
    let machine = Machine::new()?;
    let mut command = machine.kith(&["up", "--data", "data", "--me", "Ana <ana@x.org>"]);
    // No directory can be made in a file, whoever asks.
    std::fs::write(machine.path("file"), "")?;
    command.env("XDG_CONFIG_HOME", machine.path("file"));
    let server = kith_testkit::machine::listening(&command).await?;
    ensure!(
        server.stdout()?.contains("--key-file"),
        "{}",
        server.stdout()?
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_that_lost_its_vault_or_its_master_key_is_refused() -> Result<()> {
    let machine = Machine::new()?;
    let up = ["up", "--data", "data", "--me", "Ana <ana@x.org>"];
    machine.serve(&up).await?.terminate(PATIENCE).await?;
    let again = ["up", "--data", "data"];
    let (key, kept) = (machine.path("data/master.key"), machine.path("kept"));
    std::fs::rename(&key, &kept)?;
    let (code, told) = machine.ends(&again)?;
    ensure!(code == 1 && told.contains("master key"), "{code}: {told}");
    std::fs::rename(&kept, &key)?;
    machine.serve(&again).await?.terminate(PATIENCE).await?;

    for part in ["vault.db", "vault.db-wal", "vault.db-shm"] {
        drop(std::fs::remove_file(machine.path("data").join(part)));
    }
    let (code, told) = machine.ends(&again)?;
    ensure!(
        code == 1 && told.contains("the vault was lost"),
        "{code}: {told}"
    );
    Ok(())
}

#[test]
fn a_directory_whose_name_is_not_utf_8_is_refused() -> Result<()> {
    let machine = Machine::new()?;
    let odd = OsStr::from_bytes(b"od\xffd");
    let me = OsStr::new("Ana <ana@x.org>");
    let up = [
        OsStr::new("up"),
        OsStr::new("--me"),
        me,
        OsStr::new("--data"),
        odd,
    ];
    let (code, told) = machine.ends(&up)?;
    ensure!(code == 1 && told.contains("is not UTF-8"), "{code}: {told}");
    Ok(())
}
