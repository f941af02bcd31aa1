//! People and members.

use anyhow::{Result, ensure};
use kith_testkit::Machine;

#[tokio::test(flavor = "multi_thread")]
async fn members_and_people_are_added_listed_found_and_shown() -> Result<()> {
    let machine = Machine::new()?;
    let _server = machine.up().await?;
    let added = machine.says(&["member", "add", "Cai Ito <cai@x.org>"])?;
    ensure!(
        added.contains("A member now") && added.contains("kith key create"),
        "{added}"
    );
    let members = machine.says(&["member", "list", "--format", "csv"])?;
    ensure!(
        members.lines().count() == 3,
        "a header, Ana and Cai:\n{members}"
    );
    ensure!(
        members.contains("Ana Silva") && members.contains("Cai Ito"),
        "{members}"
    );

    let person = [
        "person",
        "add",
        "José Nuñez <jose@y.org>",
        "--company",
        "Quay",
    ];
    machine.says(&person)?;
    let found = machine.says(&["person", "find", "nunez"])?;
    ensure!(
        found.contains("José Nuñez") && !found.contains("Cai"),
        "{found}"
    );
    let shown = machine.says(&["person", "show", "jose@y.org"])?;
    ensure!(
        shown.contains("José Nuñez") && shown.contains("Quay"),
        "{shown}"
    );

    let (code, told) = machine.ends(&["person", "show", "nobody@y.org"])?;
    ensure!(code == 3 && told.contains("next:"), "{code}: {told}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_changed_an_entry_is_told() -> Result<()> {
    let machine = Machine::new()?;
    let _server = machine.up().await?;
    machine.says(&["person", "add", "Bo Lind <bo@y.org>"])?;
    let cards = "BEGIN:VCARD\nVERSION:3.0\nFN:Bo\nEMAIL:bo@y.org\nORG:Windfarm\nEND:VCARD\n";
    std::fs::write(machine.path("a.vcf"), cards)?;
    machine.says(&["import", "vcf", "a.vcf"])?;
    let told = machine.says(&["changes", "bo@y.org"])?;
    let rows: Vec<&str> = told.lines().skip(1).collect();
    ensure!(rows.len() == 2, "{told}");
    ensure!(
        rows[0].contains("Ana Silva")
            && rows[0].contains("company")
            && rows[0].contains("Windfarm"),
        "{told}"
    );
    ensure!(
        rows[1].contains("Ana Silva") && rows[1].contains("entered"),
        "{told}"
    );
    machine.says(&["record", "call", "cy@y.org"])?;
    let told = machine.says(&["changes", "cy@y.org"])?;
    ensure!(told.contains("they came along with moments"), "{told}");
    Ok(())
}
