use anyhow::{Context as _, Result, ensure};

use super::readme::{Session, alive, lines};

const SECTION: &str = "The first five minutes";
const NOW: &str = "2026-07-14T09:30:00Z";
const TOMÁS: &str = "Tomás Herrera";

#[tokio::test(flavor = "multi_thread")]
async fn the_first_five_minutes_of_the_readme_keep_what_they_promise() -> Result<()> {
    let mut session = Session::new()?;
    session.translate("up --demo", &format!("up --demo --demo-now {NOW}"));
    for line in lines(SECTION)? {
        if line.contains("up --data") {
            session.stop_servers().await?;
        }
        session.run(&line).await?;
    }

    let screen = session.outputs("cargo run").concat();
    for shown in [
        "You are Ana Silva",
        "Strong:",
        "Fading:",
        "Promised for today:",
        "Paste these",
    ] {
        ensure!(
            screen.contains(shown),
            "{shown} is not on the first screen:\n{screen}"
        );
    }
    ensure!(
        screen
            .lines()
            .filter(|line| line.contains("cooling"))
            .count()
            == 3,
        "three fading ties:\n{screen}"
    );
    let [arrived] = session.outputs("kith watch")[..] else {
        anyhow::bail!("one watch");
    };
    ensure!(
        arrived.contains("tutors' week") && arrived.lines().count() == 2,
        "one follow-up arrives:\n{arrived}"
    );

    let [before, after, again] = session.outputs("kith tie")[..] else {
        anyhow::bail!("the tie is shown before the call, after it and after the restart");
    };
    ensure!(
        alive(after)? > alive(before)?,
        "it rises:\n{before}\n{after}"
    );
    ensure!(
        again == after,
        "the same figures after a restart:\n{after}\n{again}"
    );
    let [listed, gone] = session.outputs("kith due")[..] else {
        anyhow::bail!("what is due is listed before the call and after it");
    };
    ensure!(listed.contains(TOMÁS), "he is due:\n{listed}");
    ensure!(!gone.contains(TOMÁS), "his line leaves the list:\n{gone}");
    let known = session.outputs("kith who-knows").concat();
    ensure!(
        known.contains("strong"),
        "somebody here knows him well:\n{known}"
    );

    // Whoever comes late sees it as well: this is long after the half minute.
    session
        .run("kith watch --since 1h --count 1 --format json")
        .await?;
    let (_, late) = session.said.last().context("it said something")?;
    ensure!(
        late.contains("tutors' week"),
        "the promise that fell due:\n{late}"
    );
    session.stop_servers().await?;

    // The rows are what the log says.
    let verdict = session.machine.says(&["verify", "--data", "kith-demo"])?;
    ensure!(verdict.starts_with("equal"), "{verdict}");
    Ok(())
}
