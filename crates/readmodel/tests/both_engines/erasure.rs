//! A destroyed key: replay after an erasure is live after it.

use std::collections::BTreeMap;

use anyhow::Result;
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::interaction::Moment;
use kith_domain::organisation;
use kith_eventlog::vault::KeyOf;
use kith_readmodel::entity::{interaction, person, person_address, person_tag};
use kith_readmodel::query::{erasures, people};
use kith_readmodel::rebuild::{Verdict, rebuild, verify};
use kith_readmodel::store::Store;
use sea_orm::{ConnectionTrait, EntityTrait, Statement};

use crate::support::moments::{day, encounter, mail, meeting};
use crate::support::{World, ties};

fn with_words(moment: Moment) -> Moment {
    Moment {
        note: Some("ask about the blades".into()),
        subject: Some("turbines".into()),
        ..moment
    }
}

/// What stays after an erasure: everything but the rows and words of one person.
async fn of_others(store: &Store, erased: PersonId) -> Result<impl PartialEq + std::fmt::Debug> {
    let database = &store.live().reading;
    let others = |id: &Vec<u8>| *id != erased.as_bytes();
    let mut people = person::Entity::find().all(database).await?;
    let mut addresses = person_address::Entity::find().all(database).await?;
    let mut tags = person_tag::Entity::find().all(database).await?;
    let mut interactions = interaction::Entity::find().all(database).await?;
    people.retain(|row| others(&row.id));
    addresses.retain(|row| others(&row.person));
    tags.retain(|row| others(&row.person));
    interactions.retain(|row| {
        row.participants
            .chunks(17)
            .all(|p| p[..16] != *erased.as_bytes())
    });
    Ok((people, addresses, tags, interactions))
}

#[tokio::test]
async fn the_name_of_an_erased_person_is_gone_and_every_figure_stays() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.person("Ben Erased").await?;
    let cem = organisation.person("Cem").await?;
    for moment in [
        encounter(day(1), &[ana, ben]),
        mail(day(2), ana, &[ben, cem]),
        meeting(day(3), &[ana, cem]),
    ] {
        organisation.sees(&with_words(moment)).await?;
    }
    organisation.promises(ana, ben, day(9)).await?;
    organisation.moves_to(ben, 1, "ben@new.example").await?;
    world.caught_up().await?;
    world.expect_replay_to_agree().await?;

    let keys = world.ledger.keys();
    keys.destroy(organisation.id, &[KeyOf::Person(ben)]).await?;
    for store in world.stores() {
        let (ties_before, others_before) = (ties(store).await?, of_others(store, ben).await?);
        let outdated = verify(store, &world.ledger).await?;
        assert!(
            matches!(&outdated, Verdict::Differs { table, .. } if table == "person"),
            "{outdated:?}"
        );

        rebuild(store, &world.ledger).await?;
        let database = store.live().reading;
        let row = people::find(&database, organisation.id, ben).await?;
        let row = row.expect("the row stays, without words");
        assert_eq!(
            (row.name, row.sort_name.as_str(), row.addresses.as_str()),
            (None, "", "")
        );
        let addresses = person_address::Entity::find().all(&database).await?;
        let of_ben = |row: &person_address::Model| row.person == ben.as_bytes();
        assert!(!addresses.iter().any(of_ben), "present or former");
        assert_eq!(ties(store).await?, ties_before, "figures stay");
        assert_eq!(
            of_others(store, ben).await?,
            others_before,
            "others' words stay"
        );
        expect_no_words_of(store, ben).await?;
    }
    world.expect_replay_to_agree().await.map(drop)
}

/// Notes and subjects of moments with them, and promises to them, have lost their words.
async fn expect_no_words_of(store: &Store, erased: PersonId) -> Result<()> {
    let database = &store.live().reading;
    let with_them = |row: &interaction::Model| {
        let mut people = row.participants.chunks(17).map(|p| &p[..16]);
        people.any(|id| id == erased.as_bytes())
    };
    let moments = interaction::Entity::find().all(database).await?;
    let theirs: Vec<_> = moments.into_iter().filter(with_them).collect();
    assert_eq!(theirs.len(), 2, "the moments stay");
    assert!(
        theirs
            .iter()
            .all(|row| row.note.is_none() && row.subject.is_none())
    );
    let promises = kith_readmodel::entity::follow_up::Entity::find()
        .all(database)
        .await?;
    assert_eq!(promises.len(), 1, "the promise stays");
    assert_eq!(promises[0].text, None);
    Ok(())
}

#[tokio::test]
async fn an_erased_organisation_keeps_its_figures_and_no_word() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.person("Ben").await?;
    organisation
        .sees(&with_words(meeting(day(1), &[ana, ben])))
        .await?;
    world.caught_up().await?;

    let keys = world.ledger.keys();
    keys.destroy(organisation.id, &[KeyOf::Organisation])
        .await?;
    for store in world.stores() {
        let before = ties(store).await?;
        rebuild(store, &world.ledger).await?;
        let people = person::Entity::find().all(&store.live().reading).await?;
        assert_eq!(people.len(), 2);
        assert!(
            people
                .iter()
                .all(|row| row.name.is_none() && row.company.is_none())
        );
        let moments = interaction::Entity::find()
            .all(&store.live().reading)
            .await?;
        assert!(
            moments
                .iter()
                .all(|row| row.note.is_none() && row.subject.is_none())
        );
        assert_eq!(ties(store).await?, before);
    }
    world.expect_replay_to_agree().await.map(drop)
}

/// Rows of each table that name an organisation, by table.
async fn rows_of(store: &Store, organisation: OrganisationId) -> Result<BTreeMap<String, usize>> {
    let database = store.live().reading;
    let mut rows = BTreeMap::new();
    for table in [
        "member",
        "person",
        "person_address",
        "person_company",
        "fact",
        "interaction",
        "participation",
        "tie",
        "follow_up",
        "gone",
    ] {
        let sql = format!("SELECT organisation FROM {table}");
        let all = Statement::from_string(database.get_database_backend(), sql);
        for row in database.query_all_raw(all).await? {
            let id: Vec<u8> = row.try_get("", "organisation")?;
            if id == organisation.as_bytes() {
                *rows.entry(table.to_owned()).or_default() += 1;
            }
        }
    }
    Ok(rows)
}

#[tokio::test]
async fn of_an_erased_organisation_nothing_is_left_and_nothing_later_counts() -> Result<()> {
    let world = World::new().await?;
    let (gone, stays) = (world.organisation(1).await?, world.organisation(2).await?);
    for organisation in [gone, stays] {
        let ana = organisation.member("Ana").await?;
        let ben = organisation.person("Ben").await?;
        organisation
            .sees(&with_words(meeting(day(1), &[ana, ben])))
            .await?;
        organisation.promises(ana, ben, day(9)).await?;
    }
    let [sqlite, _] = world.caught_up().await?;
    let (before, others) = (
        rows_of(sqlite, gone.id).await?,
        rows_of(sqlite, stays.id).await?,
    );
    assert_eq!(before, others);
    assert!(before.len() > 7, "{before:?}");

    let erased = organisation::Event::Erased { id: gone.id };
    gone.commit(vec![erased.into()]).await?;
    // Somebody who did not know yet.
    let late = gone.member("Eve").await?;
    gone.sees(&meeting(day(2), &[late])).await?;
    for store in world.caught_up().await? {
        let left = BTreeMap::from([("gone".to_owned(), 1)]);
        assert_eq!(rows_of(store, gone.id).await?, left);
        assert_eq!(rows_of(store, stays.id).await?, others);
        let known = erasures::organisations(&store.live().reading).await?;
        assert_eq!(known, [gone.id]);
    }
    let keys = world.ledger.keys();
    keys.destroy(gone.id, &[KeyOf::Organisation]).await?;
    world.expect_replay_to_agree().await.map(drop)
}
