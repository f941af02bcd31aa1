//! Everything that a briefing is made of, as its reader may see it: looked up in bulk, whatever the size of the list.

mod people;
mod programme;

use std::collections::BTreeSet;
use std::sync::Arc;

use kith_domain::briefing::Page;
use kith_domain::briefing::known::{Guest, Note, Occasion, Reader, Talked, Wish};
use kith_domain::comfort::Habits;
use kith_domain::fact::Kind;
use kith_domain::id::{FactId, GatheringId, InteractionId, PersonId};
use kith_domain::time::Timestamp;
use kith_readmodel::entity::{fact, gathering, gathering_going};
use kith_readmodel::query::{gatherings, moments, people as directory};
use kith_servicekit::failure::Failure;

use self::people::Last;
use super::calendar::Calendar;
use crate::Api;
use crate::admin::comfort;
use crate::caller::Caller;
use crate::gathering::resolve::{self, Everybody};
use crate::seen::{Own, Seen};
use crate::witness::{self, OfOthers};

/// What a briefing is made of, and what is needed to tell it.
pub(crate) struct Loaded {
    pub(super) occasion: Occasion,
    pub(super) reader: Reader,
    pub(super) guests: Vec<Guest>,
    pub(super) begins: Timestamp,
    /// What it was read from.
    pub(crate) seen: Arc<Seen>,
    /// What others wrote.
    pub(super) of_others: OfOthers,
    last: Last,
}

/// What everything is looked up with.
struct Loading<'a> {
    api: &'a Api,
    caller: &'a Caller,
    me: PersonId,
    now: Timestamp,
    row: gathering::Model,
    id: GatheringId,
    calendar: Calendar,
    seen: &'a Arc<Seen>,
    own: &'a Own,
    /// Which members say that they go, and when.
    going: Vec<gathering_going::Model>,
    /// Everybody on the list, and who they are.
    listed: Everybody,
}

pub(super) async fn load(api: &Api, caller: &Caller, id: GatheringId) -> Result<Loaded, Failure> {
    let row = crate::gathering::must_exist(api, caller, id).await?;
    if row.cancelled {
        return Err(Failure::state("the gathering is cancelled"));
    }
    let (seen, listed) = resolve::everybody(api, caller, id).await?;
    let (live, organisation) = (api.live(), caller.principal.organisation);
    let going = gatherings::going(&live.reading, organisation, &[id]).await;
    let going = going.map_err(Failure::unavailable)?;
    let me = caller.member()?;
    let loading = Loading {
        own: seen.own(api, me).await?,
        seen: &seen,
        going: going.into_values().flatten().collect(),
        api,
        caller,
        me,
        now: api.now(),
        calendar: Calendar::of(&row.zone),
        row,
        id,
        listed,
    };
    loading.run().await
}

/// A fact as a briefing has it.
pub(crate) fn note(row: &fact::Model, me: PersonId) -> Option<Note> {
    Some(Note {
        id: FactId::from_slice(&row.id)?,
        kind: usize::try_from(row.kind).ok().and_then(Kind::from_index)?,
        text: row.text.clone()?,
        source: row.source.clone(),
        is_mine: row.author == me.as_bytes(),
        is_private: row.private,
        question: row.question.clone(),
    })
}

impl Loading<'_> {
    /// Whether a member says that they go.
    fn is_there(&self, member: PersonId) -> bool {
        let mut going = self.going.iter();
        going.any(|row| row.member == member.as_bytes())
    }

    async fn run(self) -> Result<Loaded, Failure> {
        let resolved = self.listed.iter().filter_map(|(_, person)| *person);
        let people: BTreeSet<PersonId> = resolved.filter(|person| *person != self.me).collect();
        let people: Vec<PersonId> = people.into_iter().collect();
        let programme = self.programme().await?;
        let everybody: Vec<PersonId> = people.iter().copied().chain([self.me]).collect();
        let mut facts = self.seen.facts(self.api, &everybody).await?;
        let shown = facts.values().flatten().chain(&self.own.wishes);
        let of_others = witness::of_others(shown, self.me);
        let own = facts.remove(&self.me).unwrap_or_default();
        let reader = self.reader(own, &programme).await?;
        let (guests, last) = self.guests(&people, facts, &programme).await?;
        Ok(Loaded {
            begins: Timestamp(self.row.begins_us),
            seen: self.seen.clone(),
            occasion: self.occasion(),
            reader,
            guests,
            of_others,
            last,
        })
    }

    fn occasion(&self) -> Occasion {
        Occasion {
            id: self.id,
            name: self.row.name.clone(),
            place: self.row.place.clone(),
            begins: self.calendar.local(Timestamp(self.row.begins_us)),
            ends: self.calendar.local(Timestamp(self.row.ends_us)),
            is_over: self.row.ends_us < self.now.micros(),
            topics: self.row.topics.lines().map(ToOwned::to_owned).collect(),
        }
    }

    async fn reader(
        &self,
        own: Vec<fact::Model>,
        programme: &programme::Programme,
    ) -> Result<Reader, Failure> {
        let said = comfort::said(self.api, self.caller).await?;
        let Habits { prompts, .. } = said
            .as_ref()
            .map(|said| said.habits.clone())
            .unwrap_or_default();
        let row = self.seen.rows.get(&self.me);
        let of_kind = |kind: Kind| {
            let wishes = self.own.wishes.iter();
            let of_kind = wishes.filter(move |row| row.kind == kind.index() as i16);
            let of_kind = of_kind.filter_map(|row| {
                let person = PersonId::from_slice(&row.person)?;
                Some(Wish {
                    person,
                    name: self.name(person),
                    // Colleagues know each other.
                    is_known: self.own.members.contains(&person) || self.tie(person).is_some(),
                    note: note(row, self.me)?,
                })
            });
            of_kind.collect()
        };
        let notes = own.iter().filter(|row| !row.private);
        Ok(Reader {
            id: self.me,
            name: self.name(self.me),
            notes: notes.filter_map(|row| note(row, self.me)).collect(),
            companies: row.map(directory::companies).unwrap_or_default(),
            pace: prompts.pace(),
            own_words: said.and_then(|said| said.own_words),
            days: programme.days.clone(),
            needs: of_kind(Kind::Need),
            offers: of_kind(Kind::Offer),
        })
    }

    /// What somebody whom the reader sees is called.
    fn name(&self, person: PersonId) -> String {
        let row = self.seen.rows.get(&person);
        row.map(directory::called).unwrap_or_default()
    }
}

impl Loaded {
    /// Everybody on the list, as far as it is known who they are.
    pub(crate) fn listed(&self) -> Vec<Option<PersonId>> {
        let people = self.guests.iter().map(|guest| guest.person.as_ref());
        people.map(|person| person.map(|known| known.id)).collect()
    }

    /// Adds what was said last: looked up for those alone who have a page.
    pub(super) async fn tell_last_talks(
        &self,
        api: &Api,
        caller: &Caller,
        pages: &mut [Page],
    ) -> Result<(), Failure> {
        let last = |page: &Page| {
            page.person
                .and_then(|person| self.last.get(&person))
                .copied()
        };
        let ids: Vec<InteractionId> = pages.iter().filter_map(last).map(|(id, ..)| id).collect();
        let found = moments::these(&api.live().reading, &caller.principal, &ids).await;
        let found = found.map_err(Failure::unavailable)?;
        for page in pages {
            let Some((id, kind, day)) = last(page) else {
                continue;
            };
            let texts = found.get(&id);
            page.tell_last_talk(&Talked {
                id,
                kind,
                day,
                subject: texts.and_then(|seen| seen.row.subject.clone()),
                note: texts.and_then(|seen| seen.row.note.clone()),
            });
        }
        Ok(())
    }
}
