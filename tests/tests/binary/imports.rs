//! `kith import csv`.

use std::io::Write as _;
use std::process::Stdio;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use kith_testkit::Machine;

const HEADER: &str = "from,to,at,kind\n";
const ROWS: [&str; 4] = [
    "ana@x.org,bo@y.org,2026-03-02T10:00:00Z,call\n",
    "bo@y.org,ana@x.org,2026-03-09T10:00:00Z,mail\n",
    // Twice the same moment is two moments.
    "ana@x.org,bo@y.org,2026-03-02T10:00:00Z,call\n",
    "ana@x.org,cy@y.org,1772445600,meeting\n",
];
const WRONG: &str = "ana@x.org,bo@y.org,yesterday,call\nana@x.org,,2026-03-02T10:00:00Z,call\n\
                     ana@x.org,bo@y.org,1950-03-02T10:00:00Z,call\n";

/// On a busy machine; the tries of a lost connection last ten minutes.
const AT_ONCE: Duration = Duration::from_secs(30);

fn write(machine: &Machine, name: &str, rows: &[&str]) -> Result<()> {
    Ok(std::fs::write(
        machine.path(name),
        HEADER.to_owned() + &rows.concat(),
    )?)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_report_counts_rows_by_reason_and_line_and_a_repeated_import_adds_nothing() -> Result<()>
{
    let machine = Machine::new()?;
    let _server = machine.up().await?;
    let all: Vec<&str> = ROWS.into_iter().chain([WRONG]).collect();
    write(&machine, "moments.csv", &all)?;
    let import = ["import", "csv", "moments.csv"];

    let dry = machine.says(&["import", "csv", "moments.csv", "--dry-run"])?;
    ensure!(
        dry.contains("7 rows, 4 moments; 3 left out") && dry.contains("Nothing was sent"),
        "{dry}"
    );
    let none = machine.says(&["ties", "--format", "json"])?;
    ensure!(none.trim() == "[]", "a dry run records nothing: {none}");

    let report = machine.says(&import)?;
    for (reason, line) in [("bad-date", "6"), ("missing-to", "7"), ("before-1970", "8")] {
        let row = report.lines().find(|row| row.contains(reason));
        let row = row.with_context(|| format!("{reason} in:\n{report}"))?;
        let cells: Vec<&str> = row.split_whitespace().collect();
        ensure!(cells[..4] == [reason, "1", "line", line], "{row}");
    }
    ensure!(report.contains("Recorded 4 moments"), "{report}");
    let again = machine.says(&import)?;
    ensure!(
        again.contains("Nothing new: 4 moments were there already"),
        "{again}"
    );

    let mut shuffled = ROWS;
    shuffled.reverse();
    write(&machine, "shuffled.csv", &shuffled)?;
    let again = machine.says(&["import", "csv", "shuffled.csv"])?;
    ensure!(again.contains("Nothing new: 4 moments"), "{again}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn standard_input_is_imported_like_a_file() -> Result<()> {
    let machine = Machine::new()?;
    let _server = machine.up().await?;
    let mut importing = machine
        .kith(&["import", "csv", "-", "--format", "json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut input = importing.stdin.take().context("a pipe")?;
    input.write_all(format!("{HEADER}{}", ROWS.concat()).as_bytes())?;
    drop(input);
    let output = importing.wait_with_output()?;
    let report = String::from_utf8(output.stdout)?;
    ensure!(
        output.status.success() && report.contains("standard input"),
        "{report}"
    );
    let ties = machine.says(&["ties"])?;
    ensure!(
        ties.contains("bo@y.org") && ties.contains("cy@y.org"),
        "{ties}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_missing_is_told_before_any_is_sent() -> Result<()> {
    let machine = Machine::new()?;
    let _server = machine.up().await?;
    write(&machine, "a.csv", &ROWS)?;
    let (code, told) = machine.ends(&["import", "csv", "a.csv", "b.csv"])?;
    ensure!(
        code == 3 && told.contains("there is no file b.csv"),
        "{code}: {told}"
    );
    let ties = machine.says(&["ties", "--format", "json"])?;
    ensure!(ties.trim() == "[]", "nothing was sent: {ties}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_fails_keeps_the_reports_of_those_before_it() -> Result<()> {
    let machine = Machine::new()?;
    let _server = machine.up().await?;
    write(&machine, "a.csv", &ROWS)?;
    std::fs::write(machine.path("b.csv"), "no,such,columns\n1,2,3\n")?;
    let (code, told) = machine.ends(&["import", "csv", "a.csv", "b.csv"])?;
    ensure!(code == 1, "{code}: {told}");
    ensure!(
        told.contains("a.csv: 4 rows, 4 moments") && told.contains("file: b.csv"),
        "{told}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_without_a_server_fails_at_once() -> Result<()> {
    let machine = Machine::new()?;
    write(&machine, "a.csv", &ROWS)?;
    let key = machine.path("a.key");
    machine
        .shell("umask 077; echo kith_a_b_c > a.key")
        .status()?;
    let mut import = machine.kith(&["import", "csv", "a.csv", "--server", "127.0.0.1:1"]);
    import.arg("--key-file").arg(key);
    let ended = tokio::task::spawn_blocking(move || import.output());
    let ended = tokio::time::timeout(AT_ONCE, ended).await;
    let ended = ended.context("it tries and tries")???;
    let told = String::from_utf8(ended.stderr)?;
    ensure!(ended.status.code() == Some(5), "{told}");
    ensure!(told.contains("the server does not answer"), "{told}");
    Ok(())
}
