//! From a mail to a moment, or why it is none.

use std::collections::BTreeMap;

use data_encoding::HEXLOWER;
use kith_domain::interaction::{Kind, Part};
use kith_domain::time::Timestamp;
use kith_proto::kith::interaction::v1::{InteractionInput, ParticipantRef};
use kith_proto::words::{self, Word};

use super::letter::Letter;
use super::mine::Mine;
use crate::digest::{Content, LONGEST_ID};
use crate::mailbox::{MOST_PEOPLE, Mailbox};
use crate::report::Reason;

/// The moment that a mail was.
pub(super) fn moment(
    letter: Letter,
    mine: &Mine,
    received: Timestamp,
) -> Result<InteractionInput, Reason> {
    if let Some(reason) = letter.unwanted {
        return Err(reason);
    }
    let from = letter.from.as_ref().ok_or(Reason::MissingFrom)?;
    let at = letter.at.ok_or(Reason::BadDate)?;
    Reason::check_date(at, received)?;
    let source_key = source_key(&letter, at, from);
    let participants = participants(&letter, from, mine)?;
    Ok(InteractionInput {
        kind: Kind::Mail.to_wire(),
        at: Some(words::timestamp(at)),
        participants,
        subject: letter.subject,
        source_key,
        found: true,
        ..InteractionInput::default()
    })
}

/// Everybody once: the sender, the member, and the others by address.
fn participants(
    letter: &Letter,
    from: &Mailbox,
    mine: &Mine,
) -> Result<Vec<ParticipantRef>, Reason> {
    let is_mine = |mailbox: &Mailbox| mine.contains(mailbox.identity.as_str());
    let sent_by_me = is_mine(from);
    let mut my_part = None;
    let mut others: BTreeMap<String, ParticipantRef> = BTreeMap::new();
    let to = letter.to.iter().map(|mailbox| (mailbox, Part::Recipient));
    let copied = letter.copied.iter().map(|mailbox| (mailbox, Part::Copied));
    for (mailbox, part) in to.chain(copied) {
        let address = mailbox.identity.canonical();
        if is_mine(mailbox) {
            my_part.get_or_insert(part);
        } else if address != from.identity.canonical() {
            // Who is written to and copied is written to.
            others
                .entry(address)
                .or_insert_with(|| mailbox.participant(part));
        }
    }
    if !sent_by_me && letter.delivered_to.iter().any(|to| mine.contains(to)) {
        // To an alias, to a group, or as a blind copy.
        my_part.get_or_insert(Part::Recipient);
    }
    let mut all = match (sent_by_me, my_part) {
        (true, _) if others.is_empty() && my_part.is_some() => return Err(Reason::SamePerson),
        (true, _) if others.is_empty() => return Err(Reason::MissingTo),
        (true, _) => vec![mine.participant(Part::Initiator)],
        (false, None) => return Err(Reason::NotMine),
        (false, Some(part)) => vec![from.participant(Part::Initiator), mine.participant(part)],
    };
    all.extend(others.into_values());
    if all.len() > MOST_PEOPLE {
        return Err(Reason::Audience);
    }
    Ok(all)
}

/// What makes two copies of a mail one moment: its id, or without one what its head says. Its form is
/// for ever, see [`Content::digest`].
fn source_key(letter: &Letter, at: Timestamp, from: &Mailbox) -> String {
    let mut content = Content::default();
    match &letter.message_id {
        Some(id) if id.len() <= LONGEST_ID => return format!("mail:{id}"),
        Some(id) => content.push(id),
        None => {
            content.push(&at.micros().to_string());
            content.push(&from.identity.canonical());
            let to = letter.to.iter().chain(&letter.copied);
            let mut to: Vec<String> = to.map(|mailbox| mailbox.identity.canonical()).collect();
            to.sort_unstable();
            to.dedup();
            for address in to {
                content.push(&address);
            }
            content.push(&letter.subject);
        }
    }
    format!("mail#{}", HEXLOWER.encode(&content.digest()))
}
