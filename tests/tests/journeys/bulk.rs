//! Streams of moments.

use anyhow::Result;
use kith_domain::time::{DAY, MINUTE};
use kith_proto::kith::event::v1::InteractionKind;
use kith_proto::kith::interaction::v1::InteractionInput;
use kith_tests::world::{Refusal, World, keyed, moment, refused};
use tonic::Code;

on_both_engines! {
    five_thousand_moments_streamed_twice_are_recorded_once
    a_wrong_moment_of_a_stream_is_named_by_its_index
}

fn moments(world: &World, count: i64) -> Vec<InteractionInput> {
    let one = |n: i64| {
        let address = format!("p{}@y.org", n % 50);
        let at = world.ago(DAY + n * 37 * MINUTE);
        keyed(
            moment(InteractionKind::Mail, at, &[address.as_str()]),
            format!("<{n}@y.org>"),
        )
    };
    (0..count).map(one).collect()
}

async fn five_thousand_moments_streamed_twice_are_recorded_once(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let first = ana.record_all(moments(world, 5_000)).await?;
    assert_eq!((first.recorded, first.known), (5_000, 0));
    assert!((1..=100).contains(&first.commits), "{first:?}");
    let (tie, _) = ana.tie("p7@y.org", &first.position).await?;
    assert_eq!(tie.outgoing, 100);

    let mut again = moments(world, 5_000);
    again.reverse();
    let second = ana.record_all(again).await?;
    assert_eq!(
        (second.recorded, second.known, second.commits),
        (0, 5_000, 0)
    );
    assert_eq!(second.position, "");
    assert_eq!(ana.tie("p7@y.org", "").await?.0, tie);
    Ok(())
}

async fn a_wrong_moment_of_a_stream_is_named_by_its_index(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    let refusal = async |moments: Vec<InteractionInput>| -> Result<Refusal> {
        refused(ana.record_all(moments).await)
    };
    let mut wrong = moments(world, 20);
    wrong[13].kind = 99;
    wrong[17].source_key.clear();
    let told = refusal(wrong).await?;
    assert_eq!(
        (told.code, told.reason.as_str()),
        (Code::InvalidArgument, "FIELDS_INVALID")
    );
    assert_eq!(
        told.fields,
        ["interaction[13].kind", "interaction[17].source_key"]
    );

    let mut ahead = moments(world, 20);
    ahead[4].at = world.ahead(3 * DAY);
    assert_eq!(refusal(ahead).await?.fields, ["interaction[4].at"]);

    // Once it is right, all of it is recorded, each moment once.
    let right = ana.record_all(moments(world, 20)).await?;
    assert_eq!(right.recorded + right.known, 20);
    assert_eq!(ana.interactions(&right.position).await?.len(), 20);
    Ok(())
}
