//! From what a caller tells to what is recorded: fields checked, people found or made.

use std::collections::{HashMap, HashSet};
use std::fmt;

use kith_domain::access::Role;
use kith_domain::event::Event;
use kith_domain::id::{InteractionId, PersonId};
use kith_domain::interaction::{
    Invalid, Kind, MAX_PARTICIPANTS, Moment, Part, Participant, Recorded,
};
use kith_domain::person::{self, Profile};
use kith_domain::text::{Text, normalised_address};
use kith_eventlog::identity::Handle;
use kith_proto::kith::interaction::v1::participant_ref::Who as WireWho;
use kith_proto::kith::interaction::v1::{InteractionInput, ParticipantRef};
use kith_readmodel::query::people;
use kith_servicekit::failure::{Failure, Violations};

use crate::Api;
use crate::caller::Caller;

const MAX_NOTE: usize = 10_000;
const MAX_SUBJECT: usize = 1_000;
const MAX_CHANNEL: usize = 50;
const MAX_NAME: usize = 200;
pub(super) const MAX_SOURCE_KEY: usize = 500;

/// Who may record moments.
pub(super) const RECORDERS: &[Role] = &[Role::Member, Role::Admin, Role::Service];

/// How a caller names someone who took part.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Who {
    Id(PersonId),
    /// Normalised.
    Address(String),
    ExternalKey(String),
}

/// A moment whose fields are in order; its people are not looked up yet.
#[derive(Debug)]
pub(super) struct Checked {
    kind: Kind,
    at: kith_domain::time::Timestamp,
    duration_s: u32,
    who: Vec<(Who, Part, Option<String>)>,
    channel: Option<String>,
    note: Option<String>,
    subject: Option<String>,
    pub(super) source_key: Option<String>,
    /// Which moment of its stream it is; 0 when it came alone.
    pub(super) index: usize,
}

impl Who {
    fn address(&self) -> Option<&str> {
        match self {
            Self::Address(address) => Some(address),
            Self::Id(_) | Self::ExternalKey(_) => None,
        }
    }

    /// Bytes of the text that the entry of somebody new holds.
    pub(super) fn text_len(&self) -> usize {
        match self {
            Self::Id(_) => 0,
            Self::Address(text) | Self::ExternalKey(text) => text.len(),
        }
    }
}

impl Checked {
    /// Everybody who is named, with the name given.
    pub(super) fn named(&self) -> impl Iterator<Item = (&Who, Option<&str>)> {
        self.who.iter().map(|(who, _, name)| (who, name.as_deref()))
    }

    /// What the source calls the channel.
    pub(super) fn channel(&self) -> Option<&str> {
        self.channel.as_deref()
    }

    /// The texts that are sealed.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        [&self.note, &self.subject]
            .into_iter()
            .filter_map(|text| text.as_deref())
    }
}

/// Checks the fields of one moment; `at` is how violations name it.
pub(super) fn check(
    fields: &mut Violations,
    at: &dyn fmt::Display,
    input: &InteractionInput,
) -> Checked {
    let participants = format_args!("{at}.participants");
    fields.check(
        input.participants.len() <= MAX_PARTICIPANTS,
        participants,
        "must not exceed 100 people",
    );
    let refs = input.participants.iter().take(MAX_PARTICIPANTS).enumerate();
    let who = refs
        .map(|(i, p)| who(fields, &format_args!("{participants}[{i}]"), p))
        .collect();
    let source_key = format_args!("{at}.source_key");
    Checked {
        kind: fields
            .word(format_args!("{at}.kind"), input.kind)
            .unwrap_or(Kind::Other),
        at: fields.timestamp(format_args!("{at}.at"), input.at.as_ref()),
        duration_s: input.duration_s,
        who,
        channel: fields.optional_text(format_args!("{at}.channel"), &input.channel, MAX_CHANNEL),
        note: fields.optional_lines(format_args!("{at}.note"), &input.note, MAX_NOTE),
        subject: fields.optional_text(format_args!("{at}.subject"), &input.subject, MAX_SUBJECT),
        source_key: fields.optional_text(source_key, &input.source_key, MAX_SOURCE_KEY),
        index: 0,
    }
}

fn who(
    fields: &mut Violations,
    at: &dyn fmt::Display,
    given: &ParticipantRef,
) -> (Who, Part, Option<String>) {
    let who = match &given.who {
        Some(WireWho::PersonId(id)) => Who::Id(fields.id(format_args!("{at}.person_id"), id)),
        Some(WireWho::Address(address)) => {
            let address = fields.address(format_args!("{at}.address"), address);
            Who::Address(normalised_address(&address))
        }
        Some(WireWho::ExternalKey(key)) => {
            let field = format_args!("{at}.external_key");
            Who::ExternalKey(fields.required_text(field, key, MAX_NAME))
        }
        None => {
            fields.add(at, "must say who: person_id, address or external_key");
            Who::Id(PersonId::default())
        }
    };
    let part = match given.part {
        0 => Some(Part::Attendee),
        part => fields.word(format_args!("{at}.part"), part),
    };
    let name = fields.optional_text(format_args!("{at}.name"), &given.name, MAX_NAME);
    (who, part.unwrap_or(Part::Attendee), name)
}

/// The people of a stream of moments: looked up once, remembered, and made when they are new.
#[derive(Debug, Default)]
pub(super) struct People {
    ids: HashMap<Who, PersonId>,
    known: HashSet<PersonId>,
}

impl People {
    /// Finds everybody who takes part. Answers the events that add those who are new.
    pub(super) async fn meet(
        &mut self,
        api: &Api,
        caller: &Caller,
        moments: &[Checked],
        fingerprint: [u8; 16],
    ) -> Result<Vec<(PersonId, Event)>, Failure> {
        let mut met: Vec<(&Who, Option<&str>)> = Vec::new();
        let mut seen: HashSet<&Who> = HashSet::new();
        for (who, name) in moments.iter().flat_map(Checked::named) {
            if !self.has_met(who) && seen.insert(who) {
                met.push((who, name));
            }
        }
        let organisation = caller.principal.organisation;
        let live = api.live();
        // An address may have been given to somebody whose id another one made.
        let addresses: Vec<&str> = met.iter().filter_map(|(who, _)| who.address()).collect();
        let owners = people::by_addresses(&live.reading, organisation, &addresses).await;
        let owners = owners.map_err(Failure::unavailable)?;
        let id = |who: &Who| match who {
            Who::Id(id) => *id,
            Who::ExternalKey(key) => caller.keys.person(Handle::ExternalKey(key), 0),
            Who::Address(address) => owners
                .get(address)
                .copied()
                .unwrap_or_else(|| caller.keys.person(Handle::Address(address), 0)),
        };
        let new: Vec<(Who, PersonId, Option<&str>)> = met
            .into_iter()
            .map(|(who, name)| (who.clone(), id(who), name))
            .collect();
        // Who has an address is somebody; the others may be.
        self.known.extend(owners.values());
        let ids = new.iter().map(|(_, id, _)| *id);
        let ids: Vec<PersonId> = ids.filter(|id| !self.known.contains(id)).collect();
        let found = people::named(&live.reading, organisation, &ids).await;
        self.known
            .extend(found.map_err(Failure::unavailable)?.into_keys());
        let mut added = Vec::new();
        for (who, id, name) in new {
            if !self.known.contains(&id) {
                let profile = profile_of(&who, name).ok_or_else(|| Failure::not_found("person"))?;
                let event = person::Event::Added {
                    id,
                    profile,
                    fingerprint,
                };
                added.push((id, event.into()));
                self.known.insert(id);
            }
            self.ids.insert(who, id);
        }
        Ok(added)
    }

    /// Whether somebody was looked up before.
    pub(super) fn has_met(&self, who: &Who) -> bool {
        self.ids.contains_key(who)
    }

    /// Everybody who takes part in these moments, each once, in the order of their ids.
    pub(super) fn of(&self, moments: &[Checked]) -> Vec<PersonId> {
        let all = moments.iter().flat_map(Checked::named);
        let ids: std::collections::BTreeSet<PersonId> = all
            .filter_map(|(who, _)| self.ids.get(who).copied())
            .collect();
        ids.into_iter().collect()
    }

    fn participants(&self, moment: &Checked) -> Vec<Participant> {
        let id = |who: &Who| self.ids.get(who).copied().unwrap_or_default();
        moment
            .who
            .iter()
            .map(|(who, part, _)| Participant {
                person: id(who),
                part: *part,
            })
            .collect()
    }
}

/// What is known of somebody who was only named. `None` for an id that nobody has.
fn profile_of(who: &Who, name: Option<&str>) -> Option<Profile> {
    let name = name.map(Text::from);
    match who {
        Who::Id(_) => None,
        Who::Address(address) => Some(Profile {
            name,
            addresses: vec![Text::from(address.as_str())],
            ..Profile::default()
        }),
        Who::ExternalKey(key) => Some(Profile {
            name,
            external_key: Some(Text::from(key.as_str())),
            ..Profile::default()
        }),
    }
}

/// Everything of a moment that is recorded, or what is wrong with it.
///
/// A caller who is not named is added to a moment that came `alone`, and, with a member's own key,
/// to those of a stream too: nobody records what others did among each other.
pub(super) fn moment(
    caller: &Caller,
    people: &People,
    checked: Checked,
    received: kith_domain::time::Timestamp,
    alone: bool,
) -> Result<Moment, (&'static str, String)> {
    let mut participants = people.participants(&checked);
    if let Some(me) = caller.principal.member
        && (alone || caller.principal.role == Role::Member)
        && participants.iter().all(|p| p.person != me)
    {
        participants.push(Participant {
            person: me,
            part: own_part(checked.kind, &participants),
        });
    }
    if caller.principal.member.is_none() && checked.note.is_some() {
        return Err((
            "note",
            "must be empty for a key that speaks for no member".to_owned(),
        ));
    }
    let moment = Moment {
        kind: checked.kind,
        at: checked.at,
        duration_s: checked.duration_s,
        participants,
        channel: checked.channel,
        note: checked.note.map(Text::Clear),
        subject: checked.subject.map(Text::Clear),
    };
    match moment.check(received) {
        Ok(()) => Ok(moment),
        Err(invalid @ (Invalid::FutureDate | Invalid::BeforeEpoch)) => {
            Err(("at", invalid.to_string()))
        }
        Err(invalid) => Err(("participants", invalid.to_string())),
    }
}

/// The part of the caller who did not name themselves.
fn own_part(kind: Kind, others: &[Participant]) -> Part {
    if others.iter().any(|p| p.part == Part::Initiator) {
        Part::Recipient
    } else if matches!(kind, Kind::Meeting | Kind::Encounter) {
        Part::Attendee
    } else {
        Part::Initiator
    }
}

/// The recording of a moment.
pub(super) fn recorded(
    caller: &Caller,
    id: InteractionId,
    moment: Moment,
    fingerprint: [u8; 16],
) -> Recorded {
    Recorded {
        id,
        recorder: caller.principal.member.unwrap_or_default(),
        moment,
        fingerprint,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_wrong_field_of_a_moment_is_named() {
        let mut fields = Violations::new();
        let input = InteractionInput {
            kind: 99,
            participants: vec![
                ParticipantRef::default(),
                ParticipantRef {
                    who: Some(WireWho::Address("nobody".into())),
                    part: 77,
                    ..ParticipantRef::default()
                },
            ],
            channel: "x".repeat(51),
            ..InteractionInput::default()
        };
        check(&mut fields, &"interaction", &input);
        let refused = fields.finish().expect_err("nothing is right");
        let named: Vec<&str> = refused
            .violations()
            .iter()
            .map(|v| v.field.as_str())
            .collect();
        for field in [
            "interaction.kind",
            "interaction.at",
            "interaction.participants[0]",
            "interaction.participants[1].address",
            "interaction.participants[1].part",
            "interaction.channel",
        ] {
            assert!(named.contains(&field), "{field} in {named:?}");
        }
    }

    #[test]
    fn whoever_records_a_call_or_a_mail_without_naming_themselves_began_it() {
        let other = Participant {
            person: PersonId::from_bytes([1; 16]),
            part: Part::Recipient,
        };
        assert_eq!(own_part(Kind::Call, &[other]), Part::Initiator);
        assert_eq!(own_part(Kind::Mail, &[other]), Part::Initiator);
        assert_eq!(own_part(Kind::Meeting, &[other]), Part::Attendee);
        let caller = Participant {
            part: Part::Initiator,
            ..other
        };
        assert_eq!(own_part(Kind::Call, &[caller]), Part::Recipient);
    }
}
