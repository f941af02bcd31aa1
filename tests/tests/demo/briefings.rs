//! Twenty briefings of the demo, word by word: what somebody would read before they go, and say when they are there.
//! They were read aloud; a change of a rule shows here what it does to them. `UPDATE_GOLDEN=1` writes them anew.

use std::fs;

use anyhow::{Context as _, Result, ensure};
use kith_testkit::tools::workspace_root;

use super::readme::Session;

const NOW: &str = "2026-07-14T09:30:00Z";
const PACES: [&str; 3] = ["reserved", "balanced", "open"];

/// Who reads, and at which paces.
const READERS: [(&str, usize); 12] = [
    ("Ana Silva", 3),
    ("Henrik Lindqvist", 3),
    ("Ngozi Adeyemi", 3),
    ("Tomasz Wójcik", 3),
    ("Mei-Ling Chao", 1),
    ("Rafael Ortega", 1),
    ("Yuki Tanabe", 1),
    ("Priya Raman", 1),
    ("Eoin Gallagher", 1),
    ("Leïla Benali", 1),
    ("Marta Kovács", 1),
    ("Wanjiru Kamau", 1),
];

fn slug(name: &str) -> String {
    let folded = kith_domain::text::folded(name);
    folded.replace(' ', "-")
}

#[tokio::test(flavor = "multi_thread")]
async fn twenty_briefings_of_the_demo_read_as_they_were_read_aloud() -> Result<()> {
    let mut session = Session::new()?;
    session
        .run(&format!("kith up --demo --demo-now {NOW}"))
        .await?;
    let folder = workspace_root().join("tests/golden/briefings");
    #[expect(clippy::disallowed_methods, reason = "the test's own switch")]
    let writes = std::env::var_os("UPDATE_GOLDEN").is_some();
    let mut differing = Vec::new();
    let mut seen = 0;
    for (number, (name, paces)) in READERS.into_iter().enumerate() {
        let key = format!("reader-{number}.key");
        let create = format!("kith key create --role member --member '{name}' --out {key}");
        session.run(&create).await?;
        for pace in PACES
            .into_iter()
            .cycle()
            .skip(usize::from(paces == 1))
            .take(paces)
        {
            session
                .run(&format!("kith comfort {pace} --key-file {key}"))
                .await?;
            session
                .run(&format!("kith briefing repair --key-file {key}"))
                .await?;
            let (_, written) = session.said.last().context("it said something")?;
            ensure!(written.contains("Repair Week"), "{written}");
            seen += 1;
            let path = folder.join(format!("{}-{pace}.txt", slug(name)));
            if writes {
                fs::create_dir_all(&folder)?;
                fs::write(&path, written)?;
            } else if fs::read_to_string(&path).ok().as_deref() != Some(written) {
                let before = fs::read_to_string(&path).unwrap_or_default();
                let line = before.lines().zip(written.lines()).find(|(a, b)| a != b);
                differing.push(format!("{}: {line:?}", path.display()));
            }
        }
    }
    ensure!(seen == 20, "{seen} briefings");
    ensure!(
        differing.is_empty(),
        "these briefings read otherwise (UPDATE_GOLDEN=1 writes them anew):\n{}",
        differing.join("\n")
    );
    session.stop_servers().await
}
