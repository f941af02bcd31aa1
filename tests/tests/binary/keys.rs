//! API keys.

use std::os::unix::fs::PermissionsExt as _;

use anyhow::{Context as _, Result, ensure};
use kith_testkit::Machine;

#[tokio::test(flavor = "multi_thread")]
async fn a_key_opens_from_its_creation_to_its_revocation() -> Result<()> {
    let machine = Machine::new()?;
    let _server = machine.up().await?;
    machine.says(&["member", "add", "Cai Ito <cai@x.org>"])?;
    let create = [
        "key",
        "create",
        "--role",
        "member",
        "--member",
        "cai@x.org",
        "--out",
        "cai.key",
    ];
    machine.says(&create)?;
    let mode = std::fs::metadata(machine.path("cai.key"))?
        .permissions()
        .mode();
    ensure!(
        mode & 0o777 == 0o600,
        "for its owner's eyes alone: {mode:o}"
    );

    let ask = ["info", "--key-file", "cai.key"];
    let info = machine.says(&ask)?;
    ensure!(
        info.contains("Cai Ito") && info.contains("member"),
        "{info}"
    );
    let (code, told) = machine.ends(&["member", "add", "d@x.org", "--key-file", "cai.key"])?;
    ensure!(code == 4, "a member's key adds no members: {told}");

    let keys = machine.says(&["key", "list", "--format", "csv"])?;
    let key = keys.lines().find(|line| line.contains(",member,"));
    let key = key.and_then(|line| line.split(',').next());
    let key = key.with_context(|| format!("the key is listed:\n{keys}"))?;
    let revoked = machine.says(&["key", "revoke", key])?;
    ensure!(revoked.contains("Revoked"), "{revoked}");
    let (code, told) = machine.ends(&ask)?;
    ensure!(code == 4 && told.contains("KEY_INVALID"), "{code}: {told}");
    Ok(())
}
