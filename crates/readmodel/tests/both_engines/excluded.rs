//! Whoever a member leaves out makes no tie for them, and a word that is taken back gives it back.

use anyhow::Result;
use kith_domain::id::PersonId;
use kith_domain::sharing::{Level, Target};
use kith_domain::tie::V1;
use kith_readmodel::query::{export, interactions, people, ties};

use crate::support::World;
use crate::support::moments::{call, day, meeting};
use crate::support::organisation::Organisation;

/// All that a member sees of somebody, on both engines alike.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Sight {
    tie: Option<u32>,
    ties: usize,
    as_of: bool,
    exported: usize,
    timeline: usize,
    with_them: usize,
    in_directory: bool,
}

async fn sight(
    world: &World,
    organisation: &Organisation<'_>,
    me: PersonId,
    other: PersonId,
) -> Result<Sight> {
    let mut sights = Vec::new();
    for store in world.caught_up().await? {
        let database = store.live().reading;
        let asks = organisation.asks(me);
        let tie = ties::find(&database, organisation.id, me, other).await?;
        let question = export::Question {
            member: Some(me),
            as_of: day(40),
            horizon: 90.0,
            profile: &V1,
            default: Level::Named,
        };
        let all = interactions::list(
            &database,
            &asks,
            me,
            &interactions::Filter::default(),
            None,
            2,
        )
        .await?;
        let with = interactions::list(
            &database,
            &asks,
            me,
            &interactions::Filter::with(Some(other)),
            None,
            99,
        )
        .await?;
        sights.push(Sight {
            tie: tie.map(|own| own.state.n_out + own.state.n_in),
            ties: ties::of_member(&database, organisation.id, me).await?.len(),
            as_of: ties::find_as_of(&database, organisation.id, me, other, day(40))
                .await?
                .is_some(),
            exported: export::ties(&database, &asks, &question).await?.len(),
            timeline: all.len(),
            with_them: with.len(),
            in_directory: people::see(&database, &asks, other).await?.is_some(),
        });
    }
    assert!(
        sights.windows(2).all(|pair| pair[0] == pair[1]),
        "{sights:?}"
    );
    Ok(sights.remove(0))
}

#[tokio::test]
async fn whoever_is_left_out_is_gone_for_that_member_alone_and_comes_back_whole() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.member("Ben").await?;
    let zoe = organisation
        .meets(&[ana, ben], "Zoë", "zoe@Wind.example")
        .await?;
    let cem = organisation
        .meets(&[ana, ben], "Çem", "cem@else.example")
        .await?;
    for number in 1..4 {
        organisation.sees(&call(day(number), ana, zoe)).await?;
        organisation.sees(&call(day(number), ben, zoe)).await?;
    }
    organisation
        .sees(&meeting(day(5), &[ana, zoe, cem]))
        .await?;
    organisation.sees(&call(day(6), ana, zoe)).await?;
    let before = sight(&world, &organisation, ana, zoe).await?;
    let bens = sight(&world, &organisation, ben, zoe).await?;
    assert_eq!((before.ties, before.exported, before.with_them), (2, 2, 5));
    for target in [
        Target::Address(" ZOE@wind.example".into()),
        Target::Domain("Wind.Example".into()),
        Target::Person(zoe),
    ] {
        organisation.leaves_out(ana, target.clone(), true).await?;
        let expected = Sight {
            tie: None,
            ties: 1,
            as_of: false,
            exported: 1,
            // What Zoë was only one of is still there.
            timeline: 1,
            with_them: 1,
            // Ben's tie leads there.
            in_directory: true,
        };
        assert_eq!(
            sight(&world, &organisation, ana, zoe).await?,
            expected,
            "{target:?}"
        );
        assert_eq!(sight(&world, &organisation, ben, zoe).await?, bens);
        // What comes meanwhile makes no tie either, and is there when the word is taken back.
        let meanwhile = organisation.sees(&call(day(7), ana, zoe)).await?;
        assert_eq!(sight(&world, &organisation, ana, zoe).await?, expected);
        organisation.retracts(meanwhile, ana).await?;
        organisation.leaves_out(ana, target.clone(), false).await?;
        assert_eq!(sight(&world, &organisation, ana, zoe).await?, before);
    }
    Ok(())
}

#[tokio::test]
async fn a_later_address_that_is_left_out_takes_its_owner_along() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let zoe = organisation.person_at("Zoë", "zoe@wind.example").await?;
    organisation.sees(&call(day(1), ana, zoe)).await?;
    let domain = Target::Domain("home.example".into());
    organisation.leaves_out(ana, domain.clone(), true).await?;
    assert!(sight(&world, &organisation, ana, zoe).await?.tie.is_some());
    organisation.moves_to(zoe, 1, "zoe@home.example").await?;
    assert!(sight(&world, &organisation, ana, zoe).await?.tie.is_none());
    organisation.leaves_out(ana, domain.clone(), false).await?;
    assert!(sight(&world, &organisation, ana, zoe).await?.tie.is_some());
    Ok(())
}
