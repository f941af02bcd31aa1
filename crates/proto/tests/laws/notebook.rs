//! Seals of tests: they remember words instead of hiding them.

use bytes::Bytes;
use kith_domain::text::Text;
use kith_proto::event::{Field, Open, Scope, Seal};

/// Writes each text down with its place and stores the page's number. It opens only in its place.
#[derive(Default)]
pub(crate) struct Notebook {
    pages: Vec<(Place, String)>,
    event: usize,
    first_event: usize,
}

/// Index of the event, owner of the text, field.
#[derive(PartialEq, Eq)]
struct Place(usize, String, Field);

impl Notebook {
    /// A notebook for events that come behind others in their commit.
    pub(crate) fn behind(first_event: usize) -> Self {
        Self {
            first_event,
            ..Self::default()
        }
    }

    /// The same pages, for a reader that counts every event.
    pub(crate) fn counting_all(self) -> Self {
        Self {
            first_event: 0,
            ..self
        }
    }

    fn begin_at(&mut self, event: usize) {
        self.event = self.first_event + event;
    }

    fn place(&self, scope: Scope<'_>, field: Field) -> Place {
        Place(self.event, format!("{scope:?}"), field)
    }
}

impl Seal for Notebook {
    fn begin(&mut self, event: usize) {
        self.begin_at(event);
    }

    fn seal(&mut self, scope: Scope<'_>, field: Field, words: &str) -> Bytes {
        self.pages
            .push((self.place(scope, field), words.to_owned()));
        Bytes::copy_from_slice(&self.pages.len().to_be_bytes())
    }
}

impl Open for Notebook {
    fn begin(&mut self, event: usize) {
        self.begin_at(event);
    }

    fn open(&mut self, scope: Scope<'_>, field: Field, sealed: &[u8]) -> Option<Text> {
        let page = usize::from_be_bytes(sealed.try_into().ok()?).checked_sub(1)?;
        let (place, words) = self.pages.get(page)?;
        (*place == self.place(scope, field)).then(|| Text::Clear(words.clone()))
    }
}

/// Every key is gone.
pub(crate) struct Erasing;

impl Open for Erasing {
    fn begin(&mut self, _: usize) {}

    fn open(&mut self, _: Scope<'_>, _: Field, _: &[u8]) -> Option<Text> {
        Some(Text::Erased)
    }
}
