//! Address books as they really are: each file of `tests/contacts/` is named for what is wrong with
//! it, and `tests/contacts/expected.txt` says what becomes of it.

mod corpus;

use std::io::Cursor;

use corpus::{Corpus, left_out};
use kith_capture::contacts::{Contacts, card, table};
use kith_proto::kith::directory::v1::Person;

fn person(person: &Person) -> String {
    let shown = |text: &str| match text.len() {
        0..=80 => text.to_owned(),
        long => format!("({long} bytes)"),
    };
    format!(
        "{} | {} | {} | {} | {} | {}",
        shown(&person.name),
        person.addresses.join(" "),
        person.external_key,
        person.company,
        person.title,
        shown(&person.tags.join(" "))
    )
}

fn all(mut contacts: impl Contacts) -> Vec<String> {
    let people: Vec<String> = contacts.by_ref().map(|one| person(&one)).collect();
    people
        .into_iter()
        .chain(left_out(contacts.report()))
        .collect()
}

#[test]
fn every_awkward_address_book_is_read_or_left_out_for_the_reason_it_should_be() {
    let corpus = Corpus::new("contacts");
    let told = corpus.told(&["vcf", "csv"], |file, bytes| {
        let input = Cursor::new(bytes);
        if file.ends_with("vcf") {
            return card::Reader::open(input).map_or_else(|e| vec![e.to_string()], all);
        }
        table::Reader::open(input).map_or_else(|e| vec![e.to_string()], all)
    });
    corpus.compare(&told);
}
