//! What is recorded today makes nothing due that has passed.

use anyhow::Result;
use kith_domain::followup::Reason;
use kith_domain::id::PersonId;
use kith_domain::interaction::Moment;
use kith_domain::time::{DAY, Timestamp};
use kith_readmodel::query::followups::passed;

use crate::support::moments::{call, day, encounter, mail};
use crate::support::organisation::Organisation;
use crate::support::{World, ties};

/// Far after everything.
const LATE: Timestamp = day(5_000);

/// Whom each member would be told of sooner or later; the same on both engines.
async fn woken(world: &World) -> Result<Vec<(PersonId, PersonId)>> {
    let mut woken = Vec::new();
    for store in world.caught_up().await? {
        let found = passed(&store.live().reading, LATE, &[], 100).await?;
        let mut pairs: Vec<_> = found
            .iter()
            .map(|found| (found.member, found.person))
            .collect();
        pairs.sort_unstable();
        woken.push(pairs);
    }
    assert_eq!(woken[0], woken[1], "SQLite and Postgres");
    Ok(woken.remove(0))
}

fn weekly(weeks: std::ops::Range<i64>, member: PersonId, person: PersonId) -> Vec<Moment> {
    let calls = weeks.map(|week| call(day(7 * week), member, person));
    calls.collect()
}

async fn ana_and_ben(organisation: &Organisation<'_>) -> Result<(PersonId, PersonId)> {
    let ana = organisation.member("Ana").await?;
    Ok((ana, organisation.person("Ben").await?))
}

#[tokio::test]
async fn contacts_imported_late_wake_nobody_until_there_is_real_contact() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let (ana, ben) = ana_and_ben(&organisation).await?;
    let cem = organisation.person("Cem").await?;
    world.clock.set(day(400));
    for moment in weekly(0..20, ana, ben) {
        organisation.records(&moment).await?;
    }
    organisation
        .records(&encounter(day(100), &[ana, cem]))
        .await?;
    assert_eq!(woken(&world).await?, []);

    organisation.sees(&call(day(401), ana, ben)).await?;
    assert_eq!(woken(&world).await?, [(ana, ben)]);
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn an_archive_of_a_tie_that_is_known_already_wakes_nobody() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let (ana, ben) = ana_and_ben(&organisation).await?;
    let calls = weekly(0..17, ana, ben);
    organisation.sees(&calls[0]).await?;
    world.clock.set(day(170));
    for imported in &calls[1..] {
        organisation.records(imported).await?;
    }
    assert_eq!(woken(&world).await?, []);
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn the_past_of_a_new_member_wakes_nobody() -> Result<()> {
    for joins_first in [true, false] {
        let world = World::new().await?;
        let organisation = world.organisation(1).await?;
        let (ana, ben) = ana_and_ben(&organisation).await?;
        let dora = organisation.person("Dora").await?;
        if joins_first {
            organisation.becomes_member(dora).await?;
        }
        for moment in weekly(0..20, dora, ben) {
            organisation.sees(&moment).await?;
        }
        organisation
            .sees(&mail(day(140), ben, &[ana, dora]))
            .await?;
        world.clock.set(day(400));
        if !joins_first {
            world.caught_up().await?;
            organisation.becomes_member(dora).await?;
            // Saying it again does not make it later.
            world.clock.set(day(900));
            organisation.becomes_member(dora).await?;
        }
        let expected = if joins_first {
            vec![(dora, ben)]
        } else {
            vec![]
        };
        assert_eq!(woken(&world).await?, expected);

        // A contact that is gone leaves the ones before, which are as old as before.
        world.clock.set(day(401));
        let mistaken = organisation.records(&call(day(401), dora, ben)).await?;
        assert_eq!(woken(&world).await?, [(dora, ben)]);
        organisation.retracts(mistaken, dora).await?;
        assert_eq!(woken(&world).await?, expected);
        world.expect_replay_to_agree().await?;
    }
    Ok(())
}

#[tokio::test]
async fn an_old_moment_that_is_moved_to_another_person_does_not_wake_anybody() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let (ana, ben) = ana_and_ben(&organisation).await?;
    let cem = organisation.person("Cem").await?;
    let calls = weekly(0..20, ana, ben);
    let mut recorded = Vec::new();
    for moment in &calls {
        recorded.push(organisation.sees(moment).await?);
    }
    assert_eq!(woken(&world).await?, [(ana, ben)]);
    world.clock.set(day(400));
    for (id, moment) in recorded.iter().zip(&calls).skip(10) {
        let with_cem = call(moment.at, ana, cem);
        organisation.corrects(*id, 2, with_cem).await?;
    }
    let [sqlite, _] = world.caught_up().await?;
    let counts: Vec<i64> = ties(sqlite).await?.iter().map(|tie| tie.n_out).collect();
    assert_eq!(counts, [10, 10]);
    // Of Ben the last contact is known since it happened.
    assert_eq!(woken(&world).await?, [(ana, ben)]);
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn other_words_about_a_contact_do_not_make_it_known_anew() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let (ana, ben) = ana_and_ben(&organisation).await?;
    let met = encounter(day(1), &[ana, ben]);
    let id = organisation.sees(&met).await?;
    world.clock.set(day(9));
    let annotated = Moment {
        note: Some("likes turbines".into()),
        ..met
    };
    organisation.corrects(id, 2, annotated).await?;
    assert_eq!(woken(&world).await?, [(ana, ben)]);
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn a_mail_before_the_first_meeting_does_not_keep_it_off_the_ladder() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let (ana, ben) = ana_and_ben(&organisation).await?;
    organisation.sees(&mail(day(-3), ana, &[ben])).await?;
    organisation.sees(&encounter(day(0), &[ana, ben])).await?;
    for store in world.caught_up().await? {
        let found = passed(&store.live().reading, day(2), &[], 100).await?;
        let found: Vec<_> = found.iter().map(|f| (f.reason, f.due)).collect();
        let within_48_hours = day(0).plus_micros(2 * DAY);
        assert_eq!(
            found,
            [(Reason::Ladder, within_48_hours)],
            "on {}",
            store.engine()
        );
    }
    world.expect_replay_to_agree().await.map(drop)
}
