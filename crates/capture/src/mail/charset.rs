//! Header lines in a charset that nobody declared.
//!
//! Mail of before RFC 2047, and of programs that never heard of it, has names and subjects as plain
//! bytes. Each such line is read in the charset that the message declares for its text, else as what
//! most of them were: Windows-1252.

use std::borrow::Cow;

use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, WINDOWS_1252};

const ESCAPE: u8 = 0x1b;

/// A head as UTF-8.
pub(super) fn as_utf8(head: &[u8]) -> Cow<'_, [u8]> {
    if head.is_ascii() && !head.contains(&ESCAPE) {
        return Cow::Borrowed(head);
    }
    let declared = declared(head);
    let mut text = Vec::with_capacity(head.len() + head.len() / 4);
    for line in head.split_inclusive(|&b| b == b'\n') {
        let encoding = if line.contains(&ESCAPE) {
            ISO_2022_JP
        } else if std::str::from_utf8(line).is_ok() {
            UTF_8
        } else {
            declared
        };
        let (line, _) = encoding.decode_without_bom_handling(line);
        text.extend_from_slice(line.as_bytes());
    }
    Cow::Owned(text)
}

/// The charset that a message declares for its text.
fn declared(head: &[u8]) -> &'static Encoding {
    const MARK: &[u8] = b"charset=";
    let lower = head.to_ascii_lowercase();
    let label = memchr::memmem::find(&lower, MARK).map(|at| {
        let rest = lower[at + MARK.len()..].trim_ascii_start();
        let rest = rest.strip_prefix(b"\"").unwrap_or(rest);
        let ends = |b: &u8| b.is_ascii_whitespace() || matches!(b, b'"' | b';');
        &rest[..rest.iter().position(ends).unwrap_or(rest.len())]
    });
    // What is not UTF-8 was not, whatever it says.
    label
        .and_then(Encoding::for_label)
        .filter(|encoding| *encoding != UTF_8)
        .unwrap_or(WINDOWS_1252)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(head: &[u8]) -> String {
        String::from_utf8(as_utf8(head).into_owned()).unwrap()
    }

    #[test]
    fn plain_bytes_are_read_in_the_charset_of_the_text() {
        assert_eq!(read(b"From: Jos\xe9\n"), "From: José\n");
        assert_eq!(
            read(b"Subject: \xf0\xd2\xc9\nContent-Type: text/plain; charset=\"KOI8-R\"\n"),
            "Subject: При\nContent-Type: text/plain; charset=\"KOI8-R\"\n"
        );
        assert_eq!(read(b"Subject: \x1b$B%O%m!<\x1b(B\n"), "Subject: ハロー\n");
    }

    #[test]
    fn every_line_is_read_by_itself() {
        let mixed = "Subject: señor\nFrom: ".as_bytes();
        assert_eq!(
            read(&[mixed, b"Jos\xe9\n"].concat()),
            "Subject: señor\nFrom: José\n"
        );
        // It says UTF-8, and is not.
        assert_eq!(
            read(b"Content-Type: text/plain; charset=utf-8\nFrom: Jos\xe9\n"),
            "Content-Type: text/plain; charset=utf-8\nFrom: José\n"
        );
    }
}
