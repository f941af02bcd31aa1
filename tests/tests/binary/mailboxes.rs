//! `kith import mbox|eml|maildir`: somebody's own mail, from the first look to watching it.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use kith_testkit::{Machine, eventually};

/// A word of a body: it is in no file afterwards.
const BODY: &str = "marzipan-lighthouse";

/// One mail of an mbox file.
fn mail(day: u32, from: &str, to: &str, headers: &str) -> String {
    format!(
        "From - Mon Mar  2 10:00:00 2026\nFrom: {from}\nTo: {to}\n\
         Date: {day} Mar 2026 10:00:00 +0000\nMessage-ID: <{day}.{}@mail.example>\n\
         Subject: The turbines\n{headers}\n{BODY}\n\n",
        from.len()
    )
}

fn mailbox() -> String {
    let me = "Ana Silva <ana@x.org>";
    [
        mail(2, "Bo Lind <bo@y.org>", me, ""),
        mail(3, me, "Bo Lind <bo@y.org>", ""),
        mail(4, "Eve Moreau <eve@z.org>", me, ""),
        mail(5, "Eve Moreau <eve@z.org>", me, ""),
        mail(
            6,
            "News <news@shop.example>",
            me,
            "List-Id: <news.shop.example>\n",
        ),
        mail(7, "No Reply <no-reply@shop.example>", me, ""),
        mail(8, "Cy <cy@y.org>", "Di <di@y.org>", ""),
    ]
    .concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mailbox_brings_in_those_who_were_answered_and_nothing_that_was_written() -> Result<()> {
    let machine = Machine::new()?;
    let _server = machine.up().await?;
    fs::write(machine.path("all.mbox"), mailbox())?;

    let dry = machine.says(&["import", "mbox", "all.mbox", "--dry-run"])?;
    ensure!(
        dry.contains("all.mbox: 7 messages, 4 moments; 3 left out"),
        "{dry}"
    );
    let most = dry.lines().find(|line| line.contains("bo@y.org"));
    ensure!(
        most.is_some_and(|line| line.contains("Bo Lind") && line.ends_with('2')),
        "{dry}"
    );
    ensure!(
        !dry.contains("ana@x.org"),
        "who imports is not told of themselves: {dry}"
    );

    let report = machine.says(&["import", "mbox", "all.mbox"])?;
    for reason in ["bulk", "no-reply", "not-mine"] {
        ensure!(
            report.lines().any(|line| line.trim().starts_with(reason)),
            "{reason}: {report}"
        );
    }
    ensure!(report.contains("Recorded 4 moments"), "{report}");
    let again = machine.says(&["import", "mbox", "all.mbox"])?;
    ensure!(
        again.contains("Nothing new: 4 moments were there already"),
        "{again}"
    );

    let ties = machine.says(&["ties"])?;
    ensure!(ties.contains("Bo Lind") && !ties.contains("Eve"), "{ties}");
    let (code, told) = machine.ends(&["person", "show", "eve@z.org"])?;
    ensure!(
        code == 3,
        "who was never answered is not in the directory: {told}"
    );
    machine.says(&["record", "mail", "eve@z.org", "--note", "at last"])?;
    let ties = machine.says(&["ties"])?;
    ensure!(
        ties.contains("Eve Moreau"),
        "an answer makes her real: {ties}"
    );
    let due = machine.says(&["due", "--format", "json"])?;
    ensure!(due.trim() == "[]", "what is imported wakes nobody: {due}");

    let stored = files_with(&machine.path("data"), BODY)?;
    ensure!(stored.is_empty(), "a body is stored in {stored:?}");
    Ok(())
}

/// The files under a folder that hold a text.
fn files_with(folder: &Path, text: &str) -> Result<Vec<String>> {
    let (mut waiting, mut found, mut read) = (vec![folder.to_owned()], Vec::new(), 0);
    while let Some(path) = waiting.pop() {
        if path.is_dir() {
            for entry in fs::read_dir(&path)? {
                waiting.push(entry?.path());
            }
        } else if path.is_file() {
            read += 1;
            let bytes = fs::read(&path)?;
            if bytes
                .windows(text.len())
                .any(|part| part == text.as_bytes())
            {
                found.push(path.display().to_string());
            }
        }
    }
    ensure!(read > 3, "the files of a server: {read}");
    Ok(found)
}

#[tokio::test(flavor = "multi_thread")]
async fn an_address_of_former_times_is_suggested_and_then_known() -> Result<()> {
    let machine = Machine::new()?;
    let _server = machine.up().await?;
    let old = "ana.silva@old.example";
    let mails: Vec<String> = (1..9)
        .map(|day| mail(day, &format!("P <p{day}@y.org>"), old, ""))
        .collect();
    fs::create_dir(machine.path("mails"))?;
    for (number, mail) in mails.iter().enumerate() {
        let (_, letter) = mail.split_once('\n').context("a separator")?;
        fs::write(machine.path(format!("mails/{number}.eml")), letter)?;
    }
    let (code, told) = machine.ends(&["import", "eml", "mails"])?;
    ensure!(
        code == 1 && told.contains("no message could be used"),
        "{code}: {told}"
    );
    ensure!(
        told.contains("takes part in 8 of 8 mails") && told.contains(&format!("--me {old}")),
        "{told}"
    );

    let told = machine.says(&["import", "eml", "mails", "--me", old])?;
    ensure!(told.contains("8 messages, 8 moments"), "{told}");
    ensure!(
        told.contains(&format!("Your entry in the directory has {old} now")),
        "{told}"
    );
    let again = machine.says(&["import", "eml", "mails"])?;
    ensure!(again.contains("Nothing new: 8 moments"), "{again}");

    let (code, told) = machine.ends(&["import", "mbox", "mails"])?;
    ensure!(
        code == 2 && told.contains("mails is a folder"),
        "{code}: {told}"
    );
    let (code, told) = machine.ends(&["import", "maildir", "mails"])?;
    ensure!(
        code == 2 && told.contains("is no maildir"),
        "{code}: {told}"
    );
    let (code, told) = machine.ends(&["import", "eml", "mails", "--me", "ana"])?;
    ensure!(
        code == 2 && told.contains("'ana' is no mail address"),
        "{code}: {told}"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watched_maildir_is_recorded_as_mail_arrives() -> Result<()> {
    let machine = Machine::new()?;
    let _server = machine.up().await?;
    for folder in ["new", "cur", "tmp"] {
        fs::create_dir_all(machine.path("Maildir").join(folder))?;
    }
    let deliver = |name: &str, mail: &str| -> Result<()> {
        let (_, letter) = mail.split_once('\n').context("a separator")?;
        Ok(fs::write(machine.path("Maildir/new").join(name), letter)?)
    };
    let me = "Ana <ana@x.org>";
    deliver("1772445600.a.host", &mail(2, me, "bo@y.org", ""))?;
    let mut watching = machine
        .kith(&["import", "maildir", "Maildir", "--watch"])
        .spawn()?;
    let shows = async |name: &str| {
        let shown = eventually(std::time::Duration::from_secs(60), async || {
            machine
                .says(&["ties"])
                .is_ok_and(|ties| ties.contains(name))
        });
        shown
            .await
            .with_context(|| format!("{name} among the ties"))
    };
    let seen = async {
        shows("bo@y.org").await?;
        deliver("1772532000.b.host", &mail(3, me, "cy@y.org", ""))?;
        shows("cy@y.org").await
    };
    let seen = seen.await;
    let goes_on = watching.try_wait()?.is_none();
    watching.kill()?;
    watching.wait()?;
    seen?;
    ensure!(goes_on, "it watches until it is ended");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_left_out_leaves_the_ties_of_the_past_and_comes_back_when_asked() -> Result<()> {
    let machine = Machine::new()?;
    let _server = machine.up().await?;
    fs::write(machine.path("all.mbox"), mailbox())?;
    let nobody = machine.says(&["exclude", "--list"])?;
    ensure!(nobody.contains("You leave nobody out"), "{nobody}");
    machine.says(&["import", "mbox", "all.mbox"])?;
    // Rounded, as people see them: the exact figures move with the present.
    let with = machine.says(&["ties"])?;
    ensure!(with.contains("Bo Lind"), "{with}");

    let told = machine.says(&["exclude", "@y.org"])?;
    ensure!(
        told.contains("Left out, for the past and from now on: @y.org"),
        "{told}"
    );
    let listed = machine.says(&["exclude", "--list"])?;
    ensure!(listed.contains("@y.org"), "{listed}");
    let without = machine.says(&["ties", "--format", "json"])?;
    ensure!(without.trim() == "[]", "{without}");
    let (code, told) = machine.ends(&["person", "show", "bo@y.org"])?;
    ensure!(code == 3, "nothing leads to him: {told}");
    let again = machine.says(&["import", "mbox", "all.mbox"])?;
    ensure!(again.contains("Nothing new"), "{again}");

    machine.says(&["exclude", "@y.org", "--remove"])?;
    ensure!(machine.says(&["ties"])? == with, "as if it had never been");
    let (code, told) = machine.ends(&["exclude", "Nobody At All"])?;
    ensure!(code == 3, "{told}");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_import_is_listed_taken_back_and_brought_again() -> Result<()> {
    let machine = Machine::new()?;
    let _server = machine.up().await?;
    let nothing = machine.says(&["import", "list"])?;
    ensure!(nothing.contains("You imported nothing yet"), "{nothing}");
    let all = mailbox();
    fs::write(machine.path("all.mbox"), &all)?;
    let first = all
        .match_indices("From - ")
        .nth(2)
        .context("three mails")?
        .0;
    fs::write(machine.path("first.mbox"), &all[..first])?;

    let told = machine.says(&["import", "mbox", "first.mbox"])?;
    ensure!(
        told.contains("Recorded 2 moments") && told.contains("kith import undo"),
        "{told}"
    );
    let told = machine.says(&["import", "mbox", "all.mbox"])?;
    ensure!(
        told.contains("Recorded 2 moments") && told.contains("2 were there already"),
        "{told}"
    );
    let again = machine.says(&["import", "mbox", "all.mbox", "--format", "json"])?;
    ensure!(
        again.contains("\"commits\":0") || again.contains("\"commits\": 0"),
        "{again}"
    );

    let list = machine.says(&["import", "list", "--format", "json"])?;
    let imports: serde_json::Value = serde_json::from_str(&list)?;
    let imports = imports.as_array().context("a list")?;
    ensure!(
        imports.len() == 2,
        "the third is the second once more: {list}"
    );
    let id = |name: &str| -> Result<String> {
        let own = imports.iter().find(|import| import["name"] == name);
        let id = own.and_then(|import| import["import"].as_str());
        Ok(id.context("an id")?.to_owned())
    };
    let (first, whole) = (id("first.mbox")?, id("all.mbox")?);
    let shown = machine.says(&["import", "show", &first[..6]])?;
    ensure!(shown.contains("2 came from elsewhere too"), "{shown}");
    let told = machine.says(&["import", "undo", &first[..6]])?;
    ensure!(
        told.contains("Taken back: nothing. 2 moments came from elsewhere too, and stay."),
        "{told}"
    );
    ensure!(
        machine.says(&["ties"])?.contains("Bo Lind"),
        "the other import still brings him"
    );
    let told = machine.says(&["import", "undo", &whole])?;
    ensure!(told.contains("Taken back: 4 moments"), "{told}");
    ensure!(machine.says(&["ties", "--format", "json"])?.trim() == "[]");
    let told = machine.says(&["import", "undo", &whole])?;
    ensure!(told.contains("It was taken back before"), "{told}");

    machine.says(&["import", "mbox", "first.mbox"])?;
    ensure!(
        machine.says(&["ties"])?.contains("Bo Lind"),
        "imported again, it is back"
    );
    let (code, told) = machine.ends(&["import", "undo", "zzzzzz"])?;
    ensure!(code == 3, "{told}");
    Ok(())
}
