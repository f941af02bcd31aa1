//! Every change has a way back, and what is taken back leaves everything as it was.

mod changing;
mod gathered;
mod sight;

use anyhow::{Context as _, Result};
use kith_domain::time::DAY;
use kith_proto::kith::directory::v1::{GetPersonRequest, Person, UpdatePersonRequest};
use kith_proto::kith::event::v1::{InteractionKind, SharingLevel};
use kith_proto::kith::history::v1::{
    ChangeKind, ListOwnChangesRequest, OwnChange, UndoChangeRequest,
};
use kith_proto::kith::relationship::v1::SetSharingRequest;
use kith_proto::kith::relationship::v1::set_sharing_request::Target;
use kith_tests::world::{EVA, Member, World, moment, named, refused, request_id};
use tonic::Code;

use changing::{Changing, ZOE};
use sight::sight;

on_both_engines! {
    every_kind_of_change_is_taken_back_and_leaves_everything_as_it_was
    changes_are_taken_back_from_the_latest_to_the_first
    a_request_that_is_sent_again_takes_back_no_other_change
    what_somebody_changed_since_is_not_taken_back_over_their_head
    who_only_came_along_is_entered_by_a_change_and_comes_along_again_when_it_is_taken_back
}

async fn changes(member: &Member, after: &str) -> Result<Vec<OwnChange>> {
    let request = ListOwnChangesRequest {
        min_position: after.to_owned(),
        ..ListOwnChangesRequest::default()
    };
    let answer = member.client.history().list_own_changes(request).await?;
    Ok(answer.into_inner().changes)
}

fn take_back(change: &OwnChange) -> UndoChangeRequest {
    UndoChangeRequest {
        request_id: request_id(),
        change_id: change.change_id.clone(),
        min_position: String::new(),
    }
}

async fn undo(member: &Member, change: &OwnChange) -> Result<String> {
    let answer = member.client.history().undo_change(take_back(change)).await;
    Ok(answer?.into_inner().position)
}

/// All kinds but the one that is not said.
fn kinds() -> impl Iterator<Item = ChangeKind> {
    (1..).map_while(|number| ChangeKind::try_from(number).ok())
}

async fn every_kind_of_change_is_taken_back_and_leaves_everything_as_it_was(
    world: &World,
) -> Result<()> {
    let ana = &world.ours.ana;
    let (changing, position) = Changing::new(world, ana).await?;
    let before = sight(ana, &position).await?;
    assert_eq!(kinds().count(), 27);
    for kind in kinds() {
        let made = changing.make(kind).await?;
        let with = sight(ana, &made).await?;
        assert_ne!(with, before, "{kind:?} changes something that is seen");
        let latest = changes(ana, &made).await?;
        let latest = latest.first().context("a change")?;
        assert_eq!(latest.kind(), kind);
        let position = undo(ana, latest).await?;
        assert_eq!(sight(ana, &position).await?, before, "{kind:?}");
        let left = changes(ana, &position).await?;
        let is_left = left
            .iter()
            .any(|left| left.at == latest.at && left.kind == latest.kind);
        assert!(!is_left, "{kind:?} is still among {left:?}");
        // So that every change has a time of its own.
        world.pass(1_000);
    }
    let bo = changes(&world.ours.bo, "").await?;
    assert!(bo.is_empty(), "what Ana changed is hers: {bo:?}");
    Ok(())
}

async fn changes_are_taken_back_from_the_latest_to_the_first(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let (changing, position) = Changing::new(world, ana).await?;
    let mut sights = vec![sight(ana, &position).await?];
    let some = [
        ChangeKind::Recorded,
        ChangeKind::PersonChanged,
        ChangeKind::Corrected,
        ChangeKind::Snoozed,
        ChangeKind::Completed,
        ChangeKind::Cared,
        ChangeKind::Retracted,
        ChangeKind::Excluded,
    ];
    for kind in some {
        world.pass(1_000);
        sights.push(sight(ana, &changing.make(kind).await?).await?);
    }
    sights.pop();
    let mut position = String::new();
    for kind in some.into_iter().rev() {
        let left = changes(ana, &position).await?;
        let latest = left.first().context("a change")?;
        assert_eq!(latest.kind(), kind);
        position = undo(ana, latest).await?;
        assert_eq!(Some(sight(ana, &position).await?), sights.pop(), "{kind:?}");
    }
    assert!(sights.is_empty());
    Ok(())
}

async fn a_request_that_is_sent_again_takes_back_no_other_change(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let (changing, _) = Changing::new(world, ana).await?;
    for kind in kinds() {
        let made = changing.make(kind).await?;
        let latest = changes(ana, &made).await?;
        let request = take_back(latest.first().context("a change")?);
        let mut client = ana.client.history();
        let first = client.undo_change(request.clone()).await?.into_inner();
        let once = sight(ana, &first.position).await?;
        let again = client.undo_change(request).await?.into_inner();
        assert_eq!(sight(ana, &again.position).await?, once, "{kind:?}");
        // Another request takes back nothing that was taken back already.
        let another = take_back(latest.first().context("a change")?);
        let refusal = refused(client.undo_change(another).await)?;
        assert_eq!(refusal.reason, "CHANGED_MEANWHILE", "{kind:?}");
        assert_eq!(sight(ana, "").await?, once, "{kind:?}");
        world.pass(1_000);
    }
    let made_up = UndoChangeRequest {
        request_id: request_id(),
        change_id: "made-up".to_owned(),
        min_position: String::new(),
    };
    let refusal = refused(ana.client.history().undo_change(made_up).await)?;
    assert_eq!(refusal.fields, ["change_id"]);
    let of_ana = changes(ana, "").await?;
    let of_ana = of_ana.first().context("a change of Ana's")?;
    let mut bo = world.ours.bo.client.history();
    let answer = bo.undo_change(take_back(of_ana));
    assert_eq!(refused(answer.await)?.code, Code::NotFound);
    let mut theirs = world.theirs.ana.client.history();
    let answer = theirs.undo_change(take_back(of_ana));
    assert_eq!(
        refused(answer.await)?.fields,
        ["change_id"],
        "sealed for another"
    );
    Ok(())
}

async fn what_somebody_changed_since_is_not_taken_back_over_their_head(
    world: &World,
) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let (changing, _) = Changing::new(world, ana).await?;
    for kind in [ChangeKind::PersonChanged, ChangeKind::PersonEntered] {
        let position = changing.make(kind).await?;
        let change = changes(ana, &position).await?.remove(0);
        let completed = UpdatePersonRequest {
            request_id: request_id(),
            person: Some(Person {
                person_id: change.subject.clone(),
                company: "Lighthouse".to_owned(),
                ..Person::default()
            }),
            min_position: position,
            ..UpdatePersonRequest::default()
        };
        let answer = bo.client.directory().update_person(completed).await?;
        let position = answer.into_inner().position;
        ana.id_of(EVA, &position).await?;
        let answer = ana.client.history().undo_change(take_back(&change)).await;
        assert_eq!(refused(answer)?.reason, "CHANGED_MEANWHILE", "{kind:?}");
    }

    // One's own later change of the same thing is taken back first.
    changing.make(ChangeKind::Snoozed).await?;
    let position = changing.make(ChangeKind::Completed).await?;
    let own = changes(ana, &position).await?;
    let answer = ana.client.history().undo_change(take_back(&own[1])).await;
    assert_eq!(refused(answer)?.reason, "CHANGED_MEANWHILE");
    undo(ana, &own[0]).await?;
    undo(ana, &own[1]).await?;
    Ok(())
}

async fn who_only_came_along_is_entered_by_a_change_and_comes_along_again_when_it_is_taken_back(
    world: &World,
) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let private = SetSharingRequest {
        request_id: request_id(),
        level: SharingLevel::Private.into(),
        target: Some(Target::Address(ZOE.to_owned())),
        min_position: String::new(),
    };
    ana.client.relationship().set_sharing(private).await?;
    let call = moment(InteractionKind::Call, world.ago(DAY), &[ZOE]);
    let position = ana.record(named(call, "Zoë, climbs")).await?.position;
    let before = sight(ana, &position).await?;
    let asked_by_bo = async |after: &str| {
        let request = GetPersonRequest {
            person: ZOE.to_owned(),
            min_position: after.to_owned(),
        };
        bo.client.directory().get_person(request).await
    };
    assert_eq!(refused(asked_by_bo(&position).await)?.reason, "NOT_FOUND");
    let completed = UpdatePersonRequest {
        request_id: request_id(),
        person: Some(Person {
            person_id: ana.id_of(ZOE, &position).await?,
            company: "Lighthouse".to_owned(),
            ..Person::default()
        }),
        min_position: position,
        ..UpdatePersonRequest::default()
    };
    let answer = ana.client.directory().update_person(completed).await?;
    let answer = answer.into_inner();
    let entered = answer.person.context("a person")?;
    assert_eq!(
        (&*entered.name, &*entered.company),
        ("Zoë, climbs", "Lighthouse")
    );
    // What is written in the directory is everybody's.
    let seen = asked_by_bo(&answer.position).await?.into_inner();
    assert_eq!(seen.person.as_ref(), Some(&entered));
    let change = changes(ana, &answer.position).await?.remove(0);
    assert_eq!(change.kind(), ChangeKind::PersonEntered);
    let position = undo(ana, &change).await?;
    assert_eq!(refused(asked_by_bo(&position).await)?.reason, "NOT_FOUND");
    let after = sight(ana, &position).await?;
    assert_eq!(after, before);
    Ok(())
}
