//! The heads of an mbox file read by mail-parser alone: what `kith import mbox` is measured against.
//!
//! Prints the number of messages and the seconds it took.

#![expect(
    clippy::disallowed_methods,
    reason = "it measures time, which nothing of Kith depends on"
)]

use std::error::Error;
use std::fs::File;
use std::io::BufReader;
use std::time::Instant;

use mail_parser::MessageParser;
use mail_parser::mailbox::mbox::MessageIterator;

fn main() -> Result<(), Box<dyn Error>> {
    let path = std::env::args_os().nth(1).ok_or("which mbox file?")?;
    let input = BufReader::with_capacity(256 * 1024, File::open(path)?);
    let parser = MessageParser::default();
    let began = Instant::now();
    let (mut messages, mut headers) = (0_u64, 0);
    for message in MessageIterator::new(input) {
        let message = message.map_err(|error| format!("{error:?}"))?;
        messages += 1;
        if let Some(head) = parser.parse_headers(message.contents()) {
            headers += head.headers().len();
        }
    }
    let seconds = began.elapsed().as_secs_f64();
    println!("{messages} {seconds} {headers}");
    Ok(())
}
