use anyhow::{Result, ensure};

use super::readme::{Session, lines};

const MOMENTS: &str = "from,to,at,kind,duration_s,note\n\
    ana@x.org,bo@y.org,2026-03-02T10:00:00Z,call,1200,about the crane\n\
    bo@y.org,ana@x.org,2026-03-09T10:00:00Z,mail,,\n";

#[tokio::test(flavor = "multi_thread")]
async fn the_readme_s_lines_bring_in_data_of_one_s_own() -> Result<()> {
    let mut session = Session::new()?;
    std::fs::write(session.machine.path("moments.csv"), MOMENTS)?;
    for line in lines("With your own data")? {
        session.run(&line).await?;
    }
    let [dry, real] = session.outputs("kith import")[..] else {
        anyhow::bail!("a dry run, and an import");
    };
    ensure!(
        dry.contains("2 rows, 2 moments") && dry.contains("Nothing was sent"),
        "{dry}"
    );
    ensure!(real.contains("Recorded 2 moments"), "{real}");
    let ties = session.outputs("kith ties").concat();
    ensure!(ties.contains("bo@y.org"), "{ties}");
    session.stop_servers().await
}
