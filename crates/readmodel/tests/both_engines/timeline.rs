//! The timeline, as its reader may see it.

use anyhow::Result;
use kith_domain::interaction::Moment;
use kith_readmodel::query::interactions::{Filter, list, origin};

use crate::support::World;
use crate::support::moments::{call, day, mail, meeting};

fn with_words(moment: Moment) -> Moment {
    Moment {
        note: Some("seemed tired".into()),
        subject: Some("turbines".into()),
        ..moment
    }
}

#[tokio::test]
async fn a_note_is_for_its_author_and_a_subject_for_the_members_who_took_part() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.member("Ben").await?;
    let eve = organisation.member("Eve").await?;
    let zoe = organisation.person("Zoë").await?;
    organisation
        .sees(&with_words(meeting(day(1), &[ana, ben, zoe])))
        .await?;
    for store in world.caught_up().await? {
        let database = store.live().reading;
        for (asking, note, subject) in [(ana, true, true), (ben, false, true), (eve, false, false)]
        {
            let asks = organisation.asks(asking);
            let seen = list(&database, &asks, ana, &Filter::default(), None, 9).await?;
            let row = &seen[0].row;
            let sees = (row.note.is_some(), row.subject.is_some());
            assert_eq!(sees, (note, subject), "on {}", store.engine());
        }
        // Zoë took part and is no member; as a member later she sees the subject.
        let seen = list(
            &database,
            &organisation.asks(zoe),
            zoe,
            &Filter::default(),
            None,
            9,
        )
        .await?;
        assert_eq!(seen[0].row.subject, None);
    }
    organisation.becomes_member(zoe).await?;
    for store in world.caught_up().await? {
        let asks = organisation.asks(zoe);
        let seen = list(
            &store.live().reading,
            &asks,
            zoe,
            &Filter::default(),
            None,
            9,
        )
        .await?;
        assert!(seen[0].row.subject.is_some() && seen[0].row.note.is_none());
    }
    Ok(())
}

#[tokio::test]
async fn a_timeline_pages_newest_first_without_skip_or_repeat() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.person("Ben").await?;
    let cem = organisation.person("Cem").await?;
    for n in 0..10 {
        // Pairs at the same moment: only the id tells them apart.
        let with = if n % 3 == 0 { ben } else { cem };
        organisation.sees(&call(day(n / 2), ana, with)).await?;
    }
    for store in world.caught_up().await? {
        let database = store.live().reading;
        for (person, expected) in [(None, 10), (Some(ben), 4), (Some(cem), 6)] {
            let mut seen = Vec::new();
            loop {
                let asks = organisation.asks(ana);
                let page = list(
                    &database,
                    &asks,
                    ana,
                    &Filter::with(person),
                    seen.last().copied(),
                    3,
                )
                .await?;
                if page.is_empty() {
                    break;
                }
                seen.extend(page.iter().map(|seen| {
                    let id = kith_domain::id::InteractionId::from_slice(&seen.row.id);
                    (seen.row.at_us, id.unwrap_or_default())
                }));
            }
            assert_eq!(seen.len(), expected, "on {}", store.engine());
            assert!(seen.is_sorted_by(|newer, older| newer > older));
        }
    }
    Ok(())
}

#[tokio::test]
async fn only_the_revision_that_holds_is_listed_and_its_recorder_stays() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.person("Ben").await?;
    let cem = organisation.person("Cem").await?;
    let corrected = organisation.sees(&call(day(1), ana, ben)).await?;
    organisation
        .corrects(corrected, 2, mail(day(2), ana, &[cem]))
        .await?;
    let retracted = organisation.sees(&call(day(3), ana, ben)).await?;
    organisation.retracts(retracted, ana).await?;
    for store in world.caught_up().await? {
        let database = store.live().reading;
        let asks = organisation.asks(ana);
        let all = list(&database, &asks, ana, &Filter::default(), None, 9).await?;
        let rows: Vec<_> = all
            .iter()
            .map(|seen| (seen.row.revision, seen.row.at_us))
            .collect();
        assert_eq!(rows, [(2, day(2).micros())], "on {}", store.engine());
        assert!(
            list(&database, &asks, ana, &Filter::with(Some(ben)), None, 9)
                .await?
                .is_empty()
        );
        for id in [corrected, retracted] {
            let origin = origin(&database, organisation.id, id).await?;
            assert_eq!(origin.and_then(|origin| origin.recorder), Some(ana));
        }
    }
    Ok(())
}
