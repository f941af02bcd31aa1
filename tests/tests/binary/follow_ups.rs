//! What becomes of follow-ups.

use anyhow::{Context as _, Result, ensure};
use kith_testkit::Machine;

/// The id of the follow-up about somebody that is due within a month.
fn due(machine: &Machine, about: &str) -> Result<Option<String>> {
    let listed = machine.says(&["due", "--before", "30d", "--format", "csv"])?;
    let line = listed.lines().find(|line| line.contains(about));
    Ok(line.and_then(|line| Some(line.split(',').next()?.to_owned())))
}

#[tokio::test(flavor = "multi_thread")]
async fn a_follow_up_that_is_done_snoozed_or_dismissed_leaves_the_list() -> Result<()> {
    let machine = Machine::new()?;
    let _server = machine.up().await?;
    for (name, address) in [("Bo", "bo@y.org"), ("Cy", "cy@y.org"), ("Di", "di@y.org")] {
        machine.says(&["person", "add", &format!("{name} <{address}>")])?;
        machine.says(&[
            "promise",
            address,
            &format!("the plans of {name}"),
            "--due",
            "3d",
        ])?;
    }
    let id = |name: &str| {
        let about = format!("the plans of {name}");
        due(&machine, &about)?.with_context(|| format!("{name} is due"))
    };
    let bo = id("Bo")?;
    machine.says(&["done", &bo])?;
    machine.says(&["snooze", &id("Cy")?, "--until", "60d"])?;
    machine.says(&["dismiss", &id("Di")?])?;
    for name in ["Bo", "Cy", "Di"] {
        let left = due(&machine, &format!("the plans of {name}"))?;
        ensure!(left.is_none(), "{name} has left the list");
    }
    machine.says(&["reopen", &bo])?;
    ensure!(id("Bo")? == bo, "it is open again");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tie_that_is_too_thin_to_remind_of_is_said_to_be() -> Result<()> {
    let machine = Machine::new()?;
    let _server = machine.up().await?;
    machine.says(&["person", "add", "Bo <bo@y.org>"])?;
    let told = machine.says(&["care", "bo@y.org", "tend"])?;
    ensure!(told.contains("too thin to say when"), "{told}");
    for days in ["50d", "40d", "30d", "20d", "10d"] {
        let ago = format!("{days} ago");
        machine.says(&["record", "call", "bo@y.org", "--at", &ago])?;
    }
    let told = machine.says(&["care", "bo@y.org", "tend", "--important"])?;
    ensure!(told.contains("when it is time"), "{told}");
    Ok(())
}
