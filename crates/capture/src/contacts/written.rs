//! An entry of the directory as a card: vCard 4.0 (RFC 6350), which address books read.

use calcard::vcard::{VCard, VCardEntry, VCardProperty, VCardVersion};
use kith_proto::kith::directory::v1::Person;

/// What is known of a person, as a card.
#[must_use]
pub fn card(person: &Person) -> String {
    let mut entries = Vec::new();
    let mut line = |property: VCardProperty, text: &str| {
        if !text.is_empty() {
            entries.push(VCardEntry::new(property).with_value(text.to_owned()));
        }
    };
    line(
        VCardProperty::Uid,
        &format!("urn:kith:{}", person.person_id),
    );
    // A card needs a name: an address stands for one, as lists of people show it.
    let first = person.addresses.first().map_or("", String::as_str);
    let name = [&person.name, first, &person.external_key];
    let name = name.into_iter().find(|text| !text.is_empty());
    line(VCardProperty::Fn, name.unwrap_or("unknown"));
    for address in &person.addresses {
        line(VCardProperty::Email, address);
    }
    line(VCardProperty::Org, &person.company);
    line(VCardProperty::Title, &person.title);
    for tag in &person.tags {
        line(VCardProperty::Categories, tag);
    }
    let mut written = String::new();
    // Writing to a text does not fail.
    let _infallible = VCard { entries }.write_to(&mut written, VCardVersion::V4_0);
    written
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contacts::card::Reader;

    #[test]
    fn what_is_written_is_read_back_as_it_was() {
        let person = Person {
            name: "Zoë, \"the\" Captain; O'Hara".to_owned(),
            addresses: vec!["zoe@z.org".to_owned(), "captain@harbour.example".to_owned()],
            company: "Harbour; Works, Ltd".to_owned(),
            title: "Captain\\Pilot".to_owned(),
            tags: vec!["vip".to_owned(), "old boats".to_owned()],
            ..Person::default()
        };
        let written = card(&person);
        let read: Vec<Person> = Reader::open(written.as_bytes()).unwrap().collect();
        assert_eq!(read, [person], "{written}");
    }

    #[test]
    fn whoever_has_no_name_is_called_by_their_address() {
        let person = Person {
            addresses: vec!["zoe@z.org".to_owned()],
            ..Person::default()
        };
        assert!(card(&person).contains("FN:zoe@z.org\r\n"));
    }
}
