//! Due moments: found once, told once, gone with real contact.

use anyhow::Result;
use kith_domain::followup::{Event, Reason, Status};
use kith_domain::id::{FollowUpId, PersonId};
use kith_domain::time::{DAY, Timestamp};
use kith_readmodel::query::followups::{Passed, find, list, passed, told_after};
use kith_readmodel::store::Store;
use sea_orm::TransactionTrait;

use crate::support::moments::{call, day, encounter};
use crate::support::organisation::Organisation;
use crate::support::{SHARD, World, ties};

/// Far after everything.
const LATE: Timestamp = day(5_000);

async fn passed_by(store: &Store, now: Timestamp) -> Result<Vec<Passed>> {
    Ok(passed(&store.live().reading, now, &[], 100).await?)
}

async fn open(
    store: &Store,
    organisation: &Organisation<'_>,
    member: PersonId,
) -> Result<Vec<FollowUpId>> {
    let whose = (organisation.id, member);
    let database = store.live().reading;
    let rows = list(&database, whose, Status::Open, LATE, None, 100).await?;
    Ok(rows
        .iter()
        .filter_map(|row| FollowUpId::from_slice(&row.id))
        .collect())
}

async fn told(
    store: &Store,
    organisation: &Organisation<'_>,
    member: PersonId,
    position: u64,
) -> Result<usize> {
    let whose = (organisation.id, member);
    let place = (position, FollowUpId::from_bytes([0xff; 16]));
    Ok(told_after(&store.live().reading, whose, place, 100)
        .await?
        .len())
}

#[tokio::test]
async fn a_due_moment_is_found_when_it_passed_and_only_until_it_was_told() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.person("Ben").await?;
    organisation.sees(&encounter(day(1), &[ana, ben])).await?;
    let expected = Passed {
        organisation: organisation.id,
        shard: SHARD,
        id: None,
        member: ana,
        person: ben,
        reason: Reason::Ladder,
        basis: 20_001 * 4 + 1,
        due: day(3),
    };
    for store in world.caught_up().await? {
        let just_before = Timestamp(day(3).micros() - 1);
        assert_eq!(passed_by(store, just_before).await?, []);
        assert_eq!(
            passed_by(store, day(3)).await?,
            std::slice::from_ref(&expected)
        );
    }
    let id = organisation.tells(&expected).await?;
    // A second scheduler that found the same says it again.
    organisation.tells(&expected).await?;
    let tail = world.tail().await?;
    for store in world.caught_up().await? {
        assert_eq!(passed_by(store, LATE).await?, [], "on {}", store.engine());
        assert_eq!(open(store, &organisation, ana).await?, [id]);
        let row = find(&store.live().reading, organisation.id, ana, id).await?;
        assert_eq!(
            row.and_then(|row| row.told_position),
            Some(tail as i64 - 1),
            "the first"
        );
        assert_eq!(told(store, &organisation, ana, 0).await?, 1);
        assert_eq!(
            told(store, &organisation, ana, tail - 1).await?,
            0,
            "told once"
        );
        let others = find(&store.live().reading, organisation.id, ben, id).await?;
        assert_eq!(others, None, "nobody else's");
    }
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn real_contact_takes_a_fading_follow_up_out_of_every_answer() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.person("Ben").await?;
    for week in 0..30 {
        organisation.sees(&call(day(7 * week), ana, ben)).await?;
    }
    let [sqlite, _] = world.caught_up().await?;
    let found = passed_by(sqlite, LATE).await?;
    assert_eq!(found[0].reason, Reason::Fading);
    world.clock.set(found[0].due);
    let id = organisation.tells(&found[0]).await?;
    for store in world.caught_up().await? {
        assert_eq!(
            open(store, &organisation, ana).await?,
            [id],
            "on {}",
            store.engine()
        );
        assert_eq!(told(store, &organisation, ana, 0).await?, 1);
    }
    let contact = call(found[0].due.plus_micros(DAY), ben, ana);
    let mistaken = organisation.sees(&contact).await?;
    for store in world.caught_up().await? {
        assert_eq!(
            open(store, &organisation, ana).await?,
            [],
            "on {}",
            store.engine()
        );
        assert_eq!(told(store, &organisation, ana, 0).await?, 0);
    }
    // It did not happen after all: the same due moment stands again, and is not told anew.
    organisation.retracts(mistaken, ana).await?;
    for store in world.caught_up().await? {
        assert_eq!(
            open(store, &organisation, ana).await?,
            [id],
            "on {}",
            store.engine()
        );
        assert_eq!(passed_by(store, LATE).await?, []);
        assert_eq!(ties(store).await?[0].due_told, 1);
    }
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn a_step_that_was_put_aside_does_not_swallow_the_fading_that_comes_later() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.person("Ben").await?;
    for number in 0..5 {
        organisation
            .sees(&encounter(day(number), &[ana, ben]))
            .await?;
    }
    let [sqlite, _] = world.caught_up().await?;
    let step = passed_by(sqlite, LATE).await?.remove(0);
    assert_eq!((step.reason, step.due), (Reason::Ladder, day(15)));
    world.clock.set(step.due);
    let step = organisation.tells(&step).await?;

    // Both stand, and one open follow-up for a person is enough.
    let mut fading = None;
    for store in world.caught_up().await? {
        assert_eq!(
            open(store, &organisation, ana).await?,
            [step],
            "on {}",
            store.engine()
        );
        assert_eq!(passed_by(store, LATE).await?, [], "on {}", store.engine());
        fading = ties(store).await?[0].due_us.map(Timestamp);
        assert!(fading > Some(day(15)), "the one that is ahead");
    }
    organisation.snoozes(step, day(60)).await?;
    let dismissed = Event::Dismissed {
        id: step,
        at: day(16),
    };
    organisation.commit(vec![dismissed.into()]).await?;
    let mut told = None;
    for store in world.caught_up().await? {
        let found = passed_by(store, LATE).await?;
        let found_at: Vec<_> = found.iter().map(|f| (f.reason, Some(f.due))).collect();
        assert_eq!(
            found_at,
            [(Reason::Fading, fading)],
            "on {}",
            store.engine()
        );
        told = found.first().cloned();
    }
    let reopened = Event::Reopened {
        id: step,
        at: day(17),
    };
    organisation.commit(vec![reopened.into()]).await?;
    for store in world.caught_up().await? {
        assert_eq!(
            passed_by(store, day(40)).await?,
            [],
            "open again, on {}",
            store.engine()
        );
    }
    let done = Event::Completed {
        id: step,
        at: day(18),
    };
    organisation.commit(vec![done.into()]).await?;
    let fading = organisation.tells(&told.expect("a fading moment")).await?;
    for store in world.caught_up().await? {
        assert_eq!(
            open(store, &organisation, ana).await?,
            [fading],
            "on {}",
            store.engine()
        );
        assert_eq!(passed_by(store, LATE).await?, []);
    }
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn a_late_mail_leaves_an_open_follow_up_where_it_is() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.person("Ben").await?;
    for number in 0..5 {
        organisation
            .sees(&encounter(day(number), &[ana, ben]))
            .await?;
    }
    let [sqlite, _] = world.caught_up().await?;
    let step = passed_by(sqlite, LATE).await?.remove(0);
    world.clock.set(day(16));
    let step = organisation.tells(&step).await?;
    // It belongs to the step before: neither climbs nor delays.
    organisation.records(&call(day(3), ana, ben)).await?;
    for store in world.caught_up().await? {
        assert_eq!(
            open(store, &organisation, ana).await?,
            [step],
            "on {}",
            store.engine()
        );
    }
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn a_promise_is_told_when_due_and_again_after_a_snooze() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.person("Ben").await?;
    let id = organisation.promises(ana, ben, day(5)).await?;
    for due in [day(5), day(8)] {
        for store in world.caught_up().await? {
            assert_eq!(passed_by(store, Timestamp(due.micros() - 1)).await?, []);
            let found = passed_by(store, due).await?;
            assert_eq!(found.len(), 1, "on {}", store.engine());
            assert_eq!((found[0].id, found[0].due), (Some(id), due));
        }
        let [sqlite, _] = world.stores();
        let position = world.tail().await?;
        organisation
            .tells(&passed_by(sqlite, due).await?[0])
            .await?;
        for store in world.caught_up().await? {
            assert_eq!(passed_by(store, LATE).await?, []);
            assert_eq!(told(store, &organisation, ana, position).await?, 1);
        }
        organisation.snoozes(id, day(8)).await?;
    }
    let done = Event::Completed { id, at: day(9) };
    organisation.commit(vec![done.into()]).await?;
    for store in world.caught_up().await? {
        assert_eq!(open(store, &organisation, ana).await?, []);
        assert_eq!(passed_by(store, LATE).await?, []);
        assert_eq!(told(store, &organisation, ana, 0).await?, 0);
    }
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn a_due_moment_that_another_scheduler_holds_is_left_to_it() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.person("Ben").await?;
    organisation.sees(&encounter(day(1), &[ana, ben])).await?;
    organisation.promises(ana, ben, day(2)).await?;
    let [_, postgres] = world.caught_up().await?;
    let database = postgres.live().writing;
    let (one, other) = (database.begin().await?, database.begin().await?);
    assert_eq!(passed(&one, LATE, &[], 9).await?.len(), 2);
    assert_eq!(passed(&other, LATE, &[], 9).await?, []);
    one.rollback().await?;
    assert_eq!(passed(&other, LATE, &[], 9).await?.len(), 2);
    Ok(())
}
