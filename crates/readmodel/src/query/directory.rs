//! Which people stand in the directory that somebody sees, and under which name: `access::in_directory`
//! over rows.
//!
//! Whoever was entered on purpose is the same to all. Somebody who came along is to each principal what
//! their own moments say; where these say nothing, what those of the members say whose tie leads there.

use std::collections::{HashMap, HashSet};

use kith_domain::access::{Principal, in_directory};
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::sharing::Level;
use sea_orm::{DatabaseConnection, DbErr, FromQueryResult};

use super::keys;
use super::sharing::Shared;
use crate::bulk::blob;
use crate::entity::{person, telling};
use crate::lookup::Lookup;

/// What holds of a row of `tie`, as a statement calls it, that counts as one: a tie of nothing but
/// unanswered mail, found in a mailbox, to somebody whom nobody entered on purpose, is staged.
pub(super) fn counts(tie: &str) -> String {
    format!(
        "({tie}.answered OR NOT EXISTS (SELECT 1 FROM person met \
          WHERE met.organisation = {tie}.organisation AND met.id = {tie}.person AND met.met))"
    )
}

/// What holds of a row `person` who stands in somebody's directory: whose, [`seen`] says.
pub(crate) const STANDS: &str = "(NOT person.met OR EXISTS (SELECT 1 FROM tie \
     WHERE tie.organisation = person.organisation AND tie.person = person.id AND tie.answered))";

#[derive(FromQueryResult)]
struct Answered {
    member: Vec<u8>,
    person: Vec<u8>,
}

/// One member's, which are few beside those of a whole organisation.
const OWN: Lookup<2> = Lookup {
    select: "t.member, t.person",
    table: "tie",
    by: ["member", "person"],
    and: " AND t.answered",
};

const ANSWERED: Lookup<1> = Lookup {
    select: "t.member, t.person",
    table: "tie",
    by: ["person"],
    and: " AND t.answered",
};

const TOLD: Lookup<1> = Lookup {
    select: "t.*",
    table: "telling",
    by: ["person"],
    and: "",
};

fn id_of(row: &person::Model) -> PersonId {
    PersonId::from_slice(&row.id).unwrap_or_default()
}

/// Those of these people who stand in the principal's directory, in the same order, each as the principal
/// knows them.
pub(super) async fn seen(
    database: &DatabaseConnection,
    principal: &Principal,
    mut people: Vec<person::Model>,
) -> Result<Vec<person::Model>, DbErr> {
    let met: Vec<PersonId> = people.iter().filter(|row| row.met).map(id_of).collect();
    if met.is_empty() {
        return Ok(people);
    }
    let known = Known::load(database, principal, &met, true).await?;
    people.retain(|row| !row.met || known.leads_to(id_of(row)));
    for row in &mut people {
        known.tell(id_of(row), None, row);
    }
    Ok(people)
}

/// These people as the principal knows them, in whosever directory they stand: for whoever has them from a
/// moment or a word of the principal's own.
pub(super) async fn told(
    database: &DatabaseConnection,
    principal: &Principal,
    people: &mut HashMap<PersonId, person::Model>,
) -> Result<(), DbErr> {
    let met: HashSet<PersonId> = people.values().filter(|row| row.met).map(id_of).collect();
    if met.is_empty() {
        return Ok(());
    }
    let met: Vec<PersonId> = met.into_iter().collect();
    let known = Known::load(database, principal, &met, false).await?;
    for row in people.values_mut() {
        known.tell(id_of(row), None, row);
    }
    Ok(())
}

/// What a principal knows of people who came along.
pub(super) struct Known {
    me: Option<PersonId>,
    /// With whom the principal has more than unanswered mail.
    own: HashSet<PersonId>,
    /// The members whose tie leads the principal to a person, where anything depends on others.
    shared: HashMap<PersonId, HashSet<PersonId>>,
    /// What moments say, the first one first.
    told: HashMap<PersonId, Vec<telling::Model>>,
}

impl Known {
    /// `sight`: whether it is asked who stands in the directory, and not only by which name.
    pub(super) async fn load(
        database: &DatabaseConnection,
        principal: &Principal,
        met: &[PersonId],
        sight: bool,
    ) -> Result<Self, DbErr> {
        let organisation = principal.organisation;
        let (own, told) = tokio::try_join!(
            own(database, principal, met),
            tellings(database, organisation, met)
        )?;
        let mut known = Self {
            me: principal.member,
            own,
            shared: HashMap::new(),
            told,
        };
        // An own tie decides alone, and so does what an own moment says: neither needs a word about sharing.
        let depends = |person: &PersonId| {
            let told = known.told.get(person).map_or(&[][..], Vec::as_slice);
            let by_others = !told.is_empty() && !told.iter().any(|row| known.is_mine(row));
            by_others || (sight && !known.own.contains(person))
        };
        let others: Vec<PersonId> = met.iter().copied().filter(depends).collect();
        if !others.is_empty() {
            let found = keys::organisation(database, organisation).await?;
            let default = found.map_or(Level::Private, |organisation| organisation.sharing);
            let answered = answered(database, organisation, &others).await?;
            let members = |person: &PersonId| answered.get(person).into_iter().flatten().copied();
            let ties = others
                .iter()
                .flat_map(|person| members(person).map(|member| (member, *person)));
            let words = Shared::load(database, organisation, default, ties).await?;
            let shared = others.iter().map(|person| {
                let leads = |member: &PersonId| {
                    in_directory(principal, [(*member, words.level(*member, *person))])
                };
                (*person, members(person).filter(leads).collect())
            });
            known.shared = shared.collect();
        }
        Ok(known)
    }

    fn is_mine(&self, row: &telling::Model) -> bool {
        self.me
            .is_some_and(|me| me.as_bytes() == row.member.as_slice())
    }

    fn leads_to(&self, person: PersonId) -> bool {
        let shared = self.shared.get(&person);
        self.own.contains(&person) || shared.is_some_and(|shared| !shared.is_empty())
    }

    /// The name that the principal knows; of one of their entries alone, if one is given.
    fn name(&self, person: PersonId, entry: Option<PersonId>) -> Option<&telling::Model> {
        let is_asked = |row: &&telling::Model| {
            entry.is_none_or(|entry| entry.as_bytes() == row.entry.as_slice())
        };
        let told = || {
            self.told
                .get(&person)
                .into_iter()
                .flatten()
                .filter(is_asked)
        };
        let shared = self.shared.get(&person);
        let is_shared = |row: &&telling::Model| {
            let member = PersonId::from_slice(&row.member).unwrap_or_default();
            shared.is_some_and(|shared| shared.contains(&member))
        };
        told()
            .find(|row| self.is_mine(row))
            .or_else(|| told().find(is_shared))
    }

    /// Puts the name into the row of a person who came along, or of one of their entries that did.
    pub(super) fn tell(&self, person: PersonId, entry: Option<PersonId>, row: &mut person::Model) {
        if let (true, Some(told)) = (row.met, self.name(person, entry)) {
            row.name = Some(told.name.clone());
            row.sort_name.clone_from(&told.sort_name);
        }
    }
}

/// What moments say of these people.
async fn tellings(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    people: &[PersonId],
) -> Result<HashMap<PersonId, Vec<telling::Model>>, DbErr> {
    let keys: Vec<_> = people.iter().map(|id| [blob(id.as_bytes())]).collect();
    let mut rows: Vec<telling::Model> = TOLD.find(database, organisation, &keys).await?;
    rows.sort_by(|a, b| (a.position, &a.name).cmp(&(b.position, &b.name)));
    let mut told: HashMap<_, Vec<_>> = HashMap::with_capacity(people.len());
    for row in rows {
        if let Some(person) = PersonId::from_slice(&row.person) {
            told.entry(person).or_default().push(row);
        }
    }
    Ok(told)
}

/// With whom of these people the principal has more than unanswered mail.
async fn own(
    database: &DatabaseConnection,
    principal: &Principal,
    people: &[PersonId],
) -> Result<HashSet<PersonId>, DbErr> {
    let Some(me) = principal.member else {
        return Ok(HashSet::new());
    };
    let keys = people
        .iter()
        .map(|id| [blob(me.as_bytes()), blob(id.as_bytes())]);
    let keys: Vec<_> = keys.collect();
    let rows: Vec<Answered> = OWN.find(database, principal.organisation, &keys).await?;
    let people = rows.iter().map(|row| PersonId::from_slice(&row.person));
    Ok(people.flatten().collect())
}

/// The members who have more than unanswered mail with these people.
async fn answered(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    people: &[PersonId],
) -> Result<HashMap<PersonId, Vec<PersonId>>, DbErr> {
    let keys: Vec<_> = people.iter().map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<Answered> = ANSWERED.find(database, organisation, &keys).await?;
    let mut members: HashMap<_, Vec<_>> = HashMap::with_capacity(people.len());
    for row in rows {
        let ids = PersonId::from_slice(&row.person).zip(PersonId::from_slice(&row.member));
        if let Some((person, member)) = ids {
            members.entry(person).or_default().push(member);
        }
    }
    Ok(members)
}
