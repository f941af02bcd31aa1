//! Finding people.

use anyhow::Result;
use kith_domain::id::PersonId;
use kith_domain::person::{Change, Event};
use kith_readmodel::query::listing::{self, Filter};
use kith_readmodel::query::people;
use kith_readmodel::store::Store;

use crate::support::World;
use crate::support::organisation::Organisation;

async fn names(
    store: &Store,
    organisation: &Organisation<'_>,
    filter: Filter,
) -> Result<Vec<String>> {
    let database = store.live().reading;
    let found = listing::list(&database, &organisation.outsider(), &filter, None, 99).await?;
    Ok(found.iter().map(people::called).collect())
}

#[tokio::test]
async fn pages_neither_skip_nor_repeat_while_people_come() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    for name in [
        "Åsa", "ben", "Ana", "Ben", "Zoë", "Ben", "çem", "Ümit", "Łukasz", "Ana",
    ] {
        organisation.person(name).await?;
    }
    world.organisation(2).await?.person("Ben").await?;
    for store in world.caught_up().await? {
        let before = page(store, &organisation, None, 99).await?;
        let mut seen: Vec<(String, PersonId)> = Vec::new();
        loop {
            let next = page(store, &organisation, seen.last(), 3).await?;
            if next.is_empty() {
                break;
            }
            seen.extend(next);
            if seen.len() < 30 {
                for name in ["Aaron", "Ben", "Zz"] {
                    organisation.person(name).await?;
                }
                world.project(store, world.tail().await?).await?;
            }
        }
        assert!(
            seen.is_sorted_by(|a, b| a < b),
            "in order, each once: {seen:?}"
        );
        let missing = before.iter().find(|person| !seen.contains(person));
        assert_eq!(missing, None, "on {}", store.engine());
    }
    Ok(())
}

async fn page(
    store: &Store,
    organisation: &Organisation<'_>,
    after: Option<&(String, PersonId)>,
    limit: u64,
) -> Result<Vec<(String, PersonId)>> {
    let database = store.live().reading;
    let all = Filter::default();
    let rows = listing::list(&database, &organisation.outsider(), &all, after, limit).await?;
    let key = |row: kith_readmodel::entity::person::Model| {
        let id = PersonId::from_slice(&row.id).unwrap_or_default();
        (row.sort_name, id)
    };
    Ok(rows.into_iter().map(key).collect())
}

#[tokio::test]
async fn a_name_is_found_without_its_accents_and_in_any_case() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    for name in [
        "José  NUÑEZ",
        "Jose Other",
        "100% Wind_farm",
        "Straße",
        "Ωmega",
    ] {
        organisation.person(name).await?;
    }
    for store in world.caught_up().await? {
        for (part, found) in [
            ("jose n", vec!["José  NUÑEZ"]),
            ("NÚÑ", vec!["José  NUÑEZ"]),
            ("Jösé", vec!["José  NUÑEZ", "Jose Other"]),
            ("%", vec!["100% Wind_farm"]),
            ("d_f", vec!["100% Wind_farm"]),
            ("e_n", vec![]),
            ("ωM", vec!["Ωmega"]),
        ] {
            let filter = Filter {
                name: Some(part.into()),
                ..Filter::default()
            };
            let mut names = names(store, &organisation, filter).await?;
            names.sort_by_key(|name| !name.contains('É') && !name.contains('é'));
            assert_eq!(names, found, "{part} on {}", store.engine());
        }
    }
    Ok(())
}

#[tokio::test]
async fn all_filters_given_must_hold() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    organisation.member("Ana").await?;
    organisation.person_at("Ben", "Ben.B@Wind.example").await?;
    world.organisation(2).await?.member("Elsewhere").await?;
    for store in world.caught_up().await? {
        let company = Filter {
            company: Some("WINDFARM ltd".into()),
            tag: Some("ENERGY".into()),
            ..Filter::default()
        };
        assert_eq!(
            names(store, &organisation, company.clone()).await?,
            ["Ana", "Ben"]
        );
        let members = Filter {
            members_only: true,
            ..company.clone()
        };
        assert_eq!(names(store, &organisation, members).await?, ["Ana"]);
        let address = Filter {
            address: Some(" ben.b@wind.EXAMPLE".into()),
            ..company.clone()
        };
        assert_eq!(names(store, &organisation, address).await?, ["Ben"]);
        let nobody = Filter {
            tag: Some("solar".into()),
            ..company
        };
        assert!(names(store, &organisation, nobody).await?.is_empty());
    }
    Ok(())
}

#[tokio::test]
async fn a_changed_entry_is_found_by_its_new_words_alone() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.person_at("Ana", "ana@old.example").await?;
    let change = Change {
        addresses: Some(vec!["ana@new.example".into()]),
        tags: Some(vec!["Solar".into()]),
        company: Some(None),
        ..Change::default()
    };
    let changed = Event::Changed {
        id: ana,
        version: 1,
        change,
    };
    organisation.commit(vec![changed.into()]).await?;
    for store in world.caught_up().await? {
        let database = store.live().reading;
        let by = async |address| people::by_address(&database, organisation.id, address).await;
        assert_eq!(by("ana@old.example").await?, None);
        assert_eq!(by("ANA@new.example").await?, Some(ana));
        let resolved =
            people::resolve(&database, &organisation.outsider(), &ana.to_string()).await?;
        let row = resolved.expect("found by id");
        assert_eq!(
            (row.version, row.company, row.tags.as_str()),
            (1, None, "Solar")
        );
        assert_eq!(row.name.as_deref(), Some("Ana"), "what was not named stays");
    }
    Ok(())
}
