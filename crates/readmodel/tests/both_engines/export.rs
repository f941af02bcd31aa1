//! Exports fold interactions anew, up to a moment.

use std::collections::BTreeMap;

use anyhow::Result;
use kith_domain::care::Care;
use kith_domain::due::{Fold, Known};
use kith_domain::id::PersonId;
use kith_domain::interaction::{Moment, touches};
use kith_domain::sharing::{Level, Target};
use kith_domain::tie::{Contact, STANDARD_HORIZON, V1, V1_GATHERING, read};
use kith_domain::tie::{Profile, Slots};
use kith_domain::time::Timestamp;
use kith_readmodel::query::export::{Question, Row, ties};
use kith_readmodel::query::ties::{find, find_as_of};

use crate::support::World;
use crate::support::moments::{call, day, encounter, introduction, mail, meeting};

/// Members and people by the address that exports name them with.
type Named = BTreeMap<PersonId, String>;

/// What an export says of moments that all were recorded on day 0, worked out by hand. Of `owners`
/// each is a member, and nobody is prompted about one of the `members`.
fn by_hand(
    moments: &[Moment],
    people: &Named,
    (owners, members): (&[PersonId], &[PersonId]),
    as_of: Timestamp,
    profile: &'static Profile,
) -> Vec<Row> {
    let mut folds: BTreeMap<(String, String), (Fold, bool)> = BTreeMap::new();
    let is_owner = |id| owners.contains(&id);
    for moment in moments.iter().filter(|moment| moment.at <= as_of) {
        for touch in touches(moment.kind, &moment.participants, is_owner) {
            let (member, person) = (&people[&touch.member], &people[&touch.person]);
            let contact = Contact {
                at: moment.at,
                direction: touch.direction,
                kind: moment.kind,
            };
            let since = day(0);
            let tie = folds.entry((member.clone(), person.clone())).or_default();
            tie.0.record(
                &Known {
                    contact,
                    since,
                    found: false,
                },
                profile.slots,
            );
            tie.1 = profile.slots == Slots::Day && !members.contains(&touch.person);
        }
    }
    let row = |((member, person), (fold, prompts)): (_, (Fold, bool))| Row {
        member,
        person,
        reading: read(profile, fold.state(), as_of, STANDARD_HORIZON).expect("a contact"),
        due: fold
            .next(Care::default(), as_of)
            .filter(|_| prompts)
            .map(|next| next.at),
    };
    folds.into_iter().map(row).collect()
}

#[tokio::test]
async fn an_export_as_of_a_moment_is_the_fold_of_what_had_happened() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.member("Ben").await?;
    let cem = organisation.person("Cem").await?;
    let dora = organisation.person("Dora").await?;
    let names = ["ana", "ben", "cem", "dora"].map(|name| format!("{name}@example.org"));
    let people: Named = [ana, ben, cem, dora].into_iter().zip(names).collect();
    let moments: Vec<Moment> = (0..30)
        .flat_map(|n| {
            [
                call(day(3 * n), ana, cem),
                mail(day(2 * n + 1), cem, &[ana, ben, dora]),
                meeting(day(5 * n), &[ana, ben, dora]),
                introduction(day(11 * n), ben, &[cem, dora]),
                encounter(day(7 * n), &[ben, cem]),
            ]
        })
        .collect();
    for moment in &moments {
        organisation.records(moment).await?;
    }
    // Never happened, and so never exported, whatever the moment of the question.
    let mistaken = organisation.records(&call(day(2), ana, dora)).await?;
    organisation.retracts(mistaken, ana).await?;

    for store in world.caught_up().await? {
        let database = store.live().reading;
        for as_of in [day(0), Timestamp(day(30).micros() + 1), day(500)] {
            for profile in [&V1, &V1_GATHERING] {
                let question = |member| Question {
                    member,
                    as_of,
                    horizon: STANDARD_HORIZON,
                    profile,
                    default: Level::Named,
                };
                let all = ties(&database, &organisation.asks(ana), &question(None)).await?;
                let members = [ana, ben];
                let whose = (members.as_slice(), members.as_slice());
                let expected = by_hand(&moments, &people, whose, as_of, profile);
                assert_eq!(format!("{all:?}"), format!("{expected:?}"), "{as_of:?}");
                let own = ties(&database, &organisation.asks(ana), &question(Some(ana))).await?;
                let whose = (&members[..1], members.as_slice());
                let expected = by_hand(&moments, &people, whose, as_of, profile);
                assert_eq!(format!("{own:?}"), format!("{expected:?}"), "{as_of:?}");
            }
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_private_tie_is_exported_to_its_own_member_alone() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.member("Ben").await?;
    let cem = organisation.person("Cem").await?;
    for member in [ana, ben] {
        organisation.sees(&call(day(1), member, cem)).await?;
    }
    organisation
        .shares(ana, Target::Person(cem), Some(Level::Private))
        .await?;
    for store in world.caught_up().await? {
        let database = store.live().reading;
        for (asking, of, expected) in [
            (ana, Some(ana), vec!["ana@example.org"]),
            (ben, Some(ana), vec![]),
            (ben, None, vec!["ben@example.org"]),
            (ana, None, vec!["ben@example.org"]),
        ] {
            let question = Question {
                member: of,
                as_of: day(9),
                horizon: STANDARD_HORIZON,
                profile: &V1,
                default: Level::Named,
            };
            let rows = ties(&database, &organisation.asks(asking), &question).await?;
            let members: Vec<&str> = rows.iter().map(|row| row.member.as_str()).collect();
            assert_eq!(members, expected, "on {}", store.engine());
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_tie_is_due_at_one_moment_whoever_is_asked() -> Result<()> {
    let world = World::new().await?;
    let organisation = world.organisation(1).await?;
    let ana = organisation.member("Ana").await?;
    let ben = organisation.member("Ben").await?;
    let [met, called, imported] = [
        organisation.person("Cem").await?,
        organisation.person("Dora").await?,
        organisation.person("Eva").await?,
    ];
    for week in 0..30 {
        organisation.sees(&call(day(7 * week), ana, called)).await?;
        organisation.sees(&call(day(7 * week), ana, ben)).await?;
        let long_ago = call(day(7 * week - 900), ana, imported);
        organisation.records(&long_ago).await?;
    }
    organisation.sees(&mail(day(200), ana, &[met])).await?;
    organisation.sees(&encounter(day(203), &[ana, met])).await?;
    let now = day(204);
    let mut answers = Vec::new();
    for store in world.caught_up().await? {
        let database = store.live().reading;
        let question = Question {
            member: Some(ana),
            as_of: now,
            horizon: STANDARD_HORIZON,
            profile: &V1,
            default: Level::Named,
        };
        let exported = ties(&database, &organisation.asks(ana), &question).await?;
        for (row, person) in exported.iter().zip([ben, met, called, imported]) {
            let live = find(&database, organisation.id, ana, person).await?;
            let then = find_as_of(&database, organisation.id, ana, person, now).await?;
            let [live, then] = [live, then].map(|own| own.expect("a tie").due);
            assert_eq!((live, then), (row.due, row.due), "{}", row.person);
            answers.push(live);
        }
    }
    let (sqlite, postgres) = answers.split_at(4);
    assert_eq!(sqlite, postgres);
    assert_eq!(sqlite[0], None, "a colleague");
    assert_eq!(sqlite[1], Some(day(205)), "two days after the encounter");
    assert!(sqlite[2] > Some(now), "by its own rhythm");
    assert_eq!(sqlite[3], None, "had passed before it was recorded");
    Ok(())
}
