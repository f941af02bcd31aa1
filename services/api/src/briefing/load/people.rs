//! What is known of those who come.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use kith_domain::briefing::known::{Colleague, Guest, Person, Promised, Tie, Visit};
use kith_domain::date::{Date, day_of};
use kith_domain::followup::Reason;
use kith_domain::id::{FollowUpId, GatheringId, InteractionId, PersonId};
use kith_domain::interaction;
use kith_domain::text::folded;
use kith_domain::tie::{self, STANDARD_HORIZON, V1};
use kith_domain::time::{DAY, Timestamp};
use kith_readmodel::entity::{fact, gathering_attendee};
use kith_readmodel::query::acquaintances::Acquaintance;
use kith_readmodel::query::gatherings::{self, When};
use kith_readmodel::query::people;
use kith_servicekit::failure::Failure;

use super::programme::Programme;
use super::{Loading, note};

/// A moment with more people than this introduces nobody to anybody.
const SMALL: usize = 8;
/// Gatherings of the past that are looked through.
const MOST_GATHERINGS: u64 = 20;
/// Attendees of one of them.
const MOST_ATTENDEES: u64 = 5_000;
/// People of one company who are looked at for colleagues who know them.
const MOST_AT_COMPANY: usize = 20;

/// The last conversation with each person.
pub(super) type Last = HashMap<PersonId, (InteractionId, interaction::Kind, Date)>;

/// What was looked up of many people, by person.
#[derive(Default)]
struct Of {
    facts: HashMap<PersonId, Vec<fact::Model>>,
    promises: HashMap<PersonId, Vec<Promised>>,
    colleagues: HashMap<PersonId, Vec<Colleague>>,
    visits: HashMap<PersonId, Vec<Visit>>,
    last: Last,
}

impl Loading<'_> {
    /// Everybody on the list, and the last conversation with each.
    pub(super) async fn guests(
        &self,
        wanted: &[PersonId],
        facts: HashMap<PersonId, Vec<fact::Model>>,
        programme: &Programme,
    ) -> Result<(Vec<Guest>, Last), Failure> {
        let at_companies = self.at_companies();
        let companies = at_companies.values().flatten().copied();
        let asked: BTreeSet<PersonId> = wanted.iter().copied().chain(companies).collect();
        let asked: Vec<PersonId> = asked.into_iter().collect();
        let of = Of {
            facts,
            promises: self.promises(),
            colleagues: self.colleagues(&asked).await?,
            visits: self.visits(wanted).await?,
            last: self.last(wanted),
        };
        let guests = self.listed.iter().map(|(row, person)| {
            let company = row.company.as_deref().map(folded);
            let there = company.and_then(|company| at_companies.get(&company));
            let at_company = there.into_iter().flatten();
            let at_company = at_company.filter_map(|id| of.colleagues.get(id)).flatten();
            Guest {
                listed: PersonId::from_slice(&row.listed).unwrap_or_default(),
                name: self.called(row, *person),
                company: row.company.clone().or_else(|| self.company(*person)),
                title: row.title.clone(),
                topics: row.topics.lines().map(ToOwned::to_owned).collect(),
                talks: programme.talks(row),
                at_company: at_company.cloned().collect(),
                person: person.map(|person| self.person(person, &of)),
            }
        });
        let guests = guests.collect();
        Ok((guests, of.last))
    }

    fn called(&self, row: &gathering_attendee::Model, person: Option<PersonId>) -> String {
        let known = person.map(|person| self.name(person));
        let known = known.filter(|name| !name.is_empty() && !name.contains('@'));
        let listed = row.name.clone().or_else(|| row.address.clone());
        known.or(listed).unwrap_or_default()
    }

    fn company(&self, person: Option<PersonId>) -> Option<String> {
        self.seen.rows.get(&person?)?.company.clone()
    }

    fn person(&self, id: PersonId, of: &Of) -> Person {
        let row = self.seen.rows.get(&id);
        let notes = of.facts.get(&id).into_iter().flatten();
        let mutual = self.mutual(id).into_iter();
        let mut mutual: Vec<(PersonId, String)> =
            mutual.map(|other| (other, self.name(other))).collect();
        mutual.sort_by(|a, b| a.1.cmp(&b.1));
        let mut tie = self.tie(id);
        // What is told of a tie and of its last moment is one time.
        if let (Some(tie), Some((_, _, day))) = (&mut tie, of.last.get(&id)) {
            tie.silent_days = tie.silent_days.min(self.days_since(*day));
        }
        Person {
            id,
            tie,
            notes: notes.filter_map(|row| note(row, self.me)).collect(),
            promises: of.promises.get(&id).cloned().unwrap_or_default(),
            colleagues: of.colleagues.get(&id).cloned().unwrap_or_default(),
            mutual,
            last_talk: None,
            companies: row.map(people::companies).unwrap_or_default(),
            visits: of.visits.get(&id).cloned().unwrap_or_default(),
        }
    }

    /// People whom the reader sees, by the company at which they work, of those companies from which somebody comes
    /// who is in no directory.
    fn at_companies(&self) -> BTreeMap<String, Vec<PersonId>> {
        let unknown = self.listed.iter().filter(|(_, person)| person.is_none());
        let companies = unknown.filter_map(|(row, _)| row.company.as_deref().map(folded));
        let companies: BTreeSet<String> = companies.collect();
        let today = day_of(self.now);
        let there = |company: &str| {
            let ever = self.seen.at_company(company);
            let now = ever.filter(|id| {
                let row = self.seen.rows.get(id);
                row.is_some_and(|row| people::works_at(row, company, today))
            });
            now.take(MOST_AT_COMPANY).collect()
        };
        let found = companies.into_iter().map(|company| {
            let there = there(&company);
            (company, there)
        });
        found.collect()
    }

    pub(super) fn tie(&self, person: PersonId) -> Option<Tie> {
        let own = self.own.ties.get(&person)?;
        let reading = tie::read(&V1, &own.state, self.now, STANDARD_HORIZON)?;
        let last = reading.last_contact?;
        Some(Tie {
            band: reading.band,
            depth: reading.depth,
            silent_days: self.days_since(self.calendar.local(last).day),
            is_important: own.is_important,
            care: own.care,
        })
    }

    /// Days as people count them: what was said yesterday evening was said yesterday.
    fn days_since(&self, day: Date) -> i64 {
        let today = self.calendar.local(self.now).day;
        today.midnight().micros_since(day.midnight()) / DAY
    }

    fn promises(&self) -> HashMap<PersonId, Vec<Promised>> {
        let mut promises: HashMap<PersonId, Vec<Promised>> = HashMap::new();
        let is_promise = |reason: i16| reason == Reason::Promise.index() as i16;
        for row in self.own.open.iter().filter(|row| is_promise(row.reason)) {
            let ids = PersonId::from_slice(&row.person).zip(FollowUpId::from_slice(&row.id));
            let Some((person, id)) = ids else { continue };
            promises.entry(person).or_default().push(Promised {
                id,
                is_mine: row.mine,
                text: row.text.clone(),
                due: self.calendar.local(Timestamp(row.due_us)).day,
                is_overdue: row.due_us < self.now.micros(),
            });
        }
        promises
    }

    /// Which colleagues know these people, as far as they show it.
    async fn colleagues(
        &self,
        asked: &[PersonId],
    ) -> Result<HashMap<PersonId, Vec<Colleague>>, Failure> {
        let known = self
            .seen
            .acquaintances(self.api, self.caller, asked)
            .await?;
        let members: BTreeSet<PersonId> = known
            .values()
            .flatten()
            .filter_map(|one| one.member)
            .collect();
        let members: Vec<PersonId> = members.into_iter().collect();
        let named = people::named(&self.api.live().reading, &self.caller.principal, &members).await;
        let named = named.map_err(Failure::unavailable)?;

        let mut colleagues: HashMap<PersonId, Vec<Colleague>> = HashMap::new();
        for Acquaintance {
            member,
            person,
            band,
        } in known.into_values().flatten()
        {
            let name = |id: PersonId| named.get(&id).map(people::called).unwrap_or_default();
            colleagues.entry(person).or_default().push(Colleague {
                member: member.map(|id| (id, name(id))),
                band,
                is_there: member.is_some_and(|id| self.is_there(id)),
                person: (person, self.name(person)),
            });
        }
        Ok(colleagues)
    }

    fn last(&self, wanted: &[PersonId]) -> Last {
        let last = wanted.iter().filter_map(|person| {
            // What lies ahead was not said yet.
            let mut past = self
                .own
                .moments_with(*person)
                .filter(|one| one.at <= self.now);
            let moment = past.next()?;
            let day = self.calendar.local(moment.at).day;
            Some((*person, (moment.id, moment.kind, day)))
        });
        last.collect()
    }

    /// Who beside colleagues was there when the reader was with somebody.
    fn mutual(&self, person: PersonId) -> BTreeSet<PersonId> {
        let moments = self.own.moments_with(person);
        let small = moments.filter(|moment| moment.others.len() <= SMALL);
        let others = small.flat_map(|moment| &moment.others);
        let seen = others.filter(|other| {
            self.seen.rows.contains_key(other) && !self.own.members.contains(other)
        });
        seen.copied().filter(|other| *other != person).collect()
    }

    /// Gatherings of the past at which the reader was, and on whose list these people are in the words of this one.
    async fn visits(&self, wanted: &[PersonId]) -> Result<HashMap<PersonId, Vec<Visit>>, Failure> {
        let live = self.api.live();
        let organisation = self.caller.principal.organisation;
        let past = When::Past(self.now.micros());
        let past = gatherings::list(&live.reading, organisation, past, None, MOST_GATHERINGS).await;
        let past = past.map_err(Failure::unavailable)?;
        let ids = past
            .iter()
            .filter_map(|row| GatheringId::from_slice(&row.id));
        let ids: Vec<GatheringId> = ids.collect();
        let going = gatherings::going(&live.reading, organisation, &ids).await;
        let going = going.map_err(Failure::unavailable)?;
        let was_there = |id: &GatheringId| {
            let members = going.get(id).into_iter().flatten();
            members
                .into_iter()
                .any(|row| row.member == self.me.as_bytes())
        };
        let wanted: HashSet<PersonId> = wanted.iter().copied().collect();
        let lines = self.listed.iter().filter_map(|(row, person)| {
            let person = person.filter(|person| wanted.contains(person))?;
            Some((line(row)?, person))
        });
        let lines: HashMap<String, PersonId> = lines.collect();
        let mut visits: HashMap<PersonId, Vec<Visit>> = HashMap::new();
        for row in past.iter().filter(|row| !row.cancelled) {
            let id = GatheringId::from_slice(&row.id).unwrap_or_default();
            if id == self.id || !was_there(&id) {
                continue;
            }
            let there =
                gatherings::attendees(&live.reading, organisation, id, None, MOST_ATTENDEES).await;
            let there = there.map_err(Failure::unavailable)?;
            for person in there.iter().filter_map(|other| lines.get(&line(other)?)) {
                visits.entry(*person).or_default().push(Visit {
                    id,
                    name: row.name.clone(),
                    day: self.calendar.local(Timestamp(row.begins_us)).day,
                });
            }
        }
        Ok(visits)
    }
}

/// What two lists say alike of one person: the address, or name and company.
fn line(row: &gathering_attendee::Model) -> Option<String> {
    if let Some(address) = &row.address {
        return Some(address.clone());
    }
    let (name, company) = (row.name.as_deref()?, row.company.as_deref()?);
    Some(format!("{}\n{}", folded(name), folded(company)))
}
