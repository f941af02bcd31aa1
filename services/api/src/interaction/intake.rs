//! From what a caller tells to what is recorded: fields checked, and put together with the people
//! who were found or made.

use std::collections::HashSet;
use std::fmt;

use kith_domain::access::{Principal, Role};
use kith_domain::id::{InteractionId, PersonId, SourceId};
use kith_domain::interaction::{
    self, Invalid, Kind, MAX_PARTICIPANTS, Moment, Part, Participant, Recorded,
};
use kith_domain::text::{Text, normalised_address};
use kith_domain::time::Timestamp;
use kith_proto::kith::interaction::v1::participant_ref::Who as WireWho;
use kith_proto::kith::interaction::v1::{InteractionInput, ParticipantRef};
use kith_servicekit::failure::{Failure, Violations};

use super::people::People;
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
    at: Timestamp,
    duration_s: u32,
    who: Vec<(Who, Part, Option<String>)>,
    channel: Option<String>,
    note: Option<String>,
    subject: Option<String>,
    found: bool,
    pub(super) source_key: Option<String>,
    /// Which moment of its stream it is; 0 when it came alone.
    pub(super) index: usize,
}

impl Who {
    pub(super) fn address(&self) -> Option<&str> {
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

    /// Everybody who is named, with their part.
    pub(super) fn parts(&self) -> impl Iterator<Item = (&Who, Part)> {
        self.who.iter().map(|(who, part, _)| (who, *part))
    }

    /// The texts that are sealed.
    pub(super) fn texts(&self) -> impl Iterator<Item = &str> {
        [&self.channel, &self.note, &self.subject]
            .into_iter()
            .filter_map(|text| text.as_deref())
    }
}

/// Checks the fields of one moment, as far as nothing needs to be looked up; `at` is how violations
/// name it.
pub(super) fn check(
    fields: &mut Violations,
    at: &dyn fmt::Display,
    input: &InteractionInput,
    caller: &Principal,
    received: Timestamp,
) -> Checked {
    let who = participants(fields, at, &input.participants);
    let date = fields.timestamp(format_args!("{at}.at"), input.at.as_ref());
    if let Err(invalid) = interaction::check_date(date, received) {
        fields.add(format_args!("{at}.at"), invalid.to_string());
    }
    let note = fields.optional_lines(format_args!("{at}.note"), &input.note, MAX_NOTE);
    fields.check(
        caller.member.is_some() || note.is_none(),
        format_args!("{at}.note"),
        "must be empty for a key that speaks for no member",
    );
    let source_key = format_args!("{at}.source_key");
    Checked {
        kind: fields
            .word(format_args!("{at}.kind"), input.kind)
            .unwrap_or(Kind::Other),
        at: date,
        duration_s: input.duration_s,
        who,
        channel: fields.optional_text(format_args!("{at}.channel"), &input.channel, MAX_CHANNEL),
        note,
        subject: fields.optional_text(format_args!("{at}.subject"), &input.subject, MAX_SUBJECT),
        found: input.found,
        source_key: fields.optional_text(source_key, &input.source_key, MAX_SOURCE_KEY),
        index: 0,
    }
}

fn participants(
    fields: &mut Violations,
    at: &dyn fmt::Display,
    given: &[ParticipantRef],
) -> Vec<(Who, Part, Option<String>)> {
    let field = format_args!("{at}.participants");
    fields.check(
        given.len() <= MAX_PARTICIPANTS,
        field,
        "must not exceed 100 people",
    );
    let given = given.iter().take(MAX_PARTICIPANTS).enumerate();
    let all: Vec<_> = given
        .map(|(i, participant)| who(fields, &format_args!("{field}[{i}]"), participant))
        .collect();
    let mut named = HashSet::new();
    for (i, (who, _, _)) in all.iter().enumerate() {
        // Nobody in particular was named there, which is told already.
        let is_somebody = *who != Who::Id(PersonId::default());
        fields.check(
            !is_somebody || named.insert(who),
            format_args!("{field}[{i}]"),
            "must not be named twice",
        );
    }
    all
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

/// Everything of a moment that is recorded, or what is wrong with its participants: all else was
/// checked before they were looked up.
///
/// A caller who is not named is added to a moment that came `alone`, and, with a member's own key,
/// to those of a stream too: nobody records what others did among each other.
pub(super) fn moment(
    caller: &Caller,
    people: &People,
    checked: Checked,
    received: Timestamp,
    alone: bool,
) -> Result<Moment, Invalid> {
    let mut participants = people.participants(&checked);
    if !alone {
        // Readers know addresses, not people: somebody may be named by two of theirs. What they did
        // first counts, and whoever wrote stands in front.
        let mut named = HashSet::new();
        participants.retain(|participant| named.insert(participant.person));
    }
    if let Some(me) = caller.principal.member
        && (alone || caller.principal.role == Role::Member)
        && participants.iter().all(|p| p.person != me)
    {
        participants.push(Participant {
            person: me,
            part: own_part(checked.kind, &participants),
        });
    }
    let moment = Moment {
        kind: checked.kind,
        at: checked.at,
        duration_s: checked.duration_s,
        participants,
        channel: checked.channel.map(Text::Clear),
        note: checked.note.map(Text::Clear),
        subject: checked.subject.map(Text::Clear),
        found: checked.found,
    };
    moment.check(received)?;
    Ok(moment)
}

/// A moment that came alone has participants who do not make one.
pub(super) fn refused(invalid: &Invalid) -> Failure {
    Failure::invalid_field("interaction.participants", &invalid.to_string())
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
    (id, source): (InteractionId, Option<SourceId>),
    moment: Moment,
    fingerprint: [u8; 16],
) -> Recorded {
    Recorded {
        id,
        source,
        recorder: caller.principal.member.unwrap_or_default(),
        moment,
        fingerprint,
    }
}

#[cfg(test)]
mod tests {
    use kith_domain::id::{KeyId, OrganisationId};

    use super::*;

    #[test]
    fn every_wrong_field_of_a_moment_is_named() {
        let mut fields = Violations::new();
        let service = Principal {
            organisation: OrganisationId::from_bytes([1; 16]),
            key: KeyId::from_bytes([2; 16]),
            role: Role::Service,
            member: None,
        };
        let twice = ParticipantRef {
            who: Some(WireWho::ExternalKey("42".into())),
            ..ParticipantRef::default()
        };
        let input = InteractionInput {
            kind: 99,
            participants: vec![
                ParticipantRef::default(),
                ParticipantRef {
                    who: Some(WireWho::Address("nobody".into())),
                    part: 77,
                    ..ParticipantRef::default()
                },
                twice.clone(),
                twice,
            ],
            at: Some(prost_types::Timestamp {
                seconds: 2 * 86_400,
                nanos: 0,
            }),
            note: "a note of nobody".into(),
            channel: "x".repeat(51),
            ..InteractionInput::default()
        };
        check(&mut fields, &"interaction", &input, &service, Timestamp(0));
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
            "interaction.participants[3]",
            "interaction.note",
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
