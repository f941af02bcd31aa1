//! Companies, and what a merge and an erasure make of them.

use anyhow::Result;
use kith_domain::id::PersonId;
use kith_domain::person::{Change, Event};
use kith_domain::sharing::Level;
use kith_domain::{identity, sharing::Target};
use kith_readmodel::query::companies::{Company, Question, list};

use crate::support::World;
use crate::support::moments::{call, day};
use crate::support::organisation::Organisation;

/// All companies that a member sees, on both engines alike.
async fn seen(
    world: &World,
    organisation: &Organisation<'_>,
    me: PersonId,
) -> Result<Vec<(String, usize, usize)>> {
    let mut answers = Vec::new();
    for store in world.caught_up().await? {
        let question = Question {
            name: None,
            after: None,
            limit: 99,
            now: day(40),
            default: Level::Named,
        };
        let asks = organisation.asks(me);
        let found: Vec<Company> = list(&store.live().reading, &asks, &question).await?;
        let figures = found.into_iter().map(|c| (c.name, c.people, c.ties));
        answers.push(figures.collect::<Vec<_>>());
    }
    assert_eq!(answers[0], answers[1]);
    Ok(answers.remove(0))
}

fn named(companies: &[(&str, usize, usize)]) -> Vec<(String, usize, usize)> {
    let own = |(name, people, ties): &(&str, usize, usize)| ((*name).to_owned(), *people, *ties);
    companies.iter().map(own).collect()
}

#[tokio::test]
async fn merged_people_work_where_any_of_their_entries_does() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    // Everybody of these sentences works at Windfarm Ltd; Ana is a member, and is not counted.
    let zoe = organisation.person_at("Zoë", "zoe@wind.example").await?;
    let again = organisation.person_at("Zoë", "zoe@home.example").await?;
    let change = Change {
        company: Some(Some("Harbour".into())),
        affiliations: Some(vec!["Moon\t\t\t1969".into(), "Board\tchair\t1970\t".into()]),
        ..Change::default()
    };
    let moved = Event::Changed {
        id: again,
        version: 1,
        change,
    };
    organisation.commit(vec![moved.into()]).await?;
    organisation.sees(&call(day(1), ana, zoe)).await?;
    let apart = named(&[("Board", 1, 0), ("Harbour", 1, 0), ("Windfarm Ltd", 1, 1)]);
    assert_eq!(seen(&world, &organisation, ana).await?, apart);

    let merged = identity::Event::Merged {
        kept: zoe,
        gone: again,
    };
    organisation.commit(vec![merged.into()]).await?;
    let together = named(&[("Board", 1, 1), ("Windfarm Ltd", 1, 1)]);
    assert_eq!(seen(&world, &organisation, ana).await?, together);

    let target = Target::Person(zoe);
    organisation.leaves_out(ana, target.clone(), true).await?;
    let without = named(&[("Board", 1, 0), ("Windfarm Ltd", 1, 0)]);
    assert_eq!(seen(&world, &organisation, ana).await?, without);
    organisation.leaves_out(ana, target, false).await?;

    let unmerged = identity::Event::Unmerged { gone: again };
    organisation.commit(vec![unmerged.into()]).await?;
    assert_eq!(seen(&world, &organisation, ana).await?, apart);
    let erased = Event::Erased {
        id: again,
        also: vec![],
    };
    organisation.commit(vec![erased.into()]).await?;
    assert_eq!(
        seen(&world, &organisation, ana).await?,
        named(&[("Windfarm Ltd", 1, 1)])
    );
    world.expect_replay_to_agree().await.map(drop)
}
