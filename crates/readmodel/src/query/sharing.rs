//! What members let others see, and whom they leave out.

use std::collections::{HashMap, HashSet};

use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::sharing::Level;
use sea_orm::{
    ColumnTrait, DatabaseConnection, DbErr, EntityTrait, FromQueryResult, QueryFilter, QueryOrder,
};

use super::own;
use crate::bulk::{blob, statement};
use crate::entity::{exclusion, person_address, sharing_rule};
use crate::lookup::Lookup;
use crate::projection::people::addresses_ever;

/// The rules of one member.
pub async fn rules(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
) -> Result<Vec<sharing_rule::Model>, DbErr> {
    sharing_rule::Entity::find()
        .filter(sharing_rule::Column::Organisation.eq(own(organisation)))
        .filter(sharing_rule::Column::Member.eq(member.as_bytes().to_vec()))
        .order_by_asc(sharing_rule::Column::Kind)
        .order_by_asc(sharing_rule::Column::Target)
        .all(database)
        .await
}

/// Whom a member leaves out: addresses, domains behind an `@`, and ids of people.
pub async fn exclusions(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    member: PersonId,
) -> Result<Vec<String>, DbErr> {
    let rows = exclusion::Entity::find()
        .filter(exclusion::Column::Organisation.eq(own(organisation)))
        .filter(exclusion::Column::Member.eq(member.as_bytes().to_vec()))
        .order_by_asc(exclusion::Column::Target)
        .all(database)
        .await?;
    Ok(rows.into_iter().map(|row| row.target).collect())
}

#[derive(FromQueryResult)]
struct Said {
    member: Vec<u8>,
    kind: i16,
    target: Vec<u8>,
    level: i16,
}

/// What members said of ties, by whose word it is, and about what: a person, an address, a domain.
type Words = HashMap<PersonId, HashMap<(i16, Vec<u8>), Level>>;

/// How much of some ties others see.
#[derive(Debug)]
pub struct Shared {
    default: Level,
    said: Words,
    addresses: HashMap<PersonId, Vec<person_address::Model>>,
}

impl Shared {
    /// Reads what was said of these ties, each a member and whom they know.
    pub async fn load(
        database: &DatabaseConnection,
        organisation: OrganisationId,
        default: Level,
        ties: impl Iterator<Item = (PersonId, PersonId)>,
    ) -> Result<Self, DbErr> {
        let ties: Vec<(PersonId, PersonId)> = ties.collect();
        let others: HashSet<PersonId> = ties.iter().map(|(_, person)| *person).collect();
        let said = words(database, organisation, &others).await?;
        let ends = ties.into_iter().flat_map(|(member, person)| {
            let speaks = |of: &PersonId| said.contains_key(of);
            let about_person = speaks(&member).then_some(person);
            let about_member = speaks(&person).then_some(member);
            [about_person, about_member]
        });
        let ends: HashSet<PersonId> = ends.flatten().collect();
        let ends: Vec<PersonId> = ends.into_iter().collect();
        let addresses = addresses_ever(database, organisation, &ends).await?;
        Ok(Self {
            default,
            said,
            addresses,
        })
    }

    /// How much others see of a tie: the default, tightened by every word that applies. Of a tie between
    /// two members each has a word: what one of them keeps private, the other's openness does not tell.
    #[must_use]
    pub fn level(&self, member: PersonId, person: PersonId) -> Level {
        let said = self.said_by(member, person);
        let other = self.said_by(person, member);
        said.chain(other).fold(self.default, Level::max)
    }

    /// What one end says of the other. By every address that they ever had: whoever changes an address of
    /// the directory undoes no word of another member's.
    fn said_by(&self, member: PersonId, about: PersonId) -> impl Iterator<Item = Level> {
        let said = self.said.get(&member).into_iter();
        said.flat_map(move |words| {
            let addresses = self.addresses.get(&about).into_iter().flatten();
            let targets = addresses.flat_map(|row| {
                let (address, domain) = (row.address.as_bytes(), row.domain.as_bytes());
                [(1, address.to_vec()), (2, domain.to_vec())]
            });
            let targets = targets.chain([(0, about.as_bytes().to_vec())]);
            targets.filter_map(|target| words.get(&target).copied())
        })
    }
}

/// What was said in an organisation of sharing, and whom these people leave out; of several words about one
/// target of a member the tightest counts.
async fn words(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    others: &HashSet<PersonId>,
) -> Result<Words, DbErr> {
    // A word about an entry is one about whose it is now.
    let sql = "SELECT r.member, r.kind, COALESCE(i.person, r.target) AS target, r.level \
               FROM sharing_rule r LEFT JOIN identity i ON r.kind = 0 \
                AND i.organisation = r.organisation AND i.entry = r.target \
               WHERE r.organisation = $1";
    let backend = database.get_database_backend();
    let rows = statement(backend, sql, vec![blob(organisation.as_bytes())]);
    let rows = Said::find_by_statement(rows).all(database).await?;
    let levels = rows.into_iter().filter_map(|row| {
        let level = usize::try_from(row.level)
            .ok()
            .and_then(Level::from_index)?;
        Some((row.member, (row.kind, row.target), level))
    });
    let mut said = Words::new();
    let left_out = left_out(database, organisation, others).await?;
    for (member, target, level) in levels.chain(left_out) {
        let Some(member) = PersonId::from_slice(&member) else {
            continue;
        };
        let own = said.entry(member).or_default();
        let own = own.entry(target).or_insert(level);
        *own = level.max(*own);
    }
    Ok(said)
}

const LEFT_OUT: Lookup<1> = Lookup {
    select: "t.*",
    table: "exclusion",
    by: ["member"],
    and: "",
};

/// Whoever leaves somebody out keeps no tie, and says of the other's, if they are a member, that it is private.
/// So only those matter at whom somebody's tie ends.
async fn left_out(
    database: &DatabaseConnection,
    organisation: OrganisationId,
    by: &HashSet<PersonId>,
) -> Result<impl Iterator<Item = (Vec<u8>, (i16, Vec<u8>), Level)>, DbErr> {
    let by: Vec<_> = by.iter().map(|id| [blob(id.as_bytes())]).collect();
    let rows: Vec<exclusion::Model> = LEFT_OUT.find(database, organisation, &by).await?;
    Ok(rows.into_iter().map(|row| {
        let about = match (row.person, row.target.strip_prefix('@')) {
            (Some(person), _) => (0, person),
            (None, Some(domain)) => (2, domain.into()),
            (None, None) => (1, row.target.into_bytes()),
        };
        (row.member, about, Level::Private)
    }))
}
