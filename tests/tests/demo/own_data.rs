use anyhow::{Result, ensure};

use super::readme::{Session, lines};

const MOMENTS: &str = "from,to,at,kind,duration_s,note\n\
    ana@x.org,bo@y.org,2026-03-02T10:00:00Z,call,1200,about the crane\n\
    bo@y.org,ana@x.org,2026-03-09T10:00:00Z,mail,,\n";

const MAILS: &str = "From - Mon Mar  2 10:00:00 2026\nFrom: Ana Silva <ana@x.org>\n\
    To: Cy Dahl <cy@y.org>\nDate: 2 Mar 2026 10:00:00 +0000\nMessage-ID: <1@x.org>\n\nHello.\n\n\
    From - Tue Mar  3 10:00:00 2026\nFrom: Eve <eve@y.org>\nTo: ana@x.org\n\
    Date: 3 Mar 2026 10:00:00 +0000\nMessage-ID: <2@y.org>\n\nHello.\n\n";

const CALENDAR: &str = "BEGIN:VCALENDAR\nVERSION:2.0\nBEGIN:VEVENT\nUID:1@y.org\n\
    DTSTART:20260302T100000Z\nORGANIZER;CN=Di:mailto:di@y.org\nATTENDEE:mailto:ana@x.org\n\
    END:VEVENT\nEND:VCALENDAR\n";

const CARDS: &str = "BEGIN:VCARD\nVERSION:4.0\nFN:Fay\nEMAIL:fay@y.org\nEND:VCARD\n";

const CONNECTIONS: &str = "First Name,Last Name,URL,Email Address,Company,Position\n\
    Gus,Gray,https://network.example/in/gus,,Sun,CEO\n";

#[tokio::test(flavor = "multi_thread")]
async fn the_readme_s_lines_bring_in_mail_and_data_of_one_s_own() -> Result<()> {
    let mut session = Session::new()?;
    for (file, content) in [
        ("all.mbox", MAILS),
        ("calendar.ics", CALENDAR),
        ("contacts.vcf", CARDS),
        ("Connections.csv", CONNECTIONS),
        ("moments.csv", MOMENTS),
    ] {
        std::fs::write(session.machine.path(file), content)?;
    }
    for line in lines("With your own mail")? {
        session.run(&line).await?;
    }
    let [dry, mail, calendar, cards, table, moments] = session.outputs("kith import")[..] else {
        anyhow::bail!("a dry run, and five imports");
    };
    ensure!(
        dry.contains("2 messages, 2 moments") && dry.contains("Nothing was sent"),
        "{dry}"
    );
    ensure!(mail.contains("Recorded 2 moments"), "{mail}");
    ensure!(calendar.contains("Recorded 1 moment"), "{calendar}");
    ensure!(cards.contains("1 person entered"), "{cards}");
    ensure!(table.contains("1 person entered"), "{table}");
    ensure!(moments.contains("Recorded 2 moments"), "{moments}");
    let ties = session.outputs("kith ties").concat();
    ensure!(ties.contains("Cy Dahl") && !ties.contains("Eve"), "{ties}");
    let all = session.machine.says(&["ties"])?;
    for name in ["Cy Dahl", "Di", "bo@y.org"] {
        ensure!(all.contains(name), "{name}: {all}");
    }
    session.stop_servers().await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_gathering_is_prepared_as_the_readme_says() -> Result<()> {
    let mut session = Session::new()?;
    session.run("kith up --me 'Ana Silva <ana@x.org>'").await?;
    let list = "name,company,email,bio\nKim Park,Windfarm,kim@windfarm.example,Kim builds grids.\nLeo Berg,,,\n";
    std::fs::write(session.machine.path("attendees.csv"), list)?;
    for line in lines("Before, in and after a gathering")? {
        session.run(&line).await?;
    }
    let page = std::fs::read_to_string(session.machine.path("briefing.html"))?;
    ensure!(
        page.contains("Kim Park") && page.contains("I plan grids that survive storms."),
        "{page}"
    );
    let met = session.outputs("kith met").concat();
    for understood in [
        "Noted: Runs a wind farm near Porto.",
        "You promised: the grid paper",
        "Ask next:",
    ] {
        ensure!(met.contains(understood), "{understood} in:\n{met}");
    }
    session.stop_servers().await
}
