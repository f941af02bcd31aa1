//! Who an attendee is, is one thing for one member and another for the next; and an erasure takes whom it is about.

use anyhow::{Context as _, Result};
use kith_domain::time::{DAY, HOUR};
use kith_proto::kith::directory::v1::{AddFactRequest, ErasePersonRequest, Fact};
use kith_proto::kith::event::v1::{InteractionKind, SharingLevel};
use kith_proto::kith::gathering::v1::resolve_attendee_request::Answer;
use kith_proto::kith::gathering::v1::{
    Attendee, AttendeeFilter, AttendeeInput, NobodyKnown, RemoveAttendeeRequest,
};
use kith_proto::kith::history::v1::{ListOwnChangesRequest, UndoChangeRequest};
use kith_proto::kith::relationship::v1::SetSharingRequest;
use kith_proto::kith::relationship::v1::set_sharing_request::Target;
use kith_tests::world::{EVA, World, moment, request_id};

use super::asked::{add, answer, attendee, attendees, get, person, planned, spring};

on_both_engines! {
    what_a_bio_says_is_proposed_with_its_sentence_and_known_once_it_is_confirmed
    what_one_member_knows_of_an_attendee_changes_nothing_for_another
    erasing_somebody_takes_nobody_else_and_those_too_who_were_taken_off_a_list
}

async fn what_one_member_knows_of_an_attendee_changes_nothing_for_another(
    world: &World,
) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let (made, _) = planned(bo, spring(world, 30 * DAY)).await?;
    let id = made.gathering_id.as_str();
    add(bo, id, vec![attendee("E. M.", "", "")]).await?;
    let mia = person(world, "Mia Lund", "").await?;
    world.settled().await?;
    let listed = attendees(bo, id, AttendeeFilter::Unspecified, "").await?[0]
        .attendee_id
        .clone();
    let position = answer(bo, id, &listed, Some(Answer::PersonId(mia.clone()))).await?;
    let before = attendees(bo, id, AttendeeFilter::Unspecified, &position).await?;
    let seen = get(bo, id, &position).await?;

    // Eva is somebody whom Ana alone knows.
    let hide = SetSharingRequest {
        request_id: request_id(),
        level: SharingLevel::Private.into(),
        target: Some(Target::Address(EVA.to_owned())),
        min_position: String::new(),
    };
    ana.client.relationship().set_sharing(hide).await?;
    let call = moment(InteractionKind::Call, world.ago(HOUR), &[EVA]);
    let position = ana.record(call).await?.position;
    let eva = ana.id_of(EVA, &position).await?;
    let position = answer(ana, id, &listed, Some(Answer::PersonId(eva.clone()))).await?;
    let own = attendees(ana, id, AttendeeFilter::Resolved, &position).await?;
    assert_eq!(own[0].person_id, eva, "one's own word comes first");
    assert_eq!(
        attendees(bo, id, AttendeeFilter::Unspecified, &position).await?,
        before
    );
    assert_eq!(get(bo, id, &position).await?, seen, "the etag with it");
    let nobody = Some(Answer::Nobody(NobodyKnown {}));
    let position = answer(ana, id, &listed, nobody).await?;
    assert_eq!(
        attendees(bo, id, AttendeeFilter::Unspecified, &position).await?,
        before
    );
    let unknown = attendees(ana, id, AttendeeFilter::Unknown, &position).await?;
    assert_eq!(unknown.len(), 1, "for Ana they are nobody");
    Ok(())
}

async fn erasing_somebody_takes_nobody_else_and_those_too_who_were_taken_off_a_list(
    world: &World,
) -> Result<()> {
    let ana = &world.ours.ana;
    let (made, _) = planned(ana, spring(world, 30 * DAY)).await?;
    let id = made.gathering_id.as_str();
    let (mia, kim) = (
        person(world, "Mia Lund", "").await?,
        person(world, "Kim Park", "Windfarm").await?,
    );
    // Kim writes for Mia: the line of the list has Mia's name and Kim's address. Another line of hers was taken off.
    let kim_address = "Kim.Park@outside.example";
    add(
        ana,
        id,
        vec![
            attendee("Mia Lund", "", kim_address),
            attendee("Mia Lund", "", ""),
        ],
    )
    .await?;
    world.settled().await?;
    let all = attendees(ana, id, AttendeeFilter::Unspecified, "").await?;
    let address = |one: &&Attendee| one.listed.as_ref().is_some_and(|of| !of.address.is_empty());
    let by_address = all.iter().find(address).context("a line with an address")?;
    let by_name = all
        .iter()
        .find(|one| !address(one))
        .context("the other line")?;
    answer(
        ana,
        id,
        &by_address.attendee_id,
        Some(Answer::PersonId(mia.clone())),
    )
    .await?;
    let off = RemoveAttendeeRequest {
        request_id: request_id(),
        gathering_id: id.to_owned(),
        attendee_id: by_name.attendee_id.clone(),
        ..RemoveAttendeeRequest::default()
    };
    ana.client.gathering().remove_attendee(off).await?;
    world.settled().await?;
    let erase = ErasePersonRequest {
        request_id: request_id(),
        person: mia,
        min_position: String::new(),
    };
    let erased = world
        .ours
        .admin
        .directory()
        .erase_person(erase)
        .await?
        .into_inner();
    let left = attendees(ana, id, AttendeeFilter::Unspecified, &erased.position).await?;
    assert!(left.is_empty(), "{left:?}");
    let found = ana.id_of(kim_address, &erased.position).await?;
    assert_eq!(found, kim, "Kim is there as before");
    // Neither undo nor the list brings her back.
    let changes = ListOwnChangesRequest::default();
    let changes = ana
        .client
        .history()
        .list_own_changes(changes)
        .await?
        .into_inner()
        .changes;
    for change in changes.iter().take(2) {
        let undo = UndoChangeRequest {
            request_id: request_id(),
            change_id: change.change_id.clone(),
            min_position: String::new(),
        };
        // It may be refused; what counts is what is there afterwards.
        let _ = ana.client.history().undo_change(undo).await;
    }
    add(ana, id, vec![attendee("Mia Lund", "", "")]).await?;
    world.settled().await?;
    let left = attendees(ana, id, AttendeeFilter::Unspecified, "").await?;
    assert!(left.is_empty(), "{left:?}");
    Ok(())
}

async fn what_a_bio_says_is_proposed_with_its_sentence_and_known_once_it_is_confirmed(
    world: &World,
) -> Result<()> {
    let ana = &world.ours.ana;
    let (made, _) = planned(ana, spring(world, 30 * DAY)).await?;
    let id = made.gathering_id.as_str();
    let kim = person(world, "Kim Park", "Windfarm").await?;
    let with_bio = AttendeeInput {
        bio: "Kim builds grids that survive storms. The hall is on the left. She needs tide data."
            .to_owned(),
        ..attendee("Kim Park", "Windfarm", "")
    };
    add(ana, id, vec![with_bio, attendee("Leo Berg", "", "")]).await?;
    world.settled().await?;
    let listed = attendees(ana, id, AttendeeFilter::Resolved, "").await?;
    let proposed = listed.first().context("Kim")?.proposed.clone();
    let texts: Vec<&str> = proposed.iter().map(|one| one.text.as_str()).collect();
    assert_eq!(
        texts,
        ["Builds grids that survive storms.", "Needs tide data."]
    );
    assert_eq!(
        proposed[0].sentence,
        "Kim builds grids that survive storms."
    );
    let confirmed = AddFactRequest {
        request_id: request_id(),
        person_id: kim,
        fact: Some(Fact {
            kind: proposed[0].kind,
            text: proposed[0].text.clone(),
            source: proposed[0].sentence.clone(),
            ..Fact::default()
        }),
        min_position: String::new(),
    };
    let position = ana
        .client
        .directory()
        .add_fact(confirmed)
        .await?
        .into_inner()
        .position;
    let left = attendees(ana, id, AttendeeFilter::Resolved, &position).await?;
    let left: Vec<&str> = left[0]
        .proposed
        .iter()
        .map(|one| one.text.as_str())
        .collect();
    assert_eq!(left, ["Needs tide data."]);
    Ok(())
}
