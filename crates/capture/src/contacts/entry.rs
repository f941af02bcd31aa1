//! An entry as it is put together from what an address book says.

use kith_domain::person::MAX_LIST;
use kith_domain::text::normalised_address;
use kith_proto::kith::directory::v1::Person;

use crate::mailbox::{is_address, one_line};
use crate::report::Reason;

/// Characters of a text, and of a label, that the directory takes.
const MAX_TEXT: usize = 200;
const MAX_TAG: usize = 100;

/// What is known of somebody so far.
#[derive(Debug, Default)]
pub(super) struct Entry {
    person: Person,
    /// What identifies them where there is no address.
    identity: Option<String>,
}

impl Entry {
    pub(super) fn name(&mut self, text: &str) {
        set(&mut self.person.name, text);
    }

    pub(super) fn company(&mut self, text: &str) {
        set(&mut self.person.company, text);
    }

    pub(super) fn title(&mut self, text: &str) {
        set(&mut self.person.title, text);
    }

    /// Takes what is an address, once, in the order in which it comes.
    pub(super) fn address(&mut self, text: &str) {
        let odd = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"' | '\'' | ',' | ';');
        let text = text.trim_matches(odd);
        let text = match text.split_once(':') {
            Some((scheme, address)) if scheme.eq_ignore_ascii_case("mailto") => address,
            _ => text,
        };
        let own = &mut self.person.addresses;
        let same = |known: &String| normalised_address(known) == normalised_address(text);
        let fits = is_address(text) && text.len() <= 254 && own.len() < MAX_LIST;
        if fits && !own.iter().any(same) {
            own.push(text.to_owned());
        }
    }

    pub(super) fn tag(&mut self, text: &str) {
        let text = one_line(text, MAX_TAG);
        let own = &mut self.person.tags;
        if !text.is_empty() && own.len() < MAX_LIST && !own.contains(&text) {
            own.push(text);
        }
    }

    /// What tells them from everybody else: an identifier or a profile.
    pub(super) fn identity(&mut self, text: &str) {
        let text = text.trim();
        let is_fit = !text.is_empty() && text.chars().count() <= MAX_TEXT;
        if is_fit && self.identity.is_none() && !text.contains(char::is_control) {
            self.identity = Some(text.to_owned());
        }
    }

    /// The entry, if it is somebody's in particular.
    pub(super) fn finish(mut self) -> Result<Person, Reason> {
        if self.person.addresses.is_empty() {
            self.person.external_key = self.identity.ok_or(Reason::NoIdentity)?;
        }
        // Programs that know no name repeat the address.
        if is_address(&self.person.name) {
            self.person.name.clear();
        }
        Ok(self.person)
    }
}

/// The first text counts.
fn set(field: &mut String, text: &str) {
    if field.is_empty() {
        *field = one_line(text, MAX_TEXT);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn somebody_without_an_address_needs_something_else_to_be_known_by() {
        let mut entry = Entry::default();
        entry.name("Bo Berg");
        entry.address("not an address");
        assert_eq!(entry.finish(), Err(Reason::NoIdentity));

        let mut entry = Entry::default();
        entry.name("Bo Berg");
        entry.identity("https://network.example/in/bo");
        let person = entry.finish().unwrap();
        assert_eq!(person.external_key, "https://network.example/in/bo");
    }

    #[test]
    fn an_address_is_kept_once_and_is_no_name() {
        let mut entry = Entry::default();
        entry.name("bo@y.example");
        for address in ["mailto:bo@y.example", "<BO@Y.example>", " cy@y.example;"] {
            entry.address(address);
        }
        entry.identity("urn:uuid:1");
        let person = entry.finish().unwrap();
        assert_eq!(person.addresses, ["bo@y.example", "cy@y.example"]);
        assert_eq!(
            (person.name.as_str(), person.external_key.as_str()),
            ("", "")
        );
    }
}
