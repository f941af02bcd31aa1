//! Lists of who comes to a gathering: a table with a header, cards, an invitation, or lines that somebody pasted.
//!
//! A list is of people outside, so that nothing here asks who they are: it says what the list says.

mod lines;
mod table;

use kith_proto::kith::directory::v1::Person;
use kith_proto::kith::gathering::v1::AttendeeInput;

use crate::calendar::invited;
use crate::contacts::{Contacts as _, card};
use crate::{contacts, text};

/// What a list says.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct List {
    /// Who is on it, in its order.
    pub attendees: Vec<AttendeeInput>,
    /// Lines, counted from 1, that name nobody.
    pub left_out: Vec<u64>,
}

/// Reads a list, in whichever of its forms it is. An error when it can't be read to its end, or has more than
/// 256 MiB.
pub fn read(input: impl std::io::Read) -> Result<List, contacts::Error> {
    let text = text::read(input)?;
    let begins = |with: &str| {
        let start = text.trim_start().get(..with.len());
        start.is_some_and(|start| start.eq_ignore_ascii_case(with))
    };
    if begins("BEGIN:VCALENDAR") {
        return Ok(List {
            attendees: invited::read(&text),
            left_out: vec![],
        });
    }
    if begins("BEGIN:VCARD") {
        let mut cards = card::Reader::open(text.as_bytes())?;
        let attendees: Vec<AttendeeInput> = cards.by_ref().map(described).collect();
        let skipped = cards.report().skipped.values();
        let places = skipped
            .flat_map(|skipped| &skipped.places)
            .filter_map(|place| match place {
                crate::report::Place::Line(line) => Some(*line),
                _ => None,
            });
        return Ok(List {
            attendees,
            left_out: places.collect(),
        });
    }
    Ok(table::read(&text).unwrap_or_else(|| lines::read(&text)))
}

/// Somebody of an address book.
fn described(person: Person) -> AttendeeInput {
    AttendeeInput {
        name: person.name,
        company: person.company,
        title: person.title,
        address: person.addresses.into_iter().next().unwrap_or_default(),
        topics: person.tags,
        ..AttendeeInput::default()
    }
}

/// Topics of a cell or a line: between semicolons, else between commas.
fn topics(text: &str) -> Vec<String> {
    let between = if text.contains(';') { ';' } else { ',' };
    let topics = text.split(between).map(str::trim);
    topics
        .filter(|topic| !topic.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}

/// Whether somebody is named.
fn is_somebody(attendee: &AttendeeInput) -> bool {
    !attendee.name.is_empty() || !attendee.address.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> List {
        read(text.as_bytes()).unwrap()
    }

    fn short(list: &List) -> Vec<[&str; 4]> {
        let attendees = list.attendees.iter();
        attendees
            .map(|a| {
                [
                    a.name.as_str(),
                    a.title.as_str(),
                    a.company.as_str(),
                    a.address.as_str(),
                ]
            })
            .collect()
    }

    #[test]
    fn a_table_is_known_by_its_header_whatever_its_columns_are_called() {
        let list = of("Attendees of the spring meeting\n\
                       First Name;Last Name;Organisation;E-mail;Bio;Topics;Session title;Website\n\
                       Ana;Silva;Windfarm;ana@windfarm.example;\"Builds grids;\nsails\";wind, grids;Grids;https://a.example\n\
                       ;;Windfarm;;;;;\n\
                       \n\
                       Leo;;;;;;;\n");
        assert_eq!(list.attendees.len(), 2);
        let ana = &list.attendees[0];
        assert_eq!(
            short(&list),
            [
                ["Ana Silva", "", "Windfarm", "ana@windfarm.example"],
                ["Leo", "", "", ""]
            ]
        );
        assert_eq!(
            (ana.bio.as_str(), ana.talk.as_str()),
            ("Builds grids;\nsails", "Grids")
        );
        assert_eq!(
            (ana.topics.as_slice(), ana.url.as_str()),
            (
                ["wind".to_owned(), "grids".to_owned()].as_slice(),
                "https://a.example"
            )
        );
        assert_eq!(list.left_out, [5], "a company alone is nobody");
    }

    #[test]
    fn pasted_lines_are_read_as_people_write_them() {
        let list = of("- Ana Silva, Windfarm\n\
                       2. Ben Okoye — CTO, Gridworks <ben@gridworks.example>\n\
                       Silva, Ana\n\
                       Mia Lund (she/her) | Harbour\n\
                       Kim Park, head of storage at Storage & Co.\n\
                       Leo Berg (Turner Ltd.)\n\
                       noor@gridworks.example\n\
                       \n\
                       ---\n");
        assert_eq!(
            short(&list),
            [
                ["Ana Silva", "", "Windfarm", ""],
                ["Ben Okoye", "CTO", "Gridworks", "ben@gridworks.example"],
                ["Silva, Ana", "", "", ""],
                ["Mia Lund (she/her)", "", "Harbour", ""],
                ["Kim Park", "head of storage", "Storage & Co.", ""],
                ["Leo Berg", "", "Turner Ltd.", ""],
                ["", "", "", "noor@gridworks.example"],
            ]
        );
        assert_eq!(list.left_out, [9]);
        let as_programs_write = of("Ana Silva,Windfarm,ana@windfarm.example\n\
                                    Ben Okoye\tGridworks\tben@gridworks.example\n");
        assert_eq!(
            short(&as_programs_write),
            [
                ["Ana Silva", "", "Windfarm", "ana@windfarm.example"],
                ["Ben Okoye", "", "Gridworks", "ben@gridworks.example"],
            ]
        );
        assert_eq!(short(&of("Name\nAna Silva\n")), [["Ana Silva", "", "", ""]]);
    }

    #[test]
    fn an_invitation_says_who_comes() {
        let list = of(
            "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nBEGIN:VEVENT\r\nUID:1@y.org\r\n\
                       DTSTART:20260302T100000Z\r\nORGANIZER;CN=Di Lund:mailto:di@y.org\r\n\
                       ATTENDEE;CN=Ana Silva;PARTSTAT=ACCEPTED:mailto:ana@x.org\r\n\
                       ATTENDEE;CN=Leo;PARTSTAT=DECLINED:mailto:leo@x.org\r\n\
                       ATTENDEE;CN=Room 2;CUTYPE=ROOM:mailto:room2@x.org\r\n\
                       ATTENDEE:mailto:kim@x.org\r\n\
                       ATTENDEE;CN=Di Lund:mailto:di@y.org\r\n\
                       END:VEVENT\r\nEND:VCALENDAR\r\n",
        );
        assert_eq!(
            short(&list),
            [
                ["Di Lund", "", "", "di@y.org"],
                ["Ana Silva", "", "", "ana@x.org"],
                ["", "", "", "kim@x.org"],
            ]
        );
    }

    #[test]
    fn cards_say_who_comes_too() {
        let list = of(
            "BEGIN:VCARD\r\nVERSION:3.0\r\nFN:Ana Silva\r\nORG:Windfarm\r\nEMAIL:ana@windfarm.example\r\nEND:VCARD\r\n",
        );
        assert_eq!(
            short(&list),
            [["Ana Silva", "", "Windfarm", "ana@windfarm.example"]]
        );
    }
}
