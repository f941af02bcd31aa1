//! Text files as they are: UTF-8, UTF-16, or a charset that nobody declared.

use std::io::{self, Read};

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes of a file that is read at once. A calendar of twenty busy years has a tenth of it.
pub(crate) const MOST: u64 = 256 * 1024 * 1024;

/// The text of an input; an error when it is larger than [`MOST`].
pub(crate) fn read(input: impl Read) -> io::Result<String> {
    let mut bytes = Vec::new();
    input.take(MOST + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > MOST {
        let told = "it is larger than 256 MiB: split it";
        return Err(io::Error::new(io::ErrorKind::FileTooLarge, told));
    }
    Ok(decode(&bytes))
}

/// Bytes as text. A line that is no UTF-8 is in the charset that it names itself, as vCards do, else
/// in what most of them were written in: Windows-1252.
fn decode(bytes: &[u8]) -> String {
    let marked = Encoding::for_bom(bytes).map(|(encoding, _)| encoding);
    let wide = match bytes {
        [0, b, ..] if *b != 0 => Some(UTF_16BE),
        [b, 0, ..] if *b != 0 => Some(UTF_16LE),
        _ => None,
    };
    if let Some(encoding) = marked.or(wide).filter(|encoding| *encoding != UTF_8) {
        return encoding.decode(bytes).0.into_owned();
    }
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(bytes) {
        return text.to_owned();
    }
    // A line may be folded within a character: RFC 5545, section 3.1.
    if let Ok(text) = String::from_utf8(unfolded(bytes)) {
        return text;
    }
    let mut text = String::with_capacity(bytes.len() + bytes.len() / 8);
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        match std::str::from_utf8(line) {
            Ok(line) => text.push_str(line),
            Err(_) => text.push_str(&declared(line).decode_without_bom_handling(line).0),
        }
    }
    text
}

/// Without line ends that a space or a tab follows, and without those.
fn unfolded(bytes: &[u8]) -> Vec<u8> {
    let mut text = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(end) = memchr::memchr(b'\n', rest) {
        let (line, after) = rest.split_at(end + 1);
        if let [b' ' | b'\t', continued @ ..] = after {
            let line = line.strip_suffix(b"\n").unwrap_or(line);
            text.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
            rest = continued;
        } else {
            text.extend_from_slice(line);
            rest = after;
        }
    }
    text.extend_from_slice(rest);
    text
}

/// The charset of a line `FN;CHARSET=ISO-8859-2:…`.
fn declared(line: &[u8]) -> &'static Encoding {
    const MARK: &[u8] = b"CHARSET=";
    let upper = line.to_ascii_uppercase();
    let label = memchr::memmem::find(&upper, MARK).map(|at| {
        let rest = &upper[at + MARK.len()..];
        let ends = |b: &u8| matches!(b, b':' | b';' | b'\r' | b'\n');
        &rest[..rest.iter().position(ends).unwrap_or(rest.len())]
    });
    label
        .and_then(Encoding::for_label)
        .filter(|encoding| *encoding != UTF_8)
        .unwrap_or(WINDOWS_1252)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_read_in_whatever_it_is_written_in() {
        assert_eq!(decode("FN:Jörg".as_bytes()), "FN:Jörg");
        assert_eq!(decode(b"\xef\xbb\xbfFN:Bo"), "FN:Bo");
        assert_eq!(decode(b"\xff\xfeF\0N\0:\0\xf6\0"), "FN:ö");
        assert_eq!(decode(b"F\0N\0:\0\xf6\0"), "FN:ö");
        assert_eq!(decode(b"\0F\0N\0:\0\xf6"), "FN:ö");
        assert_eq!(decode(b"FN:J\xf6rg\nNOTE:\xc3\xb6"), "FN:Jörg\nNOTE:ö");
        assert_eq!(
            decode(b"FN;CHARSET=ISO-8859-2:\xa3ukasz\n"),
            "FN;CHARSET=ISO-8859-2:Łukasz\n"
        );
        assert_eq!(decode(b"S:Gr\xc3\r\n \xbcn\r\nX:1"), "S:Gr\u{fc}n\r\nX:1");
        assert_eq!(decode(b""), "");
    }

    #[test]
    fn a_file_that_never_ends_is_refused() {
        let error = read(io::repeat(b'x')).unwrap_err();
        assert!(error.to_string().contains("256 MiB"), "{error}");
    }
}
