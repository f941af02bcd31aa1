//! People differ: what a member is comfortable with is theirs to say, and holds.

use std::time::Duration;

use anyhow::{Context as _, Result};
use kith_domain::time::{DAY, HOUR};
use kith_proto::kith::admin::v1::{
    ComfortProfile, GetMemberRequest, GetMemberResponse, Pace, UpdateMemberRequest,
};
use kith_tests::world::{Member, World, refused, request_id};
use prost_types::FieldMask;
use tonic_types::StatusExt as _;

use crate::watching::{knows_eva, next, promise, watch};

on_both_engines! {
    people_differ_and_say_what_they_are_comfortable_with
    nobody_is_prompted_more_than_they_agreed_to
    more_than_three_sentences_of_oneself_are_refused_with_their_count
}

fn request(comfort: ComfortProfile) -> UpdateMemberRequest {
    UpdateMemberRequest {
        request_id: request_id(),
        comfort: Some(comfort),
        ..UpdateMemberRequest::default()
    }
}

async fn of(member: &Member) -> Result<GetMemberResponse> {
    let request = GetMemberRequest::default();
    let answer = member.client.admin().get_member(request).await?;
    Ok(answer.into_inner())
}

async fn people_differ_and_say_what_they_are_comfortable_with(world: &World) -> Result<()> {
    let (ana, bo) = (&world.ours.ana, &world.ours.bo);
    let unsaid = of(ana).await?;
    assert!(!unsaid.said);
    let unsaid = unsaid.comfort.unwrap_or_default();
    assert_eq!(unsaid.pace(), Pace::Balanced);
    assert_eq!(
        (unsaid.prompts_per_week(), unsaid.prompts_per_day()),
        (7, 2)
    );
    assert_eq!(unsaid.working_days, [1, 2, 3, 4, 5]);

    let mut admin = ana.client.admin();
    let reserved = request(ComfortProfile {
        pace: Pace::Reserved.into(),
        zone: "Europe/Lisbon".to_owned(),
        channels: vec![1, 2],
        ..ComfortProfile::default()
    });
    let said = admin.update_member(reserved.clone()).await?.into_inner();
    let said = said.comfort.unwrap_or_default();
    assert_eq!((said.prompts_per_week(), said.prompts_per_day()), (3, 1));
    let again = admin.update_member(reserved).await?.into_inner();
    assert_eq!(again.comfort.as_ref(), Some(&said));
    // No prompts at all is an answer, and what is not named stays.
    let none = request(ComfortProfile {
        prompts_per_week: Some(0),
        ..ComfortProfile::default()
    });
    let none = admin.update_member(none).await?.into_inner().comfort;
    let none = none.unwrap_or_default();
    assert_eq!((none.prompts_per_week(), none.prompts_per_day()), (0, 0));
    assert_eq!(
        (none.zone.as_str(), none.channels.as_slice()),
        ("Europe/Lisbon", &[1, 2][..])
    );
    let any = UpdateMemberRequest {
        update_mask: Some(FieldMask {
            paths: vec!["channels".to_owned()],
        }),
        ..request(ComfortProfile::default())
    };
    let any = admin.update_member(any).await?.into_inner().comfort;
    assert!(any.unwrap_or_default().channels.is_empty());
    assert!(!of(bo).await?.said, "what Ana said is hers");

    let wrong = request(ComfortProfile {
        pace: 9,
        prompts_per_week: Some(2_000),
        zone: "Lisboa".to_owned(),
        working_days: vec![8],
        channels: vec![77],
        ..ComfortProfile::default()
    });
    let wrong = refused(admin.update_member(wrong).await)?;
    let named = [
        "comfort.pace",
        "comfort.prompts_per_week",
        "comfort.channels",
        "comfort.zone",
        "comfort.working_days",
    ];
    assert_eq!(wrong.fields, named);
    let more_a_day = request(ComfortProfile {
        prompts_per_week: Some(2),
        prompts_per_day: Some(3),
        ..ComfortProfile::default()
    });
    let more_a_day = refused(admin.update_member(more_a_day).await)?;
    assert_eq!(more_a_day.fields, ["comfort.prompts_per_day"]);
    let nothing = refused(
        admin
            .update_member(request(ComfortProfile::default()))
            .await,
    )?;
    assert_eq!(nothing.fields, ["update_mask"]);
    Ok(())
}

async fn nobody_is_prompted_more_than_they_agreed_to(world: &World) -> Result<()> {
    let ana = &world.ours.ana;
    knows_eva(world, ana).await?;
    let one_a_day = request(ComfortProfile {
        prompts_per_week: Some(2),
        prompts_per_day: Some(1),
        working_days: (1..=7).collect(),
        ..ComfortProfile::default()
    });
    ana.client.admin().update_member(one_a_day).await?;
    let (mut stream, _) = watch(ana, "").await?;
    for (number, text) in ["the paper", "the book", "the film"]
        .into_iter()
        .enumerate()
    {
        promise(world, ana, text, DAY + number as i64 * HOUR).await?;
    }
    world.pass(2 * DAY);
    assert_eq!(next(&mut stream).await?.0.text, "the paper");
    let soon = Duration::from_secs(3);
    let more = tokio::time::timeout(soon, next(&mut stream)).await;
    assert!(more.is_err(), "a second prompt on one day: {more:?}");
    world.pass(DAY + HOUR);
    assert_eq!(next(&mut stream).await?.0.text, "the book");
    world.pass(2 * DAY);
    let more = tokio::time::timeout(soon, next(&mut stream)).await;
    assert!(more.is_err(), "a third prompt in one week: {more:?}");
    world.pass(5 * DAY);
    assert_eq!(next(&mut stream).await?.0.text, "the film");
    Ok(())
}

async fn more_than_three_sentences_of_oneself_are_refused_with_their_count(
    world: &World,
) -> Result<()> {
    let ana = &world.ours.ana;
    let own_words = |text: &str| {
        request(ComfortProfile {
            own_words: text.to_owned(),
            ..ComfortProfile::default()
        })
    };
    let mut admin = ana.client.admin();
    let long = own_words("I plan grids. They survive storms. I sail. I read.");
    let status = admin.update_member(long).await.err().context("refused")?;
    let told = format!("{:?}", status.get_error_details().bad_request());
    assert!(told.contains("comfort.own_words"), "{told}");
    assert!(told.contains("has 4 and 10"), "{told}");
    let short = own_words("I plan grids. They survive storms.");
    let said = admin.update_member(short).await?.into_inner().comfort;
    assert_eq!(
        said.unwrap_or_default().own_words,
        "I plan grids. They survive storms."
    );
    Ok(())
}
