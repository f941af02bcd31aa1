//! Who was erased is gone: from the log, the read models, the vault, what is said, and a later backup;
//! every figure of others stays, and nothing brings them back.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use kith_domain::time::{DAY, HOUR};
use kith_proto::kith::admin::v1::verify_read_models_response::Verdict;
use kith_proto::kith::admin::v1::{
    CreateMemberRequest, EraseOrganisationRequest, GetServerInfoRequest, RebuildReadModelsRequest,
    VerifyReadModelsRequest,
};
use kith_proto::kith::directory::v1::{
    AddFactRequest, Affiliation, CreatePersonRequest, ErasePersonRequest, ErasePersonResponse,
    Fact, GetPersonRequest, ListPersonsRequest, MergePersonsRequest, Person, UpdatePersonRequest,
};
use kith_proto::kith::event::v1::{FactKind, InteractionKind};
use kith_proto::kith::followup::v1::{CreateFollowUpRequest, FollowUpStatus};
use kith_proto::kith::relationship::v1::{ListTiesRequest, Tie};
use kith_proto::words;
use kith_tests::world::{ANA, EVA, Member, World, keyed, moment, personal, refused, request_id};
use tonic::{Code, Status};

/// What is written of Zed, each thing once: nobody else writes anything like it.
#[derive(Default)]
struct Planted(Vec<String>);

impl Planted {
    fn plant(&mut self, what: &str) -> String {
        let word = format!("zqx{:02}{what}", self.0.len());
        self.0.push(word.clone());
        word
    }
}

const OLD: &str = "zqzed@old.example";
const NEW: &str = "zqzed@new.example";
const HOME: &str = "zqzed@home.example";

fn job(planted: &mut Planted) -> Affiliation {
    Affiliation {
        company: planted.plant("workplace"),
        title: planted.plant("job"),
        since: "2019-03".to_owned(),
        until: String::new(),
    }
}

/// Everything that can be known of somebody, said by two members. Answers who it is, and where in the log
/// the last of it is.
async fn live(world: &World, planted: &mut Planted) -> Result<(String, String)> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let mut zed = Person {
        name: planted.plant("name"),
        addresses: vec![
            OLD.to_owned(),
            format!("{}@old.example", planted.plant("second")),
        ],
        external_key: planted.plant("key"),
        company: planted.plant("company"),
        title: planted.plant("title"),
        affiliations: vec![job(planted), job(planted)],
        tags: vec![planted.plant("tag"), planted.plant("tag")],
        ..Person::default()
    };
    zed = world.ours.person(zed).await?;
    let mut position = String::new();
    for _ in 0..3 {
        let request = UpdatePersonRequest {
            request_id: request_id(),
            person: Some(Person {
                person_id: zed.person_id.clone(),
                name: planted.plant("name"),
                addresses: vec![
                    NEW.to_owned(),
                    format!("{}@new.example", planted.plant("more")),
                ],
                company: planted.plant("company"),
                title: planted.plant("title"),
                affiliations: vec![job(planted)],
                tags: vec![planted.plant("tag")],
                ..Person::default()
            }),
            ..UpdatePersonRequest::default()
        };
        let answer = ana.client.directory().update_person(request).await?;
        position = answer.into_inner().position;
    }
    position = there_twice(world, planted, &zed.person_id, position).await?;
    for (number, member) in [ana, bo, ana, bo].into_iter().enumerate() {
        let request = AddFactRequest {
            request_id: request_id(),
            person_id: zed.person_id.clone(),
            fact: Some(Fact {
                kind: FactKind::Need.into(),
                text: planted.plant("fact"),
                source: planted.plant("source"),
                private: number > 1,
                ..Fact::default()
            }),
            min_position: position.clone(),
        };
        member.client.directory().add_fact(request).await?;
        let with_others = [NEW, EVA];
        let people = if number == 0 {
            &with_others[..1]
        } else {
            &with_others
        };
        let call = moment(
            InteractionKind::Call,
            world.ago((number as i64 + 1) * DAY),
            people,
        );
        let mut call = personal(call, &planted.plant("note"), &planted.plant("subject"));
        call.channel = planted.plant("channel");
        position = member.record(call).await?.position;
        let request = CreateFollowUpRequest {
            request_id: request_id(),
            person_id: zed.person_id.clone(),
            mine: true,
            text: planted.plant("promise"),
            due_at: world.ahead(DAY),
            min_position: position.clone(),
        };
        let promised = member.client.followup().create_follow_up(request).await?;
        position = promised.into_inner().position;
    }
    Ok((zed.person_id, position))
}

/// There twice, and one person since.
async fn there_twice(
    world: &World,
    planted: &mut Planted,
    zed: &str,
    position: String,
) -> Result<String> {
    let home = Person {
        name: planted.plant("home"),
        addresses: vec![
            HOME.to_owned(),
            format!("{}@home.example", planted.plant("third")),
        ],
        external_key: planted.plant("homekey"),
        tags: vec![planted.plant("tag")],
        ..Person::default()
    };
    let home = world.ours.person(home).await?;
    let request = MergePersonsRequest {
        request_id: request_id(),
        kept: zed.to_owned(),
        duplicate: home.person_id,
        min_position: position,
    };
    let answer = world
        .ours
        .ana
        .client
        .directory()
        .merge_persons(request)
        .await?;
    Ok(answer.into_inner().position)
}

async fn erase(world: &World, whom: &str, after: &str) -> Result<ErasePersonResponse, Status> {
    let request = ErasePersonRequest {
        request_id: request_id(),
        person: whom.to_owned(),
        min_position: after.to_owned(),
    };
    let answer = world.ours.admin.directory().erase_person(request).await?;
    Ok(answer.into_inner())
}

async fn ties(member: &Member, after: &str) -> Result<Vec<Tie>> {
    let request = ListTiesRequest {
        min_position: after.to_owned(),
        ..ListTiesRequest::default()
    };
    let answer = member.client.relationship().list_ties(request).await?;
    Ok(answer.into_inner().ties)
}

/// Where the words of somebody are still found.
async fn traces(world: &World, planted: &Planted, backup: &Path) -> Result<Vec<String>> {
    let mut traces = Vec::new();
    let mut files = Vec::new();
    let mut folders: Vec<PathBuf> = world.log_files();
    folders.extend(world.directory().map(Path::to_path_buf));
    folders.push(backup.to_owned());
    while let Some(path) = folders.pop() {
        match std::fs::read_dir(&path) {
            Ok(entries) => folders.extend(entries.filter_map(Result::ok).map(|e| e.path())),
            Err(_) => files.push(path),
        }
    }
    assert!(files.len() > 2, "{files:?}");
    for file in files {
        let bytes = std::fs::read(&file)
            .unwrap_or_default()
            .to_ascii_lowercase();
        for word in &planted.0 {
            if bytes
                .windows(word.len())
                .any(|window| window == word.as_bytes())
            {
                traces.push(format!("{word} in {}", file.display()));
            }
        }
    }
    if world.directory().is_none() {
        for row in world.rows().await? {
            let row = row.to_lowercase();
            let found = planted.0.iter().filter(|word| row.contains(word.as_str()));
            traces.extend(found.map(|word| format!("{word} in {row}")));
        }
    }
    Ok(traces)
}

/// Copies what a backup would hold.
fn back_up(world: &World, to: &Path) -> Result<()> {
    for from in world
        .directory()
        .map(std::fs::read_dir)
        .transpose()?
        .into_iter()
        .flatten()
    {
        let from = from?.path();
        let name = from.file_name().context("a name")?;
        if from.is_file() {
            std::fs::copy(&from, to.join(name))?;
        }
    }
    Ok(())
}

/// An organisation leaves as little behind as a person.
async fn an_erased_organisation_is_gone(world: &World) -> Result<()> {
    let mut planted = Planted::default();
    let (_, position) = live(world, &mut planted).await?;
    let empty = tempfile::tempdir()?;
    let before = traces(world, &planted, empty.path()).await?;
    let found = |word: &String| before.iter().any(|trace| trace.starts_with(word.as_str()));
    assert!(planted.0.iter().all(found) && planted.0.len() > 20);
    let mut admin = world.ours.admin.admin();
    let info = admin.get_server_info(GetServerInfoRequest {}).await?;
    let request = EraseOrganisationRequest {
        request_id: request_id(),
        name: info.into_inner().organisation_name,
    };
    world.ours.ana.interactions(&position).await?;
    admin.erase_organisation(request).await?;
    let backup = tempfile::tempdir()?;
    back_up(world, backup.path())?;
    let left = traces(world, &planted, backup.path()).await?;
    assert!(left.is_empty(), "{left:#?}");
    verify(world).await
}

/// All that members are answered, as text.
async fn said(world: &World, after: &str) -> Result<String> {
    let mut said = String::new();
    for member in [&world.ours.ana, &world.ours.bo] {
        let people = ListPersonsRequest {
            min_position: after.to_owned(),
            ..ListPersonsRequest::default()
        };
        let people = member.client.directory().list_persons(people).await?;
        let statuses = [FollowUpStatus::Open, FollowUpStatus::Done];
        let mut follow_ups = Vec::new();
        for status in statuses {
            follow_ups.push(member.follow_ups(status, "").await?);
        }
        let (ties, timeline) = (ties(member, "").await?, member.interactions("").await?);
        said.push_str(&format!("{people:?} {follow_ups:?} {ties:?} {timeline:?}"));
    }
    Ok(said.to_lowercase())
}

async fn who_was_erased_is_gone(world: &World) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    // Somebody of the same address in another organisation is somebody else.
    let call = moment(InteractionKind::Call, world.ago(HOUR), &[NEW]);
    let theirs = world.theirs.ana.record(call).await?.position;
    let mut planted = Planted::default();
    let (zed, position) = live(world, &mut planted).await?;
    // The other address is somebody else's in the other organisation, and stays there.
    planted.0.extend([OLD.to_owned(), HOME.to_owned()]);
    while planted.0.len() < 50 {
        let fact = planted.plant("fact");
        let request = AddFactRequest {
            request_id: request_id(),
            person_id: zed.clone(),
            fact: Some(Fact {
                kind: FactKind::Offer.into(),
                text: fact,
                ..Fact::default()
            }),
            min_position: String::new(),
        };
        ana.client.directory().add_fact(request).await?;
    }
    let empty = tempfile::tempdir()?;
    let before = traces(world, &planted, empty.path()).await?;
    let found = |word: &String| before.iter().any(|trace| trace.starts_with(word.as_str()));
    let not_found: Vec<_> = planted.0.iter().filter(|word| !found(word)).collect();
    assert!(not_found.is_empty(), "not even before: {not_found:?}");
    let others = async |member: &Member, after: &str| -> Result<Vec<Tie>> {
        let mut ties = ties(member, after).await?;
        ties.retain(|tie| tie.person_id != zed);
        Ok(ties)
    };
    let of_others = (others(ana, &position).await?, others(bo, &position).await?);

    let denied = ErasePersonRequest {
        request_id: request_id(),
        person: zed.clone(),
        min_position: String::new(),
    };
    let denied = refused(ana.client.directory().erase_person(denied).await)?;
    assert_eq!(denied.reason, "ROLE_MISSING");
    let member = refused(erase(world, ANA.1, "").await)?;
    assert_eq!(member.reason, "STATE", "a member is not erased");
    assert_eq!(
        refused(erase(world, "nobody", "").await)?.code,
        Code::NotFound
    );

    let request = ErasePersonRequest {
        request_id: request_id(),
        person: NEW.to_owned(),
        min_position: position.clone(),
    };
    let mut admin = world.ours.admin.directory();
    let erased = admin.erase_person(request.clone()).await?.into_inner();
    assert!(erased.was_known);
    // Cut off and sent again, it means the same person, whom nobody knows by that any more.
    let again = admin.erase_person(request).await?.into_inner();
    assert_eq!((again.was_known, again.erased_at), (true, erased.erased_at));
    let (at, complete) = (erased.erased_at, erased.complete_at);
    let complete = complete
        .as_ref()
        .and_then(words::moment)
        .context("a date")?;
    assert_eq!(
        at.as_ref().and_then(words::moment),
        Some(complete.plus_micros(-30 * DAY))
    );
    let backup = tempfile::tempdir()?;
    back_up(world, backup.path())?;
    let left = traces(world, &planted, backup.path()).await?;
    assert!(left.is_empty(), "{left:#?}");
    let said = said(world, &erased.position).await?;
    let quoted: Vec<_> = planted
        .0
        .iter()
        .filter(|word| said.contains(word.as_str()))
        .collect();
    assert!(quoted.is_empty(), "{quoted:?} in {said}");
    let after = (others(ana, "").await?, others(bo, "").await?);
    assert_eq!(after, of_others, "the figures of others stay");
    let (_, there) = world.theirs.ana.tie(NEW, &theirs).await?;
    assert!(there.explanation.is_some(), "nobody there is concerned");
    verify(world).await?;
    // Read models that are made anew hold nothing of them either.
    let rebuild = RebuildReadModelsRequest {};
    world
        .operator
        .operations()
        .rebuild_read_models(rebuild)
        .await?;
    let left = traces(world, &planted, backup.path()).await?;
    assert!(left.is_empty(), "after a rebuild: {left:#?}");

    nothing_brings_them_back(world, &zed).await?;
    verify(world).await
}

async fn nothing_brings_them_back(world: &World, zed: &str) -> Result<()> {
    let ana = &world.ours.ana;
    let count = ties(ana, "").await?.len();
    let mut position = String::new();
    for (number, address) in [OLD, NEW, OLD, HOME].into_iter().enumerate() {
        let at = world.ago(number as i64 * HOUR + HOUR);
        let mail = moment(InteractionKind::Mail, at, &[address, EVA]);
        let mail = keyed(
            personal(mail, "zqxlate", "zqxlate"),
            format!("late {number}"),
        );
        position = ana.record(mail).await?.position;
    }
    for reference in [zed, OLD, NEW] {
        let request = GetPersonRequest {
            person: reference.to_owned(),
            min_position: position.clone(),
        };
        let answer = ana.client.directory().get_person(request).await;
        assert_eq!(refused(answer)?.code, Code::NotFound, "{reference}");
    }
    assert_eq!(ties(ana, &position).await?.len(), count);
    let late = ana.interactions(&position).await?;
    let words = |note: &str| late.iter().filter(|moment| moment.note == note).count();
    assert_eq!(
        words("zqxlate"),
        0,
        "what is written of them from now on is not kept"
    );
    for address in [OLD, NEW, HOME] {
        let person = Person {
            name: "Zed".to_owned(),
            // Behind one that nobody had.
            addresses: vec!["zq@nobody.example".to_owned(), address.to_owned()],
            ..Person::default()
        };
        let request = CreatePersonRequest {
            request_id: request_id(),
            person: Some(person),
            min_position: String::new(),
            ..CreatePersonRequest::default()
        };
        let answer = ana.client.directory().create_person(request).await;
        assert_eq!(refused(answer)?.reason, "ERASED", "{address}");
        let request = CreateMemberRequest {
            request_id: request_id(),
            address: address.to_owned(),
            ..CreateMemberRequest::default()
        };
        let answer = world.ours.admin.admin().create_member(request).await;
        assert_eq!(refused(answer)?.reason, "ERASED", "{address}");
    }
    let request = UpdatePersonRequest {
        request_id: request_id(),
        person: Some(Person {
            person_id: ana.id_of(EVA, "").await?,
            addresses: vec![EVA.to_owned(), NEW.to_owned()],
            ..Person::default()
        }),
        ..UpdatePersonRequest::default()
    };
    let answer = ana.client.directory().update_person(request).await;
    assert_eq!(refused(answer)?.reason, "ERASED");
    let nobody = erase(world, "zqnobody@x.example", "").await?;
    assert!(!nobody.was_known);
    // Once more, by whatever name: nothing is left to do, and it is said so all the same.
    for whom in [zed, OLD, NEW, HOME] {
        erase(world, whom, "").await?;
    }
    Ok(())
}

async fn verify(world: &World) -> Result<()> {
    let mut operations = world.operator.operations();
    let answer = operations
        .verify_read_models(VerifyReadModelsRequest {})
        .await?;
    match answer.into_inner().verdict.context("a verdict")? {
        Verdict::Equal(_) => Ok(()),
        Verdict::Differs(row) => anyhow::bail!("{row:?}"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_erased_is_gone_from_files() -> Result<()> {
    let world = World::embedded().await?;
    who_was_erased_is_gone(&world).await?;
    world.end().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_was_erased_is_gone_from_servers() -> Result<()> {
    let world = World::on_servers().await?;
    who_was_erased_is_gone(&world).await?;
    world.end().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erased_organisation_is_gone_from_files() -> Result<()> {
    let world = World::embedded().await?;
    an_erased_organisation_is_gone(&world).await?;
    world.end().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_erased_organisation_is_gone_from_servers() -> Result<()> {
    let world = World::on_servers().await?;
    an_erased_organisation_is_gone(&world).await?;
    world.end().await
}
