//! In the talk, and after it: be flexible, act.

use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use kith_domain::time::{DAY, HOUR};
use kith_proto::kith::directory::v1::{GetPersonRequest, Person};
use kith_proto::kith::event::v1::{FactKind, FollowUpReason, InteractionKind};
use kith_proto::kith::followup::v1::FollowUpStatus;
use kith_proto::kith::gathering::v1::record_encounter_request::Who;
use kith_proto::kith::gathering::v1::{
    PromiseInput, RecordEncounterRequest, RecordEncounterResponse, SetGoingRequest,
};
use kith_proto::kith::history::v1::{ListOwnChangesRequest, UndoChangeRequest};
use kith_testkit::eventually;
use kith_tests::world::PATIENCE;
use kith_tests::world::{ANA, EVA, Member, World, moment, named, refused, request_id};
use tonic::Status;

use crate::gatherings::asked::{add, attendee, planned, spring};

on_both_engines! {
    be_flexible_a_surprising_answer_is_captured_in_one_call
    act_what_was_said_is_followed_up
    who_is_meant_is_asked_and_never_guessed
    a_talk_that_is_told_twice_is_recorded_once
    a_talk_that_makes_no_sense_is_refused
}

fn told(named: &str, sentence: &str) -> RecordEncounterRequest {
    RecordEncounterRequest {
        request_id: request_id(),
        who: Some(Who::Named(named.to_owned())),
        sentence: sentence.to_owned(),
        ..RecordEncounterRequest::default()
    }
}

async fn met(
    member: &Member,
    request: RecordEncounterRequest,
) -> Result<RecordEncounterResponse, Status> {
    Ok(member
        .client
        .encounter()
        .record_encounter(request)
        .await?
        .into_inner())
}

async fn be_flexible_a_surprising_answer_is_captured_in_one_call(world: &World) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let (gathering, _) = planned(ana, spring(world, -HOUR)).await?;
    let going = SetGoingRequest {
        request_id: request_id(),
        gathering_id: gathering.gathering_id.clone(),
        going: true,
        ..SetGoingRequest::default()
    };
    ana.client.gathering().set_going(going).await?;
    let position = add(
        ana,
        &gathering.gathering_id,
        vec![attendee("Kim Park", "Windfarm", EVA)],
    )
    .await?
    .position;
    let request = RecordEncounterRequest {
        min_position: position,
        ..told(
            "Kim Park, Windfarm",
            "runs a wind farm near Porto; promised the grid paper by friday",
        )
    };
    let answer = met(ana, request).await?;
    assert!(answer.is_new && answer.candidates.is_empty(), "{answer:?}");
    assert_eq!(
        (answer.name.as_str(), answer.gathering_id.as_str()),
        ("Kim Park", gathering.gathering_id.as_str())
    );
    let facts: Vec<_> = answer
        .facts
        .iter()
        .map(|fact| (fact.kind(), fact.text.as_str()))
        .collect();
    assert_eq!(
        facts,
        [(FactKind::Expertise, "Runs a wind farm near Porto.")]
    );
    assert_eq!(answer.facts[0].source, "Spring meeting");
    let promise = answer.promises.first().context("a promise")?;
    assert_eq!(
        (promise.text.as_str(), promise.mine),
        ("the grid paper", true)
    );
    assert_eq!(answer.questions.len(), 2);
    assert!(
        answer.questions[0].question_id.starts_with("energy."),
        "{:?}",
        answer.questions
    );
    // The address of the list is hers: whoever writes to it later writes to her.
    assert_eq!(ana.id_of(EVA, &answer.position).await?, answer.person_id);
    let timeline = ana.interactions(&answer.position).await?;
    assert_eq!(timeline.len(), 1);
    assert_eq!(timeline[0].kind(), InteractionKind::Encounter);
    assert_eq!(timeline[0].subject, "Spring meeting");
    let seen = bo.id_of(EVA, &answer.position).await?;
    assert_eq!(
        seen, answer.person_id,
        "colleagues see that somebody is there"
    );

    // Nobody waits in the middle of a talk: the median of ten, in a debug build beside other tests.
    let mut took: Vec<Duration> = Vec::new();
    for number in 0..10 {
        #[expect(
            clippy::disallowed_methods,
            reason = "it is measured how long an answer takes"
        )]
        let begun = Instant::now();
        let request = RecordEncounterRequest {
            who: Some(Who::PersonId(answer.person_id.clone())),
            ..told("", &format!("likes tide mill number {number}"))
        };
        met(ana, request).await?;
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    assert!(took[5] < Duration::from_millis(300), "{took:?}");
    Ok(())
}

async fn act_what_was_said_is_followed_up(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let answer = met(
        ana,
        told("Kim Park", "needs a hall; she promised to call in two days"),
    )
    .await?;
    let open = ana
        .follow_ups(FollowUpStatus::Open, &answer.position)
        .await?;
    assert_eq!(open.len(), 1);
    assert_eq!((open[0].text.as_str(), open[0].mine), ("call", false));
    // The ladder: a second contact within 48 hours.
    world.pass(2 * DAY);
    eventually(PATIENCE, async || {
        let open = ana
            .follow_ups(FollowUpStatus::Open, "")
            .await
            .unwrap_or_default();
        open.iter()
            .any(|one| one.reason() == FollowUpReason::Ladder)
    })
    .await?;
    // Wrongly understood: one change takes everything back.
    let changes = ana
        .client
        .history()
        .list_own_changes(ListOwnChangesRequest::default())
        .await?;
    let changes = changes.into_inner().changes;
    assert_eq!((changes.len(), changes[0].name.as_str()), (1, "Kim Park"));
    let undo = UndoChangeRequest {
        request_id: request_id(),
        change_id: changes[0].change_id.clone(),
        min_position: String::new(),
    };
    let undone = ana
        .client
        .history()
        .undo_change(undo.clone())
        .await?
        .into_inner();
    let again = ana.client.history().undo_change(undo).await?.into_inner();
    assert!(!again.position.is_empty());
    assert!(ana.interactions(&undone.position).await?.is_empty());
    assert!(
        ana.follow_ups(FollowUpStatus::Open, &undone.position)
            .await?
            .is_empty()
    );
    let gone = GetPersonRequest {
        person: answer.person_id,
        min_position: undone.position,
    };
    let gone = ana.client.directory().get_person(gone).await;
    assert_eq!(refused(gone)?.reason, "NOT_FOUND", "nobody met them");
    let left = ana
        .client
        .history()
        .list_own_changes(ListOwnChangesRequest::default())
        .await?;
    assert!(left.into_inner().changes.is_empty());
    Ok(())
}

async fn who_is_meant_is_asked_and_never_guessed(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let person = async |name: &str, company: &str, address: &str| -> Result<String> {
        let person = Person {
            name: name.to_owned(),
            company: company.to_owned(),
            addresses: vec![address.to_owned()],
            ..Person::default()
        };
        Ok(world.ours.person(person).await?.person_id)
    };
    let one = person("Ana Kowalski", "Windfarm", "ak@w.example").await?;
    let other = person("Ana Kowalski", "Gridworks", "ak@g.example").await?;
    let asked = met(ana, told("Ana Kowalski", "likes tides")).await?;
    let mut candidates: Vec<_> = asked
        .candidates
        .iter()
        .map(|one| one.person_id.clone())
        .collect();
    candidates.sort_unstable();
    let mut both = vec![one.clone(), other];
    both.sort_unstable();
    assert_eq!(candidates, both);
    assert!(asked.interaction_id.is_empty() && asked.position.is_empty());
    world.settled().await?;
    assert!(
        ana.interactions("").await?.is_empty(),
        "nothing was recorded"
    );
    let half = met(ana, told("Kowalski", "likes tides")).await?;
    assert_eq!(half.candidates.len(), 2, "half a name is asked too");
    let badge = met(ana, told("Ana Kowalski, Windfarm", "likes tides")).await?;
    assert_eq!(
        (badge.person_id.as_str(), badge.is_new),
        (one.as_str(), false)
    );
    let by_address = met(ana, told("AK@w.example", "")).await?;
    assert_eq!(by_address.person_id, one);
    let mine = met(ana, told(ANA.1, "x")).await;
    assert_eq!(refused(mine)?.fields, ["named"]);
    Ok(())
}

async fn a_talk_that_is_told_twice_is_recorded_once(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let request = told("Kim Park", "runs a wind farm; promised the paper by friday");
    let first = met(ana, request.clone()).await?;
    world.settled().await?;
    let again = met(ana, request.clone()).await?;
    assert_eq!(again.interaction_id, first.interaction_id);
    assert_eq!(again.person_id, first.person_id);
    let ids = |answer: &RecordEncounterResponse| -> Vec<String> {
        let facts = answer.facts.iter().map(|fact| fact.fact_id.clone());
        facts
            .chain(answer.promises.iter().map(|one| one.follow_up_id.clone()))
            .collect()
    };
    assert_eq!(ids(&again), ids(&first));
    assert_eq!(ana.interactions("").await?.len(), 1);
    let other = RecordEncounterRequest {
        sentence: "something else".to_owned(),
        ..request
    };
    assert_eq!(refused(met(ana, other).await)?.reason, "REQUEST_ID_REUSED");
    // A name that moments gave before is that person.
    let call = named(
        moment(InteractionKind::Call, world.ago(HOUR), &["mia@x.example"]),
        "Mia Lund",
    );
    let position = ana.record(call).await?.position;
    let mia = ana.id_of("mia@x.example", &position).await?;
    assert_eq!(met(ana, told("Mia Lund", "")).await?.person_id, mia);
    Ok(())
}

async fn a_talk_that_makes_no_sense_is_refused(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let wrong = RecordEncounterRequest {
        request_id: "x".to_owned(),
        who: None,
        gathering_id: "?".to_owned(),
        sentence: "x".repeat(1_001),
        promise: Some(PromiseInput::default()),
        at: world.ahead(3 * DAY),
        question_id: "no.such.question".to_owned(),
        ..RecordEncounterRequest::default()
    };
    let named = [
        "request_id",
        "at",
        "promise.text",
        "promise.due_at",
        "sentence",
        "question_id",
        "gathering_id",
        "named",
    ];
    let mut fields = refused(met(ana, wrong).await)?.fields;
    fields.sort_unstable();
    let mut expected = named.to_vec();
    expected.sort_unstable();
    assert_eq!(fields, expected);
    let nobody = RecordEncounterRequest {
        who: Some(Who::PersonId(world.ours.id.clone())),
        ..told("", "x")
    };
    assert_eq!(refused(met(ana, nobody).await)?.reason, "NOT_FOUND");
    Ok(())
}
