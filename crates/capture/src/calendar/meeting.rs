//! From an occurrence to a moment, or why it is none.

use std::collections::BTreeMap;

use calcard::icalendar::{
    ICalendarClassification, ICalendarComponent, ICalendarEntry, ICalendarParameterName,
    ICalendarProperty, ICalendarValue,
};
use data_encoding::HEXLOWER;
use kith_domain::interaction::{Kind, Part};
use kith_domain::time::Timestamp;
use kith_proto::kith::interaction::v1::{InteractionInput, ParticipantRef};
use kith_proto::words::{self, Word};

use super::series::Occurrence;
use crate::digest::{Content, LONGEST_ID};
use crate::mail::Mine;
use crate::mailbox::{
    Identity, MAX_NAME_CHARS, MAX_SUBJECT_CHARS, MOST_PEOPLE, Mailbox, is_address, one_line,
};
use crate::report::Reason;

/// The moment that an occurrence was.
pub(super) fn moment(
    occurrence: &Occurrence,
    mine: &Mine,
    received: Timestamp,
) -> Result<InteractionInput, Reason> {
    let event = &occurrence.event;
    if occurrence.is_cancelled {
        return Err(Reason::Cancelled);
    }
    let participants = participants(event, mine)?;
    Reason::check_date(occurrence.at, received)?;
    Ok(InteractionInput {
        kind: Kind::Meeting.to_wire(),
        at: Some(words::timestamp(occurrence.at)),
        duration_s: occurrence.duration_s,
        participants,
        subject: subject(event),
        source_key: source_key(occurrence),
        ..InteractionInput::default()
    })
}

/// The member and everybody else who is a person and did not decline.
fn participants(event: &ICalendarComponent, mine: &Mine) -> Result<Vec<ParticipantRef>, Reason> {
    let (mut is_mine, mut declined) = (false, false);
    let mut others: BTreeMap<String, ParticipantRef> = BTreeMap::new();
    let attendees = event.properties(&ICalendarProperty::Attendee);
    let organiser = event.properties(&ICalendarProperty::Organizer);
    // Attendees first: what they answered counts for whoever invited too.
    let mut absent: Vec<String> = Vec::new();
    for entry in attendees.chain(organiser) {
        if !is_person(entry) {
            continue;
        }
        let Some(mailbox) = mailbox(entry) else {
            continue;
        };
        let has_declined = has_declined(entry);
        let address = mailbox.identity.canonical();
        if mine.contains(&address) {
            is_mine = true;
            declined |= has_declined;
        } else if has_declined {
            absent.push(address);
        } else if !absent.contains(&address) {
            let other = mailbox.participant(Part::Attendee);
            let known = others.entry(address).or_insert_with(|| other.clone());
            if known.name.is_empty() {
                known.name = other.name;
            }
        }
    }
    if declined {
        return Err(Reason::Declined);
    }
    if others.is_empty() {
        return Err(Reason::Alone);
    }
    if !is_mine {
        return Err(Reason::NotMine);
    }
    if others.len() >= MOST_PEOPLE {
        return Err(Reason::Audience);
    }
    let me = mine.participant(Part::Attendee);
    Ok(std::iter::once(me).chain(others.into_values()).collect())
}

/// Neither a room nor a list, and not only told of it.
pub(super) fn is_person(entry: &ICalendarEntry) -> bool {
    use ICalendarParameterName::{Cutype, Role};
    !has(entry, &Cutype, &["ROOM", "RESOURCE", "GROUP"])
        && !has(entry, &Role, &["NON-PARTICIPANT"])
        && !entry.calendar_address().is_some_and(is_of_a_calendar)
}

/// Google's calendars organise the meetings in them.
fn is_of_a_calendar(address: &str) -> bool {
    let domain = address.rsplit('@').next().unwrap_or_default();
    address.starts_with("unknownorganizer@") || domain.ends_with(".calendar.google.com")
}

/// Whether somebody said that they do not come.
pub(super) fn has_declined(entry: &ICalendarEntry) -> bool {
    has(entry, &ICalendarParameterName::Partstat, &["DECLINED"])
}

fn text<'e>(entry: &'e ICalendarEntry, name: &ICalendarParameterName) -> Option<&'e str> {
    entry.parameters(name).find_map(|value| value.as_text())
}

fn has(entry: &ICalendarEntry, name: &ICalendarParameterName, words: &[&str]) -> bool {
    text(entry, name).is_some_and(|own| words.iter().any(|word| own.eq_ignore_ascii_case(word)))
}

/// Who an entry names. Some exporters put a number where the address belongs, and that beside it.
pub(super) fn mailbox(entry: &ICalendarEntry) -> Option<Mailbox> {
    let beside = text(entry, &ICalendarParameterName::Email);
    let address = entry.calendar_address().into_iter().chain(beside);
    let mut address = address.map(|text| text.trim().trim_matches(['<', '>', '"', '\'']));
    let address = address.find(|text| is_address(text))?;
    let name = text(entry, &ICalendarParameterName::Cn).unwrap_or_default();
    let name = one_line(name, MAX_NAME_CHARS);
    let name = name.trim_matches(['\'', '"', ' ']);
    let mailbox = Mailbox {
        name: if name.contains('@') { "" } else { name }.to_owned(),
        identity: Identity::Address(address.to_owned()),
    };
    (!mailbox.is_too_long() && !mailbox.is_garbled()).then_some(mailbox)
}

/// The title, unless its owner keeps it to themselves.
fn subject(event: &ICalendarComponent) -> String {
    let class = event.property(&ICalendarProperty::Class);
    let class = class.and_then(|entry| entry.values.first());
    let is_public = match class {
        Some(ICalendarValue::Classification(class)) => *class == ICalendarClassification::Public,
        Some(_) => false,
        None => true,
    };
    let summary = event.property(&ICalendarProperty::Summary);
    let summary = summary.and_then(|entry| entry.values.first()?.as_text());
    match summary {
        Some(text) if is_public => one_line(text, MAX_SUBJECT_CHARS),
        _ => String::new(),
    }
}

/// What makes the same occurrence in two calendars one moment. Its form is for ever, see
/// [`Content::digest`].
fn source_key(occurrence: &Occurrence) -> String {
    let planned = &occurrence.planned;
    let mut content = Content::default();
    match occurrence.event.uid() {
        Some(uid) if !uid.trim().is_empty() && uid.len() <= LONGEST_ID => {
            return format!("event:{uid}/{planned}");
        }
        Some(uid) => content.push(uid),
        None => {
            for entry in occurrence.event.properties(&ICalendarProperty::Attendee) {
                content.push(entry.calendar_address().unwrap_or_default());
            }
            content.push(&subject(&occurrence.event));
        }
    }
    format!("event#{}/{planned}", HEXLOWER.encode(&content.digest()))
}
