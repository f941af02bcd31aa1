//! The same log gives the same rows, on both engines and in batches of any size.

use anyhow::Result;
use kith_domain::followup::Reason;
use kith_domain::id::InteractionId;
use kith_domain::time::{Clock, DAY};
use kith_readmodel::query::{followups, interactions};
use kith_readmodel::rebuild::{Verdict, verify};
use kith_readmodel::store::Store;
use kith_testkit::tools::seeds;
use sea_orm::{ConnectionTrait, Statement};

use crate::support::history::{Dice, Historian};
use crate::support::moments::{call, day, meeting};
use crate::support::organisation::recorded;
use crate::support::{World, checkpoint, ties};

/// Every column that names somebody or something by an id of its organisation.
const IDS: &[(&str, &[&str])] = &[
    ("member", &["id"]),
    ("person", &["id"]),
    ("identity", &["entry", "kept", "person"]),
    ("entry", &["id"]),
    ("person_address", &["entry", "person"]),
    ("person_company", &["person"]),
    ("person_tag", &["person"]),
    ("telling", &["entry", "member", "person"]),
    ("person_change", &["person"]),
    ("fact", &["id", "person", "entry", "author"]),
    ("interaction", &["id", "recorder", "participants"]),
    ("participation", &["person", "interaction"]),
    ("tie", &["member", "person"]),
    ("sharing_rule", &["member"]),
    ("exclusion", &["member"]),
    ("care", &["member", "person", "entry"]),
    ("pause", &["member"]),
    ("comfort", &["member"]),
    ("gathering", &["id"]),
    ("gathering_session", &["gathering", "id", "speakers"]),
    ("gathering_going", &["gathering", "member"]),
    ("gathering_attendee", &["gathering", "listed"]),
    (
        "gathering_answer",
        &["gathering", "listed", "person", "said_by"],
    ),
    ("erasure", &["person"]),
    ("own_change", &["member"]),
    ("import", &["id"]),
    ("import_again", &["import", "interaction"]),
    ("import_change", &["import"]),
    ("api_key", &["id", "member"]),
];

#[tokio::test]
async fn random_history_in_batches_of_any_size_gives_the_same_rows_on_both_engines() -> Result<()> {
    for seed in 0..seeds(2) {
        println!("seed {seed}");
        let world = World::new().await?;
        write_history(&world, &mut Dice(seed)).await?;

        let rows = world.expect_replay_to_agree().await?;
        assert!(rows > 300, "a history worth the name, not {rows} rows");
        for store in world.stores() {
            expect_nothing_to_cross(store).await?;
        }
    }
    Ok(())
}

/// Two organisations with people of the same names; due moments are told as they pass. Each engine
/// takes it in steps of its own.
async fn write_history(world: &World, dice: &mut Dice) -> Result<()> {
    let mut ours = Historian::new(world.organisation(1).await?).await?;
    let mut theirs = Historian::new(world.organisation(2).await?).await?;
    for _ in 0..7 {
        for _ in 0..12 {
            ours.writes(dice).await?;
            theirs.writes(dice).await?;
        }
        for store in world.stores() {
            let (tail, mut reached) = (world.tail().await?, checkpoint(store).await?);
            while reached < tail {
                let until = tail.min(reached + 1 + dice.roll(9));
                reached = world.project(store, until).await?;
            }
        }
        let [sqlite, _] = world.stores();
        for passed in followups::passed(&sqlite.live().reading, world.clock.now(), &[], 20).await? {
            let whose = [&ours, &theirs]
                .into_iter()
                .find(|h| h.is_of(passed.organisation));
            if let Some(historian) = whose {
                historian.tells(&passed).await?;
            }
        }
    }
    world.caught_up().await.map(drop)
}

async fn expect_nothing_to_cross(store: &Store) -> Result<()> {
    let database = store.live().reading;
    for (table, columns) in IDS {
        for column in *columns {
            let sql = format!(
                "SELECT COUNT(*) AS n FROM {table} \
                 WHERE substr(organisation, 1, 1) <> substr({column}, 1, 1)"
            );
            let count = Statement::from_string(database.get_database_backend(), sql);
            let row = database.query_one_raw(count).await?.expect("a count");
            let crossing: i64 = row.try_get("", "n")?;
            assert_eq!(crossing, 0, "{table}.{column} on {}", store.engine());
        }
    }
    Ok(())
}

#[tokio::test]
async fn one_id_in_two_organisations_is_two_interactions() -> Result<()> {
    let world = World::new().await?;
    let id = InteractionId::from_bytes([9; 16]);
    for (tag, at) in [(1, day(1)), (2, day(2))] {
        let organisation = world.organisation(tag).await?;
        let ana = organisation.member("Ana").await?;
        let ben = organisation.person("Ben").await?;
        organisation
            .commit(vec![recorded(id, &call(at, ana, ben))])
            .await?;
    }
    for store in world.caught_up().await? {
        let anchors: Vec<i32> = ties(store).await?.iter().map(|tie| tie.anchor).collect();
        assert_eq!(anchors, [20_001, 20_002], "on {}", store.engine());
    }
    Ok(())
}

#[tokio::test]
async fn of_two_recordings_with_one_id_the_first_counts_in_one_batch_and_in_two() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.person("Ben").await?;
    let id = organisation.records(&call(day(1), ana, ben)).await?;
    let [sqlite, _] = world.stores();
    world.project(sqlite, world.tail().await?).await?;
    let other = meeting(day(9), &[ana, ben]);
    organisation.commit(vec![recorded(id, &other)]).await?;

    for store in world.caught_up().await? {
        let database = store.live().reading;
        let asks = organisation.asks(ana);
        let seen = interactions::list(
            &database,
            &asks,
            ana,
            &interactions::Filter::default(),
            None,
            10,
        )
        .await?;
        let moments: Vec<i64> = seen.iter().map(|seen| seen.row.at_us).collect();
        assert_eq!(moments, [day(1).micros()], "on {}", store.engine());
        assert_eq!(ties(store).await?[0].anchor, 20_001);
    }
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn what_was_told_of_a_tie_does_not_depend_on_the_size_of_batches() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.person("Ben").await?;
    for week in 0..4 {
        organisation
            .sees(&call(day(20 + 7 * week), ana, ben))
            .await?;
    }
    // The tie fades and that is told.
    let [sqlite, _] = world.caught_up().await?;
    let passed = followups::passed(&sqlite.live().reading, day(999), &[], 1).await?;
    assert_eq!(passed[0].reason, Reason::Fading);
    world.clock.set(passed[0].due);
    organisation.tells(&passed[0]).await?;
    let told = async || -> Result<_> {
        world.caught_up().await?;
        let tie = ties(sqlite).await?.remove(0);
        Ok((tie.due_basis, tie.due_told))
    };
    let before = told().await?;
    assert_eq!(before.1, 1);
    // Contact takes the moment out of the row, and its retraction puts the same one back.
    let contact = call(passed[0].due.plus_micros(DAY), ana, ben);
    let mistaken = organisation.sees(&contact).await?;
    let between = told().await?;
    assert!(between.0 != before.0 && between.1 == 0, "{between:?}");
    organisation.retracts(mistaken, ana).await?;
    assert_eq!(told().await?, before);
    world.expect_replay_to_agree().await.map(drop)
}

#[tokio::test]
async fn verify_names_the_row_that_somebody_changed() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    for name in ["Ben", "Cem", "Dora"] {
        let person = organisation.person(name).await?;
        organisation.records(&call(day(0), ana, person)).await?;
    }
    for store in world.caught_up().await? {
        let changed = ties(store).await?.remove(1);
        let database = store.live().writing;
        let tamper = "UPDATE tie SET day = day + 2 WHERE person = $1";
        let backend = database.get_database_backend();
        let values = [changed.person.clone().into()];
        database
            .execute_raw(Statement::from_sql_and_values(backend, tamper, values))
            .await?;

        let hex = |id: &[u8]| id.iter().map(|b| format!("{b:02x}")).collect::<String>();
        let ids = [&changed.organisation, &changed.member, &changed.person];
        let expected = Verdict::Differs {
            table: "tie".to_owned(),
            key: ids.map(|id| hex(id)).join(" "),
        };
        assert_eq!(verify(store, &world.ledger).await?, expected);
    }
    Ok(())
}

#[tokio::test]
async fn verify_is_not_misled_by_commits_that_keep_coming() -> Result<()> {
    let world = World::new().await?;
    let mut dice = Dice(80);
    let mut historian = Historian::new(world.organisation(1).await?).await?;
    for store in world.stores() {
        let verifying = async {
            for _ in 0..5 {
                let (verdict, written) = tokio::join!(verify(store, &world.ledger), async {
                    for _ in 0..8 {
                        historian.writes(&mut dice).await?;
                        world.reaches_the_tail(store).await?;
                    }
                    anyhow::Ok(())
                });
                written?;
                let verdict = verdict?;
                assert!(matches!(verdict, Verdict::Equal { .. }), "{verdict:?}");
            }
            Ok(())
        };
        world.while_running(store, verifying).await?;
    }
    Ok(())
}

#[tokio::test]
async fn verify_compares_up_to_where_the_live_rows_are() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    world.caught_up().await?;
    let ben = organisation.person("Ben").await?;
    organisation.records(&call(day(0), ana, ben)).await?;

    world.expect_replay_to_agree().await?;
    let behind = checkpoint(world.stores()[0]).await?;
    assert!(behind < world.tail().await?);
    Ok(())
}
