//! The members of an organisation, since when, whom they leave out, and how they care for their ties.

use std::collections::{HashMap, HashSet};

use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::time::Timestamp;
use sea_orm::{ColumnTrait, ConnectionTrait, DbErr, EntityTrait, QueryFilter};

use super::ties::Pair;
use super::{Cares, Erased, Exclusions, Identities};
use crate::entity::member;

/// Members, each with the moment at which they joined.
#[derive(Debug, Default)]
pub(crate) struct Members {
    joined: HashMap<PersonId, Timestamp>,
    /// Whom they leave out.
    pub(crate) exclusions: Exclusions,
    /// What they decided about their ties.
    pub(super) cares: Cares,
    /// Who was erased: no tie leads to them.
    pub(crate) erased: Erased,
    /// Which entries are one person.
    pub(crate) identities: Identities,
    /// Whether the organisation was erased: nothing of it counts any more. Asked by whoever applies commits;
    /// nobody asks a question of one that is gone.
    pub(super) is_gone: bool,
}

impl Members {
    pub(crate) async fn load(
        database: &impl ConnectionTrait,
        organisation: OrganisationId,
    ) -> Result<Self, DbErr> {
        let rows = member::Entity::find()
            .filter(member::Column::Organisation.eq(organisation.as_bytes().as_slice()))
            .all(database)
            .await?;
        let known = rows.iter().filter_map(|row| {
            let id = PersonId::from_slice(&row.id)?;
            Some((id, Timestamp(row.joined_us)))
        });
        Ok(Self {
            joined: known.collect(),
            exclusions: Exclusions::load(database, organisation).await?,
            cares: Cares::load(database, organisation).await?,
            erased: Erased::load(database, organisation).await?,
            identities: Identities::load(database, organisation).await?,
            is_gone: false,
        })
    }

    /// Somebody joined; of several times the first counts.
    pub(super) fn add(&mut self, id: PersonId, joined: Timestamp) {
        self.joined.entry(id).or_insert(joined);
    }

    pub(crate) fn contains(&self, id: PersonId) -> bool {
        self.joined.contains_key(&id)
    }

    /// Those of these ties that are none: their member leaves the other end out, or that was erased.
    pub(crate) async fn left_out(
        &self,
        database: &impl ConnectionTrait,
        organisation: OrganisationId,
        ties: impl Iterator<Item = Pair> + Clone,
    ) -> Result<HashSet<Pair>, DbErr> {
        let excluded =
            self.exclusions
                .among(database, organisation, ties.clone(), &self.identities);
        let mut left_out = excluded.await?;
        let is_erased = |person| self.erased.contains(person);
        left_out.extend(ties.filter(|(member, person)| is_erased(*member) || is_erased(*person)));
        Ok(left_out)
    }

    /// Since when a tie of this member knows what was recorded then: nobody is told of what passed
    /// before they joined.
    pub(crate) fn known_to(&self, member: PersonId, recorded: Timestamp) -> Timestamp {
        let joined = self.joined.get(&member).copied();
        joined.map_or(recorded, |joined| joined.max(recorded))
    }
}
