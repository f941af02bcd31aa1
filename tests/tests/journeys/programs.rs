//! Programs that record for everybody.

use anyhow::Result;
use kith_proto::kith::event::v1::Role;
use kith_proto::kith::interaction::v1::RetractInteractionRequest;
use kith_tests::world::{World, refused, request_id};

use crate::roles::recording;

on_both_engines! {
    what_a_program_recorded_is_taken_back_by_those_who_took_part
}

async fn what_a_program_recorded_is_taken_back_by_those_who_took_part(world: &World) -> Result<()> {
    let ours = &world.ours;
    let service = ours.key(Role::Service, "").await?;
    let retraction = |interaction_id: &str| RetractInteractionRequest {
        request_id: request_id(),
        interaction_id: interaction_id.to_owned(),
        ..RetractInteractionRequest::default()
    };
    let takers = [&ours.ana.client, &ours.admin, &service];
    for taker in takers {
        let mut program = service.interaction();
        let done = program.record_interaction(recording(world)).await?;
        let done = done.into_inner();
        let seen = ours.ana.interactions(&done.position).await?;
        assert_eq!((seen.len(), seen[0].recorder_id.as_str()), (1, ""));
        // Bo was not there.
        let elsewhere = [
            &ours.bo.client,
            &world.theirs.ana.client,
            &world.theirs.admin,
        ];
        for other in elsewhere {
            let mut other = other.interaction();
            let answer = other.retract_interaction(retraction(&done.interaction_id));
            assert_eq!(refused(answer.await)?.reason, "NOT_FOUND");
        }
        let mut taker = taker.interaction();
        let gone = taker.retract_interaction(retraction(&done.interaction_id));
        let position = gone.await?.into_inner().position;
        assert!(ours.ana.interactions(&position).await?.is_empty());
    }
    Ok(())
}
