//! `kith import ics|vcf|contacts`: calendars and address books.

use std::fs;

use anyhow::{Result, ensure};
use kith_testkit::Machine;

const CALENDAR: &str = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:weekly@y.org\n\
    DTSTART:20260302T100000Z\nDTEND:20260302T110000Z\nRRULE:FREQ=WEEKLY;COUNT=3\nSUMMARY:Turbines\n\
    ORGANIZER;CN=Bo Lind:mailto:bo@y.org\nATTENDEE;PARTSTAT=ACCEPTED:mailto:ana@x.org\nEND:VEVENT\n\
    BEGIN:VEVENT\nUID:off@y.org\nDTSTART:20260302T100000Z\nSTATUS:CANCELLED\n\
    ORGANIZER:mailto:bo@y.org\nATTENDEE:mailto:ana@x.org\nEND:VEVENT\nEND:VCALENDAR\n";

#[tokio::test(flavor = "multi_thread")]
async fn a_calendar_brings_in_what_has_been() -> Result<()> {
    let machine = Machine::new()?;
    let _server = machine.up().await?;
    fs::write(machine.path("a.ics"), CALENDAR)?;
    let dry = machine.says(&["import", "ics", "a.ics", "--dry-run"])?;
    ensure!(
        dry.contains("a.ics: 4 meetings, 3 moments; 1 left out") && dry.contains("Bo Lind"),
        "{dry}"
    );
    let report = machine.says(&["import", "ics", "a.ics"])?;
    ensure!(
        report.contains("cancelled") && report.contains("Recorded 3 moments"),
        "{report}"
    );
    let again = machine.says(&["import", "ics", "a.ics"])?;
    ensure!(again.contains("Nothing new: 3 moments"), "{again}");
    let ties = machine.says(&["ties"])?;
    ensure!(ties.contains("Bo Lind"), "{ties}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_book_completes_the_directory_and_overwrites_nothing() -> Result<()> {
    let machine = Machine::new()?;
    let _server = machine.up().await?;
    machine.says(&["person", "add", "Bo Lind <bo@y.org>", "--tag", "wind"])?;
    let cards = "BEGIN:VCARD\nVERSION:3.0\nFN:Robert Lind\nEMAIL:bo@y.org\nEMAIL:bo@home.org\n\
        ORG:Windfarm\nCATEGORIES:porto\nEND:VCARD\n\
        BEGIN:VCARD\nVERSION:3.0\nFN:Cy\nEMAIL:cy@y.org\nEND:VCARD\n\
        BEGIN:VCARD\nVERSION:3.0\nFN:Somebody\nEND:VCARD\n";
    fs::write(machine.path("a.vcf"), cards)?;
    let dry = machine.says(&["import", "vcf", "a.vcf", "--dry-run"])?;
    ensure!(
        dry.contains("3 contacts; 1 left out") && dry.contains("Nothing was sent"),
        "{dry}"
    );
    let (code, told) = machine.ends(&["person", "show", "cy@y.org"])?;
    ensure!(code == 3, "{told}");

    let report = machine.says(&["import", "vcf", "a.vcf"])?;
    ensure!(
        report.contains("1 person entered the directory; 1 entry was completed"),
        "{report}"
    );
    let bo = machine.says(&["person", "show", "bo@home.org", "--format", "json"])?;
    for part in ["Bo Lind", "Windfarm", "bo@y.org", "wind", "porto"] {
        ensure!(bo.contains(part), "{part}: {bo}");
    }
    ensure!(!bo.contains("Robert"), "a name that stands is kept: {bo}");
    let again = machine.says(&["import", "vcf", "a.vcf"])?;
    ensure!(
        again.contains("0 people entered") && again.contains("2 had nothing to add"),
        "{again}"
    );

    let table = "Notes:\n\"exported\"\n\nFirst Name,Last Name,URL,Email Address,Company,Position\n\
        Di,Dahl,https://network.example/in/di,,Sun,CEO\n";
    fs::write(machine.path("Connections.csv"), table)?;
    let report = machine.says(&["import", "contacts", "Connections.csv"])?;
    ensure!(report.contains("1 person entered"), "{report}");
    let again = machine.says(&["import", "contacts", "Connections.csv"])?;
    ensure!(again.contains("0 people entered"), "{again}");
    let found = machine.says(&["person", "find", "di"])?;
    ensure!(found.contains("Di Dahl"), "{found}");

    fs::write(machine.path("prose.csv"), "Dear diary\n")?;
    let (code, told) = machine.ends(&["import", "contacts", "prose.csv"])?;
    ensure!(
        code == 1 && told.contains("no line that names columns of people"),
        "{told}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_book_goes_past_whoever_was_erased() -> Result<()> {
    let machine = Machine::new()?;
    let _server = machine.up().await?;
    machine.says(&["person", "add", "Zed <zed@y.org>"])?;
    let told = machine.says(&["person", "erase", "zed@y.org", "--yes"])?;
    ensure!(told.contains("Erased: Zed"), "{told}");
    let cards = "BEGIN:VCARD\nVERSION:3.0\nFN:Zed\nEMAIL:zed@home.org\nEMAIL:zed@y.org\nEND:VCARD\n\
        BEGIN:VCARD\nVERSION:3.0\nFN:Cy\nEMAIL:cy@y.org\nEND:VCARD\n";
    fs::write(machine.path("a.vcf"), cards)?;
    let report = machine.says(&["import", "vcf", "a.vcf"])?;
    ensure!(report.contains("1 person entered"), "{report}");
    ensure!(
        report.contains("1 contact was not taken by the server"),
        "{report}"
    );
    for address in ["zed@home.org", "zed@y.org"] {
        let (code, told) = machine.ends(&["person", "show", address])?;
        ensure!(code == 3, "{told}");
    }
    Ok(())
}
