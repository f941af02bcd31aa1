//! Who changed what is known of somebody.

use anyhow::Result;
use kith_domain::event::Event;
use kith_domain::fact;
use kith_domain::id::{FactId, InteractionId, PersonId};
use kith_domain::interaction::{self, Recorded};
use kith_domain::time::Timestamp;
use kith_readmodel::query::changes::{self, What};
use kith_readmodel::query::{own_changes, people};

use crate::support::World;
use crate::support::moments::{call, day};

fn noted(id: u8, person: PersonId, author: PersonId, private: bool, at: Timestamp) -> fact::Event {
    fact::Event::Added(fact::Fact {
        id: FactId::from_bytes([id; 16]),
        person,
        kind: fact::Kind::Interest,
        text: "sailing".into(),
        source: None,
        question: None,
        private,
        author,
        noted_at: at,
        fingerprint: [0; 16],
    })
}

#[tokio::test]
async fn changes_are_told_newest_first_and_private_facts_to_their_author_alone() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.member("Ben").await?;
    world.clock.set(day(1));
    let zoe = organisation.person_at("Zoë", "zoe@wind.example").await?;
    let met = organisation
        .meets(&[ana], "Yve", "yve@wind.example")
        .await?;
    organisation.sees(&call(day(2), ana, met)).await?;
    world.clock.set(day(3));
    organisation.moves_to(zoe, 1, "zoe@sea.example").await?;
    world.clock.set(day(4));
    organisation
        .commit(vec![noted(1, zoe, ana, true, day(4)).into()])
        .await?;
    organisation
        .commit(vec![noted(2, zoe, ben, false, day(5)).into()])
        .await?;
    world.clock.set(day(6));
    let removed = fact::Event::Removed {
        id: FactId::from_bytes([2; 16]),
    };
    organisation.commit(vec![removed.into()]).await?;
    for store in world.caught_up().await? {
        let database = store.live().reading;
        let told = async |asks, person| -> Result<Vec<(Timestamp, String)>> {
            let row = people::find(&database, organisation.id, person)
                .await?
                .expect("somebody");
            let changes = changes::of_person(&database, &organisation.asks(asks), &row).await?;
            let word = |what| match what {
                What::Entered => "entered".to_owned(),
                What::Field(row) => format!("{} {:?} {:?}", row.field, row.before, row.after),
                What::FactAdded(row) => format!("noted {}", row.id[0]),
                What::FactRemoved(row) => format!("removed {}", row.id[0]),
            };
            Ok(changes.into_iter().map(|c| (c.at, word(c.what))).collect())
        };
        let moved =
            "addresses Some(\"zoe@wind.example\") Some(\"zoe@sea.example\\nZOE@SEA.EXAMPLE\")";
        let all = [
            (day(6), "removed 2"),
            (day(5), "noted 2"),
            (day(4), "noted 1"),
            (day(3), moved),
            (day(1), "entered"),
        ];
        let all = all.map(|(at, word)| (at, word.to_owned()));
        assert_eq!(told(ana, zoe).await?, all);
        let bens: Vec<_> = all
            .iter()
            .filter(|(_, word)| word != "noted 1")
            .cloned()
            .collect();
        assert_eq!(told(ben, zoe).await?, bens);
        assert_eq!(told(ana, met).await?, [], "nobody entered her");
    }
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn requests_that_share_a_commit_are_changes_of_their_own() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.person("Ben").await?;
    let recorded = |number: u8, fingerprint| -> Event {
        let recorded = Recorded {
            id: InteractionId::from_bytes([number; 16]),
            source: None,
            recorder: ana,
            moment: call(day(1), ana, ben),
            fingerprint: [fingerprint; 16],
        };
        interaction::Event::Recorded(recorded).into()
    };
    let together = vec![recorded(1, 7), recorded(2, 7), recorded(3, 8)];
    organisation.commit(together).await?;
    for store in world.caught_up().await? {
        let database = store.live().reading;
        let whose = (organisation.id, ana);
        let changes = own_changes::list(&database, whose, None, 9).await?;
        let moments: Vec<usize> = changes.iter().map(|change| change.recorded.len()).collect();
        assert_eq!(moments, [2, 1], "on {}", store.engine());
        let mut paged = Vec::new();
        let mut before = None;
        while let Some(change) = own_changes::list(&database, whose, before, 1).await?.pop() {
            before = Some(own_changes::Place {
                position: change.position,
                request: change.request(),
            });
            paged.push(change);
        }
        assert_eq!(paged, changes, "on {}", store.engine());
        for change in changes {
            let place = own_changes::Place {
                position: change.position,
                request: change.request(),
            };
            let found = own_changes::find(&database, whose, place).await?;
            assert_eq!(found, Some(change), "on {}", store.engine());
        }
    }
    Ok(())
}
