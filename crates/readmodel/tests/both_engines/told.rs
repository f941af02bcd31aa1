//! What members are told, and of whom nothing is asked.

use anyhow::{Context, Result};
use kith_domain::id::{FollowUpId, PersonId};
use kith_readmodel::query::followups::{passed, told_after};
use kith_readmodel::store::Store;

use crate::support::World;
use crate::support::moments::{day, encounter};
use crate::support::organisation::Organisation;

async fn told(
    store: &Store,
    organisation: &Organisation<'_>,
    member: PersonId,
) -> Result<Vec<FollowUpId>> {
    let (database, start) = (store.live().reading, (0, FollowUpId::default()));
    let rows = told_after(&database, (organisation.id, member), start, 9).await?;
    let ids = rows
        .iter()
        .filter_map(|row| FollowUpId::from_slice(&row.id));
    Ok(ids.collect())
}

#[tokio::test]
async fn what_was_put_off_after_it_was_told_is_not_sent_before_it_falls_due_again() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.person("Ben").await?;
    let id = organisation.promises(ana, ben, day(5)).await?;
    let tell = async |at| {
        let [sqlite, _] = world.caught_up().await?;
        let found = passed(&sqlite.live().reading, at, &[], 9).await?;
        organisation
            .tells(found.first().context("a due moment")?)
            .await
    };
    tell(day(5)).await?;
    for store in world.caught_up().await? {
        assert_eq!(told(store, &organisation, ana).await?, [id]);
    }
    organisation.snoozes(id, day(8)).await?;
    for store in world.caught_up().await? {
        let on = store.engine();
        assert_eq!(told(store, &organisation, ana).await?, [], "on {on}");
    }
    tell(day(8)).await?;
    for store in world.caught_up().await? {
        assert_eq!(told(store, &organisation, ana).await?, [id]);
    }
    Ok(())
}

#[tokio::test]
async fn due_moments_of_a_parked_organisation_keep_no_other_from_being_told() -> Result<()> {
    let world = World::new().await?;
    let (parked, other) = (world.organisation(1).await?, world.organisation(2).await?);
    for (organisation, promised) in [(parked, day(2)), (other, day(5))] {
        let ana = organisation.member("Ana").await?;
        let ben = organisation.person("Ben").await?;
        organisation.sees(&encounter(day(1), &[ana, ben])).await?;
        organisation.promises(ana, ben, promised).await?;
    }
    let nowhere = FollowUpId::from_bytes([9; 16]);
    parked.snoozes(nowhere, day(9)).await?;
    for store in world.caught_up().await? {
        // One of each kind: the parked organisation's are older, and would be the ones.
        let found = passed(&store.live().reading, day(9), &[], 1).await?;
        let whose: Vec<_> = found.iter().map(|passed| passed.organisation).collect();
        assert_eq!(whose, [other.id, other.id], "on {}", store.engine());
    }
    Ok(())
}
