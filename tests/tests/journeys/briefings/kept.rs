//! What a server keeps of what somebody saw is never older than what is asked for.

use anyhow::{Context as _, Result};
use kith_domain::time::DAY;
use kith_proto::kith::admin::v1::SetOrganisationSharingRequest;
use kith_proto::kith::directory::v1::ErasePersonRequest;
use kith_proto::kith::event::v1::{FactKind, InteractionKind, SharingLevel};
use kith_proto::kith::relationship::v1::SetSharingRequest;
use kith_proto::kith::relationship::v1::set_sharing_request::Target;
use kith_tests::world::{EVA, World, moment, noted, request_id};

use super::{KIM, briefing, note, page, room, texts};
use crate::gatherings::asked::{add, attendee};

on_both_engines! {
    a_briefing_that_was_read_before_knows_whatever_happened_since
}

async fn share_by_default(world: &World, level: SharingLevel) -> Result<()> {
    let request = SetOrganisationSharingRequest {
        request_id: request_id(),
        level: level.into(),
        ..SetOrganisationSharingRequest::default()
    };
    world
        .ours
        .admin
        .admin()
        .set_organisation_sharing(request)
        .await?;
    Ok(())
}

async fn a_briefing_that_was_read_before_knows_whatever_happened_since(
    world: &World,
) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let room = room(world).await?;
    let (eva, kim) = (
        ana.id_of(EVA, &room.position).await?,
        bo.id_of(KIM, &room.position).await?,
    );
    let first = briefing(world, ana, &room).await?;
    assert!(page(&first, "Eva Nowak")?.notes.is_empty());
    assert!(!page(&first, "Kim Park")?.known_by.is_empty());

    note(bo, &eva, FactKind::Expertise, "Restores tide mills.").await?;
    let now = briefing(world, ana, &room).await?;
    let told = texts(&page(&now, "Eva Nowak")?.notes).join(" ");
    assert!(told.contains("Restores tide mills"), "{told}");

    let call = moment(InteractionKind::Call, world.ago(200 * DAY), &[EVA]);
    ana.record(noted(call, "wants to see the sluice")).await?;
    let now = briefing(world, ana, &room).await?;
    let last = page(&now, "Eva Nowak")?
        .last_talk
        .clone()
        .context("a last talk")?;
    assert!(
        last.text.contains("wants to see the sluice"),
        "{}",
        last.text
    );

    let unknown = vec![attendee("Ida Brandt", "Nobody Ltd", "")];
    add(ana, &room.gathering, unknown).await?;
    let now = briefing(world, ana, &room).await?;
    assert!(page(&now, "Ida Brandt")?.nothing_known);
    // A list that changes changes nothing of what is known.
    assert_eq!(page(&now, "Eva Nowak")?.last_talk.as_ref(), Some(&last));

    share_by_default(world, SharingLevel::Private).await?;
    let now = briefing(world, ana, &room).await?;
    let of_kim = page(&now, "Kim Park")?;
    assert!(
        of_kim.known_by.is_empty() && of_kim.person_id.is_empty(),
        "{of_kim:?}"
    );
    share_by_default(world, SharingLevel::Named).await?;
    let now = briefing(world, ana, &room).await?;
    let known_by = texts(&page(&now, "Kim Park")?.known_by).join(" ");
    assert!(known_by.contains("Bo"), "{known_by}");

    let private = SetSharingRequest {
        request_id: request_id(),
        target: Some(Target::PersonId(kim.clone())),
        level: SharingLevel::Private.into(),
        ..SetSharingRequest::default()
    };
    bo.client.relationship().set_sharing(private).await?;
    let now = briefing(world, ana, &room).await?;
    assert!(page(&now, "Kim Park")?.known_by.is_empty());
    assert!(!page(&briefing(world, bo, &room).await?, "Kim Park")?.nothing_known);

    let erase = ErasePersonRequest {
        request_id: request_id(),
        person: eva,
        ..ErasePersonRequest::default()
    };
    world.ours.admin.directory().erase_person(erase).await?;
    let now = briefing(world, ana, &room).await?;
    assert!(page(&now, "Eva Nowak").is_err(), "{now:?}");
    Ok(())
}
