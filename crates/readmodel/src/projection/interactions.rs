//! Interactions, their revisions, and who took part.

mod insert;
mod revise;

use std::collections::HashSet;

use kith_domain::id::{ImportId, InteractionId, OrganisationId, PersonId, SourceId};
use kith_domain::interaction::{Kind, Moment, Part, Participant, Recorded, Touch, touches};
use kith_domain::search::indexed;
use kith_domain::text::Text;
use kith_domain::time::Timestamp;
use sea_orm::{DatabaseTransaction, DbErr, QueryResult, Value};

use super::imports::{self, Importing};
use super::{Identities, Members, Origin, ties};
use crate::bulk::blob;
use crate::entity::interaction;
pub(crate) use revise::moment_of;
pub(super) use revise::{correct, restore, retract};

/// An interaction on its way into the timeline.
pub(super) struct New {
    origin: Origin,
    id: InteractionId,
    revision: i32,
    source: Option<SourceId>,
    recorder: PersonId,
    moment: Moment,
    fingerprint: [u8; 16],
    import: Option<ImportId>,
    by_hand: bool,
    /// See [`interaction::Model::held`].
    held: i32,
    /// Who took part, of the entries that were recorded.
    people: Vec<Participant>,
}

impl New {
    pub(super) fn recorded(
        origin: Origin,
        recorded: &Recorded,
        importing: Option<Importing>,
    ) -> Self {
        Self {
            import: importing.map(|importing| importing.id),
            by_hand: importing.is_none(),
            held: importing.is_none_or(|importing| importing.stands).into(),
            origin,
            id: recorded.id,
            revision: 1,
            source: recorded.source,
            recorder: recorded.recorder,
            people: recorded.moment.participants.clone(),
            moment: recorded.moment.clone(),
            fingerprint: recorded.fingerprint,
        }
    }

    /// The next revision of one that is recorded.
    fn revised(
        origin: Origin,
        before: &interaction::Model,
        revision: u32,
        moment: Moment,
        recorded_us: i64,
    ) -> Self {
        Self {
            origin: Origin {
                recorded_us,
                ..origin
            },
            id: InteractionId::from_slice(&before.id).unwrap_or_default(),
            revision: revision as i32,
            source: before.source.as_deref().and_then(SourceId::from_slice),
            recorder: PersonId::from_slice(&before.recorder).unwrap_or_default(),
            people: moment.participants.clone(),
            moment,
            fingerprint: before.fingerprint.as_slice().try_into().unwrap_or_default(),
            import: before.import.as_deref().and_then(ImportId::from_slice),
            by_hand: before.by_hand,
            held: before.held,
        }
    }

    /// Who took part is who they are now. What is written of moments with somebody who was erased is not
    /// kept, whether the keys that it was sealed with were destroyed before or after.
    fn settle(&mut self, members: &Members) {
        self.people = members.identities.people(std::mem::take(&mut self.people));
        let mut participants = self.moment.participants.iter();
        if participants.any(|took| members.erased.contains(took.person)) {
            self.moment.note = None;
            self.moment.subject = None;
            self.moment.channel = None;
        }
    }

    pub(super) fn organisation(&self) -> OrganisationId {
        self.origin.organisation
    }

    /// What it came with.
    fn importing(&self) -> Option<Importing> {
        self.import.map(|id| Importing {
            id,
            stands: self.held > 0,
        })
    }

    /// The words of note and subject.
    fn words(&self) -> Option<String> {
        let texts = [&self.moment.note, &self.moment.subject];
        indexed(texts.into_iter().flatten().filter_map(Text::as_clear))
    }

    fn row(&self) -> [Value; 20] {
        let text = |text: &Option<Text>| -> Value {
            text.as_ref()
                .and_then(Text::as_clear)
                .map(ToOwned::to_owned)
                .into()
        };
        [
            blob(self.origin.organisation.as_bytes()),
            blob(self.id.as_bytes()),
            self.revision.into(),
            self.origin.position.into(),
            self.origin.recorded_us.into(),
            Value::Bytes(self.source.map(|id| id.as_bytes().to_vec())),
            blob(self.recorder.as_bytes()),
            (self.moment.kind.index() as i16).into(),
            self.moment.at.micros().into(),
            (self.moment.duration_s.min(i32::MAX as u32) as i32).into(),
            blob(&pack(&self.moment.participants)),
            text(&self.moment.channel),
            text(&self.moment.note),
            text(&self.moment.subject),
            self.words().into(),
            self.moment.found.into(),
            blob(&self.fingerprint),
            Value::Bytes(self.import.map(|id| id.as_bytes().to_vec())),
            self.by_hand.into(),
            self.held.into(),
        ]
    }
}

/// Participants as a row keeps them: 16 bytes of id and 1 of part each.
fn pack(participants: &[Participant]) -> Vec<u8> {
    let one = |p: &Participant| {
        let mut bytes = [0; 17];
        bytes[..16].copy_from_slice(p.person.as_bytes());
        bytes[16] = p.part.index() as u8;
        bytes
    };
    participants.iter().flat_map(one).collect()
}

/// What [`pack`] packed: the entries that were recorded.
pub(crate) fn unpack(packed: &[u8]) -> Vec<Participant> {
    let one = |bytes: &[u8]| {
        let person = PersonId::from_slice(bytes.get(..16)?)?;
        Some(Participant {
            person,
            part: Part::from_index(usize::from(*bytes.get(16)?))?,
        })
    };
    packed.chunks(17).filter_map(one).collect()
}

/// The same of a whole row.
pub(super) fn taken_part_of(
    row: &interaction::Model,
    identities: &Identities,
) -> Result<(Kind, Vec<Participant>), DbErr> {
    let people = identities.people(unpack(&row.participants));
    Ok((kind_of(row.kind)?, people))
}

/// Kind of a row of `interaction` and who took part: with its moment all that ties are made of.
pub(crate) fn taken_part(
    row: &QueryResult,
    identities: &Identities,
) -> Result<(Kind, Vec<Participant>), DbErr> {
    let (kind, recorded) = recorded_part(row)?;
    Ok((kind, identities.people(recorded)))
}

/// The same by the entries that were recorded.
pub(super) fn recorded_part(row: &QueryResult) -> Result<(Kind, Vec<Participant>), DbErr> {
    let packed: Vec<u8> = row.try_get("", "participants")?;
    Ok((kind_of(row.try_get("", "kind")?)?, unpack(&packed)))
}

fn kind_of(index: i16) -> Result<Kind, DbErr> {
    let kind = usize::try_from(index).ok().and_then(Kind::from_index);
    kind.ok_or_else(|| DbErr::Type("kind of an interaction".to_owned()))
}

/// Records new interactions of one organisation. Of several for one id the first counts; ties take
/// only what was new.
pub(super) async fn record(
    database: &DatabaseTransaction,
    organisation: OrganisationId,
    mut new: Vec<New>,
    members: &Members,
) -> Result<(), DbErr> {
    for new in &mut new {
        new.settle(members);
    }
    let mut seen = HashSet::with_capacity(new.len());
    let (first, mut repeated): (Vec<New>, Vec<New>) =
        new.into_iter().partition(|new| seen.insert(new.id));
    let inserted = insert::insert(database, organisation, &first).await?;
    let (first, there): (Vec<New>, Vec<New>) = first
        .into_iter()
        .partition(|new| inserted.contains_key(&new.id));
    repeated.extend(there);
    // What somebody else tells of too is counted once: these ties are folded anew.
    let mut of_source: HashSet<SourceId> = HashSet::new();
    let is_told_twice = |new: &&New| {
        let is_second = new.source.is_some_and(|source| !of_source.insert(source));
        is_second || inserted.get(&new.id).is_some_and(|is_shared| *is_shared)
    };
    let held = first.iter().filter(|new| new.held > 0);
    let (twice, new): (Vec<&New>, Vec<&New>) = held.partition(is_told_twice);
    let touching: Vec<(&New, Touch)> = new
        .into_iter()
        .flat_map(|new| {
            let own = touches(new.moment.kind, &new.people, |p| members.contains(p));
            own.into_iter().map(move |touch| (new, touch))
        })
        .collect();
    let touched_pairs = touching
        .iter()
        .map(|(_, touch)| (touch.member, touch.person));
    let left_out = members
        .left_out(database, organisation, touched_pairs)
        .await?;
    let mut touched = ties::Touched::default();
    for (new, touch) in touching {
        if left_out.contains(&(touch.member, touch.person)) {
            continue;
        }
        let since = members.known_to(touch.member, Timestamp(new.origin.recorded_us));
        touched.add(touch, &new.moment, since);
    }
    touched.merge(database, organisation, members).await?;
    let twice = twice
        .into_iter()
        .flat_map(|new| pairs(&new.people, new.moment.kind, members));
    let twice: HashSet<ties::Pair> = twice.collect();
    if !twice.is_empty() {
        ties::refold(database, organisation, twice, members).await?;
    }
    for (importing, ids) in by_source(repeated) {
        let ties = imports::again(database, organisation, importing, &ids, members).await?;
        ties::refold(database, organisation, ties, members).await?;
    }
    Ok(())
}

/// Moments that were there already when they were recorded, by what they came with.
fn by_source(repeated: Vec<New>) -> Vec<(Option<Importing>, Vec<InteractionId>)> {
    let mut by_source: Vec<(Option<Importing>, Vec<InteractionId>)> = Vec::new();
    for new in repeated {
        let importing = new.importing();
        match by_source.iter_mut().find(|(own, _)| *own == importing) {
            Some((_, ids)) => ids.push(new.id),
            None => by_source.push((importing, vec![new.id])),
        }
    }
    by_source
}

/// The ties that a moment of these people touches.
pub(super) fn pairs(
    people: &[Participant],
    kind: Kind,
    members: &Members,
) -> impl Iterator<Item = (PersonId, PersonId)> + use<> {
    let touches = touches(kind, people, |p| members.contains(p));
    touches
        .into_iter()
        .map(|touch| (touch.member, touch.person))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn participants_unpack_as_they_were_packed() {
        let participants = [
            Participant {
                person: PersonId::from_bytes([1; 16]),
                part: Part::Initiator,
            },
            Participant {
                person: PersonId::from_bytes([2; 16]),
                part: Part::Copied,
            },
        ];
        assert_eq!(unpack(&pack(&participants)), participants);
    }
}
