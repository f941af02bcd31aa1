//! A table of attendees.

use kith_proto::kith::gathering::v1::AttendeeInput;

use super::{List, is_somebody, topics};
use crate::contacts::table::{Column, PREAMBLE, delimiter};

/// What a column of a list says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Says {
    /// What one of an address book says.
    Of(Column),
    Bio,
    Topics,
    Talk,
    Url,
}

impl Says {
    fn named(name: &str) -> Self {
        match name.trim().to_lowercase().as_str() {
            "bio" | "biography" | "about" | "description" | "short bio" => Self::Bio,
            "topics" | "topic" | "interests" | "keywords" => Self::Topics,
            "talk" | "session" | "session title" | "talk title" | "presentation" => Self::Talk,
            "url" | "website" | "web" | "link" | "profile" | "profile url" | "linkedin"
            | "linkedin url" => Self::Url,
            "attendee" | "attendee name" | "participant" | "speaker" => Self::Of(Column::Name),
            "company name" | "affiliation" | "institution" => Self::Of(Column::Company),
            name => Self::Of(Column::named(name)),
        }
    }
}

/// What the table says; `None` if no line in front names columns of people.
pub(super) fn read(text: &str) -> Option<List> {
    let reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(delimiter(text))
        .from_reader(text.as_bytes());
    let mut records = reader.into_records();
    let columns = records
        .by_ref()
        .take(PREAMBLE)
        .map_while(Result::ok)
        .find_map(|record| {
            let columns: Vec<Says> = record.iter().map(Says::named).collect();
            is_header(&columns).then_some(columns)
        })?;
    let mut list = List::default();
    for record in records.filter_map(Result::ok) {
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        let attendee = attendee(&columns, &record);
        if is_somebody(&attendee) {
            list.attendees.push(attendee);
        } else {
            list.left_out
                .push(record.position().map_or(0, csv::Position::line));
        }
    }
    Some(list)
}

/// A name or an address, and something else, if there is another column.
fn is_header(columns: &[Says]) -> bool {
    let has = |column| columns.contains(&Says::Of(column));
    let named =
        has(Column::Name) || has(Column::Given) || has(Column::Family) || has(Column::Address);
    let known = columns
        .iter()
        .filter(|says| **says != Says::Of(Column::Other));
    named && known.count() >= columns.len().min(2)
}

fn attendee(columns: &[Says], record: &csv::StringRecord) -> AttendeeInput {
    let one = |wanted| -> String {
        let cells = columns
            .iter()
            .zip(record.iter())
            .filter(|(says, _)| **says == wanted);
        let mut cells = cells.map(|(_, cell)| cell.trim());
        cells
            .find(|cell| !cell.is_empty())
            .unwrap_or_default()
            .to_owned()
    };
    let of = |column| one(Says::Of(column));
    let parts = [Column::Given, Column::Middle, Column::Family].map(of);
    let parts: Vec<String> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    let whole = of(Column::Name);
    AttendeeInput {
        name: if whole.is_empty() {
            parts.join(" ")
        } else {
            whole
        },
        company: of(Column::Company),
        title: of(Column::Title),
        address: of(Column::Address),
        bio: one(Says::Bio),
        topics: topics(&one(Says::Topics)),
        talk: one(Says::Talk),
        url: one(Says::Url),
    }
}
