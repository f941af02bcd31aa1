//! Moments that nobody can have had.

use anyhow::Result;
use kith_domain::time::{DAY, HOUR};
use kith_proto::kith::event::v1::InteractionKind;
use kith_proto::kith::interaction::v1::{InteractionInput, RecordInteractionRequest};
use kith_tests::world::{ANA, EVA, World, moment, noted, refused, request_id};

use super::Told;

/// Moments that can't have been.
pub(super) async fn moments(world: &World) -> Result<Told> {
    let mut interaction = world.ours.ana.client.interaction();
    let call = moment(InteractionKind::Call, world.ago(HOUR), &[EVA]);
    let moments = [
        (
            "interaction.kind",
            InteractionInput {
                kind: 77,
                ..call.clone()
            },
        ),
        (
            "interaction.kind",
            InteractionInput {
                kind: 0,
                ..call.clone()
            },
        ),
        (
            "interaction.at",
            InteractionInput {
                at: None,
                ..call.clone()
            },
        ),
        (
            "interaction.at",
            InteractionInput {
                at: world.ahead(2 * DAY),
                ..call.clone()
            },
        ),
        (
            "interaction.at",
            InteractionInput {
                at: Some(prost_types::Timestamp {
                    seconds: -1,
                    nanos: 0,
                }),
                ..call.clone()
            },
        ),
        (
            "interaction.participants",
            InteractionInput {
                participants: vec![],
                ..call.clone()
            },
        ),
        (
            "interaction.participants[0].address",
            moment(InteractionKind::Call, world.ago(HOUR), &["nobody"]),
        ),
        (
            "interaction.participants",
            moment(InteractionKind::Mail, world.ago(HOUR), &[EVA, ANA.1]),
        ),
        ("interaction.note", noted(call.clone(), &"x".repeat(10_001))),
        (
            "interaction.subject",
            InteractionInput {
                subject: "a\u{7}b".to_owned(),
                ..call.clone()
            },
        ),
        (
            "interaction.channel",
            InteractionInput {
                channel: "x".repeat(51),
                ..call.clone()
            },
        ),
    ];
    let mut told = Told::new();
    for (field, input) in moments {
        let request = RecordInteractionRequest {
            request_id: request_id(),
            interaction: Some(input),
            ..RecordInteractionRequest::default()
        };
        told.push((
            field,
            refused(interaction.record_interaction(request).await)?,
        ));
    }
    let record = |id: &str| RecordInteractionRequest {
        request_id: id.to_owned(),
        interaction: Some(call.clone()),
        ..RecordInteractionRequest::default()
    };
    told.push((
        "request_id",
        refused(interaction.record_interaction(record("")).await)?,
    ));
    told.push((
        "request_id",
        refused(interaction.record_interaction(record("no-uuid")).await)?,
    ));
    Ok(told)
}
