//! Until when what anybody sees of people holds.

use anyhow::Result;
use kith_domain::gathering::{self, Answer, Entry};
use kith_domain::id::{GatheringId, PersonId};
use kith_domain::sharing::Level;
use kith_readmodel::query::keys;

use crate::support::World;
use crate::support::moments::{call, day};
use crate::support::organisation::Organisation;

async fn moved(organisation: &Organisation<'_>) -> Result<[u64; 2]> {
    let mut moved = [0; 2];
    for (moved, store) in moved.iter_mut().zip(organisation.world.caught_up().await?) {
        let standing = keys::standing(&store.live().reading, organisation.id).await?;
        *moved = standing.moved;
    }
    Ok(moved)
}

#[tokio::test]
async fn what_is_no_gathering_moves_what_is_seen_of_people_and_gatherings_do_not() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation_sharing(1, Level::Named).await?;
    let ana = organisation.member("Ana").await?;
    let eva = organisation.person("Eva").await?;
    let before = moved(&organisation).await?;
    assert_eq!(before, [world.tail().await?; 2]);

    let of_list = gathering::Event {
        gathering: GatheringId::from_bytes([7; 16]),
        revision: 1,
        entry: Entry::Answer(
            PersonId::from_bytes([8; 16]),
            ana,
            Some(Answer::Person(eva)),
        ),
    };
    organisation.commit(vec![of_list.into()]).await?;
    assert_eq!(moved(&organisation).await?, before);

    organisation.records(&call(day(1), ana, eva)).await?;
    let after = moved(&organisation).await?;
    assert_eq!(after, [world.tail().await?; 2]);
    assert!(after > before);
    // Another organisation's are its own.
    let other = world.organisation(2).await?;
    other.person("Kim").await?;
    assert_eq!(moved(&organisation).await?, after);
    Ok(())
}
