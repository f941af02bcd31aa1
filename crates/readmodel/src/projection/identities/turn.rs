//! A merge, or one taken back: rows count for other people, and ties are folded anew.

use std::collections::{BTreeSet, HashSet};

use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::identity::Event;
use kith_domain::interaction::{Kind, Participant, touches};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr, Value};

use super::entries;
use crate::bulk::{Rows, blob, statement};
use crate::projection::imports::leave;
use crate::projection::interactions::recorded_part;
use crate::projection::ties::Pair;
use crate::projection::{Members, Origin, caring};

/// Tables whose rows name an entry and count for a person.
const COUNTING: [&str; 4] = ["fact", "follow_up", "person_address", "telling"];

/// A moment in which one of the people took part.
struct Moment {
    id: Vec<u8>,
    at_us: i64,
    kind: Kind,
    recorded: Vec<Participant>,
}

/// Entries mean one person, or no longer. Answers the ties that are other than before: none if the event
/// does not count.
pub(in crate::projection) async fn turn(
    database: &DatabaseTransaction,
    origin: Origin,
    event: Event,
    members: &mut Members,
) -> Result<HashSet<Pair>, DbErr> {
    let identities = &members.identities;
    let (kept, gone) = match event {
        Event::Merged { kept, gone } => {
            let person = identities.person_of(kept);
            let is_erased = |person| members.erased.contains(person);
            if members.contains(gone)
                || identities.is_gone(gone)
                || person == gone
                || is_erased(gone)
                || is_erased(person)
            {
                return Ok(HashSet::new());
            }
            (person, gone)
        }
        Event::Unmerged { gone } if identities.is_gone(gone) => (identities.person_of(gone), gone),
        Event::Unmerged { .. } => return Ok(HashSet::new()),
    };
    let organisation = origin.organisation;
    let people = [kept, gone];
    for person in people {
        if !identities.is_of_several(person) {
            entries::keep(database, organisation, person).await?;
        }
    }
    let moments = moments(database, organisation, people).await?;
    let before: Vec<Vec<PersonId>> = moments.iter().map(|m| who(m, people, members)).collect();
    let mut ties: HashSet<Pair> = around(&moments, people, members).collect();
    let mut all: BTreeSet<PersonId> = identities.entries_of(kept).into_iter().collect();
    all.extend(identities.entries_of(gone));

    members.identities.evolve(event);
    let identities = &members.identities;
    match event {
        Event::Merged { kept, gone } => {
            let columns = &["organisation", "entry", "kept", "person"];
            let mut rows = Rows::new("identity", columns);
            rows.push([
                blob(organisation.as_bytes()),
                blob(gone.as_bytes()),
                blob(kept.as_bytes()),
                blob(identities.person_of(gone).as_bytes()),
            ]);
            rows.insert_new(database).await?;
        }
        Event::Unmerged { gone } => {
            let sql = "DELETE FROM identity WHERE organisation = $1 AND entry = $2";
            execute(database, sql, [organisation.as_bytes(), gone.as_bytes()]).await?;
        }
    }
    for entry in all {
        let now = identities.person_of(entry);
        counts_for(database, organisation, people, entry, now).await?;
    }
    for person in people {
        caring::holds(database, organisation, person).await?;
    }
    let after: Vec<Vec<PersonId>> = moments.iter().map(|m| who(m, people, members)).collect();
    take_part(database, organisation, &moments, &before, &after).await?;
    for person in people {
        entries::settle(database, organisation, person, identities).await?;
    }
    entries::note(database, origin, kept, event).await?;
    ties.extend(around(&moments, people, members));
    Ok(ties)
}

async fn execute<const N: usize>(
    database: &DatabaseTransaction,
    sql: impl Into<String>,
    ids: [&[u8; 16]; N],
) -> Result<(), DbErr> {
    let backend = database.get_database_backend();
    let values = ids.map(|id| blob(id)).to_vec();
    let done = database.execute_raw(statement(backend, sql, values)).await;
    done.map(drop)
}

/// What was said and noted of an entry, and counted for one of these people, counts for this one.
async fn counts_for(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    [one, other]: [PersonId; 2],
    entry: PersonId,
    person: PersonId,
) -> Result<(), DbErr> {
    let ids = [
        organisation.as_bytes(),
        person.as_bytes(),
        entry.as_bytes(),
        one.as_bytes(),
        other.as_bytes(),
    ];
    for table in COUNTING.into_iter().chain(["care", "identity"]) {
        let sql = format!(
            "UPDATE {table} SET person = $2 \
             WHERE organisation = $1 AND entry = $3 AND person IN ($4, $5)"
        );
        execute(database, sql, ids).await?;
    }
    let sql = "UPDATE exclusion SET person = $2 WHERE organisation = $1 AND target = $3";
    let values = vec![
        blob(organisation.as_bytes()),
        blob(person.as_bytes()),
        entry.to_string().into(),
    ];
    let backend = database.get_database_backend();
    let done = database.execute_raw(statement(backend, sql, values)).await;
    done.map(drop)
}

/// The moments in which one of these people takes part.
async fn moments(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    [one, other]: [PersonId; 2],
) -> Result<Vec<Moment>, DbErr> {
    let sql = "SELECT i.id, i.at_us, i.kind, i.participants FROM interaction i \
               JOIN (SELECT DISTINCT interaction FROM participation \
                WHERE organisation = $1 AND person IN ($2, $3)) a ON i.id = a.interaction \
               WHERE i.organisation = $1 AND i.to_position IS NULL ORDER BY i.id";
    let ids = [organisation.as_bytes(), one.as_bytes(), other.as_bytes()];
    let values = ids.map(|id| blob(id)).to_vec();
    let backend = database.get_database_backend();
    let rows = database.query_all_raw(statement(backend, sql, values));
    let mut moments = Vec::new();
    for row in rows.await? {
        let (kind, recorded) = recorded_part(&row)?;
        moments.push(Moment {
            id: row.try_get("", "id")?,
            at_us: row.try_get("", "at_us")?,
            kind,
            recorded,
        });
    }
    Ok(moments)
}

/// Which of the people take part in a moment.
fn who(moment: &Moment, people: [PersonId; 2], members: &Members) -> Vec<PersonId> {
    let took_part = members.identities.people(moment.recorded.clone());
    let own = took_part.into_iter().map(|took| took.person);
    own.filter(|person| people.contains(person)).collect()
}

/// The ties of and with these people that the moments make.
fn around(
    moments: &[Moment],
    people: [PersonId; 2],
    members: &Members,
) -> impl Iterator<Item = Pair> {
    moments.iter().flat_map(move |moment| {
        let took_part = members.identities.people(moment.recorded.clone());
        let touched = touches(moment.kind, &took_part, |person| members.contains(person));
        let pairs = touched
            .into_iter()
            .map(|touch| (touch.member, touch.person));
        pairs.filter(move |(member, person)| people.contains(member) || people.contains(person))
    })
}

/// Others take part in these moments than before.
async fn take_part(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    moments: &[Moment],
    before: &[Vec<PersonId>],
    after: &[Vec<PersonId>],
) -> Result<(), DbErr> {
    let columns = &["organisation", "person", "at_us", "interaction"];
    let mut come = Rows::new("participation", columns);
    let mut gone: Vec<[Value; 3]> = Vec::new();
    for ((moment, before), after) in moments.iter().zip(before).zip(after) {
        let row = |person: &PersonId| {
            [
                blob(person.as_bytes()),
                moment.at_us.into(),
                blob(&moment.id),
            ]
        };
        gone.extend(before.iter().filter(|p| !after.contains(p)).map(row));
        for [person, at, interaction] in after.iter().filter(|p| !before.contains(p)).map(row) {
            come.push([blob(organisation.as_bytes()), person, at, interaction]);
        }
    }
    leave(database, organisation, &gone).await?;
    come.insert_new(database).await
}
