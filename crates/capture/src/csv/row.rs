//! One row: what it says, or why it can't be used.

use std::collections::BTreeMap;

use kith_domain::interaction::{Kind, MAX_PARTICIPANTS, Part};
use kith_domain::time::Timestamp;
use kith_proto::kith::interaction::v1::InteractionInput;
use kith_proto::words::{self, Word};

use super::header::Columns;
use super::number;
use super::occurrence::Occurrences;
use super::records::Record;
use crate::digest::Content;
use crate::mailbox::{Mailbox, is_address, is_unfit, one_line};
use crate::report::Reason;

/// The most characters of a channel's label; longer ones are cut.
const MAX_LABEL_CHARS: usize = 50;

/// The most characters of a note.
const MAX_NOTE_CHARS: usize = 10_000;

/// What a row says.
#[derive(Debug)]
pub(super) struct Moment {
    from: Mailbox,
    /// By canonical identity: the order in which a row names recipients does not matter.
    to: BTreeMap<String, Mailbox>,
    at: Timestamp,
    kind: Kind,
    /// What the file called a kind that Kith does not know; empty otherwise.
    label: String,
    duration_s: u32,
    note: String,
}

/// What `record` says.
pub(super) fn moment(
    record: &Record<'_>,
    columns: &Columns,
    received: Timestamp,
) -> Result<Moment, Reason> {
    let (from, to) = people(record, columns)?;
    let at = number::moment(needed(record, columns.at)?).ok_or(Reason::BadDate)?;
    Reason::check_date(at, received)?;
    let (kind, label) = kind(needed(record, columns.kind)?)?;
    let duration = optional(record, columns.duration_s)?;
    let duration_s = number::duration_s(duration).ok_or(Reason::BadDuration)?;
    let note = optional(record, columns.note)?;
    if note.chars().count() > MAX_NOTE_CHARS {
        return Err(Reason::TooLong);
    }
    Ok(Moment {
        from,
        to,
        at,
        kind,
        label,
        duration_s,
        note: lines(note),
    })
}

fn people(
    record: &Record<'_>,
    columns: &Columns,
) -> Result<(Mailbox, BTreeMap<String, Mailbox>), Reason> {
    let from = Mailbox::parse(needed(record, columns.from)?).ok_or(Reason::MissingFrom)?;
    let recipients = needed(record, columns.to)?.split(';');
    let mut to: BTreeMap<String, Mailbox> = recipients
        .filter_map(Mailbox::parse)
        .map(|mailbox| (mailbox.identity.canonical(), mailbox))
        .collect();
    if to.is_empty() {
        return Err(Reason::MissingTo);
    }
    // Who copies a mail to themselves is in it once.
    to.remove(&from.identity.canonical());
    if to.is_empty() {
        return Err(Reason::SamePerson);
    }
    if to.len() >= MAX_PARTICIPANTS {
        return Err(Reason::TooManyPeople);
    }
    if from.is_too_long() || to.values().any(Mailbox::is_too_long) {
        return Err(Reason::TooLong);
    }
    if from.is_garbled() || to.values().any(Mailbox::is_garbled) {
        return Err(Reason::Undecodable);
    }
    Ok((from, to))
}

/// The kind, and the label of one that Kith does not know.
fn kind(text: &str) -> Result<(Kind, String), Reason> {
    if text.is_empty() {
        return Err(Reason::MissingKind);
    }
    if let Some(kind) = Kind::from_label(text) {
        return Ok((kind, String::new()));
    }
    // Labels are kept in clear in the log, where no personal text may be.
    if text.split_whitespace().any(is_address) || text.contains('<') {
        return Err(Reason::BadKind);
    }
    Ok((Kind::Other, one_line(text, MAX_LABEL_CHARS)))
}

/// A text of several lines: what it can't have becomes a space.
fn lines(text: &str) -> String {
    text.replace(|c| is_unfit(c) && !matches!(c, '\n' | '\r' | '\t'), " ")
}

/// A cell of a column that every row must have.
fn needed<'a>(record: &'a Record<'_>, column: usize) -> Result<&'a str, Reason> {
    let cell = record.get(column).ok_or(Reason::TooFewColumns)?;
    let text = std::str::from_utf8(cell).map_err(|_| Reason::Undecodable)?;
    Ok(text.trim())
}

/// A cell of a column that a file or a row may lack.
fn optional<'a>(record: &'a Record<'_>, column: Option<usize>) -> Result<&'a str, Reason> {
    let Some(cell) = column.and_then(|column| record.get(column)) else {
        return Ok("");
    };
    let text = std::str::from_utf8(cell).map_err(|_| Reason::Undecodable)?;
    Ok(text.trim())
}

impl Moment {
    /// The moment as the API takes it, with the source key of its occurrence.
    pub(super) fn into_input(self, occurrences: &mut Occurrences) -> InteractionInput {
        let source_key = occurrences.source_key(&self.content());
        // Both were present; whose name stood in which column says nothing.
        let met = matches!(self.kind, Kind::Meeting | Kind::Encounter);
        let (near, far) = if met {
            (Part::Attendee, Part::Attendee)
        } else {
            (Part::Initiator, Part::Recipient)
        };
        let others = self.to.values().map(|mailbox| mailbox.participant(far));
        InteractionInput {
            kind: self.kind.to_wire(),
            at: Some(words::timestamp(self.at)),
            duration_s: self.duration_s,
            participants: std::iter::once(self.from.participant(near))
                .chain(others)
                .collect(),
            channel: self.label,
            note: self.note,
            subject: String::new(),
            source_key,
            found: false,
        }
    }

    /// What identifies the row. Its form is for ever, see [`Content::digest`].
    fn content(&self) -> Content {
        let mut content = Content::default();
        content.push(&self.from.identity.canonical());
        content.push(&self.to.len().to_string());
        for identity in self.to.keys() {
            content.push(identity);
        }
        content.push(&self.at.micros().to_string());
        content.push(self.kind.as_str());
        content.push(&self.label);
        content.push(&self.duration_s.to_string());
        content.push(&self.note);
        content
    }
}
