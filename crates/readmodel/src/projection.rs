//! Projections: commits in, rows out, in the transaction they are handed.
//!
//! No clock, no network, no randomness: the same commits give the same rows, in batches of any
//! size. Creations that come in bulk (people, interactions) are collected and written together, and
//! so are the ties whose follow-ups changed; any other event first has them written, so that every
//! event finds what came before it.

mod caring;
mod changes;
mod directory;
pub(crate) mod erasures;
mod exclusions;
mod followups;
mod gatherings;
mod governance;
mod identities;
mod imports;
mod interactions;
mod members;
pub(crate) mod people;
pub(crate) mod ties;

pub(crate) use caring::{Cares, of_row as care_of};
pub(crate) use erasures::Erased;
pub(crate) use exclusions::Exclusions;
pub(crate) use identities::{Identities, entries_of};
pub(crate) use interactions::{moment_of, taken_part, unpack};
pub(crate) use members::Members;

use std::collections::{BTreeMap, BTreeSet, HashMap};

use kith_domain::event::{Commit, Event};
use kith_domain::id::{OrganisationId, PersonId};
use kith_domain::{care, fact, import, interaction, member, person};
use sea_orm::{DatabaseTransaction, DbErr};

/// A commit and its place in the shard.
#[derive(Debug, Clone)]
pub struct Placed {
    /// The sequence.
    pub position: u64,
    /// What it says.
    pub commit: Commit,
}

/// Where an event is from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Origin {
    organisation: OrganisationId,
    position: i64,
    recorded_us: i64,
    member: Option<PersonId>,
}

/// The members of organisations, as far as they were needed. Whoever keeps them from one transaction
/// to the next lets go of them when one is rolled back, or when somebody else may have written.
pub(crate) type KnownMembers = HashMap<OrganisationId, Members>;

/// Applies commits in their order.
pub(crate) async fn apply(
    database: &DatabaseTransaction,
    commits: &[Placed],
    members: &mut KnownMembers,
) -> Result<(), DbErr> {
    let mut projector = Projector {
        database,
        people: people::Added::default(),
        interactions: Vec::new(),
        importing: None,
        followed_up: BTreeMap::new(),
        members,
    };
    let mut moved: BTreeMap<OrganisationId, i64> = BTreeMap::new();
    for placed in commits {
        let origin = Origin {
            organisation: placed.commit.organisation,
            position: placed.position as i64,
            recorded_us: placed.commit.recorded_at.micros(),
            member: placed.commit.member,
        };
        if projector.members_of(origin.organisation).await?.is_gone {
            continue;
        }
        projector.importing = None;
        let change = changes::Change::of(database, origin, &placed.commit).await?;
        for event in &placed.commit.events {
            projector.apply(origin, event).await?;
        }
        if let Some(change) = change {
            change.write(database, origin).await?;
        }
        let mut events = placed.commit.events.iter();
        if !events.all(|event| matches!(event, Event::Gathering(_))) {
            moved.insert(origin.organisation, origin.position);
        }
        // The last one of an organisation takes all of it along.
        if projector.members_of(origin.organisation).await?.is_gone {
            moved.remove(&origin.organisation);
        }
    }
    projector.write_collected().await?;
    governance::moved(database, &moved).await
}

struct Projector<'d> {
    database: &'d DatabaseTransaction,
    people: people::Added,
    interactions: Vec<interactions::New>,
    /// What the recordings of the commit came with.
    importing: Option<imports::Importing>,
    followed_up: BTreeMap<OrganisationId, BTreeSet<ties::Pair>>,
    members: &'d mut KnownMembers,
}

impl Projector<'_> {
    async fn apply(&mut self, origin: Origin, event: &Event) -> Result<(), DbErr> {
        if self.collect(origin, event).await? {
            return Ok(());
        }
        self.write_collected().await?;
        let database = self.database;
        match event {
            Event::Organisation(event) => {
                governance::organisation(database, origin, event).await?;
                // What is known of it may be gone.
                self.members.remove(&origin.organisation);
                Ok(())
            }
            Event::Key(event) => governance::key(database, origin, event).await,
            Event::Sharing(event) => governance::sharing(database, origin, event).await,
            Event::Import(event) => self.import(origin, event).await,
            Event::Care(event) => {
                let members = self.members_of(origin.organisation).await?;
                let care::Event::Set { person, .. } = event;
                if members.erased.contains(*person) {
                    return Ok(());
                }
                let (cares, identities) = (&mut members.cares, &members.identities);
                let tie = cares.set(database, origin, event, identities).await?;
                let ties = BTreeSet::from([tie]);
                ties::follow_up(database, origin.organisation, &ties, members).await
            }
            Event::Pause(event) => caring::pause(database, origin, event).await,
            Event::Comfort(event) => {
                let members = self.members_of(origin.organisation).await?;
                caring::comfort(database, origin, event, &members.erased).await
            }
            Event::Gathering(event) => {
                let members = self.members_of(origin.organisation).await?;
                gatherings::set(database, origin, event, &members.erased).await
            }
            Event::Undone(undone) => changes::undone(database, origin, undone.change).await,
            Event::Exclusion(event) => {
                let members = self.members_of(origin.organisation).await?;
                let (exclusions, identities) = (&mut members.exclusions, &members.identities);
                let about = exclusions.set(database, origin, event, identities).await?;
                ties::refold(database, origin.organisation, about, members).await
            }
            Event::Exported(exported) => governance::exported(database, origin, exported).await,
            Event::Identity(event) => self.identity(origin, *event).await,
            Event::Member(member::Event::Added { id }) => self.joined(origin, *id).await,
            Event::Person(event) => self.person(origin, event).await,
            Event::Fact(fact::Event::Added(fact)) => {
                let members = self.members_of(origin.organisation).await?;
                if members.erased.contains(fact.person) {
                    return Ok(());
                }
                let person = members.identities.person_of(fact.person);
                people::fact(database, origin, fact, person).await
            }
            Event::Fact(fact::Event::Removed { id }) => {
                people::end_fact(database, origin, *id, Some(origin.recorded_us)).await
            }
            Event::Fact(fact::Event::Restored { id }) => {
                people::end_fact(database, origin, *id, None).await
            }
            Event::Interaction(interaction::Event::Corrected {
                id,
                revision,
                moment,
                ..
            }) => {
                let members = self.members_of(origin.organisation).await?;
                interactions::correct(database, origin, *id, *revision, moment, members).await
            }
            Event::Interaction(interaction::Event::Retracted { id, .. }) => {
                let members = self.members_of(origin.organisation).await?;
                interactions::retract(database, origin, *id, members).await
            }
            Event::Interaction(interaction::Event::Restored { id, revision, .. }) => {
                let members = self.members_of(origin.organisation).await?;
                interactions::restore(database, origin, *id, *revision, members).await
            }
            Event::Interaction(interaction::Event::Recorded(_)) | Event::FollowUp(_) => Ok(()),
        }
    }

    /// Moments came with an import once more, or one was taken back or restored.
    async fn import(&mut self, origin: Origin, event: &import::Event) -> Result<(), DbErr> {
        let (database, organisation, part) = (self.database, origin.organisation, self.importing);
        let members = self.members_of(organisation).await?;
        let ties = match event {
            import::Event::Part { again, .. } => {
                imports::again(database, organisation, part, again, members).await?
            }
            import::Event::Undone { id } => {
                imports::undone(database, organisation, *id, members).await?
            }
            import::Event::Restored { id } => {
                imports::restored(database, organisation, *id, members).await?
            }
        };
        ties::refold(database, organisation, ties, members).await
    }

    /// Takes what is collected, in any order among each other. Answers whether that was all of it.
    async fn collect(&mut self, origin: Origin, event: &Event) -> Result<bool, DbErr> {
        match event {
            Event::Person(event @ person::Event::Added { id, .. }) => {
                let members = self.members_of(origin.organisation).await?;
                if members.erased.contains(*id) {
                    return Ok(true);
                }
                if members.identities.is_of_several(*id) {
                    return Ok(false);
                }
                self.people.extend(people::Entry::of(origin, event));
                Ok(true)
            }
            Event::Interaction(interaction::Event::Recorded(recorded)) => {
                let new = interactions::New::recorded(origin, recorded, self.importing);
                self.interactions.push(new);
                Ok(true)
            }
            Event::Import(import::Event::Part {
                id,
                member,
                name,
                again,
            }) => {
                let name = name.as_ref();
                let part = imports::part(self.database, origin, *id, *member, name).await?;
                self.importing = Some(part);
                Ok(again.is_empty())
            }
            Event::FollowUp(event) => {
                let database = self.database;
                let members = self.members_of(origin.organisation).await?;
                let tie = followups::apply(database, origin, event, members).await?;
                let own = self.followed_up.entry(origin.organisation).or_default();
                own.extend(tie);
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    async fn write_collected(&mut self) -> Result<(), DbErr> {
        if !self.people.is_empty() {
            let replaced = std::mem::take(&mut self.people)
                .write(self.database)
                .await?;
            for (organisation, person) in replaced {
                self.has_other_addresses(organisation, person).await?;
            }
        }
        let mut rest = std::mem::take(&mut self.interactions);
        while let Some(first) = rest.first() {
            let organisation = first.organisation();
            let (own, others) = rest
                .into_iter()
                .partition(|new| new.organisation() == organisation);
            rest = others;
            let database = self.database;
            let members = self.members_of(organisation).await?;
            interactions::record(database, organisation, own, members).await?;
        }
        for (organisation, pairs) in std::mem::take(&mut self.followed_up) {
            let database = self.database;
            let members = self.members_of(organisation).await?;
            ties::follow_up(database, organisation, &pairs, members).await?;
        }
        Ok(())
    }

    async fn members_of(&mut self, organisation: OrganisationId) -> Result<&mut Members, DbErr> {
        if !self.members.contains_key(&organisation) {
            let mut members = Members::load(self.database, organisation).await?;
            let gone = erasures::gone_since(self.database, organisation).await?;
            members.is_gone = gone.is_some();
            self.members.insert(organisation, members);
        }
        Ok(self.members.entry(organisation).or_default())
    }
}
