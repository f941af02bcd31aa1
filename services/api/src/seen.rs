//! What a caller sees of people, kept from one question to the next.
//!
//! Of a large directory it takes a second and more to read, and who comes to a gathering or stays away changes
//! nothing of it. It is used as long as no commit says anything but what becomes of gatherings and members share the
//! same by default (`keys::Standing`), within one generation, and for a day: what is told of other members' ties is
//! as of a week, and weeks begin with days.

mod memo;
mod shelf;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use kith_domain::access::{Principal, Role};
use kith_domain::date::{Date, day_of};
use kith_domain::followup::Status;
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::resolution::{Description, Directory, Resolution};
use kith_domain::text::folded;
use kith_domain::time::Timestamp;
use kith_readmodel::entity::{fact, follow_up, person};
use kith_readmodel::query::acquaintances::{self, Acquaintance};
use kith_readmodel::query::moments::{self, Moment};
use kith_readmodel::query::{followups, keys, listing, people, ties};
use kith_servicekit::failure::Failure;
use tokio::sync::OnceCell;

use crate::Api;
use crate::caller::Caller;
use crate::gathering::directory;
use crate::relationship::sharing::shared_by_default;
use memo::Memo;
use shelf::Weight;

/// People who are looked at, by name.
const MOST_PEOPLE: u64 = 100_000;
/// Needs and offers that are compared with everybody, the newest.
const MOST_WISHES: u64 = 5_000;
/// Open promises of a member.
const MOST_PROMISES: u64 = 5_000;

/// Two keys of one member see the same.
type Whose = (OrganisationId, Role, Option<PersonId>);

/// What callers saw a moment ago, in people, of about 2 KB each.
pub(crate) type Shelf = shelf::Shelf<Whose, AsOf, Seen>;

/// As of when what somebody sees holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct AsOf {
    generation: String,
    standing: keys::Standing,
    day: Date,
}

/// What a caller sees of people.
pub(crate) struct Seen {
    principal: Principal,
    /// Everybody in the directory, as the caller knows them.
    pub(crate) rows: HashMap<PersonId, person::Model>,
    /// The same, to find somebody by what is said of them; and who was looked for.
    directory: Directory,
    resolved: Memo<Description, Resolution>,
    /// Who was ever at a company, by its name in any case, in the order of names.
    at_company: HashMap<String, Vec<PersonId>>,
    own: OnceCell<Own>,
    facts: Memo<PersonId, Vec<fact::Model>>,
    acquaintances: Memo<PersonId, Vec<Acquaintance>>,
}

/// What is a member's own.
pub(crate) struct Own {
    pub(crate) ties: HashMap<PersonId, ties::Own>,
    /// The newest moments, that one first.
    pub(crate) moments: Vec<Moment>,
    /// Which of them were with whom.
    with: HashMap<PersonId, Vec<usize>>,
    /// What is open between the member and others, whatever its reason.
    pub(crate) open: Vec<follow_up::Model>,
    /// Needs and offers of the people in the directory.
    pub(crate) wishes: Vec<fact::Model>,
    /// Everybody who is a member.
    pub(crate) members: HashSet<PersonId>,
}

impl Api {
    /// What the caller sees of people, as of now.
    pub(crate) async fn seen(&self, caller: &Caller) -> Result<Arc<Seen>, Failure> {
        let principal = &caller.principal;
        let whose = (principal.organisation, principal.role, principal.member);
        let (as_of, read) = (AsOf::now(self, caller), Seen::load(self, caller));
        self.parts
            .shelf
            .get(whose, &*self.parts.clock, as_of, read)
            .await
    }

    /// Lets go of what was seen of an organisation.
    pub(crate) fn forget_seen(&self, organisation: OrganisationId) {
        self.parts.shelf.forget(|(of, ..)| *of == organisation);
    }
}

impl Own {
    /// The newest moments with somebody, that one first.
    pub(crate) fn moments_with(&self, person: PersonId) -> impl Iterator<Item = &Moment> {
        let places = self.with.get(&person).into_iter().flatten();
        places.filter_map(|place| self.moments.get(*place))
    }
}

impl AsOf {
    async fn now(api: &Api, caller: &Caller) -> Result<Self, Failure> {
        let live = api.live();
        let standing = keys::standing(&live.reading, caller.principal.organisation).await;
        Ok(Self {
            generation: live.name,
            standing: standing.map_err(Failure::unavailable)?,
            day: day_of(api.now()),
        })
    }
}

impl Seen {
    async fn load(api: &Api, caller: &Caller) -> Result<Self, Failure> {
        let (live, principal) = (api.live(), caller.principal);
        let everybody = listing::Filter::default();
        let rows = listing::list(&live.reading, &principal, &everybody, None, MOST_PEOPLE).await;
        let rows = rows.map_err(Failure::unavailable)?.into_iter();
        let rows: HashMap<PersonId, person::Model> = rows
            .filter_map(|row| Some((PersonId::from_slice(&row.id)?, row)))
            .collect();
        let ids: Vec<PersonId> = rows.keys().copied().collect();
        let addresses = people::addresses_of_all(&live.reading, principal.organisation, &ids).await;
        let addresses = addresses.map_err(Failure::unavailable)?;
        // Long, for a large directory: other calls go on meanwhile.
        let seen = tokio::task::spawn_blocking(move || Self {
            directory: directory::of(&rows, addresses),
            at_company: at_companies(&rows),
            principal,
            rows,
            resolved: Memo::default(),
            own: OnceCell::new(),
            facts: Memo::default(),
            acquaintances: Memo::default(),
        });
        seen.await.map_err(Failure::unavailable)
    }

    /// Who in the directory somebody is of whom this is said. Takes long, of many.
    pub(crate) fn resolve(&self, said: &Description) -> Resolution {
        self.resolved.one(said, || self.directory.resolve(said))
    }

    /// Who was ever at a company, whose name is folded, in the order of names.
    pub(crate) fn at_company(&self, company: &str) -> impl Iterator<Item = PersonId> {
        self.at_company.get(company).into_iter().flatten().copied()
    }

    /// What is the caller's own, who is a member.
    pub(crate) async fn own(&self, api: &Api, me: PersonId) -> Result<&Own, Failure> {
        self.own.get_or_try_init(|| self.load_own(api, me)).await
    }

    async fn load_own(&self, api: &Api, me: PersonId) -> Result<Own, Failure> {
        let (live, principal) = (api.live(), &self.principal);
        let (reading, organisation) = (&live.reading, principal.organisation);
        let (ever, whose) = (Timestamp(i64::MAX), (organisation, me));
        let (ties, moments, open, mut wishes, members) = tokio::try_join!(
            ties::of_member(reading, organisation, me),
            moments::of_member(reading, principal, me, moments::MOST),
            followups::list(reading, whose, Status::Open, ever, None, MOST_PROMISES),
            people::wishes(reading, principal, MOST_WISHES),
            keys::members(reading, organisation),
        )
        .map_err(Failure::unavailable)?;
        wishes.retain(|row| {
            let person = PersonId::from_slice(&row.person);
            person.is_some_and(|person| self.rows.contains_key(&person))
        });
        let mut with: HashMap<PersonId, Vec<usize>> = HashMap::new();
        for (place, moment) in moments.iter().enumerate() {
            for other in &moment.others {
                with.entry(*other).or_default().push(place);
            }
        }
        Ok(Own {
            ties: ties.into_iter().map(|own| (own.person, own)).collect(),
            moments,
            with,
            open,
            wishes,
            members: members.into_iter().collect(),
        })
    }

    /// What is noted of these people.
    pub(crate) async fn facts(
        &self,
        api: &Api,
        of: &[PersonId],
    ) -> Result<HashMap<PersonId, Vec<fact::Model>>, Failure> {
        let live = api.live();
        let look = async |missing: Vec<PersonId>| {
            let found = people::facts_of_all(&live.reading, &self.principal, &missing).await;
            found.map_err(Failure::unavailable)
        };
        self.facts.of(of, look).await
    }

    /// Which other members know these people, as far as they show it.
    pub(crate) async fn acquaintances(
        &self,
        api: &Api,
        caller: &Caller,
        of: &[PersonId],
    ) -> Result<HashMap<PersonId, Vec<Acquaintance>>, Failure> {
        let live = api.live();
        let look = async |missing: Vec<PersonId>| {
            let default = shared_by_default(api, caller).await?;
            let (reading, principal) = (&live.reading, &self.principal);
            let known = acquaintances::others(reading, principal, &missing, default, api.now());
            let mut found: HashMap<PersonId, Vec<Acquaintance>> = HashMap::new();
            for one in known.await.map_err(Failure::unavailable)? {
                found.entry(one.person).or_default().push(one);
            }
            Ok(found)
        };
        self.acquaintances.of(of, look).await
    }
}

impl Weight for Seen {
    /// In people: ten moments or ties take as much room as one, and so do four of whatever else.
    fn weight(&self) -> usize {
        let (small, other) = self.own.get().map_or((0, 0), |own| {
            let small = own.moments.len() + own.ties.len();
            (small, own.wishes.len() + own.open.len())
        });
        let looked_up = self.facts.len() + self.acquaintances.len() + self.resolved.len();
        self.rows.len() + small / 10 + (other + looked_up) / 4
    }
}

fn at_companies(rows: &HashMap<PersonId, person::Model>) -> HashMap<String, Vec<PersonId>> {
    let mut by_name: Vec<_> = rows.iter().collect();
    by_name.sort_unstable_by(|a, b| (&a.1.sort_name, a.0).cmp(&(&b.1.sort_name, b.0)));
    let mut there: HashMap<String, Vec<PersonId>> = HashMap::new();
    for (id, row) in by_name {
        for company in people::companies(row) {
            let there = there.entry(folded(&company)).or_default();
            if there.last() != Some(id) {
                there.push(*id);
            }
        }
    }
    there
}
