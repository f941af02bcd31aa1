//! Tables of people, as networks and mail programs export them, or as somebody wrote one.
//!
//! Their columns change with the years and lines of prose stand in front, so the header is looked for
//! and columns are known by any of their names.

use std::io::Read;

use kith_proto::kith::directory::v1::Person;

use super::entry::Entry;
use super::{Contacts, Error};
use crate::report::{Place, Reason, Report, Unit};
use crate::text;

/// Lines in which the header is looked for.
pub(crate) const PREAMBLE: usize = 20;

/// People of one file.
pub struct Reader {
    records: csv::StringRecordsIntoIter<std::io::Cursor<String>>,
    columns: Vec<Column>,
    report: Report,
    place: Place,
}

impl std::fmt::Debug for Reader {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Never what was read: it is personal.
        f.debug_struct("Reader")
            .field("report", &self.report)
            .finish_non_exhaustive()
    }
}

/// What a column holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Column {
    Name,
    Given,
    Middle,
    Family,
    Address,
    Company,
    Title,
    Labels,
    /// What identifies somebody: a profile.
    Profile,
    /// Nothing that the directory keeps.
    Other,
}

impl Column {
    /// By its name in one of the exports.
    pub(crate) fn named(name: &str) -> Self {
        let name = name.trim().to_lowercase();
        let is_value = name.ends_with("value") || name.ends_with("address");
        match name.as_str() {
            "name" | "full name" | "display name" | "fn" => Self::Name,
            "first name" | "given name" | "firstname" => Self::Given,
            "middle name" | "additional name" => Self::Middle,
            "last name" | "family name" | "lastname" | "surname" => Self::Family,
            "email" | "e-mail" | "mail" | "address" | "addresses" | "email address"
            | "e-mail address" | "primary email" | "email addresses" => Self::Address,
            _ if (name.starts_with("e-mail ") || name.starts_with("email ")) && is_value => {
                Self::Address
            }
            "company"
            | "organization"
            | "organisation"
            | "organization name"
            | "employer"
            | "organization 1 - name" => Self::Company,
            "position"
            | "job title"
            | "title"
            | "role"
            | "organization title"
            | "organization 1 - title" => Self::Title,
            "labels" | "group membership" | "categories" | "tags" | "groups" => Self::Labels,
            "url" | "profile" | "profile url" | "linkedin" | "linkedin url" => Self::Profile,
            _ => Self::Other,
        }
    }
}

impl Reader {
    /// Looks for the header. An error when there is none, the input can't be read, or holds more than
    /// 256 MiB.
    pub fn open(input: impl Read) -> Result<Self, Error> {
        let text = text::read(input)?;
        let delimiter = delimiter(&text);
        let reader = csv::ReaderBuilder::new()
            .has_headers(false)
            .flexible(true)
            .delimiter(delimiter)
            .from_reader(std::io::Cursor::new(text));
        let mut records = reader.into_records();
        for _ in 0..PREAMBLE {
            let Some(Ok(record)) = records.next() else {
                break;
            };
            let mut columns: Vec<Column> = record.iter().map(Column::named).collect();
            if !is_header(&columns) {
                continue;
            }
            // Outlook's 'Title' is that of "Dr Silva".
            if record
                .iter()
                .any(|name| name.trim().eq_ignore_ascii_case("job title"))
            {
                let prefix = record
                    .iter()
                    .position(|n| n.trim().eq_ignore_ascii_case("title"));
                if let Some(column) = prefix.and_then(|place| columns.get_mut(place)) {
                    *column = Column::Other;
                }
            }
            return Ok(Self {
                records,
                columns,
                report: Report {
                    unit: Unit::Contact,
                    ..Report::default()
                },
                place: Place::Line(0),
            });
        }
        Err(Error::NoHeader)
    }
}

/// Somebody's name, and something else about them.
fn is_header(columns: &[Column]) -> bool {
    let has = |column| columns.contains(&column);
    let named = has(Column::Name) || has(Column::Given) || has(Column::Family);
    let known = columns.iter().filter(|column| **column != Column::Other);
    (named || has(Column::Address)) && known.count() >= 2
}

/// What separates the cells of most lines in front.
pub(crate) fn delimiter(text: &str) -> u8 {
    let head = text.lines().take(PREAMBLE);
    let count = |delimiter: char| {
        head.clone()
            .map(|line| line.matches(delimiter).count())
            .max()
    };
    let best = [',', ';', '\t']
        .into_iter()
        .max_by_key(|&d| (count(d), d == ','));
    best.map_or(b',', |delimiter| delimiter as u8)
}

impl Contacts for Reader {
    fn place(&self) -> Place {
        self.place.clone()
    }

    fn report(&self) -> &Report {
        &self.report
    }
}

impl Iterator for Reader {
    type Item = Person;

    fn next(&mut self) -> Option<Person> {
        loop {
            let Ok(record) = self.records.next()? else {
                continue;
            };
            if record.iter().all(|cell| cell.trim().is_empty()) {
                continue;
            }
            let line = record.position().map_or(0, csv::Position::line);
            match person(&self.columns, &record) {
                Ok(person) => {
                    self.report.moments += 1;
                    self.place = Place::Line(line);
                    return Some(person);
                }
                Err(reason) => self.report.skip(reason, Place::Line(line)),
            }
        }
    }
}

fn person(columns: &[Column], record: &csv::StringRecord) -> Result<Person, Reason> {
    let cells = |wanted: Column| {
        let cells = columns.iter().zip(record.iter());
        cells
            .filter(move |(column, _)| **column == wanted)
            .map(|(_, cell)| cell.trim())
    };
    // No name and no address has two lines: a quote was opened and is closed in another row.
    let has_lines = |wanted| cells(wanted).any(|cell: &str| cell.contains('\n'));
    let identifying = [Column::Name, Column::Given, Column::Family, Column::Address];
    if identifying.into_iter().any(has_lines) {
        return Err(Reason::UnclosedQuote);
    }
    let one = |wanted| {
        cells(wanted)
            .find(|cell| !cell.is_empty())
            .unwrap_or_default()
    };
    let mut entry = Entry::default();
    entry.name(one(Column::Name));
    let parts = [Column::Given, Column::Middle, Column::Family].map(one);
    let parts: Vec<&str> = parts.into_iter().filter(|part| !part.is_empty()).collect();
    entry.name(&parts.join(" "));
    for cell in cells(Column::Address) {
        // Google writes several into one cell.
        cell.split(":::")
            .flat_map(|part| part.split([';', ',']))
            .for_each(|a| entry.address(a));
    }
    entry.company(one(Column::Company));
    entry.title(one(Column::Title));
    for cell in cells(Column::Labels) {
        let labels = cell.split(":::").flat_map(|part| part.split([';', ',']));
        // Google's own are marked: `* myContacts`.
        let own = labels
            .map(str::trim)
            .filter(|label| !label.starts_with('*'));
        own.for_each(|label| entry.tag(label));
    }
    for profile in cells(Column::Profile) {
        entry.identity(&self::profile(profile));
    }
    entry.finish()
}

/// What a link says of who it belongs to: nothing, unless it leads to a page of somebody's. What follows a
/// `?` tells people apart on some networks; on `LinkedIn` it says where the link was found.
fn profile(link: &str) -> String {
    let link = link.split('#').next().unwrap_or_default();
    let link = if link.contains("linkedin.com/") {
        link.split('?').next().unwrap_or_default()
    } else {
        link
    };
    let link = link.trim_end_matches('/');
    let after_scheme = link.split_once("://").map_or(link, |(_, rest)| rest);
    let has_page = after_scheme
        .split_once('/')
        .is_some_and(|(_, page)| !page.is_empty());
    if has_page {
        link.to_owned()
    } else {
        String::new()
    }
}

#[cfg(test)]
mod tests {
    use super::profile;

    #[test]
    fn a_link_identifies_somebody_only_where_it_leads_to_a_page_of_theirs() {
        for (link, identity) in [
            (
                "https://www.linkedin.com/in/bo/?x=1#y",
                "https://www.linkedin.com/in/bo",
            ),
            (
                "https://f.example/profile.php?id=1",
                "https://f.example/profile.php?id=1",
            ),
            ("https://firm.example/", ""),
            ("firm.example", ""),
            ("", ""),
        ] {
            assert_eq!(profile(link), identity, "{link}");
        }
    }
}
