//! One person, one row: entries that mean one person are merged by whoever knows them, and unmerged.

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use kith_domain::time::DAY;
use kith_proto::kith::directory::v1::{
    Duplicate, DuplicateReason, ListDuplicatesRequest, ListEntriesRequest,
    ListPersonChangesRequest, ListPersonsRequest, MergePersonsRequest, MergePersonsResponse,
    Person, UnmergePersonRequest, UnmergePersonResponse, UpdatePersonRequest, person_change,
};
use kith_proto::kith::event::v1::{Care, InteractionKind};
use kith_proto::kith::relationship::v1::{SetCareRequest, Tie};
use kith_testkit::tools::seeds;
use kith_tests::world::{BO, Member, World, keyed, moment, refused, request_id};
use tonic::{Code, Status};

on_both_engines! {
    somebody_with_two_entries_is_one_person_with_one_tie
    of_racing_merges_one_wins_and_the_other_is_told_why
    who_merges_whom_is_checked
    a_word_leaves_alone_what_was_said_of_the_other_entry
    what_another_entry_says_is_changed_there
    duplicates_are_proposed_with_reasons_from_the_own_directory
}

const WORK: &str = "eva@y.org";
const HOME: &str = "eva@home.org";

fn entry(name: &str, address: &str) -> Person {
    Person {
        name: name.to_owned(),
        addresses: vec![address.to_owned()],
        ..Person::default()
    }
}

async fn merge(member: &Member, kept: &str, other: &str) -> Result<MergePersonsResponse, Status> {
    let request = MergePersonsRequest {
        request_id: request_id(),
        kept: kept.to_owned(),
        duplicate: other.to_owned(),
        min_position: String::new(),
    };
    let answer = member.client.directory().merge_persons(request).await;
    Ok(answer?.into_inner())
}

async fn unmerge(member: &Member, entry: &str) -> Result<UnmergePersonResponse, Status> {
    let request = UnmergePersonRequest {
        request_id: request_id(),
        entry: entry.to_owned(),
        min_position: String::new(),
    };
    let answer = member.client.directory().unmerge_person(request).await;
    Ok(answer?.into_inner())
}

async fn entries(member: &Member, person: &str) -> Result<Vec<Person>> {
    let request = ListEntriesRequest {
        person: person.to_owned(),
        min_position: String::new(),
    };
    let answer = member.client.directory().list_entries(request).await?;
    Ok(answer.into_inner().entries)
}

async fn duplicates(member: &Member, after: &str) -> Result<Vec<Duplicate>> {
    let request = ListDuplicatesRequest {
        min_position: after.to_owned(),
        ..ListDuplicatesRequest::default()
    };
    let answer = member.client.directory().list_duplicates(request).await?;
    Ok(answer.into_inner().duplicates)
}

async fn somebody_with_two_entries_is_one_person_with_one_tie(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let call = |days: i64, address: &str| {
        let call = moment(InteractionKind::Call, world.ago(days * DAY), &[address]);
        keyed(call, days.to_string())
    };
    let moments = vec![call(30, WORK), call(20, WORK), call(10, HOME)];
    let after = ana.record_all(moments).await?.position;
    let (work, home) = (
        ana.id_of(WORK, &after).await?,
        ana.id_of(HOME, &after).await?,
    );
    let before = [ana.tie(WORK, "").await?.0, ana.tie(HOME, "").await?.0];
    assert_eq!((before[0].outgoing, before[1].outgoing), (2, 1));

    let merged = merge(ana, WORK, HOME).await?;
    assert_eq!(merged.entry_id, home);
    let person = merged.person.context("a person")?;
    assert_eq!(person.person_id, work);
    assert_eq!(person.addresses, [WORK, HOME]);
    for reference in [WORK, HOME, &work, &home] {
        let (tie, _) = ana.tie(reference, "").await?;
        assert_eq!((tie.person_id.as_str(), tie.outgoing), (work.as_str(), 3));
    }
    let listed = ana
        .client
        .directory()
        .list_persons(ListPersonsRequest::default())
        .await?;
    let listed = listed.into_inner().persons;
    assert_eq!(listed.iter().filter(|p| p.person_id == home).count(), 0);

    // By whichever entry they are named from then on.
    let after = ana.record(call(5, HOME)).await?.position;
    let (tie, _) = ana.tie(WORK, &after).await?;
    assert_eq!(tie.outgoing, 4);
    let timeline = ana.interactions(&after).await?;
    let others: BTreeSet<&str> = timeline
        .iter()
        .flat_map(|interaction| &interaction.participants)
        .map(|participant| participant.person_id.as_str())
        .filter(|id| *id != ana.id)
        .collect();
    assert_eq!(others, BTreeSet::from([work.as_str()]));

    let shown = entries(ana, HOME).await?;
    let ids: Vec<&str> = shown.iter().map(|entry| entry.person_id.as_str()).collect();
    assert_eq!(ids, [&work, &home]);
    assert_eq!(shown[1].addresses, [HOME]);
    let request = ListPersonChangesRequest {
        person: work.clone(),
        min_position: String::new(),
    };
    let changes = ana
        .client
        .directory()
        .list_person_changes(request)
        .await?
        .into_inner();
    let latest = changes.changes.first().context("a change")?;
    assert_eq!(
        latest.what,
        Some(person_change::What::MergedEntryId(home.clone()))
    );
    assert_eq!(latest.member_id, ana.id);

    let unmerged = unmerge(ana, HOME).await?;
    assert_eq!(unmerged.person.context("a person")?.person_id, home);
    assert_eq!(ana.tie(WORK, "").await?.0.outgoing, 2);
    assert_eq!(
        ana.tie(HOME, "").await?.0.outgoing,
        2,
        "and what came meanwhile"
    );
    Ok(())
}

/// The bar asks for a thousand rounds: `KITH_SEEDS=1000`.
async fn of_racing_merges_one_wins_and_the_other_is_told_why(world: &World) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    for round in 0..seeds(12) {
        let names = ["a", "b"].map(|name| format!("{name}{round}@race.org"));
        for name in &names {
            world.ours.person(entry("", name)).await?;
        }
        let [one, other] = [&names[0], &names[1]];
        let (first, second) = tokio::join!(merge(ana, one, other), merge(bo, other, one));
        let (won, lost, kept) = match (first, second) {
            (Ok(won), Err(lost)) => (won, lost, one),
            (Err(lost), Ok(won)) => (won, lost, other),
            both => anyhow::bail!("round {round}: one of two wins: {both:?}"),
        };
        let person = won.person.context("a person")?;
        assert_eq!(person.addresses.first(), Some(kept), "round {round}");
        ensure!(
            lost.message().contains("one person already"),
            "round {round}: {lost:?}"
        );
        let refusal = refused(Err::<(), _>(lost))?;
        assert_eq!(refusal.reason, "STATE", "round {round}");
        // Nobody is lost in a circle.
        for name in &names {
            assert_eq!(ana.id_of(name, &won.position).await?, person.person_id);
        }
    }
    Ok(())
}

async fn who_merges_whom_is_checked(world: &World) -> Result<()> {
    let (ana, theirs) = (&world.ours.ana, &world.theirs.ana);
    world.ours.person(entry("Eva Berg", WORK)).await?;
    world.ours.person(entry("Eva Berg", HOME)).await?;
    let refusal = refused(merge(ana, WORK, BO.1).await)?;
    assert_eq!(
        (refusal.code, refusal.reason.as_str()),
        (Code::FailedPrecondition, "STATE")
    );
    let refusal = refused(merge(ana, WORK, WORK).await)?;
    assert_eq!(refusal.reason, "STATE");
    let refusal = refused(merge(ana, WORK, "nobody@y.org").await)?;
    assert_eq!(refusal.code, Code::NotFound);
    let refusal = refused(merge(theirs, WORK, HOME).await)?;
    assert_eq!(refusal.code, Code::NotFound, "an organisation of others");
    let refusal = refused(merge(ana, "", HOME).await)?;
    assert_eq!(refusal.fields, ["kept"]);
    let refusal = refused(unmerge(ana, HOME).await)?;
    assert_eq!(refusal.reason, "STATE", "it was not merged");

    // A member's entry is one that is kept.
    let merged = merge(ana, BO.1, WORK).await?.person.context("a person")?;
    assert!(merged.is_member);
    let refusal = refused(merge(ana, HOME, WORK).await)?;
    assert_eq!(refusal.reason, "STATE", "Bo's by now");
    // Whoever is named by what they have in common means the one that was merged.
    unmerge(ana, BO.1).await?;
    merge(ana, WORK, HOME).await?;
    merge(ana, BO.1, WORK).await?;
    let refusal = refused(unmerge(ana, BO.1).await)?;
    assert_eq!(refusal.fields, ["entry"], "two were merged");
    let person = unmerge(ana, WORK).await?.person.context("a person")?;
    assert_eq!(
        person.addresses,
        [WORK, HOME],
        "what was merged before stays"
    );

    // Sent again, the request is the same one.
    let request = MergePersonsRequest {
        request_id: request_id(),
        kept: BO.1.to_owned(),
        duplicate: WORK.to_owned(),
        min_position: String::new(),
    };
    let mut directory = ana.client.directory();
    let first = directory.merge_persons(request.clone()).await?.into_inner();
    let again = directory.merge_persons(request).await?.into_inner();
    assert_eq!(
        (again.entry_id, again.person),
        (first.entry_id, first.person)
    );
    Ok(())
}

async fn a_word_leaves_alone_what_was_said_of_the_other_entry(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let call = |address: &str| {
        let call = moment(InteractionKind::Call, world.ago(DAY), &[address]);
        keyed(call, address)
    };
    let after = ana.record_all(vec![call(WORK), call(HOME)]).await?.position;
    let care = async |address: &str, word: Care, important: Option<bool>| -> Result<Tie> {
        let request = SetCareRequest {
            request_id: request_id(),
            person_id: ana.id_of(address, &after).await?,
            care: word.into(),
            important,
            min_position: after.clone(),
        };
        let answer = ana.client.relationship().set_care(request).await?;
        let (tie, _) = ana.tie(address, &answer.into_inner().position).await?;
        Ok(tie)
    };
    care(HOME, Care::Tend, Some(true)).await?;
    merge(ana, WORK, HOME).await?;
    let tie = ana.tie(WORK, "").await?.0;
    assert_eq!((tie.care(), tie.important), (Care::Tend, true));
    let tie = care(WORK, Care::Quiet, None).await?;
    assert_eq!((tie.care(), tie.important), (Care::Quiet, true));
    let tie = care(WORK, Care::Unspecified, Some(false)).await?;
    assert_eq!((tie.care(), tie.important), (Care::Quiet, false));
    unmerge(ana, HOME).await?;
    let tie = ana.tie(HOME, "").await?.0;
    assert_eq!((tie.care(), tie.important), (Care::Tend, true));
    Ok(())
}

async fn what_another_entry_says_is_changed_there(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let work = world.ours.person(entry("", WORK)).await?.person_id;
    let home = Person {
        company: "Harbour".to_owned(),
        ..entry("Eva Berg", HOME)
    };
    let home = world.ours.person(home).await?.person_id;
    let merged = merge(ana, &work, &home).await?.person.context("a person")?;
    assert_eq!(
        (merged.name.as_str(), merged.company.as_str()),
        ("Eva Berg", "Harbour")
    );
    let update = async |id: &str, addresses: &[&str], mask: &[&str]| {
        let request = UpdatePersonRequest {
            request_id: request_id(),
            person: Some(Person {
                person_id: id.to_owned(),
                addresses: addresses
                    .iter()
                    .map(|&address| address.to_owned())
                    .collect(),
                ..Person::default()
            }),
            update_mask: Some(prost_types::FieldMask {
                paths: mask.iter().map(|&path| path.to_owned()).collect(),
            }),
            ..UpdatePersonRequest::default()
        };
        let answer = ana.client.directory().update_person(request).await;
        Ok::<_, Status>(answer?.into_inner().person.unwrap_or_default())
    };
    // All of them, and one more: the other entry's stay there.
    let sea = "eva@sea.org";
    let person = update(&work, &[WORK, HOME, sea], &["addresses"]).await?;
    assert_eq!(person.addresses, [WORK, sea, HOME]);
    let refusal = refused(update(&work, &[WORK], &["addresses", "company"]).await)?;
    assert_eq!(refusal.fields, ["person.company", "person.addresses"]);
    let person = update(&home, &["eva@house.org"], &["addresses", "company"]).await?;
    assert_eq!(person.addresses, [WORK, sea, "eva@house.org"]);
    assert_eq!(person.company, "");
    unmerge(ana, &home).await?;
    let shown = entries(ana, &work).await?;
    assert_eq!(shown[0].addresses, [WORK, sea]);
    assert_eq!(shown[0].name, "");
    Ok(())
}

async fn duplicates_are_proposed_with_reasons_from_the_own_directory(world: &World) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let one = world.ours.person(entry("Eva Berg", WORK)).await?.person_id;
    world.pass(1_000);
    let other = world.ours.person(entry("BERG, Eva", HOME)).await?.person_id;
    // Whom only Bo met, and keeps to himself.
    let mut call = moment(InteractionKind::Call, world.ago(DAY), &["e.berg@y.org"]);
    "E. Berg".clone_into(&mut call.participants[0].name);
    let after = bo.record(call).await?.position;
    let own = bo.id_of("e.berg@y.org", &after).await?;
    let pairs = |found: &[Duplicate]| -> Vec<(String, String)> {
        let id = |person: &Option<Person>| person.as_ref().map(|p| p.person_id.clone());
        let pair = |pair: &Duplicate| id(&pair.kept).zip(id(&pair.duplicate));
        found.iter().filter_map(pair).collect()
    };
    let of_bo = duplicates(bo, &after).await?;
    assert_eq!(
        pairs(&of_bo),
        [(one.clone(), own), (one.clone(), other.clone())]
    );
    let reasons: Vec<DuplicateReason> = of_bo[0].reasons().collect();
    assert_eq!(
        reasons,
        [DuplicateReason::SimilarName, DuplicateReason::SameDomain]
    );
    let reasons: Vec<DuplicateReason> = of_bo[1].reasons().collect();
    assert_eq!(reasons, [DuplicateReason::SameName]);

    let merged = merge(ana, &one, &other).await?;
    let left = duplicates(ana, &merged.position).await?;
    assert!(pairs(&left).iter().all(|pair| pair.1 != other), "{left:?}");
    Ok(())
}
