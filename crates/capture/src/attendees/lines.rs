//! Lines that somebody pasted: a person each, as people write them.

use kith_proto::kith::gathering::v1::AttendeeInput;

use super::{List, is_somebody};

/// What stands between a name, a title and a company.
const BETWEEN: [&str; 7] = [" | ", " – ", " — ", " - ", "\t", "; ", ", "];

pub(super) fn read(text: &str) -> List {
    let mut list = List::default();
    for (number, line) in (1..).zip(text.lines()) {
        if line.trim().is_empty() {
            continue;
        }
        let attendee = attendee(line);
        if is_somebody(&attendee) {
            list.attendees.push(attendee);
        } else {
            list.left_out.push(number);
        }
    }
    list
}

fn attendee(line: &str) -> AttendeeInput {
    let (address, line) = without_address(without_bullet(line));
    let (line, in_parentheses) = without_company(line.trim());
    let mut parts = parts(&line);
    let name = if parts.is_empty() {
        String::new()
    } else {
        parts.remove(0)
    };
    let mut attendee = AttendeeInput {
        name: Some(name)
            .filter(|name| name.contains(char::is_alphabetic))
            .unwrap_or_default(),
        address,
        company: in_parentheses,
        ..AttendeeInput::default()
    };
    if attendee.company.is_empty() {
        attendee.company = parts.pop().unwrap_or_default();
    }
    attendee.title = parts.join(", ");
    // *head of storage at Storage & Co.*
    if attendee.title.is_empty()
        && let Some((title, company)) = attendee.company.clone().split_once(" at ")
    {
        title.clone_into(&mut attendee.title);
        company.clone_into(&mut attendee.company);
    }
    attendee
}

/// Without the `-`, `*`, `•` or `12.` of a list in front.
fn without_bullet(line: &str) -> &str {
    let line = line.trim();
    let digits = line.trim_start_matches(|c: char| c.is_ascii_digit());
    let rest = if digits.len() < line.len() {
        digits.strip_prefix(['.', ')'])
    } else {
        None
    };
    let rest = rest.unwrap_or_else(|| line.trim_start_matches(['-', '*', '•', '–']));
    rest.trim()
}

/// The address of a line, and what is left of it.
fn without_address(line: &str) -> (String, String) {
    let is_end = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|' | '<' | '>');
    let holds = |word: &&str| word.len() > 2 && word.contains('@');
    let Some(word) = line.split(is_end).find(holds) else {
        return (String::new(), trimmed(line));
    };
    let bare = word.trim_matches(|c: char| !c.is_alphanumeric());
    let address = bare.strip_prefix("mailto:").unwrap_or(bare).to_owned();
    let rest = line.replacen(word, "", 1).replace("<>", "");
    (address, trimmed(&rest))
}

/// Without what stands between the parts of a line at its ends.
fn trimmed(line: &str) -> String {
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '|' | '-' | '–' | '—');
    line.trim_matches(between).to_owned()
}

/// What is left of a line that ends in a company in parentheses. How somebody is spoken of is none.
fn without_company(line: &str) -> (String, String) {
    let cut = line
        .strip_suffix(')')
        .and_then(|line| line.rsplit_once('('));
    match cut {
        Some((name, company)) if !company.contains('/') && !name.trim().is_empty() => {
            (name.trim().to_owned(), company.trim().to_owned())
        }
        _ => (line.to_owned(), String::new()),
    }
}

/// Name, title and company, as far as there are several.
fn parts(line: &str) -> Vec<String> {
    // As programs write them: `Ana Silva,Windfarm`.
    let line = &line.replace(',', ", ").replace(",  ", ", ");
    // *Silva, Ana* is one name.
    if let Some((family, given)) = line.split_once(", ")
        && [family, given]
            .iter()
            .all(|word| !word.contains([' ', ',', '|', '\t']))
    {
        return vec![line.clone()];
    }
    let mut parts = vec![line.clone()];
    for between in BETWEEN {
        let cut = parts.iter().flat_map(|part| part.split(between));
        parts = cut
            .map(|part| part.trim().to_owned())
            .filter(|part| !part.is_empty())
            .collect();
    }
    parts
}
