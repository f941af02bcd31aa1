//! A seal that hides nothing: the words stay readable behind the place that they belong to.
//!
//! So golden bytes are the same on every run, and a text that moves to another field, event or
//! owner no longer opens.

use bytes::Bytes;
use kith_domain::text::Text;
use kith_proto::event::{Field, Open, Scope, Seal};

/// Puts the place of a text in front of its words.
#[derive(Debug, Default)]
pub(super) struct InItsPlace {
    event: u16,
}

impl InItsPlace {
    fn place(&self, scope: Scope<'_>, field: Field) -> Vec<u8> {
        let numbers = [self.event, field.number, field.index];
        let mut place: Vec<u8> = numbers.iter().flat_map(|n| n.to_be_bytes()).collect();
        match scope {
            Scope::Organisation => place.push(b'o'),
            Scope::Person(person) => {
                place.push(b'p');
                place.extend(person.as_bytes());
            }
            Scope::Participants(interaction, people) => {
                place.push(b'i');
                place.extend(interaction.as_bytes());
                place.extend(people.iter().flat_map(|person| *person.as_bytes()));
            }
        }
        place
    }

    fn begin_at(&mut self, event: usize) {
        self.event = event as u16;
    }
}

impl Seal for InItsPlace {
    fn begin(&mut self, event: usize) {
        self.begin_at(event);
    }

    fn seal(&mut self, scope: Scope<'_>, field: Field, words: &str) -> Bytes {
        let mut sealed = self.place(scope, field);
        sealed.extend(words.as_bytes());
        sealed.into()
    }
}

impl Open for InItsPlace {
    fn begin(&mut self, event: usize) {
        self.begin_at(event);
    }

    fn open(&mut self, scope: Scope<'_>, field: Field, sealed: &[u8]) -> Option<Text> {
        let words = sealed.strip_prefix(self.place(scope, field).as_slice())?;
        String::from_utf8(words.to_vec()).ok().map(Text::Clear)
    }
}
