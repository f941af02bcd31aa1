//! Which names moments give to whom: of somebody who was never entered on purpose, the members who took part
//! are told the name, once, and nobody else is.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use kith_domain::id::PersonId;
use kith_readmodel::query::{keys, people};
use kith_servicekit::failure::Failure;

use super::intake::{Checked, Who};
use super::size;
use crate::Api;
use crate::caller::Caller;

/// Members who learn a name.
pub(super) struct Telling<'a> {
    /// Whose.
    pub(super) who: &'a Who,
    pub(super) name: &'a str,
    /// Whoever took part, and told it.
    pub(super) members: Vec<PersonId>,
}

/// What a stream of moments told already.
#[derive(Debug, Default)]
pub(super) struct Tellings {
    /// The members of the organisation, once they are needed.
    members: Option<HashSet<PersonId>>,
    told: HashSet<(PersonId, PersonId)>,
    /// Whose tellings of before the stream are known.
    learnt: HashSet<PersonId>,
    /// Everybody knows their names.
    on_purpose: HashSet<PersonId>,
}

impl Tellings {
    /// What these moments tell for the first time. Names of known people that are too many for one commit are
    /// left for the next moments that give them.
    pub(super) async fn of<'a>(
        &mut self,
        api: &Api,
        caller: &Caller,
        moments: &'a [Checked],
        ids: &HashMap<Who, PersonId>,
        new: &HashSet<PersonId>,
    ) -> Result<Vec<Telling<'a>>, Failure> {
        let names = |moment: &'a Checked| {
            let given = moment.named();
            given.filter_map(|(who, name)| Some((*ids.get(who)?, who, name?)))
        };
        let is_open = |id: &PersonId| !self.on_purpose.contains(id);
        let asked: BTreeSet<PersonId> = moments
            .iter()
            .flat_map(names)
            .map(|(id, ..)| id)
            .filter(is_open)
            .collect();
        if asked.is_empty() {
            return Ok(vec![]);
        }
        let is_learnt = |id: &PersonId| new.contains(id) || self.learnt.contains(id);
        let known: Vec<PersonId> = asked.iter().copied().filter(|id| !is_learnt(id)).collect();
        if !known.is_empty() {
            self.learn(api, caller, &known).await?;
        }
        self.learnt.extend(asked);
        let members = match &mut self.members {
            Some(members) => members,
            none => none.insert(members_of(api, caller).await?),
        };

        // By whose entry, and by the name: with whom it is new.
        let mut told: BTreeMap<(PersonId, &str), Telling<'a>> = BTreeMap::new();
        let mut room = size::TELLINGS;
        for moment in moments {
            let took_part = moment.named().filter_map(|(who, _)| ids.get(who));
            let took_part = took_part.filter(|id| members.contains(id)).copied();
            let present: BTreeSet<PersonId> = took_part.chain(caller.principal.member).collect();
            for (id, who, name) in names(moment) {
                let is_new = |member: &PersonId| !self.told.contains(&(id, *member));
                let learn: Vec<PersonId> = present.iter().copied().filter(is_new).collect();
                if self.on_purpose.contains(&id) || learn.is_empty() {
                    continue;
                }
                if !new.contains(&id) {
                    let Some(rest) = usize::checked_sub(room, size::of_telling(who, name, &learn))
                    else {
                        continue;
                    };
                    room = rest;
                }
                self.told.extend(learn.iter().map(|member| (id, *member)));
                let members = Vec::new();
                let telling = told.entry((id, name));
                let telling = telling.or_insert(Telling { who, name, members });
                telling.members.extend(learn);
            }
        }
        Ok(told.into_values().collect())
    }

    /// Who of these was entered on purpose, and who was told the names of the others.
    async fn learn(
        &mut self,
        api: &Api,
        caller: &Caller,
        known: &[PersonId],
    ) -> Result<(), Failure> {
        let (live, organisation) = (api.live(), caller.principal.organisation);
        let (rows, told) = tokio::try_join!(
            people::known(&live.reading, organisation, known),
            people::told_to(&live.reading, organisation, known)
        )
        .map_err(Failure::unavailable)?;
        let on_purpose = rows.iter().filter(|(_, row)| !row.met);
        self.on_purpose.extend(on_purpose.map(|(id, _)| *id));
        self.told.extend(told);
        Ok(())
    }
}

async fn members_of(api: &Api, caller: &Caller) -> Result<HashSet<PersonId>, Failure> {
    let members = keys::members(&api.live().reading, caller.principal.organisation).await;
    Ok(members.map_err(Failure::unavailable)?.into_iter().collect())
}
