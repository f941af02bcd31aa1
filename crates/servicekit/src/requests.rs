//! The checks of request fields: each notes what is wrong on [`Violations`] and answers the value,
//! or a placeholder that nothing may be done with.
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
        match Uuid::try_parse(text) {
            Ok(id) if !id.is_nil() => {
                // The span of the call has a place for it, see `server`.
                tracing::Span::current().record("request_id", tracing::field::display(id));
                id.into_bytes()
            }
            _ => {
                self.add(
                    "request_id",
                    "must be a UUID, a new one for every new request",
                );
                [0; 16]
            }
        }
    }

    /// An id.
    pub fn id<T: FromStr + Default>(&mut self, field: &str, text: &str) -> T {
        text.parse().unwrap_or_else(|_| {
            self.add(field, "must be an id: 26 characters a-z and 2-7");
            T::default()
        })
    }

    /// An id that may be empty.
    pub fn optional_id<T: FromStr + Default>(&mut self, field: &str, text: &str) -> Option<T> {
        (!text.is_empty()).then(|| self.id(field, text))
    }

    /// A text of one line that must be there, without the white space around it.
    pub fn required_text(&mut self, field: &str, text: &str, max_chars: usize) -> String {
        self.optional_text(field, text, max_chars)
            .unwrap_or_else(|| {
                self.add(field, "must not be empty");
                String::new()
            })
    }

    /// A text of one line that may be empty, without the white space around it.
    pub fn optional_text(&mut self, field: &str, text: &str, max_chars: usize) -> Option<String> {
        self.text(field, text, max_chars, is_unfit)
    }

    /// A text that may be empty and may have several lines.
    pub fn optional_lines(&mut self, field: &str, text: &str, max_chars: usize) -> Option<String> {
        self.text(field, text, max_chars, |c| {
            is_unfit(c) && !matches!(c, '\n' | '\r' | '\t')
        })
    }

    fn text(
        &mut self,
        field: &str,
        text: &str,
        max_chars: usize,
        unfit: impl Fn(char) -> bool,
    ) -> Option<String> {
        let text = text.trim();
        if text.chars().any(unfit) {
            self.add(field, "must not hold control characters");
        }
        if text.chars().count() > max_chars {
            self.add(field, format!("must be at most {max_chars} characters"));
        }
        Some(text.to_owned()).filter(|text| !text.is_empty())
    }

    /// A moment that must be there.
    pub fn timestamp(
        &mut self,
        field: &str,
        timestamp: Option<&prost_types::Timestamp>,
    ) -> Timestamp {
        if timestamp.is_none() {
            self.add(field, "must be given");
        }
        self.optional_timestamp(field, timestamp)
            .unwrap_or_default()
    }

    /// A moment that may be left out.
    pub fn optional_timestamp(
        &mut self,
        field: &str,
        timestamp: Option<&prost_types::Timestamp>,
    ) -> Option<Timestamp> {
        let moment = words::moment(timestamp?);
        if moment.is_none() {
            self.add(field, "must be a valid moment of the years 1 to 9999");
        }
        moment
    }

    /// The value of an enum that must be specified.
    pub fn word<W: Word>(&mut self, field: &str, value: i32) -> Option<W> {
        let word = W::from_wire(value);
        if word.is_none() {
            self.add(field, "must be one of the documented values");
        }
        word
    }

    /// How many rows a page has: 0 asks for [`DEFAULT_PAGE_SIZE`].
    pub fn page_size(&mut self, field: &str, size: u32) -> u32 {
        if size > MAX_PAGE_SIZE {
            self.add(field, format!("must be at most {MAX_PAGE_SIZE}"));
        }
        if size == 0 { DEFAULT_PAGE_SIZE } else { size }
    }

    /// A mail address, as far as one can tell by looking: one `@` with something on both sides, no
    /// white space, not too long. Without the white space around it; otherwise as it came.
    pub fn address(&mut self, field: &str, text: &str) -> String {
        let text = text.trim();
        let sides = text.split_once('@');
        let has_sides = sides.is_some_and(|(name, domain)| {
            !name.is_empty() && !domain.is_empty() && !domain.contains('@')
        });
        let fit = !text.contains(|c: char| c.is_whitespace() || is_unfit(c));
        self.check(
            has_sides && fit,
            field,
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

#[cfg(test)]
mod tests {
    use kith_domain::access::Role;
    use kith_domain::id::PersonId;

    use super::*;

    /// The descriptions that `check` leaves behind.
    fn wrong(check: impl FnOnce(&mut Violations)) -> Vec<String> {
        let mut fields = Violations::new();
        check(&mut fields);
        let told = fields
            .finish()
            .map_err(|failure| failure.violations().to_vec());
        let told = told.err().unwrap_or_default();
        told.into_iter()
            .map(|violation| violation.description)
            .collect()
    }

    #[test]
    fn a_request_id_is_a_uuid_in_any_spelling_but_not_the_nil_one() {
        let mut fields = Violations::new();
        let plain = fields.request_id("67e55044-10b1-426f-9247-bb680e5fe0c8");
        assert_eq!(plain, fields.request_id("67E5504410B1426F9247BB680E5FE0C8"));
        assert!(fields.finish().is_ok());
        for text in ["", "1", "00000000-0000-0000-0000-000000000000"] {
            assert_eq!(
                wrong(|f| {
                    f.request_id(text);
                })
                .len(),
                1,
                "{text}"
            );
        }
    }

    #[test]
    fn an_id_is_read_or_refused_and_an_optional_one_may_be_empty() {
        let id = PersonId::from_bytes([7; 16]);
        let mut fields = Violations::new();
        assert_eq!(fields.id::<PersonId>("person_id", &id.to_string()), id);
        assert_eq!(fields.optional_id::<PersonId>("person_id", ""), None);
        assert!(fields.finish().is_ok());
        assert_eq!(
            wrong(|f| {
                f.id::<PersonId>("person_id", "x");
            })
            .len(),
            1
        );
    }

    #[test]
    fn a_text_is_trimmed_counted_in_characters_and_free_of_controls() {
        let mut fields = Violations::new();
        assert_eq!(fields.required_text("name", " Zoë ", 3), "Zoë");
        assert_eq!(fields.optional_text("company", "  ", 3), None);
        let note = fields.optional_lines("note", "two\nlines", 9);
        assert_eq!(note.as_deref(), Some("two\nlines"));
        assert!(fields.finish().is_ok());
        assert_eq!(
            wrong(|f| {
                f.required_text("name", " ", 3);
            }),
            ["must not be empty"]
        );
        let long = wrong(|f| {
            f.optional_text("name", "Zoës", 3);
        });
        assert_eq!(long, ["must be at most 3 characters"]);
        for text in ["A\nB", "A\0B", "A\u{202e}B", "A\u{2028}B", "A\u{7f}B"] {
            let told = wrong(|f| {
                f.required_text("name", text, 9);
            });
            assert_eq!(told, ["must not hold control characters"], "{text:?}");
        }
        assert_eq!(
            wrong(|f| {
                f.optional_lines("note", "A\0B", 9);
            })
            .len(),
            1
        );
    }

    #[test]
    fn a_moment_is_required_or_optional_but_never_nonsense() {
        let at = |seconds, nanos| prost_types::Timestamp { seconds, nanos };
        let mut fields = Violations::new();
        let moment = fields.timestamp("at", Some(&at(1, 500_000_000)));
        assert_eq!(moment, Timestamp(1_500_000));
        assert_eq!(fields.optional_timestamp("until", None), None);
        assert!(fields.finish().is_ok());
        assert_eq!(
            wrong(|f| {
                f.timestamp("at", None);
            }),
            ["must be given"]
        );
        for nonsense in [at(i64::MAX, 0), at(0, -1), at(0, 1_000_000_000)] {
            assert_eq!(
                wrong(|f| {
                    f.timestamp("at", Some(&nonsense));
                })
                .len(),
                1
            );
        }
    }

    #[test]
    fn an_enum_must_be_specified_and_known() {
        let mut fields = Violations::new();
        let role = fields.word::<Role>("role", Role::Member.to_wire());
        assert_eq!(role, Some(Role::Member));
        assert!(fields.finish().is_ok());
        for value in [0, -1, 99] {
            assert_eq!(
                wrong(|f| {
                    f.word::<Role>("role", value);
                })
                .len(),
                1
            );
        }
    }

    #[test]
    fn a_page_has_50_rows_unless_asked_and_1000_at_most() {
        let mut fields = Violations::new();
        let sizes = [0, 1, 1_000].map(|size| fields.page_size("page_size", size));
        assert_eq!(sizes, [50, 1, 1_000]);
        assert!(fields.finish().is_ok());
        let told = wrong(|f| {
            f.page_size("page_size", 1_001);
        });
        assert_eq!(told, ["must be at most 1000"]);
    }

    #[test]
    fn an_address_has_one_at_sign_and_no_spaces() {
        let mut fields = Violations::new();
        assert_eq!(
            fields.address("address", " Ana@Example.org "),
            "Ana@Example.org"
        );
        assert!(fields.finish().is_ok());
        let long = format!("{}@example.org", "a".repeat(250));
        for text in [
            "",
            "ana",
            "@x.org",
            "ana@",
            "a@b@c",
            "ana silva@x.org",
            "a\0@x.org",
            &long,
        ] {
            assert_eq!(
                wrong(|f| {
                    f.address("address", text);
                })
                .len(),
                1,
                "{text:?}"
            );
        }
    }
}
