//! Writing history: what happens in an organisation, one commit per sentence.

use anyhow::Result;
use kith_domain::access::{Principal, Role};
use kith_domain::event::Event;
use kith_domain::followup::{Due, Promise};
use kith_domain::id::{
    CommitId, FollowUpId, InteractionId, KeyId, OrganisationId, PersonId, SourceId,
};
use kith_domain::interaction::{Moment, Recorded};
use kith_domain::person::{Change, Profile};
use kith_domain::sharing::{Level, Target};
use kith_domain::text::folded;
use kith_domain::time::{Clock, Timestamp};
use kith_domain::{exclusion, followup, interaction, member, person, sharing};
use kith_eventlog::identity;
use kith_eventlog::ledger::Request;
use kith_readmodel::query::followups::Passed;

use super::{SHARD, World};

/// An organisation of a world.
#[derive(Clone, Copy)]
pub(crate) struct Organisation<'w> {
    pub(crate) world: &'w World,
    pub(crate) id: OrganisationId,
}

impl<'w> Organisation<'w> {
    pub(super) fn of(world: &'w World, id: OrganisationId) -> Self {
        Self { world, id }
    }

    /// Appends one commit, accepted at the clock's present. Answers its position.
    pub(crate) async fn commit(&self, events: Vec<Event>) -> Result<u64> {
        self.commit_by(None, events).await
    }

    /// Something that a member changed.
    pub(crate) async fn commit_by(
        &self,
        member: Option<PersonId>,
        events: Vec<Event>,
    ) -> Result<u64> {
        let request = Request {
            organisation: self.id,
            shard: SHARD,
            key: None,
            member,
            commit: CommitId::from_bytes(self.id_bytes()),
            fingerprint: [1; 16],
            received_at: self.world.clock.now(),
        };
        let appended = self.world.ledger.record(&request, events).await?;
        Ok(appended.position.sequence)
    }

    /// Somebody with this name enters the directory, with the address `name@example.org`.
    pub(crate) async fn person(&self, name: &str) -> Result<PersonId> {
        let address = format!("{}@example.org", folded(name).replace(' ', "."));
        self.person_at(name, &address).await
    }

    /// The same, with another address.
    pub(crate) async fn person_at(&self, name: &str, address: &str) -> Result<PersonId> {
        let id = PersonId::from_bytes(self.id_bytes());
        self.enters(id, &profile(name, address), None).await?;
        Ok(id)
    }

    /// Somebody comes along with a moment of these members.
    pub(crate) async fn meets(
        &self,
        members: &[PersonId],
        name: &str,
        address: &str,
    ) -> Result<PersonId> {
        let id = PersonId::from_bytes(self.id_bytes());
        let known = Profile {
            name: Some(name.into()),
            addresses: vec![address.into()],
            ..Profile::default()
        };
        self.enters(id, &known, Some(members)).await?;
        Ok(id)
    }

    /// Somebody enters the directory: on purpose, or with a moment of these members.
    pub(crate) async fn enters(
        &self,
        id: PersonId,
        known: &Profile,
        told_to: Option<&[PersonId]>,
    ) -> Result<u64> {
        let added = person::Event::Added {
            id,
            profile: known.clone(),
            met: told_to.is_some(),
            told_to: told_to.unwrap_or_default().to_vec(),
            fingerprint: [2; 16],
        };
        self.commit(vec![added.into()]).await
    }

    /// Their address is replaced, by one in two spellings.
    pub(crate) async fn moves_to(&self, id: PersonId, version: u32, address: &str) -> Result<u64> {
        let change = Change {
            addresses: Some(vec![address.into(), address.to_uppercase().as_str().into()]),
            ..Change::default()
        };
        let changed = person::Event::Changed {
            id,
            version,
            change,
        };
        self.commit(vec![changed.into()]).await
    }

    /// Somebody enters the directory and signs in.
    pub(crate) async fn member(&self, name: &str) -> Result<PersonId> {
        let id = self.person(name).await?;
        self.becomes_member(id).await?;
        Ok(id)
    }

    /// Somebody of the directory signs in.
    pub(crate) async fn becomes_member(&self, id: PersonId) -> Result<u64> {
        self.commit(vec![member::Event::Added { id }.into()]).await
    }

    /// A moment is recorded now, whenever it was, by the first who took part.
    pub(crate) async fn records(&self, moment: &Moment) -> Result<InteractionId> {
        let id = InteractionId::from_bytes(self.id_bytes());
        self.commit(vec![recorded(id, moment)]).await?;
        Ok(id)
    }

    /// A moment is recorded as it happens: the clock goes there first.
    pub(crate) async fn sees(&self, moment: &Moment) -> Result<InteractionId> {
        self.world.clock.set(moment.at);
        self.records(moment).await
    }

    /// A recorded moment was something else.
    pub(crate) async fn corrects(
        &self,
        id: InteractionId,
        revision: u32,
        moment: Moment,
    ) -> Result<u64> {
        let author = moment.participants[0].person;
        let corrected = interaction::Event::Corrected {
            id,
            revision,
            author,
            moment,
        };
        self.commit(vec![corrected.into()]).await
    }

    /// A recorded moment did not happen.
    pub(crate) async fn retracts(&self, id: InteractionId, author: PersonId) -> Result<u64> {
        let retracted = interaction::Event::Retracted { id, author };
        self.commit(vec![retracted.into()]).await
    }

    /// A member promises something.
    pub(crate) async fn promises(
        &self,
        member: PersonId,
        person: PersonId,
        due_at: Timestamp,
    ) -> Result<FollowUpId> {
        let id = FollowUpId::from_bytes(self.id_bytes());
        let promise = Promise {
            id,
            member,
            person,
            mine: true,
            text: Some("the paper on turbines".into()),
            due_at,
            made_at: self.world.clock.now(),
            fingerprint: [3; 16],
        };
        let made = followup::Event::PromiseMade(promise);
        self.commit(vec![made.into()]).await?;
        Ok(id)
    }

    /// A follow-up is put off.
    pub(crate) async fn snoozes(&self, id: FollowUpId, until: Timestamp) -> Result<u64> {
        let snoozed = followup::Event::Snoozed { id, until };
        self.commit(vec![snoozed.into()]).await
    }

    /// The scheduler says that a due moment passed.
    pub(crate) async fn tells(&self, passed: &Passed) -> Result<FollowUpId> {
        let due = fallen_due(passed);
        let id = due.id;
        self.commit(vec![followup::Event::FellDue(due).into()])
            .await?;
        Ok(id)
    }

    /// A member says what others may see.
    pub(crate) async fn shares(
        &self,
        member: PersonId,
        target: Target,
        level: Option<Level>,
    ) -> Result<u64> {
        let set = sharing::Event::Set {
            member,
            target,
            level,
        };
        self.commit(vec![set.into()]).await
    }

    /// A member leaves somebody out, or no longer.
    pub(crate) async fn leaves_out(
        &self,
        member: PersonId,
        target: Target,
        excluded: bool,
    ) -> Result<u64> {
        let set = exclusion::Event::Set {
            member,
            target,
            excluded,
        };
        self.commit(vec![set.into()]).await
    }

    /// A member who asks a question.
    pub(crate) fn asks(&self, member: PersonId) -> Principal {
        Principal {
            organisation: self.id,
            key: KeyId::default(),
            role: Role::Member,
            member: Some(member),
        }
    }

    /// A program that asks a question, and speaks for no member.
    pub(crate) fn outsider(&self) -> Principal {
        Principal {
            role: Role::Service,
            member: None,
            ..self.asks(PersonId::default())
        }
    }

    /// A new id: the organisation's tag, then a number. The same in every world of the same
    /// sentences.
    pub(crate) fn id_bytes(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        bytes[0] = self.id.as_bytes()[0];
        bytes[8..].copy_from_slice(&self.world.number().to_be_bytes());
        bytes
    }
}

/// The recording of a moment by the first who took part.
pub(crate) fn recorded(id: InteractionId, moment: &Moment) -> Event {
    recorded_from(id, None, moment)
}

/// The same, of what something outside names.
pub(crate) fn recorded_from(id: InteractionId, source: Option<SourceId>, moment: &Moment) -> Event {
    let recorded = Recorded {
        id,
        source,
        recorder: moment.participants[0].person,
        moment: moment.clone(),
        fingerprint: [4; 16],
    };
    interaction::Event::Recorded(recorded).into()
}

/// What the scheduler appends of a due moment that passed.
pub(crate) fn fallen_due(passed: &Passed) -> Due {
    let Passed {
        organisation,
        member,
        person,
        reason,
        basis,
        ..
    } = *passed;
    let derived = || identity::due(organisation, member, person, reason, basis);
    Due {
        id: passed.id.unwrap_or_else(derived),
        member,
        person,
        reason,
        basis,
        due_at: passed.due,
    }
}

/// What is known of somebody at first.
pub(crate) fn profile(name: &str, address: &str) -> Profile {
    Profile {
        name: Some(name.into()),
        addresses: vec![address.into()],
        company: Some("Windfarm Ltd".into()),
        tags: vec!["Energy".into()],
        ..Profile::default()
    }
}
