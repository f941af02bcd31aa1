//! Who knows whom, as far as it is shared.

use anyhow::Result;
use kith_domain::id::PersonId;
use kith_domain::sharing::Level::{self, Anonymous, Named, Private};
use kith_domain::sharing::Target;
use kith_domain::tie::{Band, V1};
use kith_readmodel::query::acquaintances::{Acquaintance, others};
use kith_readmodel::query::{export, people};
use kith_readmodel::store::Store;

use crate::support::World;
use crate::support::moments::{call, day, meeting};
use crate::support::organisation::Organisation;

/// The day of the questions.
const NOW: i64 = 40;

/// Every tie that is not private.
const OF_ALL: export::Question = export::Question {
    member: None,
    as_of: day(NOW),
    horizon: 90.0,
    profile: &V1,
    default: Named,
};

async fn acquaintances(
    store: &Store,
    organisation: &Organisation<'_>,
    (asking, person): (PersonId, PersonId),
    default: Level,
) -> Result<Vec<Acquaintance>> {
    let database = store.live().reading;
    let asks = organisation.asks(asking);
    Ok(others(&database, &asks, &[person], default, day(NOW)).await?)
}

#[tokio::test]
async fn the_tightest_word_about_a_tie_decides_what_others_see() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.member("Ben").await?;
    let zoe = organisation.person_at("Zoë", "Zoe@Wind.example").await?;
    organisation.sees(&call(day(1), ben, zoe)).await?;
    let known = |member| Acquaintance {
        member,
        person: zoe,
        band: Band::New,
    };
    let targets = [
        Target::Person(zoe),
        Target::Address(" zoe@WIND.example".into()),
        Target::Domain("Wind.Example".into()),
    ];
    for (default, said, sight) in [
        (Named, None, Named),
        (Anonymous, None, Anonymous),
        (Private, None, Private),
        (Named, Some(Anonymous), Anonymous),
        (Named, Some(Private), Private),
        (Anonymous, Some(Private), Private),
        // A member's word tightens and never loosens.
        (Anonymous, Some(Named), Anonymous),
        (Private, Some(Named), Private),
    ] {
        for target in &targets {
            organisation.shares(ben, target.clone(), said).await?;
            // Words about somebody else, and of somebody else, say nothing here.
            let elsewhere = Target::Domain("else.example".into());
            organisation.shares(ben, elsewhere, Some(Private)).await?;
            organisation
                .shares(ana, target.clone(), Some(Private))
                .await?;
            for store in world.caught_up().await? {
                let seen = acquaintances(store, &organisation, (ana, zoe), default).await?;
                let expected = match sight {
                    Named => vec![known(Some(ben))],
                    Anonymous => vec![known(None)],
                    Private => vec![],
                };
                assert_eq!(seen, expected, "{default:?} {said:?} {target:?}");
            }
            organisation.shares(ben, target.clone(), None).await?;
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_tie_between_two_members_is_as_private_as_the_tighter_of_both_wants_it() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.member("Ben").await?;
    let zoe = organisation.person_at("Zoë", "zoe@wind.example").await?;
    organisation.sees(&call(day(1), ben, zoe)).await?;
    organisation.becomes_member(zoe).await?;
    let address = Target::Address("Zoe@wind.example".into());
    for (target, said) in [
        (Target::Person(zoe), Anonymous),
        (Target::Person(zoe), Private),
        (Target::Domain("wind.example".into()), Private),
        (address.clone(), Private),
    ] {
        organisation.shares(ben, target.clone(), Some(said)).await?;
        for store in world.caught_up().await? {
            let of = async |person| acquaintances(store, &organisation, (ana, person), Named).await;
            let members = async |person| Ok::<_, anyhow::Error>(of(person).await?.len());
            let seen = usize::from(said == Anonymous);
            assert_eq!(members(zoe).await?, seen, "{target:?} {said:?}");
            assert_eq!(members(ben).await?, seen, "{target:?} {said:?}");
            let named = of(ben).await?.iter().any(|one| one.member.is_some());
            assert!(
                !named,
                "Zoë's end tells no more than Ben's: {target:?} {said:?}"
            );
            let database = store.live().reading;
            let rows = export::ties(&database, &organisation.asks(ana), &OF_ALL).await?;
            assert_eq!(rows.len(), 2 * seen, "{target:?} {said:?}");
        }
        organisation.shares(ben, target, None).await?;
    }
    // Whoever leaves the other out has no tie of their own, and keeps the other's private.
    for target in [
        address,
        Target::Person(zoe),
        Target::Domain("wind.example".into()),
    ] {
        organisation.leaves_out(ben, target.clone(), true).await?;
        for store in world.caught_up().await? {
            let seen = acquaintances(store, &organisation, (ana, ben), Named).await?;
            assert_eq!(seen, [], "{target:?}");
            let own = acquaintances(store, &organisation, (zoe, ben), Named).await?;
            assert_eq!(own, [], "others alone: {target:?}");
        }
        organisation.leaves_out(ben, target, false).await?;
    }
    for store in world.caught_up().await? {
        let seen = acquaintances(store, &organisation, (ana, ben), Named).await?;
        assert_eq!(seen.len(), 1, "nothing is said any more");
    }
    Ok(())
}

#[tokio::test]
async fn a_word_about_an_address_holds_on_when_somebody_replaces_the_address() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.member("Ben").await?;
    let zoe = organisation.person_at("Zoë", "Zoe@Wind.example").await?;
    organisation.sees(&call(day(1), ben, zoe)).await?;
    for (version, target) in (1..).step_by(2).zip([
        Target::Address("zoe@wind.example".into()),
        Target::Domain("wind.example".into()),
    ]) {
        organisation
            .shares(ben, target.clone(), Some(Private))
            .await?;
        organisation
            .moves_to(zoe, version, "zoe@else.example")
            .await?;
        for store in world.caught_up().await? {
            let on = store.engine();
            let seen = acquaintances(store, &organisation, (ana, zoe), Named).await?;
            assert_eq!(seen, [], "{target:?} on {on}");
            let database = store.live().reading;
            let rows = export::ties(&database, &organisation.asks(ana), &OF_ALL).await?;
            assert!(rows.is_empty(), "{target:?} on {on}");
            let by = async |address| people::by_address(&database, organisation.id, address).await;
            assert_eq!(
                by("zoe@wind.example").await?,
                None,
                "found by no old address"
            );
            assert_eq!(by("zoe@else.example").await?, Some(zoe));
        }
        organisation.shares(ben, target, None).await?;
        organisation
            .moves_to(zoe, version + 1, "Zoe@wind.example")
            .await?;
        for store in world.caught_up().await? {
            let seen = acquaintances(store, &organisation, (ana, zoe), Named).await?;
            assert_eq!(seen.len(), 1);
            let database = store.live().reading;
            let back = people::by_address(&database, organisation.id, "zoe@wind.example").await?;
            assert_eq!(back, Some(zoe), "an address may come back");
        }
    }
    world.expect_replay_to_agree().await.map(drop)
}

/// Three members, of whom Ben and Eve know Zoë; in one world Eve's tie does not exist at all.
async fn world_where_eve_is_silent(eve_met_zoe: bool) -> Result<World> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.member("Ben").await?;
    let eve = organisation.member("Eve").await?;
    let zoe = organisation.person("Zoë").await?;
    organisation
        .shares(eve, Target::Person(zoe), Some(Private))
        .await?;
    for week in 0..4 {
        organisation.sees(&call(day(7 * week), ben, zoe)).await?;
        organisation
            .sees(&meeting(day(7 * week), &[ana, eve]))
            .await?;
        if eve_met_zoe {
            organisation.sees(&call(day(7 * week), eve, zoe)).await?;
        }
    }
    Ok(world)
}

#[tokio::test]
async fn a_private_tie_changes_no_part_of_any_answer() -> Result<()> {
    let mut answers = Vec::new();
    for eve_met_zoe in [true, false] {
        let world = world_where_eve_is_silent(eve_met_zoe).await?;
        // The ids of a world follow from the order of its sentences.
        let organisation = Organisation {
            world: &world,
            id: kith_domain::id::OrganisationId::from_bytes([1; 16]),
        };
        for store in world.caught_up().await? {
            let database = store.live().reading;
            let by = async |address| people::by_address(&database, organisation.id, address).await;
            let ana = by("ana@example.org").await?.expect("Ana");
            let zoe = by("zoe@example.org").await?.expect("Zoë");
            let known = acquaintances(store, &organisation, (ana, zoe), Named).await?;
            answers.push((eve_met_zoe, format!("{known:?}")));
            let rows = export::ties(&database, &organisation.asks(ana), &OF_ALL).await?;
            answers.push((eve_met_zoe, format!("{rows:?}")));
        }
    }
    let of = |world: bool| answers.iter().filter(move |a| a.0 == world).map(|a| &a.1);
    assert!(of(true).eq(of(false)), "{answers:#?}");
    Ok(())
}

#[tokio::test]
async fn the_one_who_asks_is_no_answer_and_this_week_is_not_told() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.member("Ben").await?;
    let zoe = organisation.person("Zoë").await?;
    organisation.sees(&call(day(1), ana, zoe)).await?;
    // Day 40 is a Wednesday: Monday's call is this week's.
    organisation.sees(&call(day(NOW - 2), ben, zoe)).await?;
    for store in world.caught_up().await? {
        let to_ana = acquaintances(store, &organisation, (ana, zoe), Named).await?;
        assert_eq!(to_ana, []);
        let to_ben = acquaintances(store, &organisation, (ben, zoe), Named).await?;
        assert_eq!(to_ben.len(), 1);
    }
    Ok(())
}
