//! The checks of request fields: each notes what is wrong on [`Violations`] and answers the value,
//! or a placeholder that nothing may be done with. What a field is called is written out only when
//! something is wrong with it: a stream has thousands of fields in each frame.
//!
//! ```
//! use kith_servicekit::failure::Violations;
//!
//! let mut fields = Violations::new();
//! let request_id = fields.request_id("");
//! let name = fields.required_text("person.name", "Ana\tSilva", 200);
//! let refused = fields.finish().unwrap_err();
//! assert_eq!(refused.violations().len(), 2);
//! ```

use std::fmt::Display;
use std::str::FromStr;

use kith_domain::time::Timestamp;
use kith_proto::words::{self, Word};
use uuid::Uuid;

use crate::failure::Violations;

/// Rows of a page unless the request says otherwise.
pub const DEFAULT_PAGE_SIZE: u32 = 50;

/// Rows of a page at most.
pub const MAX_PAGE_SIZE: u32 = 1_000;

/// The longest address: RFC 5321, section 4.5.3.1.3, without the angle brackets.
pub const MAX_ADDRESS_BYTES: usize = 254;

impl Violations {
    /// The UUID in the field `request_id`, in any of its spellings. It becomes the request's name in
    /// the log.
    pub fn request_id(&mut self, text: &str) -> [u8; 16] {
        let id = self.uuid("request_id", text);
        // The span of the call has a place for it, see `server`.
        let shown = Uuid::from_bytes(id);
        tracing::Span::current().record("request_id", tracing::field::display(shown));
        id
    }

    /// A UUID of the caller's making, in any of its spellings.
    pub fn uuid(&mut self, field: impl Display, text: &str) -> [u8; 16] {
        match Uuid::try_parse(text) {
            Ok(id) if !id.is_nil() => id.into_bytes(),
            _ => {
                self.add(field, "must be a UUID, a new one for every new request");
                [0; 16]
            }
        }
    }

    /// An id.
    pub fn id<T: FromStr + Default>(&mut self, field: impl Display, text: &str) -> T {
        text.parse().unwrap_or_else(|_| {
            self.add(field, "must be an id: 26 characters a-z and 2-7");
            T::default()
        })
    }

    /// An id that may be empty.
    pub fn optional_id<T: FromStr + Default>(
        &mut self,
        field: impl Display,
        text: &str,
    ) -> Option<T> {
        (!text.is_empty()).then(|| self.id(field, text))
    }

    /// A text of one line that must be there, without the white space around it.
    pub fn required_text(&mut self, field: impl Display, text: &str, max_chars: usize) -> String {
        self.optional_text(&field, text, max_chars)
            .unwrap_or_else(|| {
                self.add(field, "must not be empty");
                String::new()
            })
    }

    /// A text of one line that may be empty, without the white space around it.
    pub fn optional_text(
        &mut self,
        field: impl Display,
        text: &str,
        max_chars: usize,
    ) -> Option<String> {
        self.text(field, text, max_chars, is_unfit)
    }

    /// A text that may be empty and may have several lines.
    pub fn optional_lines(
        &mut self,
        field: impl Display,
        text: &str,
        max_chars: usize,
    ) -> Option<String> {
        self.text(field, text, max_chars, |c| {
            is_unfit(c) && !matches!(c, '\n' | '\r' | '\t')
        })
    }

    fn text(
        &mut self,
        field: impl Display,
        text: &str,
        max_chars: usize,
        unfit: impl Fn(char) -> bool,
    ) -> Option<String> {
        let text = text.trim();
        if text.chars().any(unfit) {
            self.add(&field, "must not hold control characters");
        }
        if text.chars().count() > max_chars {
            self.add(field, format!("must be at most {max_chars} characters"));
        }
        Some(text.to_owned()).filter(|text| !text.is_empty())
    }

    /// A moment that must be there.
    pub fn timestamp(
        &mut self,
        field: impl Display,
        timestamp: Option<&prost_types::Timestamp>,
    ) -> Timestamp {
        if timestamp.is_none() {
            self.add(&field, "must be given");
        }
        self.optional_timestamp(field, timestamp)
            .unwrap_or_default()
    }

    /// A moment that may be left out.
    pub fn optional_timestamp(
        &mut self,
        field: impl Display,
        timestamp: Option<&prost_types::Timestamp>,
    ) -> Option<Timestamp> {
        let moment = words::moment(timestamp?);
        if moment.is_none() {
            self.add(field, "must be a valid moment of the years 1 to 9999");
        }
        moment
    }

    /// The value of an enum that must be specified.
    pub fn word<W: Word>(&mut self, field: impl Display, value: i32) -> Option<W> {
        let word = W::from_wire(value);
        if word.is_none() {
            self.add(field, "must be one of the documented values");
        }
        word
    }

    /// How many rows a page has: 0 asks for [`DEFAULT_PAGE_SIZE`].
    pub fn page_size(&mut self, field: impl Display, size: u32) -> u32 {
        if size > MAX_PAGE_SIZE {
            self.add(field, format!("must be at most {MAX_PAGE_SIZE}"));
        }
        if size == 0 { DEFAULT_PAGE_SIZE } else { size }
    }

    /// A mail address, as far as one can tell by looking: one `@` with something on both sides, no
    /// white space, not too long. Without the white space around it; otherwise as it came.
    pub fn address(&mut self, field: impl Display, text: &str) -> String {
        let text = text.trim();
        let sides = text.split_once('@');
        let has_sides = sides.is_some_and(|(name, domain)| {
            !name.is_empty() && !domain.is_empty() && !domain.contains('@')
        });
        let fit = !text.contains(|c: char| c.is_whitespace() || is_unfit(c));
        self.check(
            has_sides && fit,
            &field,
            "must be an address such as ana@example.org",
        );
        if text.len() > MAX_ADDRESS_BYTES {
            self.add(field, format!("must be at most {MAX_ADDRESS_BYTES} bytes"));
        }
        text.to_owned()
    }
}

/// Characters that a line of text can't have: controls, other line ends, and those that turn the
/// direction of what follows and so let one name look like another.
fn is_unfit(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}
