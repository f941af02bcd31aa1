use anyhow::{Context as _, Result, ensure};
use kith_testkit::{NatsServer, Postgres};

use super::readme::{Session, lines};

#[tokio::test(flavor = "multi_thread")]
async fn the_readme_s_lines_run_the_roles_on_nats_and_postgres() -> Result<()> {
    let nats = NatsServer::start().await?;
    let database = Postgres::shared().await?.database().await?;
    let mut session = Session::new()?;
    session.translate("nats://127.0.0.1:4222", &nats.url());
    session.translate("postgres://user@127.0.0.1/kith", &database);
    // As the remark beside the variable says, without asking for openssl.
    let master = session.machine.path("master.key");
    std::fs::write(&master, "5a".repeat(32))?;
    session.run("chmod 600 master.key").await?;

    let lines = lines("On NATS and Postgres")?;
    // What a database without Kith is told, before the first line prepares it.
    let prepare = lines.iter().position(|line| line == "kith migrate up");
    let prepare = prepare.context("the database is prepared")?;
    for (place, line) in lines.iter().enumerate() {
        if place == prepare {
            session.run("kith migrate status").await?;
        }
        session.run(line).await?;
    }
    session.run("kith migrate status").await?;
    let [bare, prepared] = session.outputs("kith migrate status")[..] else {
        anyhow::bail!("asked twice");
    };
    ensure!(
        bare.contains("not prepared; run `kith migrate up`"),
        "{bare}"
    );
    ensure!(prepared.contains("up to date"), "{prepared}");

    let api = session.outputs("kith api").concat();
    let address = api
        .lines()
        .find_map(|line| line.split("listening address=").nth(1))
        .context("the api says where it listens")?;
    let asked = format!("--server {} --key-file admin.key", address.trim());
    let recorded = format!("kith record call 'Bo Lind <bo@y.org>' {asked}");
    session.run(&recorded).await?;
    session.run(&format!("kith tie bo@y.org {asked}")).await?;
    let tie = session.outputs("kith tie").concat();
    ensure!(tie.contains("Bo Lind") && tie.contains("new"), "{tie}");
    session.run("kith verify").await?;
    ensure!(
        session.outputs("kith verify").concat().starts_with("equal"),
        "a replay agrees"
    );
    session.run("kith parked list --format json").await?;
    ensure!(
        session.outputs("kith parked").concat().trim() == "[]",
        "nothing is parked"
    );
    session.stop_servers().await
}

#[tokio::test]
async fn a_database_that_can_not_be_asked_is_an_error_and_not_an_unprepared_one() -> Result<()> {
    let session = Session::new()?;
    let nobody = "postgres://nobody@127.0.0.1:1/kith";
    let status = session
        .machine
        .kith(&["migrate", "status"])
        .env("KITH_DATABASE_URL", nobody)
        .output()?;
    ensure!(!status.status.success(), "{status:?}");
    Ok(())
}
