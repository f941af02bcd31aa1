//! Who a cell of a file, or an argument of a command, names.

use kith_domain::interaction::Part;
use kith_domain::text::normalised_address;
use kith_proto::kith::interaction::v1::ParticipantRef;
use kith_proto::kith::interaction::v1::participant_ref::Who;
use kith_proto::words::Word;

/// The most bytes of an address: RFC 5321, section 4.5.3.1.3, without the angle brackets.
const MAX_ADDRESS_BYTES: usize = 254;

/// The most characters of an external key.
const MAX_KEY_CHARS: usize = 200;

/// More people than this are an audience: nobody is closer to anybody after a mail or a meeting of all.
pub(crate) const MOST_PEOPLE: usize = 20;

/// The most characters of a subject; longer ones are cut.
pub(crate) const MAX_SUBJECT_CHARS: usize = 1_000;

/// The most characters of a name; longer ones are cut.
pub(crate) const MAX_NAME_CHARS: usize = 200;

/// Somebody, as the outside world names them: `ana@x.org`, `Ana Silva <ana@x.org>`, `crm-17`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailbox {
    /// Their name; empty when none was given.
    pub name: String,
    /// What identifies them.
    pub identity: Identity,
}

/// What identifies somebody.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Identity {
    /// A mail address: exactly one `@`, something on both sides, no space.
    Address(String),
    /// The caller's own key for them: anything else.
    ExternalKey(String),
}

impl Mailbox {
    /// Reads `ana@x.org`, `Ana Silva <ana@x.org>`, `"Silva, Ana" <ana@x.org>` or an external key;
    /// `None` when there is nothing but space.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim();
        if text.is_empty() {
            return None;
        }
        let named = text
            .strip_suffix('>')
            .and_then(|rest| rest.rsplit_once('<'))
            .map(|(name, address)| (name, address.trim()))
            .filter(|(_, address)| is_address(address));
        if let Some((name, address)) = named {
            return Some(Self {
                name: one_line(&unquoted(name), MAX_NAME_CHARS),
                identity: Identity::Address(address.to_owned()),
            });
        }
        let identity = if is_address(text) {
            Identity::Address(text.to_owned())
        } else {
            Identity::ExternalKey(text.to_owned())
        };
        Some(Self {
            name: String::new(),
            identity,
        })
    }

    /// Whether the identity is longer than Kith keeps.
    #[must_use]
    pub fn is_too_long(&self) -> bool {
        match &self.identity {
            Identity::Address(address) => address.len() > MAX_ADDRESS_BYTES,
            Identity::ExternalKey(key) => key.chars().count() > MAX_KEY_CHARS,
        }
    }

    /// Whether the identity is of characters that can't be in one.
    #[must_use]
    pub fn is_garbled(&self) -> bool {
        self.identity.as_str().contains(is_unfit)
    }

    /// This somebody in a part, as the API takes it.
    #[must_use]
    pub fn participant(&self, part: Part) -> ParticipantRef {
        let who = match &self.identity {
            Identity::Address(address) => Who::Address(address.clone()),
            Identity::ExternalKey(key) => Who::ExternalKey(key.clone()),
        };
        ParticipantRef {
            who: Some(who),
            part: part.to_wire(),
            name: self.name.clone(),
        }
    }
}

impl Identity {
    /// As it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Address(text) | Self::ExternalKey(text) => text,
        }
    }

    /// The form in which two spellings of one identity are equal: addresses fold case, keys don't.
    #[must_use]
    pub fn canonical(&self) -> String {
        match self {
            Self::Address(address) => normalised_address(address),
            Self::ExternalKey(key) => key.trim().to_owned(),
        }
    }
}

/// Whether `text` is a mail address rather than a key.
#[must_use]
pub fn is_address(text: &str) -> bool {
    let Some((local, domain)) = text.split_once('@') else {
        return false;
    };
    let odd = |c: char| c == '@' || c.is_whitespace() || is_unfit(c);
    !local.is_empty() && !domain.is_empty() && !local.contains(odd) && !domain.contains(odd)
}

/// At most `max_chars` characters of a text, on one line: what a line can't have becomes a space.
pub(crate) fn one_line(text: &str, max_chars: usize) -> String {
    let fit = text.replace(is_unfit, " ");
    fit.trim().chars().take(max_chars).collect()
}

/// Characters that the API refuses in a line of text: controls, other line ends, and those that
/// turn the direction of what follows and so let one name look like another.
pub(crate) fn is_unfit(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

/// A display name without the quotes that mail headers put around it.
fn unquoted(name: &str) -> String {
    let name = name.trim();
    let inner = name
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'));
    inner.unwrap_or(name).trim().replace("\\\"", "\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> (String, Identity) {
        let mailbox = Mailbox::parse(text).expect("somebody");
        (mailbox.name, mailbox.identity)
    }

    #[test]
    fn a_name_in_front_of_an_address_is_kept_apart_from_it() {
        let ana = Identity::Address("ana@x.org".into());
        assert_eq!(
            parsed(" Ana Silva <ana@x.org> "),
            ("Ana Silva".into(), ana.clone())
        );
        assert_eq!(
            parsed("\"Silva, Ana\" < ana@x.org >"),
            ("Silva, Ana".into(), ana.clone())
        );
        assert_eq!(parsed("<ana@x.org>"), (String::new(), ana.clone()));
        assert_eq!(parsed("ana@x.org"), (String::new(), ana));
    }

    #[test]
    fn whatever_is_no_address_is_a_key_of_the_callers() {
        for key in ["17", "@ana", "ana@", "a@b@c", "ana @x.org", "x <y>"] {
            assert_eq!(
                parsed(key),
                (String::new(), Identity::ExternalKey(key.into()))
            );
        }
        assert_eq!(Mailbox::parse(" \t "), None);
    }

    #[test]
    fn addresses_fold_case_and_keys_do_not() {
        let canonical = |text| Mailbox::parse(text).map(|m| m.identity.canonical());
        assert_eq!(canonical("ANA@x.org"), canonical("ana@X.org"));
        assert_ne!(canonical("CRM-17"), canonical("crm-17"));
    }
}
