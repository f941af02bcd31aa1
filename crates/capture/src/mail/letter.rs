//! What the head of a mail says.

use kith_domain::time::Timestamp;
use mail_parser::{Address, HeaderName, HeaderValue, MessageParser};

use super::head::Head;
use super::{charset, date};
use crate::mailbox::{Identity, MAX_NAME_CHARS, MAX_SUBJECT_CHARS, Mailbox, is_address, one_line};
use crate::report::Reason;

/// Where programs say to whom a message was delivered, whatever it is addressed to.
const DELIVERED: [&str; 5] = [
    "delivered-to",
    "x-original-to",
    "envelope-to",
    "x-delivered-to",
    "apparently-to",
];
/// Their presence makes a message one of many.
const OF_LISTS: [&str; 3] = ["list-id", "list-unsubscribe", "list-post"];
/// Senders that nobody answers, up to what follows: `no-reply-1234`, `bounces+ana=x.org`.
const NO_REPLY: [&str; 9] = [
    "noreply",
    "donotreply",
    "dontreply",
    "neverreply",
    "unattended",
    "mailerdaemon",
    "postmaster",
    "bounce",
    "notification",
];

/// What Gmail calls spam, trash and drafts, in the languages of most exports.
const GMAIL_DISCARDED: [&str; 15] = [
    "Spam",
    "Trash",
    "Drafts",
    "Papierkorb",
    "Entwürfe",
    "Corbeille",
    "Brouillons",
    "Papelera",
    "Borradores",
    "Lixeira",
    "Rascunhos",
    "Cestino",
    "Bozze",
    "Prullenbak",
    "Concepten",
];

/// A mail, as its head describes it.
#[derive(Debug, Default)]
pub(super) struct Letter {
    pub(super) message_id: Option<String>,
    pub(super) at: Option<Timestamp>,
    pub(super) from: Option<Mailbox>,
    pub(super) to: Vec<Mailbox>,
    pub(super) copied: Vec<Mailbox>,
    /// Whom it reached, in the form in which addresses are compared.
    pub(super) delivered_to: Vec<String>,
    pub(super) subject: String,
    /// Why it is nobody's letter to anybody, if so.
    pub(super) unwanted: Option<Reason>,
}

/// Reads heads. Made once: it holds tables.
pub(super) struct Reader {
    parser: MessageParser,
}

impl Default for Reader {
    fn default() -> Self {
        use HeaderName::{Bcc, Cc, From, MessageId, Sender, Subject, To};
        let mut parser = MessageParser::new().default_header_raw();
        for name in [From, Sender, To, Cc, Bcc] {
            parser = parser.header_address(name);
        }
        Self {
            parser: parser
                .header_text(Subject)
                .header_text("X-Gmail-Labels")
                .header_id(MessageId),
        }
    }
}

impl Reader {
    /// What a head says; `None` when it is no head of a mail.
    pub(super) fn read(&self, head: &Head) -> Option<Letter> {
        let bytes = charset::as_utf8(&head.bytes);
        let message = self.parser.parse_headers(bytes.as_ref())?;
        let mut letter = Letter::default();
        let mut found = Found::default();
        let part = message.parts.first()?;
        let is_known = |name: &HeaderName<'_>| !matches!(name, HeaderName::Other(_));
        if !part.headers.iter().any(|header| is_known(&header.name)) {
            return None;
        }
        for header in &part.headers {
            found.take(&header.name, &header.value, &mut letter);
        }
        // The date on an mbox file's separator has no zone: it comes last.
        letter.at = found.date.or(found.received).or(head.envelope);
        letter.from = letter.from.or(found.sender);
        if letter.unwanted.is_none() && letter.from.as_ref().is_some_and(answers_to_nobody) {
            letter.unwanted = Some(Reason::NoReply);
        }
        Some(letter)
    }
}

/// What is of use only if something else is missing.
#[derive(Default)]
struct Found {
    date: Option<Timestamp>,
    received: Option<Timestamp>,
    sender: Option<Mailbox>,
}

impl Found {
    /// Of a header that stands twice the first counts: what follows may be quoted.
    fn take(&mut self, name: &HeaderName<'_>, value: &HeaderValue<'_>, letter: &mut Letter) {
        let text = || value.as_text().unwrap_or_default();
        match name {
            HeaderName::From if letter.from.is_none() => letter.from = first(value),
            HeaderName::Sender if self.sender.is_none() => self.sender = first(value),
            HeaderName::To if letter.to.is_empty() => letter.to = all(value),
            HeaderName::Cc | HeaderName::Bcc => letter.copied.extend(all(value)),
            HeaderName::Subject if letter.subject.is_empty() => {
                letter.subject = one_line(text(), MAX_SUBJECT_CHARS);
            }
            HeaderName::MessageId if letter.message_id.is_none() => {
                let id = text().trim();
                letter.message_id = (!id.is_empty()).then(|| id.to_owned());
            }
            HeaderName::Date if self.date.is_none() => self.date = date::of_header(text()),
            // The topmost is the last step, which was the reader's own server.
            HeaderName::Received if self.received.is_none() => {
                self.received = date::of_header(text());
            }
            other => other_header(&other.as_str().to_ascii_lowercase(), text(), letter),
        }
    }
}

fn other_header(name: &str, text: &str, letter: &mut Letter) {
    let word = text.split([' ', ';', ',']).next().unwrap_or_default();
    let word = word.to_ascii_lowercase();
    let is_of_many = OF_LISTS.contains(&name)
        || (name == "precedence" && matches!(&*word, "bulk" | "list" | "junk" | "auto_reply"))
        || (name == "auto-submitted" && word != "no")
        // Delivery failed, or it was read: what programs tell of a mail.
        || (name == "content-type" && word == "multipart/report");
    if is_of_many {
        letter.unwanted = Some(Reason::Bulk);
    } else if is_discarded(name, text) {
        letter.unwanted.get_or_insert(Reason::Discarded);
    } else if DELIVERED.contains(&name) {
        let address = Mailbox::parse(text).map(|mailbox| mailbox.identity);
        let address = address.filter(|identity| matches!(identity, Identity::Address(_)));
        letter
            .delivered_to
            .extend(address.map(|identity| identity.canonical()));
    }
}

/// Whether what keeps the mail says that it was deleted, never sent, or is spam.
fn is_discarded(name: &str, text: &str) -> bool {
    match name {
        // Mozilla: the flag of messages that are deleted and still in the file.
        "x-mozilla-status" => {
            u32::from_str_radix(text.trim(), 16).is_ok_and(|flags| flags & 0x0008 != 0)
        }
        "x-gmail-labels" => text
            .split(',')
            .any(|label| GMAIL_DISCARDED.contains(&label.trim())),
        "x-spam-flag" => text.trim().eq_ignore_ascii_case("yes"),
        _ => false,
    }
}

fn answers_to_nobody(sender: &Mailbox) -> bool {
    let address = sender.identity.canonical();
    let local = address.split('@').next().unwrap_or_default();
    let letters: String = local.chars().filter(|c| c.is_alphanumeric()).collect();
    NO_REPLY.iter().any(|word| letters.starts_with(word)) || letters.ends_with("noreply")
}

fn first(value: &HeaderValue<'_>) -> Option<Mailbox> {
    all(value).into_iter().next()
}

/// Everybody with an address that can be one.
fn all(value: &HeaderValue<'_>) -> Vec<Mailbox> {
    let addresses = value.as_address().map(Address::iter).into_iter().flatten();
    addresses
        .filter_map(|given| mailbox(given.name().unwrap_or_default(), given.address()?))
        .collect()
}

fn mailbox(name: &str, address: &str) -> Option<Mailbox> {
    let odd = |c: char| c.is_whitespace() || matches!(c, '\'' | '"' | '<' | '>' | ',' | ';' | '.');
    let address = address.trim_matches(odd);
    // Some forget the brackets around what follows a name.
    let address = match address.rsplit_once(char::is_whitespace) {
        Some((_, last)) if !address.contains('"') => last,
        _ => address,
    };
    let address = address.strip_prefix("mailto:").unwrap_or(address);
    // The way to it stands in front: RFC 5322, section 4.4.
    let address = match address.split_once(':') {
        Some((way, address)) if way.starts_with('@') => address,
        _ => address,
    };
    // What X.500 directories call somebody is no address: `CN=Bo Berg/OU=Wind/O=Y@Y`.
    if !is_address(address) || address.contains("/O=") || address.contains("/OU=") {
        return None;
    }
    let name = one_line(name, MAX_NAME_CHARS);
    let name = name.trim_matches(['\'', '"', '<', '>', ' ']);
    // Programs that know no name repeat the address.
    let is_a_name = !name.contains('@') && !name.eq_ignore_ascii_case(address);
    let mailbox = Mailbox {
        name: if is_a_name { name } else { "" }.to_owned(),
        identity: Identity::Address(address.to_owned()),
    };
    (!mailbox.is_too_long()).then_some(mailbox)
}
