//! Around and after the talk: what changes of a briefing, what came of a gathering, and what there is to give.

use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use kith_domain::time::{DAY, HOUR};
use kith_proto::kith::directory::v1::{AddFactRequest, Fact};
use kith_proto::kith::event::v1::{FactKind, InteractionKind};
use kith_proto::kith::followup::v1::FollowUpStatus;
use kith_proto::kith::gathering::v1::record_encounter_request::Who;
use kith_proto::kith::gathering::v1::{
    AttendeeFilter, GetRecapRequest, GetRecapResponse, RecordEncounterRequest,
    RemoveAttendeeRequest, SetGoingRequest, WatchBriefingRequest, WatchBriefingResponse,
};
use kith_tests::world::{EVA, Member, PATIENCE, World, moment, refused, request_id};
use tonic::{Status, Streaming};

use crate::gatherings::asked::{add, attendee, attendees, planned, spring, update};
use crate::watching::promise;

on_both_engines! {
    be_flexible_around_the_talk_only_what_changed_is_told
    act_a_recap_tells_what_came_of_a_gathering
    act_a_prompt_comes_with_something_to_give
}

async fn note(member: &Member, person: &str, kind: FactKind, text: &str) -> Result<String> {
    let request = AddFactRequest {
        request_id: request_id(),
        person_id: person.to_owned(),
        fact: Some(Fact {
            kind: kind.into(),
            text: text.to_owned(),
            ..Fact::default()
        }),
        min_position: String::new(),
    };
    let answer = member.client.directory().add_fact(request).await?;
    Ok(answer.into_inner().position)
}

/// The next message that is no heartbeat.
async fn next(stream: &mut Streaming<WatchBriefingResponse>) -> Result<WatchBriefingResponse> {
    loop {
        let message = tokio::time::timeout(PATIENCE, stream.message()).await??;
        let message = message.context("the stream goes on")?;
        if message != WatchBriefingResponse::default() {
            return Ok(message);
        }
    }
}

async fn be_flexible_around_the_talk_only_what_changed_is_told(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let (made, _) = planned(ana, spring(world, 30 * DAY)).await?;
    let id = made.gathering_id.as_str();
    add(
        ana,
        id,
        vec![
            attendee("Kim Park", "Windfarm", ""),
            attendee("Leo Berg", "", ""),
        ],
    )
    .await?;
    world.settled().await?;
    let request = WatchBriefingRequest {
        gathering_id: id.to_owned(),
        ..WatchBriefingRequest::default()
    };
    let mut stream = ana
        .client
        .briefing()
        .watch_briefing(request.clone())
        .await?
        .into_inner();
    let whole = next(&mut stream).await?;
    assert_eq!(whole.pages.len(), 2);
    assert!(!whole.days.is_empty() && whole.changes.is_empty());

    add(ana, id, vec![attendee("Late Comer", "", "")]).await?;
    let late = next(&mut stream).await?;
    assert_eq!(late.changes, ["Late Comer comes too."]);
    assert_eq!(late.pages.len(), 1, "the other pages stay as they are");
    let all = attendees(ana, id, AttendeeFilter::Unspecified, "").await?;
    let leo = all
        .iter()
        .find(|one| one.listed.as_ref().is_some_and(|of| of.name == "Leo Berg"));
    let leo = leo.context("Leo")?.attendee_id.clone();
    let off = RemoveAttendeeRequest {
        request_id: request_id(),
        gathering_id: id.to_owned(),
        attendee_id: leo.clone(),
        ..RemoveAttendeeRequest::default()
    };
    ana.client.gathering().remove_attendee(off).await?;
    let gone = next(&mut stream).await?;
    assert_eq!(
        (gone.changes, gone.gone_attendee_ids),
        (
            vec!["Leo Berg does not come after all.".to_owned()],
            vec![leo]
        )
    );
    assert!(gone.pages.is_empty());
    // What happens elsewhere is not told.
    let call = moment(InteractionKind::Call, world.ago(HOUR), &[EVA]);
    ana.record(call).await?;
    let more = tokio::time::timeout(Duration::from_secs(3), next(&mut stream)).await;
    assert!(more.is_err(), "{more:?}");
    let off = kith_proto::kith::gathering::v1::Gathering {
        cancelled: true,
        ..made.clone()
    };
    update(ana, off, "", &["cancelled"]).await?;
    let ended = next(&mut stream).await.err().context("it ends")?;
    let status = ended.downcast::<Status>()?;
    assert_eq!(kith_tests::world::Refusal::of(&status)?.reason, "STATE");
    let foreign = world
        .theirs
        .ana
        .client
        .briefing()
        .watch_briefing(request)
        .await;
    assert_eq!(refused(foreign)?.reason, "NOT_FOUND");
    Ok(())
}

async fn met(member: &Member, named: &str, sentence: &str) -> Result<String> {
    let request = RecordEncounterRequest {
        request_id: request_id(),
        who: Some(Who::Named(named.to_owned())),
        sentence: sentence.to_owned(),
        ..RecordEncounterRequest::default()
    };
    let answer = member
        .client
        .encounter()
        .record_encounter(request)
        .await?
        .into_inner();
    ensure!(answer.candidates.is_empty(), "{answer:?}");
    Ok(answer.position)
}

async fn recap(member: &Member, id: &str) -> Result<GetRecapResponse, Status> {
    let request = GetRecapRequest {
        gathering_id: id.to_owned(),
        ..GetRecapRequest::default()
    };
    Ok(member
        .client
        .encounter()
        .get_recap(request)
        .await?
        .into_inner())
}

async fn act_a_recap_tells_what_came_of_a_gathering(world: &World) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let old = moment(InteractionKind::Meeting, world.ago(90 * DAY), &[EVA]);
    ana.record(old).await?;
    let (made, _) = planned(ana, spring(world, -HOUR)).await?;
    let id = made.gathering_id.as_str();
    let going = SetGoingRequest {
        request_id: request_id(),
        gathering_id: id.to_owned(),
        going: true,
        ..SetGoingRequest::default()
    };
    ana.client.gathering().set_going(going).await?;
    add(
        ana,
        id,
        vec![
            attendee("Kim Park", "Windfarm", "kim@windfarm.example"),
            attendee("Eva Nowak", "", EVA),
            attendee("Mia Lund", "", "mia@harbour.example"),
        ],
    )
    .await?;
    world.settled().await?;
    let empty = recap(ana, id).await?;
    assert!(empty.met.is_empty());
    assert_eq!(
        empty.usual,
        "What usually comes of your first talks is not known yet."
    );

    met(
        ana,
        "Kim Park",
        "runs a wind farm; promised the grid paper by tomorrow",
    )
    .await?;
    met(ana, EVA, "asked about the quay").await?;
    let mia = world
        .ours
        .person(kith_proto::kith::directory::v1::Person {
            name: "Mia Lund".to_owned(),
            addresses: vec!["mia@harbour.example".to_owned()],
            ..Default::default()
        })
        .await?;
    promise(world, ana, "the permit checklist", 5 * DAY).await?;
    note(
        ana,
        &mia.person_id,
        FactKind::Need,
        "Needs a year of tide data.",
    )
    .await?;
    note(
        bo,
        &ana.id,
        FactKind::Offer,
        "Shares ten years of tide data.",
    )
    .await?;
    world.settled().await?;
    let told = recap(ana, id).await?;
    let mut names: Vec<(&str, bool)> = told
        .met
        .iter()
        .map(|met| (met.name.as_str(), met.is_new))
        .collect();
    names.sort_unstable();
    assert_eq!(names.len(), 2);
    assert!(names.contains(&("Kim Park", true)), "{names:?}");
    let kim = told.met.iter().find(|met| met.is_new).context("Kim")?;
    assert!(kim.follow_up_by.is_some() && kim.note.contains("wind farm"));
    assert!(
        told.met
            .iter()
            .filter(|met| !met.is_new)
            .all(|met| met.follow_up_by.is_none())
    );
    let promises: Vec<&str> = told.promises.iter().map(|one| one.text.as_str()).collect();
    assert!(promises.contains(&"the grid paper"), "{promises:?}");
    let not_met: Vec<&str> = told.not_met.iter().map(|one| one.name.as_str()).collect();
    assert_eq!(not_met, ["Mia Lund"]);
    assert_eq!(
        told.reach,
        "Of 3 people on the list 2 are known to one of us, 0 of these to several."
    );
    // A second word was said: nothing is left to follow up.
    let call = moment(
        InteractionKind::Call,
        world.now(),
        &["kim@windfarm.example"],
    );
    world.pass(HOUR);
    ana.record(call).await?;
    world.settled().await?;
    assert_eq!(
        refused(recap(&world.theirs.ana, id).await)?.reason,
        "NOT_FOUND"
    );
    Ok(())
}

async fn act_a_prompt_comes_with_something_to_give(world: &World) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let encounter = moment(InteractionKind::Encounter, world.ago(HOUR), &[EVA]);
    let position = ana.record(encounter).await?.position;
    let eva = ana.id_of(EVA, &position).await?;
    note(ana, &eva, FactKind::Need, "Needs a year of tide data.").await?;
    note(
        bo,
        &ana.id,
        FactKind::Offer,
        "Shares ten years of tide data.",
    )
    .await?;
    world.pass(3 * DAY);
    let due = kith_testkit::eventually_some(PATIENCE, async || {
        let open = ana
            .follow_ups(FollowUpStatus::Open, "")
            .await
            .unwrap_or_default();
        open.into_iter().next()
    })
    .await?;
    assert_eq!(
        due.give,
        "“Needs a year of tide data.” You offer: “Shares ten years of tide data.”"
    );
    assert_eq!(due.give_fact_ids.len(), 2);
    promise(world, ana, "the paper", DAY).await?;
    world.settled().await?;
    let open = ana.follow_ups(FollowUpStatus::Open, "").await?;
    let promised = open.iter().find(|one| one.mine).context("a promise")?;
    assert_eq!(promised.give, "the paper", "what was promised comes first");
    Ok(())
}
