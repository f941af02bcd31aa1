//! A client that knows nothing of this workspace: Python, grpcio, and what reflection says.

use std::process::Command;

use anyhow::{Result, bail};
use kith_testkit::tools::{python, workspace_root};
use kith_tests::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_client_records_reads_its_own_write_and_understands_a_refusal() -> Result<()> {
    let world = World::embedded().await?;
    let mut client = Command::new(python()?);
    client
        .arg(workspace_root().join("tests/foreign/client.py"))
        .arg(world.address().trim_start_matches("http://"))
        .arg(world.ours.ana.client.key.as_str())
        .arg(world.now().seconds_floor().to_string());
    let output = tokio::task::spawn_blocking(move || client.output()).await??;
    let said = String::from_utf8_lossy(&output.stdout);
    if !output.status.success() {
        let complaint = String::from_utf8_lossy(&output.stderr);
        bail!("the foreign client failed:\n{said}{complaint}");
    }
    assert!(said.contains("25 of 25 malformed requests"), "{said}");
    world.end().await
}
