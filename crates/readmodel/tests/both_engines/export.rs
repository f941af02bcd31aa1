//! Exports fold interactions anew, up to a moment.

use std::collections::BTreeMap;

use anyhow::Result;
use kith_domain::id::PersonId;
use kith_domain::interaction::{Moment, touches};
use kith_domain::sharing::{Level, Target};
use kith_domain::tie::{Contact, STANDARD_HORIZON, State, V1, V1_GATHERING, due_at, read};
use kith_domain::tie::{Profile, Slots};
use kith_domain::time::Timestamp;
use kith_readmodel::query::export::{Question, Row, ties};

use crate::support::World;
use crate::support::moments::{call, day, encounter, introduction, mail, meeting};

/// Members and people by the address that exports name them with.
type Named = BTreeMap<PersonId, String>;

/// What an export says, worked out by hand.
fn by_hand(
    moments: &[Moment],
    people: &Named,
    is_member: impl Fn(PersonId) -> bool,
    as_of: Timestamp,
    profile: &'static Profile,
) -> Vec<Row> {
    let mut states: BTreeMap<(String, String), State> = BTreeMap::new();
    for moment in moments.iter().filter(|moment| moment.at <= as_of) {
        for touch in touches(moment.kind, &moment.participants, &is_member) {
            let (member, person) = (&people[&touch.member], &people[&touch.person]);
            let contact = Contact {
                at: moment.at,
                direction: touch.direction,
                kind: moment.kind,
            };
            let tie = states.entry((member.clone(), person.clone())).or_default();
            tie.record(&contact, profile.slots);
        }
    }
    let row = |((member, person), state): ((String, String), State)| Row {
        member,
        person,
        reading: read(profile, &state, as_of, STANDARD_HORIZON).expect("a contact"),
        due: due_at(&state, profile).filter(|_| profile.slots == Slots::Day),
    };
    states.into_iter().map(row).collect()
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
                let is_member = |id| id == ana || id == ben;
                let expected = by_hand(&moments, &people, is_member, as_of, profile);
                assert_eq!(format!("{all:?}"), format!("{expected:?}"), "{as_of:?}");
                let own = ties(&database, &organisation.asks(ana), &question(Some(ana))).await?;
                let expected = by_hand(&moments, &people, |id| id == ana, as_of, profile);
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
