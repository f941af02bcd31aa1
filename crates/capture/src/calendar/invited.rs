//! Who is invited to the events of a calendar: the list of a gathering as an invitation has it.

use std::collections::HashSet;

use calcard::icalendar::ICalendarProperty;
use calcard::{Entry, Parser};
use kith_proto::kith::gathering::v1::AttendeeInput;

use super::meeting::{has_declined, is_person, mailbox};

/// Everybody who is invited and did not decline, each once, in the order of the file.
pub(crate) fn read(text: &str) -> Vec<AttendeeInput> {
    let mut parser = Parser::new(text);
    let mut seen = HashSet::new();
    let mut invited = Vec::new();
    loop {
        let calendar = match parser.entry() {
            Entry::Eof => return invited,
            Entry::ICalendar(calendar) => calendar,
            _ => continue,
        };
        for component in &calendar.components {
            let people = [ICalendarProperty::Organizer, ICalendarProperty::Attendee];
            for entry in people.iter().flat_map(|of| component.properties(of)) {
                if !is_person(entry) || has_declined(entry) {
                    continue;
                }
                let Some(mailbox) = mailbox(entry) else {
                    continue;
                };
                if seen.insert(mailbox.identity.canonical()) {
                    invited.push(AttendeeInput {
                        name: mailbox.name,
                        address: mailbox.identity.as_str().to_owned(),
                        ..AttendeeInput::default()
                    });
                }
            }
        }
    }
}
