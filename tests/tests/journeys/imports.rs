//! What came together is taken back together, whoever else brought it.

use anyhow::Result;
use kith_domain::time::DAY;
use kith_proto::kith::event::v1::InteractionKind;
use kith_proto::kith::interaction::v1::{
    Import, InteractionInput, ListImportsRequest, RecordInteractionsRequest,
    RecordInteractionsResponse, RetractInteractionRequest, UndoImportRequest,
};
use kith_proto::kith::relationship::v1::set_exclusion_request::Target;
use kith_proto::kith::relationship::v1::{ListTiesRequest, SetExclusionRequest};
use kith_tests::world::{EVA, Member, World, keyed, moment, refused, request_id};
use tonic::{Code, Status};

on_both_engines! {
    an_import_that_two_members_brought_stays_with_the_other_when_one_takes_it_back
    what_was_taken_back_comes_again_by_hand_and_with_another_import
    leaving_somebody_out_by_id_can_be_said_twice
}

/// A meeting of both members with Eva each week.
fn meetings(world: &World) -> Vec<InteractionInput> {
    let (ana, bo) = ("ana@x.org", "bo@x.org");
    let all = (1..5).map(|week| {
        let at = world.ago(week * 7 * DAY);
        keyed(
            moment(InteractionKind::Meeting, at, &[ana, bo, EVA]),
            format!("meeting {week}"),
        )
    });
    all.collect()
}

async fn import(
    member: &Member,
    id: &str,
    moments: Vec<InteractionInput>,
) -> Result<RecordInteractionsResponse, Status> {
    let messages = moments
        .into_iter()
        .map(|interaction| RecordInteractionsRequest {
            interaction: Some(interaction),
            import_id: id.to_owned(),
            import_name: "team.ics".to_owned(),
            ..RecordInteractionsRequest::default()
        });
    let stream = tokio_stream::iter(messages.collect::<Vec<_>>());
    let answer = member
        .client
        .interaction()
        .record_interactions(stream)
        .await;
    Ok(answer?.into_inner())
}

async fn imports(member: &Member, after: &str) -> Result<Vec<Import>> {
    let request = ListImportsRequest {
        min_position: after.to_owned(),
        ..ListImportsRequest::default()
    };
    let answer = member.client.interaction().list_imports(request).await?;
    Ok(answer.into_inner().imports)
}

async fn undo(member: &Member, import_id: &str) -> Result<String, Status> {
    let request = UndoImportRequest {
        request_id: request_id(),
        import_id: import_id.to_owned(),
        min_position: String::new(),
    };
    let answer = member.client.interaction().undo_import(request).await?;
    Ok(answer.into_inner().position)
}

async fn ties(member: &Member, after: &str) -> Result<u64> {
    let request = ListTiesRequest {
        min_position: after.to_owned(),
        ..ListTiesRequest::default()
    };
    let answer = member.client.relationship().list_ties(request).await?;
    Ok(answer.into_inner().total)
}

async fn an_import_that_two_members_brought_stays_with_the_other_when_one_takes_it_back(
    world: &World,
) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let first = import(ana, &request_id(), meetings(world)).await?;
    assert_eq!((first.recorded, first.known), (4, 0));
    let before = ties(bo, &first.position).await?;
    let second = import(bo, &request_id(), meetings(world)).await?;
    assert_eq!((second.recorded, second.known), (0, 4));
    assert_ne!(
        second.import_id, first.import_id,
        "what Ana brought is hers"
    );
    let bos = imports(bo, &second.position).await?;
    assert_eq!((bos.len(), bos[0].moments, bos[0].alone), (1, 4, 0));
    let again = import(bo, &request_id(), meetings(world)).await?;
    assert_eq!(
        (again.commits, again.import_id),
        (0, second.import_id.clone())
    );

    let answer = undo(bo, &first.import_id).await;
    assert_eq!(
        refused(answer)?.code,
        Code::NotFound,
        "not his to take back"
    );
    let position = undo(ana, &first.import_id).await?;
    assert_eq!(ties(bo, &position).await?, before, "his still holds them");
    let position = undo(bo, &second.import_id).await?;
    assert_eq!(ties(bo, &position).await?, 0);
    Ok(())
}

async fn what_was_taken_back_comes_again_by_hand_and_with_another_import(
    world: &World,
) -> Result<()> {
    let ana = &world.ours.ana;
    let id = request_id();
    let first = import(ana, &id, meetings(world)).await?;
    let with = ties(ana, &first.position).await?;
    let position = undo(ana, &first.import_id).await?;
    assert_eq!(ties(ana, &position).await?, 0);

    let refusal = refused(import(ana, &id, meetings(world)).await)?;
    assert_eq!(refusal.reason, "STATE", "it would count for nothing");
    let by_hand = ana.record(meetings(world).remove(0)).await?;
    assert_eq!(ties(ana, &by_hand.position).await?, with);

    let second = import(ana, &request_id(), meetings(world)).await?;
    let counts = async |after: &str| {
        let listed = imports(ana, after).await?;
        let second = listed.iter().find(|one| one.import_id == second.import_id);
        let counts = second.map(|one| (one.moments, one.alone, one.elsewhere));
        anyhow::Ok(counts)
    };
    let held = counts(&second.position).await?;
    assert_eq!(held, Some((4, 3, 1)), "one is held by hand too");
    // The newest first: the one by hand.
    let held = ana.interactions("").await?;
    for (retracted, left) in [(1, (4, 2, 1)), (0, (4, 2, 0))] {
        let request = RetractInteractionRequest {
            request_id: request_id(),
            interaction_id: held[retracted].interaction_id.clone(),
            min_position: String::new(),
        };
        let mut client = ana.client.interaction();
        let answer = client.retract_interaction(request).await?.into_inner();
        let held = counts(&answer.position).await?;
        assert_eq!(
            held,
            Some(left),
            "what was retracted neither goes nor stays"
        );
    }
    Ok(())
}

async fn leaving_somebody_out_by_id_can_be_said_twice(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let first = import(ana, &request_id(), meetings(world)).await?;
    let eva = ana.id_of(EVA, &first.position).await?;
    let request = SetExclusionRequest {
        request_id: request_id(),
        target: Some(Target::PersonId(eva)),
        excluded: true,
        min_position: String::new(),
    };
    let mut service = ana.client.relationship();
    let said = service.set_exclusion(request.clone()).await?.into_inner();
    assert_eq!(ties(ana, &said.position).await?, 1, "Bo is left");
    let again = SetExclusionRequest {
        min_position: said.position,
        ..request
    };
    let repeated = service.set_exclusion(SetExclusionRequest {
        request_id: request_id(),
        ..again
    });
    repeated.await?;
    Ok(())
}
