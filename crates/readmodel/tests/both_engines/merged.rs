//! Entries that are one person, and again are not.

use anyhow::Result;
use kith_domain::care::{self, Word};
use kith_domain::fact::{self, Fact};
use kith_domain::id::{FactId, PersonId};
use kith_domain::identity::Event;
use kith_domain::interaction;
use kith_domain::person::{self, Change};
use kith_domain::sharing::{Level, Target};
use kith_domain::time::Clock as _;
use kith_readmodel::query::acquaintances::others;
use kith_readmodel::query::{followups, interactions, listing, people, ties};
use kith_readmodel::store::Store;
use sea_orm::{ConnectionTrait, Statement};

use crate::support::World;
use crate::support::moments::{call, day, mail, meeting};
use crate::support::organisation::Organisation;

/// Two members, and a person who is there twice.
struct Twice<'w> {
    organisation: Organisation<'w>,
    ana: PersonId,
    ben: PersonId,
    cem: PersonId,
    again: PersonId,
}

impl<'w> Twice<'w> {
    async fn new(world: &'w World) -> Result<Self> {
        world.clock.set(day(0));
        let organisation = world.organisation(1).await?;
        let ana = organisation.member("Ana").await?;
        let ben = organisation.member("Ben").await?;
        let cem = organisation.person_at("Çem", "cem@wind.example").await?;
        let again = organisation
            .meets(&[ana, ben], "Cem B.", "cem@home.example")
            .await?;
        organisation.sees(&call(day(1), ana, cem)).await?;
        organisation
            .sees(&meeting(day(2), &[ana, cem, again]))
            .await?;
        organisation.sees(&mail(day(3), ben, &[again])).await?;
        organisation.sees(&mail(day(4), again, &[ben])).await?;
        Ok(Self {
            organisation,
            ana,
            ben,
            cem,
            again,
        })
    }

    async fn merges(&self) -> Result<u64> {
        let (kept, gone) = (self.cem, self.again);
        let merged = Event::Merged { kept, gone };
        self.organisation.commit(vec![merged.into()]).await
    }

    async fn unmerges(&self) -> Result<u64> {
        let unmerged = Event::Unmerged { gone: self.again };
        self.organisation.commit(vec![unmerged.into()]).await
    }

    async fn cares(&self, person: PersonId, word: Word) -> Result<u64> {
        let set = care::Event::Set {
            member: self.ana,
            person,
            word,
            important: false,
        };
        self.organisation.commit(vec![set.into()]).await
    }

    /// A fact about somebody, by Ana.
    async fn notes(&self, person: PersonId, text: &str) -> Result<u64> {
        let fact = Fact {
            id: FactId::from_bytes(self.organisation.id_bytes()),
            person,
            kind: fact::Kind::Interest,
            text: text.into(),
            source: None,
            question: None,
            private: false,
            author: self.ana,
            noted_at: self.organisation.world.clock.now(),
            fingerprint: [5; 16],
        };
        let added = fact::Event::Added(fact);
        self.organisation.commit(vec![added.into()]).await
    }
}

/// Every row of the tables that a merge touches, as text.
async fn rows(store: &Store) -> Result<Vec<String>> {
    let database = store.live().reading;
    let mut all = Vec::new();
    for (table, columns) in [
        (
            "person",
            "id, name, addresses, company, tags, version, met, entered_us",
        ),
        ("entry", "id, name, addresses"),
        ("identity", "entry, kept, person"),
        ("person_address", "address, entry, person, former"),
        ("person_company", "company, person"),
        ("person_tag", "tag, person"),
        ("fact", "id, person, entry, text"),
        ("follow_up", "id, member, person, entry, text, status"),
        ("care", "member, entry, person, word, holds"),
        ("exclusion", "member, target, person"),
        ("participation", "person, at_us, interaction"),
        (
            "tie",
            "member, person, day, n_in, n_out, known_us, due_us, due_told",
        ),
    ] {
        let sql = format!("SELECT {columns} FROM {table} ORDER BY {columns}");
        let statement = Statement::from_string(database.get_database_backend(), sql);
        for row in database.query_all_raw(statement).await? {
            let mut text = table.to_owned();
            for column in columns.split(", ") {
                let cell = row
                    .try_get::<Option<Vec<u8>>>("", column)
                    .map(|cell| format!("{cell:?}"))
                    .or_else(|_| {
                        row.try_get::<Option<String>>("", column)
                            .map(|c| format!("{c:?}"))
                    })
                    .or_else(|_| {
                        row.try_get::<Option<i64>>("", column)
                            .map(|c| format!("{c:?}"))
                    })
                    .or_else(|_| {
                        row.try_get::<Option<i32>>("", column)
                            .map(|c| format!("{c:?}"))
                    })
                    .or_else(|_| {
                        row.try_get::<Option<i16>>("", column)
                            .map(|c| format!("{c:?}"))
                    })
                    .or_else(|_| row.try_get::<bool>("", column).map(|c| format!("{c:?}")))?;
                text.push_str(&format!(" {cell}"));
            }
            all.push(text);
        }
    }
    Ok(all)
}

#[tokio::test]
async fn whoever_is_unmerged_has_every_row_as_it_was() -> Result<()> {
    let world = World::new().await?;
    let twice = Twice::new(&world).await?;
    twice.notes(twice.cem, "grows roses").await?;
    twice.notes(twice.again, "sails").await?;
    let organisation = twice.organisation;
    organisation
        .promises(twice.ana, twice.again, day(9))
        .await?;
    twice.cares(twice.cem, Word::Tend).await?;
    twice.cares(twice.again, Word::Never).await?;
    let target = Target::Person(twice.cem);
    organisation.leaves_out(twice.ben, target, true).await?;
    world.caught_up().await?;
    let mut before = Vec::new();
    for store in world.stores() {
        before.push(rows(store).await?);
    }
    twice.merges().await?;
    for (store, before) in world.caught_up().await?.into_iter().zip(&before) {
        assert_ne!(&rows(store).await?, before, "on {}", store.engine());
    }
    twice.unmerges().await?;
    for (store, before) in world.caught_up().await?.into_iter().zip(&before) {
        assert_eq!(&rows(store).await?, before, "on {}", store.engine());
    }
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn one_person_has_what_both_entries_had_and_is_found_by_either() -> Result<()> {
    let world = World::new().await?;
    let twice = Twice::new(&world).await?;
    let organisation = twice.organisation;
    twice.notes(twice.cem, "grows roses").await?;
    twice.notes(twice.again, "sails").await?;
    organisation
        .promises(twice.ben, twice.again, day(9))
        .await?;
    twice.merges().await?;
    for store in world.caught_up().await? {
        let engine = store.engine();
        let database = store.live().reading;
        let asks = organisation.asks(twice.ana);
        for reference in [
            "cem@home.example".to_owned(),
            "cem@wind.example".to_owned(),
            twice.again.to_string(),
            twice.cem.to_string(),
        ] {
            let found = people::resolve(&database, &asks, &reference).await?;
            let found = found.expect("somebody goes by it");
            assert_eq!(found.id, twice.cem.as_bytes(), "{reference} on {engine}");
            assert_eq!(found.name.as_deref(), Some("Çem"));
            assert_eq!(found.addresses, "cem@wind.example\ncem@home.example");
        }
        let everybody =
            listing::list(&database, &asks, &listing::Filter::default(), None, 9).await?;
        assert_eq!(everybody.len(), 3, "on {engine}");
        let facts = people::facts(&database, &asks, twice.cem).await?;
        assert_eq!(facts.len(), 2, "on {engine}");
        // The meeting with both is one contact.
        let tie = ties::find(&database, organisation.id, twice.ana, twice.cem).await?;
        let tie = tie.expect("Ana knows Çem").state;
        assert_eq!((tie.n_in, tie.n_out), (1, 2), "on {engine}");
        let of_ben = ties::of_member(&database, organisation.id, twice.ben).await?;
        let people: Vec<PersonId> = of_ben.iter().map(|own| own.person).collect();
        assert_eq!(people, [twice.cem], "on {engine}");
        let me = Some(twice.cem);
        let timeline = interactions::list(
            &database,
            &asks,
            twice.ana,
            &interactions::Filter::with(me),
            None,
            9,
        )
        .await?;
        assert_eq!(timeline.len(), 2, "on {engine}");
        let took: Vec<usize> = timeline
            .iter()
            .map(|seen| seen.participants.len())
            .collect();
        assert_eq!(took, [2, 2], "on {engine}");
        let whose = (organisation.id, twice.ben);
        let open = kith_domain::followup::Status::Open;
        let open = followups::list(&database, whose, open, day(99), None, 9).await?;
        assert_eq!(open[0].person, twice.cem.as_bytes(), "on {engine}");
    }
    Ok(())
}

#[tokio::test]
async fn what_comes_after_a_merge_counts_for_the_entry_that_it_names() -> Result<()> {
    let world = World::new().await?;
    let twice = Twice::new(&world).await?;
    let organisation = twice.organisation;
    twice.merges().await?;
    organisation
        .sees(&call(day(5), twice.ana, twice.again))
        .await?;
    let corrected = organisation
        .sees(&call(day(6), twice.ana, twice.cem))
        .await?;
    organisation
        .corrects(corrected, 2, call(day(6), twice.ana, twice.again))
        .await?;
    twice.notes(twice.again, "sails").await?;
    let renamed = person::Event::Changed {
        id: twice.again,
        version: 1,
        change: Change {
            title: Some(Some("Captain".into())),
            addresses: Some(vec!["cem@sea.example".into()]),
            ..Change::default()
        },
    };
    organisation.commit(vec![renamed.into()]).await?;
    let asks = organisation.asks(twice.ana);
    for store in world.caught_up().await? {
        let database = store.live().reading;
        let row = people::see(&database, &asks, twice.again)
            .await?
            .expect("Çem");
        assert_eq!(row.title.as_deref(), Some("Captain"));
        assert_eq!(row.addresses, "cem@wind.example\ncem@sea.example");
        let tie = ties::find(&database, organisation.id, twice.ana, twice.cem).await?;
        assert_eq!(tie.expect("Ana knows Çem").state.n_out, 4);
    }
    twice.unmerges().await?;
    for store in world.caught_up().await? {
        let database = store.live().reading;
        let n_out = async |person| -> Result<u32> {
            let tie = ties::find(&database, organisation.id, twice.ana, person).await?;
            Ok(tie.map_or(0, |tie| tie.state.n_out))
        };
        assert_eq!(n_out(twice.cem).await?, 2, "on {}", store.engine());
        assert_eq!(n_out(twice.again).await?, 3, "on {}", store.engine());
        let row = people::see(&database, &asks, twice.cem)
            .await?
            .expect("Çem");
        assert_eq!(row.title, None);
        assert_eq!(row.addresses, "cem@wind.example");
    }
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn words_about_either_entry_hold_for_the_person() -> Result<()> {
    let world = World::new().await?;
    let twice = Twice::new(&world).await?;
    let organisation = twice.organisation;
    let private = Some(Level::Private);
    let of_entry = Target::Person(twice.again);
    organisation.shares(twice.ana, of_entry, private).await?;
    twice.cares(twice.again, Word::Never).await?;
    twice.cares(twice.cem, Word::Tend).await?;
    twice.merges().await?;
    let asks = organisation.asks(twice.ben);
    for store in world.caught_up().await? {
        let database = store.live().reading;
        let whom = [twice.cem];
        let known = others(&database, &asks, &whom, Level::Named, day(30)).await?;
        assert!(known.is_empty(), "Ana's tie is private: {known:?}");
        let tie = ties::find(&database, organisation.id, twice.ana, twice.cem).await?;
        assert_eq!(
            tie.expect("Ana knows Çem").care,
            Word::Tend,
            "what was said last"
        );
    }
    let target = Target::Person(twice.again);
    organisation.leaves_out(twice.ben, target, true).await?;
    for store in world.caught_up().await? {
        let database = store.live().reading;
        let of_ben = ties::of_member(&database, organisation.id, twice.ben).await?;
        assert!(of_ben.is_empty(), "on {}: {of_ben:?}", store.engine());
    }
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn a_member_is_nobody_elses_entry_and_whoever_was_erased_is_nobodys() -> Result<()> {
    let world = World::new().await?;
    let twice = Twice::new(&world).await?;
    let organisation = twice.organisation;
    let merged = |kept, gone| vec![Event::Merged { kept, gone }.into()];
    // As a race of two servers may have it in the log.
    organisation.commit(merged(twice.cem, twice.ben)).await?;
    for store in world.caught_up().await? {
        let database = store.live().reading;
        let row = people::find(&database, organisation.id, twice.ben).await?;
        assert_eq!(row.expect("Ben").id, twice.ben.as_bytes());
    }
    twice.merges().await?;
    organisation.becomes_member(twice.again).await?;
    for store in world.caught_up().await? {
        let database = store.live().reading;
        let row = people::find(&database, organisation.id, twice.again).await?;
        assert_eq!(row.expect("the new member").id, twice.again.as_bytes());
        let own = ties::of_member(&database, organisation.id, twice.again).await?;
        assert_eq!(own.len(), 3, "on {}", store.engine());
    }
    let erased = person::Event::Erased {
        id: twice.cem,
        also: vec![],
    };
    organisation.commit(vec![erased.into()]).await?;
    let zoe = organisation.person("Zoë").await?;
    organisation.commit(merged(twice.cem, zoe)).await?;
    for store in world.caught_up().await? {
        let database = store.live().reading;
        let row = people::find(&database, organisation.id, zoe).await?;
        assert_eq!(row.expect("Zoë").id, zoe.as_bytes());
    }
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn whoever_is_erased_is_so_with_every_entry() -> Result<()> {
    let world = World::new().await?;
    let twice = Twice::new(&world).await?;
    let organisation = twice.organisation;
    let said = organisation
        .sees(&interaction::Moment {
            note: Some("likes boats".into()),
            ..call(day(5), twice.ana, twice.again)
        })
        .await?;
    twice.notes(twice.again, "sails").await?;
    twice.merges().await?;
    let erased = person::Event::Erased {
        id: twice.cem,
        also: vec![twice.again],
    };
    organisation.commit(vec![erased.into()]).await?;
    twice.unmerges().await?;
    let asks = organisation.asks(twice.ana);
    for store in world.caught_up().await? {
        let database = store.live().reading;
        for id in [twice.cem, twice.again] {
            assert_eq!(people::find(&database, organisation.id, id).await?, None);
            assert!(people::facts(&database, &asks, id).await?.is_empty());
            let tie = ties::find(&database, organisation.id, twice.ana, id).await?;
            assert!(tie.is_none());
        }
        for row in rows(store).await? {
            assert!(
                !row.contains("home.example") && !row.contains("sails"),
                "{row}"
            );
        }
        let origin = interactions::origin(&database, organisation.id, said).await?;
        assert!(origin.is_some(), "that they spoke stays");
    }
    world.expect_replay_to_agree().await.map(drop)
}
