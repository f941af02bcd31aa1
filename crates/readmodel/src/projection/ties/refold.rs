//! Ties from their interactions: what a merge can't do, because an OR can't be undone.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use kith_domain::due::Known;
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::interaction::touches;
use kith_domain::tie::Contact;
use kith_domain::time::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter};

use super::{Pair, Touched, write};
use crate::bulk::{blob, statement};
use crate::entity::tie;
use crate::projection::{Identities, Members, taken_part};

/// Another recording tells of the same. What somebody told counts before what was found, and it is known since
/// the first of them: a recording of somebody else's takes neither an answer nor a due moment away.
fn also_told(first: &mut Known, other: Known) {
    first.since = first.since.min(other.since);
    if first.found && !other.found {
        first.contact = other.contact;
        first.found = false;
    }
}

/// All contacts of a tie, in the order of time, each source's once; none of one that its member
/// leaves out, or of somebody who was erased.
pub(crate) async fn contacts(
    database: &impl ConnectionTrait,
    organisation: OrganisationId,
    (member, person): Pair,
    identities: &Identities,
) -> Result<Vec<Known>, DbErr> {
    // From the person to the member: somebody outside was at few moments beside those of a member. SQLite goes in
    // the order of a CROSS JOIN; to Postgres, which knows how many there are, it is any other.
    let sql = "SELECT i.kind, i.at_us, i.participants, i.recorded_us, i.found, i.source, m.joined_us \
               FROM member m CROSS JOIN participation b CROSS JOIN participation a \
               CROSS JOIN interaction i \
               WHERE m.organisation = $1 AND m.id = $2 \
                AND b.organisation = $1 AND b.person = $3 \
                AND a.organisation = $1 AND a.person = $2 \
                AND a.at_us = b.at_us AND a.interaction = b.interaction \
                AND i.organisation = $1 AND i.id = a.interaction AND i.to_position IS NULL \
                AND NOT EXISTS (SELECT 1 FROM erasure e \
                 WHERE e.organisation = $1 AND e.person IN ($2, $3)) \
                AND NOT EXISTS (SELECT 1 FROM exclusion x \
                 WHERE x.organisation = $1 AND x.member = $2 AND (x.person = $3 OR EXISTS \
                  (SELECT 1 FROM person_address p WHERE p.organisation = $1 AND p.person = $3 \
                   AND x.target IN (p.address, '@' || p.domain)))) \
               ORDER BY a.at_us, a.interaction";
    let values = vec![
        blob(organisation.as_bytes()),
        blob(member.as_bytes()),
        blob(person.as_bytes()),
    ];
    let backend = database.get_database_backend();
    let mut contacts: Vec<Known> = Vec::new();
    let mut told: HashMap<Vec<u8>, usize> = HashMap::new();
    for row in database
        .query_all_raw(statement(backend, sql, values))
        .await?
    {
        let (kind, participants) = taken_part(&row, identities)?;
        let own = touches(kind, &participants, |p| p == member);
        let at = Timestamp(row.try_get("", "at_us")?);
        let recorded: i64 = row.try_get("", "recorded_us")?;
        let joined: i64 = row.try_get("", "joined_us")?;
        let since = Timestamp(recorded.max(joined));
        let found: bool = row.try_get("", "found")?;
        let touch = own.into_iter().find(|touch| touch.person == person);
        let Some(touch) = touch else { continue };
        let known = Known {
            contact: Contact {
                at,
                direction: touch.direction,
                kind,
            },
            since,
            found,
        };
        let source: Option<Vec<u8>> = row.try_get("", "source")?;
        let place = contacts.len();
        let first = source.map_or(place, |source| *told.entry(source).or_insert(place));
        match contacts.get_mut(first) {
            Some(first) => also_told(first, known),
            None => contacts.push(known),
        }
    }
    Ok(contacts)
}

/// Ties from which on all interactions are read once, instead of those of each tie.
const MANY: usize = 500;
/// Interactions read at a time.
const PAGE: usize = 20_000;

/// The sources of which several interactions count.
async fn told_twice(
    database: &impl ConnectionTrait,
    organisation: OrganisationId,
) -> Result<HashSet<Vec<u8>>, DbErr> {
    let sql = "SELECT source FROM interaction WHERE organisation = $1 AND source IS NOT NULL \
                AND to_position IS NULL AND held > 0 GROUP BY source HAVING COUNT(*) > 1";
    let values = vec![blob(organisation.as_bytes())];
    let backend = database.get_database_backend();
    let rows = database
        .query_all_raw(statement(backend, sql, values))
        .await?;
    rows.iter().map(|row| row.try_get("", "source")).collect()
}

/// The contacts of one of several interactions of a source.
struct Waiting {
    /// Its moment and id: the order in which [`contacts`] has them.
    place: (i64, Vec<u8>),
    source: Vec<u8>,
    own: Vec<(Pair, Known)>,
}

/// Every contact of the members that are wanted, with its tie, up to and including a moment, each source's
/// once, in no order of time: reads through the whole timeline. Whom members leave out is among them.
pub(crate) async fn every_contact(
    database: &impl ConnectionTrait,
    organisation: OrganisationId,
    members: &Members,
    until: Timestamp,
    wanted: impl Fn(PersonId) -> bool,
    mut each: impl FnMut(Pair, &Known),
) -> Result<(), DbErr> {
    let sql = format!(
        "SELECT id, kind, at_us, participants, recorded_us, found, source FROM interaction \
         WHERE organisation = $1 AND id > $2 AND to_position IS NULL AND held > 0 AND at_us <= $3 \
         ORDER BY organisation, id LIMIT {PAGE}"
    );
    let backend = database.get_database_backend();
    let twice = told_twice(database, organisation).await?;
    // What is told of twice waits for the others.
    let mut waiting: Vec<Waiting> = Vec::new();
    let mut after: Vec<u8> = Vec::new();
    loop {
        let values = vec![
            blob(organisation.as_bytes()),
            blob(&after),
            until.micros().into(),
        ];
        let rows = database
            .query_all_raw(statement(backend, sql.as_str(), values))
            .await?;
        for row in &rows {
            let at = Timestamp(row.try_get("", "at_us")?);
            let recorded = Timestamp(row.try_get("", "recorded_us")?);
            let found = row.try_get("", "found")?;
            let (kind, participants) = taken_part(row, &members.identities)?;
            let own = touches(kind, &participants, &wanted);
            let own = own.into_iter().map(|touch| {
                let contact = Contact {
                    at,
                    direction: touch.direction,
                    kind,
                };
                let since = members.known_to(touch.member, recorded);
                let known = Known {
                    contact,
                    since,
                    found,
                };
                ((touch.member, touch.person), known)
            });
            let source: Option<Vec<u8>> = row.try_get("", "source")?;
            match source.filter(|source| twice.contains(source)) {
                Some(source) => {
                    waiting.push(Waiting {
                        place: (at.micros(), row.try_get("", "id")?),
                        source,
                        own: own.collect(),
                    });
                }
                None => own.for_each(|(pair, known)| each(pair, &known)),
            }
        }
        match rows.last() {
            Some(last) if rows.len() == PAGE => after = last.try_get("", "id")?,
            _ => break,
        }
    }
    waiting.sort_by(|a, b| a.place.cmp(&b.place));
    let mut told: BTreeMap<(Vec<u8>, Pair), Known> = BTreeMap::new();
    for one in waiting {
        for (pair, known) in one.own {
            match told.entry((one.source.clone(), pair)) {
                Entry::Occupied(mut first) => also_told(first.get_mut(), known),
                Entry::Vacant(first) => drop(first.insert(known)),
            }
        }
    }
    for ((_, pair), known) in &told {
        each(*pair, known);
    }
    Ok(())
}

/// The contacts of many ties.
async fn contacts_of_many(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    pairs: &BTreeSet<Pair>,
    members: &Members,
) -> Result<Touched, DbErr> {
    let ties = pairs.iter().copied();
    let left_out = members.left_out(database, organisation, ties);
    let left_out = left_out.await?;
    let mut touched = Touched::default();
    let fold = |pair, known: &Known| {
        if pairs.contains(&pair) && !left_out.contains(&pair) {
            touched.fold(pair, known);
        }
    };
    let is_member = |person| members.contains(person);
    let ever = Timestamp(i64::MAX);
    every_contact(database, organisation, members, ever, is_member, fold).await?;
    Ok(touched)
}

/// Builds ties anew from their interactions: an OR can't be undone. A tie without any is gone.
pub(in crate::projection) async fn refold(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    pairs: HashSet<Pair>,
    members: &Members,
) -> Result<(), DbErr> {
    let pairs: BTreeSet<Pair> = pairs.into_iter().collect();
    let touched = if pairs.len() > MANY {
        contacts_of_many(database, organisation, &pairs, members).await?
    } else {
        let mut touched = Touched::default();
        for pair in &pairs {
            for known in contacts(database, organisation, *pair, &members.identities).await? {
                touched.fold(*pair, &known);
            }
        }
        touched
    };
    for pair in pairs {
        if !touched.deltas.contains_key(&pair) {
            let id = [pair.0, pair.1].map(|id| id.as_bytes().to_vec());
            let [member, person] = id;
            let key = (organisation.as_bytes().to_vec(), member, person);
            tie::Entity::delete_by_id(key).exec(database).await?;
        }
    }
    write(database, organisation, &touched.deltas, members).await
}

/// Somebody became a member: their own ties come to be, and ties to them stop prompting.
pub(in crate::projection) async fn refold_around(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    id: PersonId,
    members: &Members,
) -> Result<(), DbErr> {
    let sql = "SELECT i.kind, i.participants FROM participation a \
               JOIN interaction i ON i.organisation = a.organisation AND i.id = a.interaction \
                AND i.to_position IS NULL \
               WHERE a.organisation = $1 AND a.person = $2";
    let values = vec![blob(organisation.as_bytes()), blob(id.as_bytes())];
    let backend = database.get_database_backend();
    let mut affected = HashSet::new();
    for row in database
        .query_all_raw(statement(backend, sql, values))
        .await?
    {
        let (kind, participants) = taken_part(&row, &members.identities)?;
        let own = touches(kind, &participants, |p| p == id);
        affected.extend(own.into_iter().map(|touch| (touch.member, touch.person)));
    }
    let to_them = tie::Entity::find()
        .filter(tie::Column::Organisation.eq(organisation.as_bytes().as_slice()))
        .filter(tie::Column::Person.eq(id.as_bytes().as_slice()));
    for row in to_them.all(database).await? {
        affected.extend(PersonId::from_slice(&row.member).map(|member| (member, id)));
    }
    refold(database, organisation, affected, members).await
}
