//! A server with a certificate, and the commands of its machine.

use anyhow::{Context as _, Result, ensure};
use kith_testkit::Machine;
use kith_testkit::machine::listening;
use kith_testkit::tools::workspace_root;

/// For `localhost`, signed by an authority of its own.
fn certificate(name: &str) -> std::path::PathBuf {
    workspace_root()
        .join("crates/servicekit/tests/tls")
        .join(name)
}

async fn checked(machine: &Machine, settings: &[(&str, &std::path::Path)]) -> Result<()> {
    let key = certificate("server.key");
    let all = settings.iter().copied().chain([("KITH_TLS_KEY", &*key)]);
    let all: Vec<_> = all.collect();
    let mut up = machine.kith(&["up", "--data", "data", "--me", "Ana Silva <ana@x.org>"]);
    let server = listening(up.envs(all.clone())).await?;
    let said = server.stdout()?;
    let address = said
        .lines()
        .find_map(|line| line.strip_prefix("kith serves on "));
    let address = address.and_then(|rest| rest.split(';').next());
    let address = address.context("the server says where it serves")?;

    let mut check = machine.kith(&["healthcheck", "--listen", address]);
    let check = check.envs(all).output()?;
    ensure!(check.status.success(), "{check:?}");
    let info = machine.says(&["info"])?;
    ensure!(
        info.contains("https://localhost") && info.contains("Ana Silva"),
        "{info}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_and_health_check_trust_the_authority_that_is_set() -> Result<()> {
    let (server, authority) = (certificate("server.pem"), certificate("authority.pem"));
    let settings = [("KITH_TLS_CERT", &*server), ("KITH_TLS_CA", &*authority)];
    checked(&Machine::new()?, &settings).await
}

#[tokio::test(flavor = "multi_thread")]
async fn commands_and_health_check_trust_a_chain_that_brings_its_authority_along() -> Result<()> {
    let machine = Machine::new()?;
    let chain =
        ["server.pem", "authority.pem"].map(|name| std::fs::read_to_string(certificate(name)));
    let [server, authority] = chain;
    let file = machine.path("chain.pem");
    std::fs::write(&file, server? + &authority?)?;
    checked(&machine, &[("KITH_TLS_CERT", &file)]).await
}
