//! Ties follow what remains, whatever the way there.

use anyhow::Result;
use kith_domain::followup::Reason;
use kith_domain::id::PersonId;
use kith_domain::time::{HOUR, Timestamp};
use kith_readmodel::entity::tie;

use crate::support::moments::{call, day, encounter, introduction, mail, meeting};
use crate::support::organisation::Organisation;
use crate::support::{World, ties};

/// The tie rows of both engines, which are the same.
async fn tie_rows(world: &World) -> Result<Vec<tie::Model>> {
    let [sqlite, postgres] = world.caught_up().await?;
    let (sqlite, postgres) = (ties(sqlite).await?, ties(postgres).await?);
    assert_eq!(sqlite, postgres);
    Ok(sqlite)
}

async fn three(organisation: &Organisation<'_>) -> Result<[PersonId; 3]> {
    let ana = organisation.member("Ana").await?;
    let ben = organisation.member("Ben").await?;
    let cem = organisation.person("Cem").await?;
    Ok([ana, ben, cem])
}

fn the(ties: &[tie::Model], member: PersonId, person: PersonId) -> &tie::Model {
    ties.iter()
        .find(|tie| tie.member == member.as_bytes() && tie.person == person.as_bytes())
        .expect("the tie")
}

#[tokio::test]
async fn what_is_corrected_back_is_known_since_it_was() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.person("Ben").await?;
    let right = call(day(1), ana, ben);
    let id = organisation.sees(&right).await?;
    let known = async || -> Result<Vec<i64>> {
        let mut known = Vec::new();
        for store in world.caught_up().await? {
            known.push(ties(store).await?[0].known_us);
        }
        Ok(known)
    };
    let before = known().await?;
    world.clock.set(day(9));
    organisation.corrects(id, 2, call(day(3), ana, ben)).await?;
    assert_eq!(known().await?, [day(9).micros(); 2]);
    world.clock.set(day(10));
    organisation.corrects(id, 3, right).await?;
    assert_eq!(known().await?, before);
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn corrections_and_retractions_leave_the_ties_of_what_remains() -> Result<()> {
    let revised = World::new().await?;
    {
        let organisation = revised.organisation(1).await?;
        let [ana, ben, cem] = three(&organisation).await?;
        organisation
            .sees(&meeting(day(1), &[ana, ben, cem]))
            .await?;
        let corrected = organisation.sees(&call(day(5), ben, cem)).await?;
        let retracted = organisation.sees(&mail(day(40), ana, &[ben, cem])).await?;
        let other = encounter(day(4), &[ana, cem]);
        organisation
            .corrects(corrected, 2, meeting(day(30), &[ben, cem]))
            .await?;
        organisation.retracts(retracted, ana).await?;
        organisation.corrects(corrected, 3, other).await?;
    }
    let straight = World::new().await?;
    {
        let organisation = straight.organisation(1).await?;
        let [ana, ben, cem] = three(&organisation).await?;
        organisation
            .sees(&meeting(day(1), &[ana, ben, cem]))
            .await?;
        // Ana's tie knows of the moment since the correction that moved it there.
        straight.clock.set(day(40));
        organisation
            .records(&encounter(day(4), &[ana, cem]))
            .await?;
    }
    assert_eq!(tie_rows(&revised).await?, tie_rows(&straight).await?);
    revised.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn a_tie_whose_only_moment_is_retracted_is_gone() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let [ana, _, cem] = three(&organisation).await?;
    let only = organisation.sees(&call(day(1), ana, cem)).await?;
    assert_eq!(tie_rows(&world).await?.len(), 1);
    organisation.retracts(only, ana).await?;
    assert_eq!(tie_rows(&world).await?, []);
    Ok(())
}

#[tokio::test]
async fn a_late_member_has_the_ties_of_an_early_one() -> Result<()> {
    let mut worlds = Vec::new();
    for early in [true, false] {
        let world = World::new().await?;
        let organisation = world.organisation(1).await?;
        let [ana, ben, cem] = three(&organisation).await?;
        let dora = organisation.person("Dora").await?;
        if early {
            organisation.becomes_member(dora).await?;
        }
        for moment in [
            encounter(day(1), &[dora, cem]),
            mail(day(2), dora, &[ana, cem]),
            introduction(day(3), ana, &[dora, cem]),
            call(day(20), ben, dora),
            meeting(day(60), &[ana, ben, cem, dora]),
            mail(day(61), cem, &[ben, dora]),
        ] {
            organisation.sees(&moment).await?;
        }
        if !early {
            world.caught_up().await?;
            organisation.becomes_member(dora).await?;
        }
        worlds.push(world);
    }
    let (early, late) = (tie_rows(&worlds[0]).await?, tie_rows(&worlds[1]).await?);
    assert_eq!(early.len(), 9, "three members with each other and with Cem");
    // What had passed before Dora joined doesn't fall due, so that what is asked may differ.
    let pasts = |ties: &[tie::Model]| -> Vec<tie::Model> {
        let past = |tie: &tie::Model| tie::Model {
            known_us: 0,
            due_us: None,
            due_reason: None,
            due_basis: None,
            ..tie.clone()
        };
        ties.iter().map(past).collect()
    };
    assert_eq!(pasts(&early), pasts(&late));
    worlds[1].expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn members_never_prompt_each_other() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let [ana, ben, cem] = three(&organisation).await?;
    organisation
        .sees(&encounter(day(1), &[ana, ben, cem]))
        .await?;
    let before = tie_rows(&world).await?;
    let within_48_hours = Timestamp(day(1).micros() + 48 * HOUR);
    for member in [ana, ben] {
        let tie = the(&before, member, cem);
        assert_eq!(tie.due_us, Some(within_48_hours.micros()));
        assert_eq!(tie.due_reason, Some(Reason::Ladder.index() as i16));
    }
    for (one, other) in [(ana, ben), (ben, ana)] {
        assert_eq!(the(&before, one, other).due_us, None);
    }

    organisation.becomes_member(cem).await?;
    let after = tie_rows(&world).await?;
    assert_eq!(after.len(), 6);
    assert!(
        after
            .iter()
            .all(|tie| tie.due_us.is_none() && tie.due_reason.is_none())
    );
    Ok(())
}

#[tokio::test]
async fn a_mail_ties_its_sender_and_never_recipients_with_each_other() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let [ana, ben, cem] = three(&organisation).await?;
    organisation.sees(&mail(day(1), cem, &[ana, ben])).await?;
    let rows = tie_rows(&world).await?;
    assert_eq!(rows.len(), 2);
    for member in [ana, ben] {
        let tie = the(&rows, member, cem);
        assert_eq!((tie.n_in, tie.n_out), (1, 0));
        assert_eq!(tie.last_in_us, Some(day(1).micros()));
    }
    Ok(())
}
