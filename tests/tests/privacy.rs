//! Nothing personal lies in the log, and nothing personal is logged.
//!
//! Its own test program: what it captures is everything that the process says.

use std::io::{self, Write};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context as _, Result};
use kith_domain::time::{DAY, HOUR};
use kith_proto::kith::admin::v1::CreateApiKeyRequest;
use kith_proto::kith::directory::v1::{
    AddFactRequest, Affiliation, Fact, GetPersonRequest, Person,
};
use kith_proto::kith::event::v1::{FactKind, InteractionKind, Role, SharingLevel};
use kith_proto::kith::followup::v1::{CreateFollowUpRequest, FollowUpStatus};
use kith_proto::kith::interaction::v1::RecordInteractionRequest;
use kith_proto::kith::relationship::v1::SetSharingRequest;
use kith_proto::kith::relationship::v1::set_sharing_request::Target;
use kith_servicekit::config::{Config, Flags};
use kith_servicekit::telemetry::subscriber;
use kith_testkit::eventually;
use kith_tests::world::{PATIENCE, World, moment, named, personal, refused, request_id};

/// What nobody else writes anywhere; addresses keep only their case-folded form.
const MARKERS: [&str; 12] = [
    "Zqxname",
    "zqxaddress",
    "Zqxnote",
    "Zqxsubject",
    "Zqxcompany",
    "Zqxtag",
    "Zqxfact",
    "Zqxsource",
    "Zqxpromise",
    "zqxdomain",
    "Zqxchannel",
    "Zqxlabel",
];
const ADDRESS: &str = "zqxaddress@y.org";

#[derive(Clone, Default)]
struct Captured(Arc<Mutex<Vec<u8>>>);

impl Write for Captured {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn personal_text_is_in_no_file_of_the_log_and_in_no_line_of_the_output() -> Result<()> {
    let captured = Captured::default();
    let writer = captured.clone();
    let loud = Config::layered(Flags::new().set("log_level", Some("trace")), [])?;
    let all = subscriber(loud.log_format, &loud.log_level, move || writer.clone());
    tracing::subscriber::set_global_default(all)?;

    let embedded = World::embedded().await?;
    live_a_little(&embedded).await?;
    let model = embedded
        .directory()
        .context("a directory")?
        .join("model_1.db");
    let beside = ["", "-wal"].map(|suffix| format!("{}{suffix}", model.display()));
    let found = |marker: &&&str| beside.iter().any(|file| holds(Path::new(file), marker));
    let control = MARKERS.iter().filter(found).count();
    assert_eq!(control, MARKERS.len(), "the model holds what was recorded");
    assert_clean(&embedded);
    let mut keys = vec![embedded.ours.ana.client.key.clone()];
    embedded.end().await?;

    let on_servers = World::on_servers().await?;
    live_a_little(&on_servers).await?;
    assert_clean(&on_servers);
    keys.push(on_servers.theirs.admin.key.clone());
    on_servers.end().await?;

    let said = captured.0.lock().unwrap_or_else(PoisonError::into_inner);
    let said = String::from_utf8_lossy(&said);
    assert!(said.contains("listening"), "something was captured");
    for marker in MARKERS {
        let line = said.lines().find(|line| contains(line.as_bytes(), marker));
        assert!(line.is_none(), "{marker} was logged: {line:?}");
    }
    for key in keys {
        let secret = key.rsplit('_').next().context("a secret")?;
        assert!(!said.contains(secret), "a key was logged");
    }
    Ok(())
}

/// Says each marker to Kith once, in the field where its like belongs.
async fn live_a_little(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let at = world.ago(HOUR);
    let meeting = moment(InteractionKind::Meeting, at, &[ADDRESS]);
    let mut meeting = personal(named(meeting, "Zqxname Zero"), "Zqxnote", "Zqxsubject");
    "Zqxchannel".clone_into(&mut meeting.channel);
    let position = ana.record(meeting).await?.position;
    let eva = ana.id_of(ADDRESS, &position).await?;
    let known = Person {
        name: "Somebody".to_owned(),
        addresses: vec!["zqxaddress.two@y.org".to_owned()],
        company: "Zqxcompany".to_owned(),
        affiliations: vec![Affiliation {
            company: "Zqxworkplace".to_owned(),
            title: "Zqxtitle".to_owned(),
            ..Affiliation::default()
        }],
        tags: vec!["Zqxtag".to_owned()],
        ..Person::default()
    };
    world.ours.person(known).await?;
    let request = AddFactRequest {
        request_id: request_id(),
        person_id: eva.clone(),
        fact: Some(Fact {
            kind: FactKind::LifeEvent.into(),
            text: "Zqxfact".to_owned(),
            source: "Zqxsource".to_owned(),
            ..Fact::default()
        }),
        min_position: String::new(),
    };
    ana.client.directory().add_fact(request).await?;
    let request = CreateApiKeyRequest {
        request_id: request_id(),
        role: Role::Analyst.into(),
        label: "Zqxlabel".to_owned(),
        ..CreateApiKeyRequest::default()
    };
    world.ours.admin.admin().create_api_key(request).await?;
    let request = SetSharingRequest {
        request_id: request_id(),
        target: Some(Target::Domain("zqxdomain.org".to_owned())),
        level: SharingLevel::Private.into(),
        min_position: String::new(),
    };
    ana.client.relationship().set_sharing(request).await?;
    let request = CreateFollowUpRequest {
        request_id: request_id(),
        person_id: eva,
        mine: true,
        text: "Zqxpromise".to_owned(),
        due_at: world.ahead(DAY),
        min_position: String::new(),
    };
    let promised = ana.client.followup().create_follow_up(request).await?;
    let after = promised.into_inner().position;
    assert_eq!(ana.follow_ups(FollowUpStatus::Open, &after).await?.len(), 1);
    world.pass(2 * DAY);
    // Refusals may quote nothing either, in answers or in what is logged.
    let wrong = moment(InteractionKind::Call, at, &["zqxaddress"]);
    let request = RecordInteractionRequest {
        request_id: request_id(),
        interaction: Some(personal(wrong, "Zqxnote", "Zqxsubject\u{7}")),
        ..RecordInteractionRequest::default()
    };
    refused(ana.client.interaction().record_interaction(request).await)?;
    let nobody = GetPersonRequest {
        person: "zqxaddress.nobody@y.org".to_owned(),
        min_position: String::new(),
    };
    refused(ana.client.directory().get_person(nobody).await)?;
    // What fell due was said in the log too.
    eventually(PATIENCE, async || {
        let open = ana.follow_ups(FollowUpStatus::Open, "").await;
        open.is_ok_and(|open| open.iter().any(|f| f.text == "Zqxpromise"))
    })
    .await?;
    Ok(())
}

fn assert_clean(world: &World) {
    let mut files = 0;
    for root in world.log_files() {
        files += assert_clean_under(&root);
    }
    assert!(files >= 2, "only {files} files were looked at");
}

/// Answers how many files were looked at.
fn assert_clean_under(path: &Path) -> usize {
    if let Ok(entries) = std::fs::read_dir(path) {
        let paths = entries.filter_map(Result::ok).map(|entry| entry.path());
        return paths.map(|path| assert_clean_under(&path)).sum();
    }
    for marker in MARKERS {
        assert!(!holds(path, marker), "{marker} is in {}", path.display());
    }
    usize::from(path.is_file())
}

fn holds(file: &Path, marker: &str) -> bool {
    std::fs::read(file).is_ok_and(|bytes| contains(&bytes, marker))
}

/// Without regard to case, as names are folded before they are searched for.
fn contains(bytes: &[u8], marker: &str) -> bool {
    bytes
        .windows(marker.len())
        .any(|window| window.eq_ignore_ascii_case(marker.as_bytes()))
}
