//! The operator's commands.

use anyhow::{Result, ensure};
use kith_testkit::Machine;
use kith_testkit::machine::PATIENCE;

#[tokio::test(flavor = "multi_thread")]
async fn read_models_are_verified_rebuilt_and_asked_for_what_is_parked_with_and_without_a_server()
-> Result<()> {
    let machine = Machine::new()?;
    let mut server = machine.up().await?;
    machine.says(&["record", "call", "Bo Lind <bo@y.org>"])?;
    for round in ["while it serves", "on the directory alone"] {
        let rebuilt = machine.says(&["rebuild", "--data", "data"])?;
        ensure!(rebuilt.starts_with("rebuilt from"), "{round}: {rebuilt}");
        let verdict = machine.says(&["verify", "--data", "data"])?;
        ensure!(verdict.starts_with("equal"), "{round}: {verdict}");
        for list in [&["parked"][..], &["parked", "list"]] {
            let told = machine.says(&[list, &["--data", "data"]].concat())?;
            ensure!(told.contains("Nothing is parked"), "{round}: {told}");
            let json = machine.says(&[list, &["--data", "data", "--format", "json"]].concat())?;
            ensure!(json.trim() == "[]", "{round}: {json}");
        }
        server.terminate(PATIENCE).await?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_health_check_tells_a_server_that_serves_from_none() -> Result<()> {
    let machine = Machine::new()?;
    let server = machine.up().await?;
    let url = server.stdout()?;
    let address = url
        .lines()
        .find_map(|line| line.strip_prefix("kith serves on "));
    let address = address
        .and_then(|rest| rest.split(';').next())
        .unwrap_or_default();
    let serving = machine.says(&["healthcheck", "--listen", address])?;
    ensure!(serving.trim() == "serving", "{serving}");
    let (code, told) = machine.ends(&["healthcheck", "--listen", "127.0.0.1:1"])?;
    ensure!(code == 1, "{told}");
    Ok(())
}

#[test]
fn the_configuration_is_printed_without_its_secrets() -> Result<()> {
    let machine = Machine::new()?;
    let config = machine
        .kith(&["config"])
        .env("KITH_DATABASE_URL", "postgres://kith:wonder@db/kith")
        .env("KITH_NATS_URL", "nats://token@nats:4222")
        .output()?;
    let config = String::from_utf8(config.stdout)?;
    ensure!(config.contains("kith:***@db/kith"), "{config}");
    ensure!(
        !config.contains("wonder") && !config.contains("token@"),
        "{config}"
    );
    Ok(())
}
